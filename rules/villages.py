"""Find a place by what people write: every way to cut the words into a name and the places around it."""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from rapidfuzz import fuzz

from rules import spellings
from rules.gazetteer import EXACT, Gazetteer
from rules.spellings import Words

VILLAGE = 10
"""Digits of a village code; a kecamatan has 6, a kabupaten or kota 4, a province 2."""

MOST_WORDS = 8
"""Words of a question that are looked at; the longest true name and its places have seven."""

ENOUGH = 10
"""With fewer places than this found as written, names that are only near to it are added."""

SURE = 75.0
"""Below this likeness the words are also read the other way round: places first, then the name."""

WORST = 60.0
"""Below this likeness a place is not shown."""

LOOKED_AT = 400

SHOWN_OF_A_NAME = 3
"""Villages of one name that come before other names, where the name is not written out."""

GUESSED = 0.85
"""What is left of a likeness where a word was changed or left out to find anything."""

NEARNESS = (0.0, 1.0, 4.0, 4.75)
"""What it adds to a likeness to be in the same province, regency, kecamatan as the place nearby.

More than spelling does, less than a whole name over the beginning of one."""


class Hit(NamedTuple):
    """A place found: how like it is to what was written (0 to 100), by which name, from which words."""

    likeness: float
    number: int
    head: Words


Hits = dict[str, Hit]


def entries(names: Mapping[str, str]) -> Iterator[tuple[Words, str]]:
    """Yield every way to write each place, with its code."""
    for code, name in names.items():
        for words in {spellings.spelt(name), spellings.plain(name)}:
            yield from _regency(words, code) if len(code) == 4 else ((words, code),)
    yield from spellings.nicknames()


def _regency(words: Words, code: str) -> Iterator[tuple[Words, str]]:
    bare = tuple(word for word in words[1:] if word != "administrasi")
    yield bare, code
    if words[0] == "kota":
        yield ("kota", *bare), code


class Index:
    """All place names, ready to be searched; built once, only read afterwards, so threads may share it."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        every = list(entries(names))
        self.everywhere = Gazetteer(every)
        self.around = Gazetteer(entry for entry in every if len(entry[1]) < VILLAGE)
        self._nicknames = frozenset(("".join(words), code) for words, code in spellings.nicknames())

    def find(self, query: str, near: str = "") -> list[tuple[str, float]]:
        """Return codes and likeness of the places a question may mean, best first, at most 400."""
        written = spellings.asked(query)
        bare = (spellings.without_markers(written) or written)[:MOST_WORDS]
        hits: Hits = {}
        for words in dict.fromkeys((written[:MOST_WORDS], bare)):
            _keep_best(hits, Hunt(self, words, forgiving=False).hits())
        if max((hit.likeness for hit in hits.values()), default=0.0) < EXACT:
            _keep_best(hits, Hunt(self, bare, forgiving=True).hits())
        return self._ranked(hits or self._guessed(bare), near)

    def _guessed(self, words: Words) -> Hits:
        hits: Hits = {}
        for guess in self._guesses(words):
            for code, hit in Hunt(self, guess, forgiving=False).hits().items():
                _offer(hits, code, hit._replace(likeness=hit.likeness * GUESSED))
        return hits

    def _guesses(self, words: Words) -> Iterator[Words]:
        """Yield the words with an unknown one corrected, and with one of them left out."""
        for place, word in enumerate(words):
            before, after = words[:place], words[place + 1 :]
            for near in () if self.everywhere.holds(word) else self.everywhere.words_near(word):
                yield (*before, near, *after)
            if before or after:
                yield (*before, *after)

    def _ranked(self, hits: Hits, near: str) -> list[tuple[str, float]]:
        best = heapq.nlargest(LOOKED_AT, hits.items(), key=lambda item: item[1].likeness)
        best.sort(key=lambda item: self._rank(item[0], item[1], near))
        return [(code, hit.likeness) for code, hit in _varied(best)]

    def _rank(self, code: str, hit: Hit, near: str) -> tuple[object, ...]:
        """Order by likeness, then nearness, spelling, rarity; a village before a kecamatan of its name."""
        written, name = " ".join(hit.head), " ".join(spellings.spelt(self.names[code]))
        spelling = fuzz.ratio(written, name) / 10 + 3 * name.startswith(written)
        nickname = hit.likeness == EXACT and ("".join(hit.head), code) in self._nicknames
        alike = sum(near[:digits] == code[:digits] for digits in (2, 4, 6) if len(near) >= digits)
        standing = hit.likeness + spelling + NEARNESS[alike]
        return (not nickname, -round(standing, 1), self.everywhere.bearers(hit.number), -len(code), code)


def _varied(best: list[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    """Let further villages of a name that is not written out wait behind the other names.

    A list full of one wrong guess helps nobody; who did mean it needs the kecamatan as well.
    """
    shown: Counter[int] = Counter()
    first: list[tuple[str, Hit]] = []
    waiting: list[tuple[str, Hit]] = []
    for code, hit in best:
        shown[hit.number] += len(code) == VILLAGE
        waits = len(code) == VILLAGE and hit.likeness < EXACT and shown[hit.number] > SHOWN_OF_A_NAME
        (waiting if waits else first).append((code, hit))
    return first + waiting


def _keep_best(hits: Hits, more: Hits) -> None:
    for code, hit in more.items():
        if code not in hits or hits[code].likeness < hit.likeness:
            hits[code] = hit


def cuts(words: Words) -> Iterable[tuple[Words, Words]]:
    """Return every way to cut words in two, neither part empty, the longest first part first."""
    return [(words[:cut], words[cut:]) for cut in range(len(words) - 1, 0, -1)]


def letters(words: Words) -> int:
    """Return how many letters words have together."""
    return sum(map(len, words))


class Hunt:
    """One reading of one question: exact beginnings only, or forgiving wrong letters."""

    def __init__(self, index: Index, words: Words, *, forgiving: bool) -> None:
        self._index = index
        self._words = words
        self._forgiving = forgiving
        self._named: dict[Words, dict[str, float]] = {}
        self._homes: dict[Words, dict[str, float]] = {}

    def hits(self) -> Hits:
        """Return the places that the words may mean, with their likeness."""
        hits: Hits = {}
        for number, likeness in self._index.everywhere.like(self._words, forgiving=self._forgiving).items():
            for code in self._index.everywhere.codes(number):
                _offer(hits, code, Hit(likeness, number, self._words))
        for head, tail in cuts(self._words):
            self._add(hits, head, tail)
        if not self._forgiving or max((hit.likeness for hit in hits.values()), default=0) < SURE:
            for tail, head in cuts(self._words):
                self._add(hits, head, tail)
        return hits

    def _add(self, hits: Hits, head: Words, tail: Words) -> None:
        homes = self.homes(tail)
        if not homes:
            return
        share = letters(head) / letters(self._words)
        for number, likeness in self._index.everywhere.like(head, forgiving=self._forgiving).items():
            for code in self._index.everywhere.codes(number):
                home = _home(code, homes)
                if home:
                    _offer(hits, code, Hit(share * likeness + (1 - share) * home, number, head))

    def named(self, words: Words) -> dict[str, float]:
        """Return the provinces, regencies and kecamatan of a name, by code, with their likeness."""
        if words not in self._named:
            found: dict[str, float] = {}
            for number, likeness in self._index.around.like(words, forgiving=self._forgiving).items():
                for code in self._index.around.codes(number):
                    found[code] = max(likeness, found.get(code, 0))
            self._named[words] = found
        return self._named[words]

    def homes(self, words: Words) -> dict[str, float]:
        """Return the places that words name alone or one inside the other: `cibiuk garut`."""
        if words not in self._homes:
            found = dict(self.named(words))
            for first, rest in cuts(words):
                share = letters(first) / letters(words)
                named, homes = self.named(first), self.homes(rest)
                _nest(found, named, homes, share)
                _nest(found, homes, named, 1 - share)
            self._homes[words] = found
        return self._homes[words]


def _nest(
    found: dict[str, float], inner: Mapping[str, float], outer: Mapping[str, float], share: float
) -> None:
    for code, likeness in inner.items() if outer else ():
        home = _home(code, outer)
        if home:
            found[code] = max(share * likeness + (1 - share) * home, found.get(code, 0))


def _home(code: str, homes: Mapping[str, float]) -> float:
    return max((homes.get(code[:digits], 0) for digits in (2, 4, 6) if digits < len(code)), default=0)


def _offer(hits: Hits, code: str, hit: Hit) -> None:
    if hit.likeness >= WORST and (code not in hits or hits[code].likeness < hit.likeness):
        hits[code] = hit
