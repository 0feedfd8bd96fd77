"""Numbers in figures and words, as people mix them: "1,5 juta", "2 juta 500 ribu", "dua setengah juta"."""

import re
from dataclasses import dataclass
from fractions import Fraction

SCALES = {
    **dict.fromkeys(("ribu", "rb", "rbu", "rebu", "ribuan", "rban", "k", "ewu", "rewu", "thousand"), 10**3),
    **dict.fromkeys(("juta", "jt", "jta", "jeti", "jutaan", "jtan", "yuta", "million"), 10**6),
    **dict.fromkeys(("miliar", "milyar", "milyard", "miliyar", "billion"), 10**9),
}
ONE_SCALE = {"seribu": 10**3, "sewu": 10**3, "sarebu": 10**3, "sejuta": 10**6, "sajuta": 10**6}

ONES = {
    word: value
    for words in (
        "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas",
        "siji loro telu papat limo enem pitu wolu songo sepuluh sewelas",
        "hiji dua tilu opat lima genep tujuh dalapan salapan sapuluh sabelas",
        "one two three four five six seven eight nine ten eleven twelve",
    )
    for value, word in enumerate(words.split(), 1)
}
"""Counting words of id, jv, su and en."""

FACTORS = {"puluh": 10, "ratus": 100, "hundred": 100}
ONE_HUNDRED = frozenset(("seratus", "satus", "saratus"))
HALVES = frozenset(("setengah", "satengah", "half"))
SILENT = frozenset(("an", ".", ",", "?"))
"""What may stand behind a number and says nothing: "2 juta an"."""

GROUPED = re.compile(r"(?!0)[0-9]{1,3}(?:(?:\.[0-9]{3})+(?:,[0-9]{1,2})?|(?:,[0-9]{3})+(?:\.[0-9]{1,2})?)")
"""Thousands in groups of three, with one kind of mark, then perhaps cents with the other."""

ONE_GROUP = re.compile(r"(?!0)[0-9]{1,3}[.,][0-9]{3}")
"""1.500: fifteen hundred, or one and a half of what follows."""

PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?|0[.,][0-9]+")


class Unreadable(ValueError):
    """What was written is no number."""


class Doubtful(ValueError):
    """What was written can be one of two numbers, the smaller one first."""

    def __init__(self, low: Fraction, high: Fraction) -> None:
        super().__init__()
        self.low = low
        self.high = high


@dataclass(slots=True)
class _Number:
    """A number being read word by word: `whole` is closed by a scale, `hundreds` and `ones` are not."""

    whole: Fraction = Fraction(0)
    scale: int = 0
    hundreds: Fraction = Fraction(0)
    ones: Fraction | None = None
    doubt: bool = False

    @property
    def tail(self) -> Fraction:
        return self.hundreds + (self.ones or 0)

    def add(self, ones: Fraction) -> None:
        if self.ones is not None:
            raise Unreadable
        self.ones = ones

    def teen(self) -> None:
        if self.ones is None:
            raise Unreadable
        self.ones += 10

    def multiply(self, factor: int) -> None:
        if self.ones is None or (self.hundreds and self.hundreds < factor * 10):
            raise Unreadable
        self.hundreds, self.ones = self.hundreds + self.ones * factor, None

    def close(self, scale: int) -> None:
        """Take what was read as so many thousands or millions; from left to right they get smaller."""
        if not self.tail or (self.scale and scale >= self.scale):
            raise Unreadable
        if self.doubt:
            raise Doubtful(self.whole + self.tail * scale / 1000, self.whole + self.tail * scale)
        self.whole, self.scale = self.whole + self.tail * scale, scale
        self.hundreds, self.ones = Fraction(0), None

    def half(self) -> None:
        """Add a half: of one in "dua setengah juta", of a million in "2 juta setengah"."""
        if self.scale and not self.tail:
            self.whole += Fraction(self.scale, 2)
        else:
            self.ones = (self.ones or 0) + Fraction(1, 2)

    def finished(self) -> Fraction:
        """Return the number; "2 juta 500" leaves open whether 500 thousand is meant."""
        if self.scale and self.tail:
            if not 100 <= self.tail < 1000:
                raise Unreadable
            raise Doubtful(self.whole + self.tail, self.whole + self.tail * self.scale / 1000)
        return self.whole + self.tail


def total(text: str) -> tuple[Fraction, bool]:
    """Return the number a text in small letters says, and whether a word such as "ribu" gave its size.

    Raises Unreadable where it is none, Doubtful where it can be two.
    """
    words = re.findall(r"[0-9][0-9.,]*|[a-z]+|\S", text)
    if not words:
        raise Unreadable
    number = _Number()
    for at, word in enumerate(words):
        if not (at and word in SILENT):
            _take(number, word)
    return number.finished(), number.scale > 0


def _take(number: _Number, word: str) -> None:
    """Read one more figure or word."""
    if word[0].isdigit():
        typed = word.rstrip(".,")
        number.add(_figure(typed))
        number.doubt = ONE_GROUP.fullmatch(typed) is not None
    elif word in SCALES:
        number.close(SCALES[word])
    elif word in ONE_SCALE:
        number.add(Fraction(1))
        number.close(ONE_SCALE[word])
    else:
        _take_small(number, word)


def _take_small(number: _Number, word: str) -> None:
    if word in ONES:
        number.add(Fraction(ONES[word]))
    elif word == "belas":
        number.teen()
    elif word in FACTORS:
        number.multiply(FACTORS[word])
    elif word in ONE_HUNDRED:
        number.add(Fraction(1))
        number.multiply(100)
    elif word in HALVES:
        number.half()
    else:
        raise Unreadable


def _figure(typed: str) -> Fraction:
    if GROUPED.fullmatch(typed):
        mark = "." if re.match(r"[0-9]+\.", typed) else ","
        return Fraction(typed.replace(mark, "").replace(",", "."))
    if PLAIN.fullmatch(typed):
        return Fraction(typed.replace(",", "."))
    raise Unreadable
