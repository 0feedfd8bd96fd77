"""Administrative regions: codes, names, where a village lies, and the search for one by part of its name.

Kepmendagri 300.2.2-2138/2025 as amended by 300.2.2-2430/2025. Codes have no dots: 2 digits provinsi,
4 kabupaten or kota, 6 kecamatan, 10 desa or kelurahan.
"""

import csv
import functools
import gzip
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rules.refusal import Refused
from rules.villages import Index

DATA = Path(__file__).parent / "data"
DATA_VERSION = "2025-06-23"
"""The date of the decree whose codes these are; stored beside each code."""

VILLAGE, DISTRICT, REGENCY = 10, 6, 4
KINDS = {"1": "kelurahan", "2": "desa", "3": "desa adat"}
TITLES = {"kelurahan": "Kel.", "desa": "Desa", "desa adat": "Desa Adat"}
LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its code and its name as in the table."""

    code: str
    name: str

    @property
    def kind(self) -> str:
        """Which kind of place the code says this is."""
        if len(self.code) == VILLAGE:
            return KINDS[self.code[6]]
        return {2: "province", REGENCY: "regency", DISTRICT: "kecamatan"}[len(self.code)]


@dataclass(frozen=True, slots=True)
class Found:
    """A village that may be meant: its code, its whole label, its likeness (0 to 100)."""

    code: str
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """The villages found, best first; `more`: there are further ones that are not shown."""

    found: tuple[Found, ...]
    more: bool


class Regions:
    """All places of the table, and those codes that only old NIKs still carry."""

    def __init__(self, names: Mapping[str, str], retired: Mapping[str, str]) -> None:
        self.names = names
        self._retired = retired

    def knows(self, code: str) -> bool:
        """Return whether a code is in force."""
        return code in self.names

    def retired(self, code: str) -> bool:
        """Return whether a code was in force before the Papuan provinces were divided."""
        return code in self._retired

    def current(self, code: str) -> str | None:
        """Return the code of a place today, or None where there is none."""
        return code if code in self.names else self._retired.get(code) or None

    def place(self, code: str) -> Place:
        """Return the place with a code; raises KeyError for an unknown one."""
        return Place(code, self.names[code])

    def path(self, code: str) -> str:
        """Return a village with its parents, so that it cannot be mistaken: "Desa X, Kec. Y, Kab. Z"."""
        label = f"{TITLES[KINDS[code[6]]]} {self.names[code]}, {self._above(code)}"
        return f"{label} ({code})" if code in self._twins else label

    def _above(self, code: str) -> str:
        regency = self.names[code[:REGENCY]].replace("Kabupaten ", "Kab. ")
        return f"Kec. {self.names[code[:DISTRICT]]}, {regency}"

    @functools.cached_property
    def _twins(self) -> frozenset[str]:
        """Villages that share kind, name and kecamatan with another: only the code tells them apart."""
        alike: dict[tuple[str, str], list[str]] = {}
        for code in self.names:
            if len(code) == VILLAGE:
                alike.setdefault((code[:7], self.names[code].casefold()), []).append(code)
        return frozenset(code for codes in alike.values() if len(codes) > 1 for code in codes)

    def villages_of(self, district: str) -> tuple[Place, ...]:
        """Return the villages of a kecamatan, by code."""
        return tuple(
            self.place(code) for code in self.names if len(code) == VILLAGE and code[:DISTRICT] == district
        )


@functools.cache
def regions() -> Regions:
    """Return all places, read once."""
    return Regions(
        dict(_rows("regions.csv.gz")), {old: new for old, _, new, *_ in _rows("retired_regions.csv")}
    )


@functools.cache
def index() -> Index:
    """Return the search over all places, built once; a start may build it ahead of the first question."""
    return Index(regions().names)


def find_villages(query: str, *, near: str | None = None, limit: int = 8) -> Search:
    """Return the villages a few words may mean, best first; `near`, a code prefix, goes first among equals.

    Refused when there are too few letters, or nothing is like them.
    """
    if sum(letter.isalpha() for letter in query) < LEAST_LETTERS:
        raise Refused("regions.too_short", least=LEAST_LETTERS)
    known = regions()
    hits = index().find(query, near or "")
    villages = [(code, score) for code, score in hits if len(code) == VILLAGE]
    if not villages:
        inside = (place for code, _ in hits if len(code) == DISTRICT for place in known.villages_of(code))
        villages = [(place.code, 0.0) for place in inside]
    if not villages:
        raise Refused("regions.not_found", query=query)
    found = tuple(Found(code, known.path(code), score) for code, score in villages[:limit])
    return Search(found, more=len(villages) > limit)


def _rows(name: str) -> Iterator[list[str]]:
    """Yield the rows of a table, without its heading."""
    raw = (DATA / name).read_bytes()
    text = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode("utf-8")
    rows = csv.reader(io.StringIO(text, newline=""))
    next(rows)
    yield from rows
