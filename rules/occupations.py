"""Occupations: everyday words for informal work, each with its sector and with where it belongs.

Our own table (`data/occupations.csv`). Only the transport flag changes a price, so it is asked, not inferred.
"""

import csv
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from rapidfuzz import fuzz

TABLE = Path(__file__).parent / "data" / "occupations.csv"

ENOUGH = 75.0
"""A likeness below this is no match: the groups are shown and free text is taken."""

DRIVERS = ("ojek", "supir-angkutan", "supir-truk", "supir-pribadi", "kurir")
BARE_DRIVER = frozenset({"supir", "sopir", "driver", "pengemudi", "pengendara", "nyupir", "nyopir"})
"""Words that say driver and not which: all kinds are offered."""

FARTHEST = 15.0
"""How far behind the likest occupation another may be and still be proposed."""

_FILLING = frozenset(
    re.findall(
        r"\w+",
        "saya sy aku jadi sebagai kerja bekerja pekerjaan profesi usaha punya pak bu "
        "di yang dan sehari hari sendiri kecil kecilan biasa cuma hanya lagi",
    )
)
"""Words around the thing itself that say nothing about the work."""

_TRADE = frozenset(
    re.findall(r"\w+", "tukang penjual jual jualan pedagang dagang berdagang buruh juru pemilik")
)
"""Words before the thing itself; alone they name no occupation."""

_WAGE_EARNERS = re.compile(
    r"\b(karyawan|karyawati|pegawai|pns|asn|pppk|p3k|tni|polri|polisi|tentara|bumn|bumd|pabrik|kantoran"
    r"|honorer (kantor|dinas|kecamatan|pemda)|staff?( kantor)?|(kerja|admin) kantor)\b"
)


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


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text[:100].lower())


@functools.cache
def _meant(occupation: Occupation) -> tuple[list[str], ...]:
    label = re.sub(r"\(.*?\)", "", occupation.label)
    return tuple(_telling(words) for words in (*occupation.words, *label.split("/")))


def _telling(text: str) -> list[str]:
    return [word for word in _words(text) if word not in _FILLING]


def is_wage_earner(words: str) -> bool:
    """Tell whether words name somebody on a wage or salary, who is no BPU: karyawan pabrik, PNS."""
    return bool(_WAGE_EARNERS.search(" ".join(_words(words))))


def find(words: str, limit: int = 6) -> tuple[Match, ...]:
    """Return the occupations that everyday words may mean, the likest first; none under a score of 75.

    A bare "supir" gives all kinds of drivers with one score, so that the caller asks which.
    """
    said = _telling(words)
    if not said or is_wage_earner(words) or set(said) <= _TRADE:
        return ()
    if set(said) <= BARE_DRIVER:
        return tuple(Match(occupations()[name], 100.0) for name in DRIVERS)[:limit]
    known = " ".join(said)
    return _known(known, limit) if known in _everyday() else _likest(said, limit)


@functools.cache
def _everyday() -> frozenset[str]:
    """Return the words of the table itself: what they mean never changes."""
    return frozenset(" ".join(words) for one in occupations().values() for words in _meant(one))


@functools.cache
def _known(words: str, limit: int) -> tuple[Match, ...]:
    return _likest(words.split(), limit)


def _likest(said: list[str], limit: int) -> tuple[Match, ...]:
    matches = [Match(one, _likeness(said, one)) for one in occupations().values()]
    matches.sort(key=lambda match: -match.score)
    least = max(ENOUGH, matches[0].score - FARTHEST)
    return tuple(match for match in matches[:limit] if match.score >= least)


def _likeness(said: list[str], occupation: Occupation) -> float:
    return max(_like(said, meant) for meant in _meant(occupation))


def _like(said: list[str], meant: list[str]) -> float:
    """Compare the thing itself, without its trade word, and then part by part; equal words are 100."""
    if said == meant:
        return 100.0
    return max(0.97 * _bare_likeness(said, meant), 0.95 * _covered(said, meant))


def _bare_likeness(said: list[str], meant: list[str]) -> float:
    thing, other = ([word for word in words if word not in _TRADE] for words in (said, meant))
    return fuzz.ratio(" ".join(thing), " ".join(other)) if thing and other else 0.0


def _covered(said: list[str], meant: list[str]) -> float:
    """Return how well every word of an everyday name is found among more words that were said."""
    if set(meant) <= _TRADE | BARE_DRIVER or sum(map(len, meant)) < 3:
        return 0.0
    likeness = [max(fuzz.ratio(one, word) for word in said) for one in meant]
    missing = len(said) - len(meant)
    return sum(likeness) / len(likeness) - 2 * max(0, missing) if min(likeness) >= ENOUGH else 0.0
