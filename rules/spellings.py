"""How people write place names: the one spelling that the index and the question share."""

import csv
import functools
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

DATA = Path(__file__).parent / "data"

Words = tuple[str, ...]
"""A place name word by word: lower-case ASCII letters and digits, no signs."""

ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi", "7": "vii", "8": "viii", "9": "ix"}

MARKERS = frozenset(
    re.findall(r"\w+", "desa ds kelurahan kel kecamatan kec kabupaten kab provinsi propinsi prov indonesia")
)
"""Words that say what kind of place follows; a few villages bear one of them in their name."""

HOUSE = re.compile(r"\b(rt|rw)\b[\s.:/]*\d+", re.IGNORECASE)
"""The part of an address that no list of villages holds: RT 03, RW 02."""

LONGEST_QUERY = 160


@functools.cache
def short_forms() -> Mapping[str, str]:
    """Return the short and older forms of words in place names, each with the word it stands for."""
    with (DATA / "place_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["written"]: row["meant"] for row in csv.DictReader(file)}


@functools.cache
def nicknames() -> tuple[tuple[Words, str], ...]:
    """Return the everyday names of provinces and regencies, each with a code it may mean."""
    with (DATA / "place_nicknames.csv").open(encoding="utf-8", newline="") as file:
        return tuple((plain(row["nickname"]), row["code"]) for row in csv.DictReader(file))


def _signed(text: str) -> list[str]:
    bare = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFKD", text).lower())
    return re.findall(r"[a-z0-9'’‘`]+", bare)


def _unsigned(word: str) -> str:
    return re.sub(r"['’‘`]", "", word)


def plain(text: str) -> Words:
    """Return the words of a place name as written, without signs: `Tj. Ma'rang 2` -> tj, marang, 2."""
    return tuple(word for word in map(_unsigned, _signed(text)) if word)


def spelt(text: str) -> Words:
    """Return the words in the one spelling, short forms written out: `Tj. Ma'rang 2` -> tanjung, marang, ii.

    A word with an apostrophe is nobody's short form: the village Se'i is not a river.
    """
    meant = (short_forms().get(word, ROMAN.get(word, _unsigned(word))) for word in _signed(text))
    return tuple(word for word in meant if word)


def asked(query: str) -> Words:
    """Return the words of a question in the one spelling, without house numbers."""
    return spelt(HOUSE.sub(" ", query[:LONGEST_QUERY]))


def without_markers(words: Words) -> Words:
    """Return the words without desa, kecamatan, kabupaten and their short forms."""
    return tuple(word for word in words if word not in MARKERS)
