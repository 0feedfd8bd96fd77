"""Names as on the KTP: Latin letters, space and ' . , - ; one word is a whole name; titles stay outside."""

import re
import unicodedata

from rules.refusal import Refused
from rules.text import LIMIT, clean, without_accents

SHORTEST = 2
LONGEST = 100

MARKS = str.maketrans(dict.fromkeys("‘’‛ʻʼʽ`´′", "'") | dict.fromkeys("‐‑‒–—−", "-"))
"""Typographic apostrophes and hyphens, and what a KTP prints for them."""

_COURTESIES = (
    "h. k.h. ust. tn. ny. bpk. hj hjh haji hajjah hajah kh ustadz ustaz ustad ustadzah kyai kiai bapak bpk"
    " pak ibu bu sdr sdri dr drs dra drg drh ir prof apt ns"
)
COURTESIES = frozenset(_COURTESIES.split())
"""Titles in front of a name. "H." and others only with the dot: a bare H may be an initial."""

GLUED = re.compile(r"^((?:k\.)?hj?\.|dr[agh]?s?\.|ir\.|prof\.)(?=\w\w)", re.IGNORECASE)
"""A title with no blank after its dot, as in "H.Ahmad"."""

_DEGREES = (
    "spd spdi spdsd se sh shi st sti stp skom sag ssos ssosi ssi sip sikom sked skep skm sfarm sp spt shut"
    " spsi sst sstp strkeb strkes ss sn sthi sey sak sap sgz skeb mpd mpdi msi mm mh mhi mt mkom mag mkes mkn"
    " msos mak map msc mba ma mp mphil mph amd amdkeb amdkep amk ama amapd phd lc bsc ba bba sds spog spa spb"
    " ners"
)
DEGREES = frozenset(_DEGREES.split())
"""Degrees behind a name, without dots and in small letters."""


def parse(text: str, *, titles: bool = False) -> str:
    """Return a name with single blanks, its letters as typed; one all in small letters gets capitals.

    Refused for digits, other marks or scripts, a length outside 2-100, and titles (naming them) unless
    `titles` says that the KTP prints them.
    """
    name = _spelled(text, 4 * LONGEST).lstrip(" .,-").rstrip(" ,-")
    _check_characters(name)
    if sum(char.isalpha() for char in name) < SHORTEST:
        raise Refused("names.too_short", shortest=SHORTEST)
    if len(name) > LONGEST:
        raise Refused("names.too_long", got=len(name), longest=LONGEST)
    if not titles:
        _check_titles(name)
    return _capitals(name) if name == name.lower() else name


def same(a: str, b: str) -> bool:
    """Say whether two spellings are one name: capitals, accents, apostrophes and blanks aside."""
    return _folded(a) == _folded(b)


def first_word(name: str) -> str:
    """Return the first word of a name, titles aside: what a stranger may read of it."""
    return (_parted(name)[0].split() or [name])[0]


def masked(name: str) -> str:
    """Return the first word of a name and the initials of the others, for who may know the person."""
    first, *others = _parted(name)[0].split() or [name]
    return " ".join([first, *(f"{word[0]}." for word in others)])


def _spelled(text: str, limit: int = LIMIT) -> str:
    """Return a name with the marks a KTP prints; NFKC brings some of the others only to light."""
    return clean(text.translate(MARKS), limit).translate(MARKS)


def _folded(name: str) -> str:
    plain = without_accents(_spelled(name)).upper().casefold()
    return " ".join(re.sub("[-,]", " ", re.sub("['.]", "", plain)).split())


def _check_characters(name: str) -> None:
    for before, char in zip(" " + name, name, strict=False):
        if char in " '.,-" or _is_latin(char) or (unicodedata.combining(char) and _is_latin(before)):
            continue
        if char.isdecimal():
            raise Refused("names.digits")
        if char.isalpha():
            raise Refused("names.other_script")
        raise Refused("names.other_mark", mark=char)


def _is_latin(char: str) -> bool:
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN")


def _check_titles(name: str) -> None:
    kept, titles = _parted(name)
    if titles and sum(char.isalpha() for char in kept) >= SHORTEST:
        raise Refused("names.title", title=", ".join(titles), name=kept)


def _parted(name: str) -> tuple[str, list[str]]:
    """Part a name from the titles before and after it."""
    before: list[str] = []
    after: list[str] = []
    kept, *rest = GLUED.sub(r"\1 ", name).split(",")
    while rest and _are_degrees(rest[-1]):
        after.insert(0, rest.pop().strip())
    words = ",".join([kept, *rest]).split()
    while len(words) > 1 and _is_courtesy(words[0]):
        before.append(words.pop(0))
    while len(words) > 1 and _is_dotted_degree(words[-1]):
        after.insert(0, words.pop())
    return " ".join(words).strip(" ,"), [*before, *after]


def _is_courtesy(word: str) -> bool:
    plain = word.casefold().strip(",")
    return plain in COURTESIES or plain.removesuffix(".") in COURTESIES


def _are_degrees(piece: str) -> bool:
    """Say whether what follows a comma is degrees alone, "S.Pd M.Si" or "S. Pd."."""
    plain = piece.casefold().replace(".", "")
    return "".join(plain.split()) in DEGREES or all(word in DEGREES for word in plain.split())


def _is_dotted_degree(word: str) -> bool:
    """Without a comma before it, only dots between its letters make a degree: SE may be a name."""
    return "." in word.rstrip(".") and word.casefold().replace(".", "") in DEGREES


def _capitals(name: str) -> str:
    """Give each word a capital, not the letter after an apostrophe: Ma'ruf, Al-Amin."""
    return unicodedata.normalize("NFC", re.sub(r"(?<![^\s.,-])\w", _capital, name))


def _capital(letter: re.Match[str]) -> str:
    """Leave a letter that has no single capital (ß) as it is."""
    capital = letter[0].title()
    return capital if len(capital) == 1 else letter[0]
