"""Occupations: everyday words for informal work, each with its sector and with where it belongs.

Our own table (`data/occupations.csv`); only the transport flag changes a price, so it is asked, never inferred.
"""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rapidfuzz import fuzz, process

TABLE = Path(__file__).parent / "data" / "occupations.csv"

ENOUGH = 75.0
"""A likeness below this is no match: the groups are shown and free text is taken."""

DRIVERS = ("ojek", "supir-angkutan", "supir-truk", "supir-pribadi", "kurir")
BARE_DRIVER = frozenset({"supir", "sopir", "driver", "pengemudi", "nyupir", "nyopir"})
"""Words that say driver and not which: all kinds are offered."""

WAGE_WORDS = frozenset(
    {"karyawan", "karyawati", "pegawai", "pns", "asn", "pppk", "tni", "polri", "polisi", "buruh pabrik"}
)
"""Words of those who are paid a wage by an employer: they are registered by him."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """One row of the table; `segment_hint` is bpu, pu_village or ask."""

    id: str
    label: str
    group: str
    sector: str
    segment_hint: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An occupation that everyday words may mean, and their likeness (0 to 100)."""

    occupation: Occupation
    score: float


@functools.cache
def occupations() -> Mapping[str, Occupation]:
    """Return all occupations by id, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {row["id"]: _occupation(row) for row in rows}
    return MappingProxyType(found)


def _occupation(row: Mapping[str, str]) -> Occupation:
    words = tuple(filter(None, row["words"].split(";")))
    return Occupation(row["id"], row["label"], row["group"], row["sector"], row["segment_hint"], words)


@functools.cache
def groups() -> tuple[str, ...]:
    """Return the slugs of the groups, in the order of the table."""
    return tuple(dict.fromkeys(one.group.replace(" ", "_") for one in occupations().values()))


def of_group(slug: str) -> tuple[Occupation, ...]:
    """Return the occupations of a group."""
    return tuple(one for one in occupations().values() if one.group.replace(" ", "_") == slug)


@functools.cache
def _everyday() -> Mapping[str, str]:
    """Return every everyday word with the id of its occupation."""
    words = {word: one.id for one in occupations().values() for word in one.words}
    labels = {one.label.casefold(): one.id for one in occupations().values() if one.words}
    return {**labels, **words}


def find(words: str, limit: int = 6) -> tuple[Match, ...]:
    """Return the occupations everyday words may mean, the likeliest first; none where nothing is like them."""
    said = " ".join(words.casefold().split())
    if said in BARE_DRIVER:
        return tuple(Match(occupations()[name], 100.0) for name in DRIVERS)
    best: dict[str, float] = {}
    for word, score, _ in process.extract(said, _everyday().keys(), scorer=_likeness, limit=40):
        name = _everyday()[word]
        best[name] = max(score, best.get(name, 0.0))
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return tuple(Match(occupations()[name], score) for name, score in ranked[:limit] if score >= ENOUGH)


def _likeness(said: str, word: str, **_: object) -> float:
    """Weigh the whole likeness against the words in common; a bare "tukang" alone counts for little."""
    return 0.6 * fuzz.ratio(said, word) + 0.4 * fuzz.token_set_ratio(_telling(said), _telling(word))


def _telling(words: str) -> str:
    return " ".join(word for word in words.split() if word not in ("tukang", "di", "jual", "jualan")) or words


def is_wage_earner(words: str) -> bool:
    """Return whether the words say that somebody else pays this person a wage."""
    said = f" {' '.join(words.casefold().split())} "
    return any(f" {word} " in said for word in WAGE_WORDS)
