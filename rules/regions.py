"""The places of Indonesia: codes, names, where each lies, and finding a village by what people write.

Names and codes: Kepmendagri 300.2.2-2138/2025 as amended by 300.2.2-2430/2025, see `rules/data/README.md`.
"""

import csv
import functools
import gzip
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from sys import intern

from rules import spellings
from rules.refusal import Refused
from rules.villages import Index

DATA = Path(__file__).parent / "data"

DATA_VERSION = "2025-06-23"
"""The date of the decree whose codes these are; stored beside each code and name."""

PROVINCE, REGENCY, DISTRICT, VILLAGE = LEVELS = (2, 4, 6, 10)
"""How many digits a code has at each level; a code begins with the codes of all it lies in."""

Levels = Collection[int]

SHORTEST_QUERY = 3

INSIDE = 0.8
"""The likeness of a village of which only the kecamatan was written, as a share of the kecamatan's."""

_VILLAGE_KINDS = {"1": "kelurahan", "2": "desa", "3": "desa adat"}
_SHOWN_KINDS = {"kelurahan": "Kel.", "desa": "Desa", "desa adat": "Desa Adat", "kecamatan": "Kec."}


@dataclass(frozen=True, slots=True)
class Place:
    """A province, kabupaten or kota, kecamatan, or village: its code and its name as in the table."""

    code: str
    name: str

    @property
    def kind(self) -> str:
        """What the place is: province, regency, kecamatan, desa, kelurahan or desa adat."""
        if len(self.code) == VILLAGE:
            return _VILLAGE_KINDS[self.code[6]]
        return {PROVINCE: "province", REGENCY: "regency", DISTRICT: "kecamatan"}[len(self.code)]

    @property
    def province(self) -> str:
        """The code of the province the place is or lies in."""
        return self.code[:PROVINCE]

    @property
    def regency(self) -> str | None:
        """The code of the kabupaten or kota the place is or lies in; none for a province."""
        return self.code[:REGENCY] if len(self.code) >= REGENCY else None

    @property
    def district(self) -> str | None:
        """The code of the kecamatan the place is or lies in; none above a kecamatan."""
        return self.code[:DISTRICT] if len(self.code) >= DISTRICT else None

    @property
    def shown(self) -> str:
        """The name with its kind: `Desa Cibiuk Kaler`, `Kec. Cibiuk`, `Kab. Garut`, `Kota Bandung`."""
        if len(self.code) == PROVINCE:
            return self.name
        if len(self.code) == REGENCY:
            return self.name.replace("Administrasi ", "").replace("Kabupaten", "Kab.")
        return f"{_SHOWN_KINDS[self.kind]} {self.name}"


class Regions:
    """All places by code, those of today and the retired codes that old NIKs still carry."""

    def __init__(self, names: Mapping[str, str], retired: Mapping[str, str | None]) -> None:
        self.names = names
        self._codes = sorted(names)
        self._retired = retired

    def knows(self, code: str) -> bool:
        """Tell whether a place of today has this code."""
        return code in self.names

    def retired(self, code: str) -> bool:
        """Tell whether this code of a kabupaten or kecamatan was given up but lives on in NIKs."""
        return code in self._retired

    def current(self, code: str) -> str | None:
        """Return today's code of the place that has or had this code; None where nobody knows."""
        return code if code in self.names else self._retired.get(code)

    def place(self, code: str) -> Place:
        """Return the place of today with this code; KeyError where there is none."""
        return Place(code, self.names[code])

    def path(self, code: str) -> str:
        """Return a label that fits one place alone: `Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut`."""
        place = self.place(code)
        first = f"{place.shown} ({code})" if self._has_twin(place) else place.shown
        around = [self.place(code[:digits]).shown for digits in (DISTRICT, REGENCY) if digits < len(code)]
        return ", ".join([first, *around])

    def _has_twin(self, place: Place) -> bool:
        if len(place.code) != VILLAGE:
            return False
        alike = [other for other in self.villages_of(place.code[:DISTRICT]) if other.shown == place.shown]
        return len(alike) > 1

    def villages_of(self, district: str) -> tuple[Place, ...]:
        """Return the villages of a kecamatan in the order of their codes; none for an unknown one."""
        return self.inside(district) if len(district) == DISTRICT else ()

    def inside(self, code: str) -> tuple[Place, ...]:
        """Return the places one level below a place in the order of their codes; all provinces for ""."""
        wanted = next((digits for digits in LEVELS if digits > len(code)), 0)
        first, last = bisect_left(self._codes, code), bisect_left(self._codes, code + "~")
        return tuple(map(self.place, (found for found in self._codes[first:last] if len(found) == wanted)))


@functools.cache
def regions() -> Regions:
    """Return the places, read from the tables on first use (about a tenth of a second)."""
    with gzip.open(DATA / "regions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        names = {row[0]: intern(row[1]) for row in csv.reader(file) if row[0] != "kode"}
    with (DATA / "retired_regions.csv").open(encoding="utf-8", newline="") as file:
        retired = {row["old_code"]: row["new_code"] or None for row in csv.DictReader(file)}
    return Regions(names, retired)


@dataclass(frozen=True, slots=True)
class Found:
    """A place that a question may mean: its code, its label, and how like the question it is, 0 to 100."""

    code: str
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Search:
    """The answer to a question: the best places first, and whether there were more than are shown."""

    found: tuple[Found, ...]
    more: bool


@functools.cache
def index() -> Index:
    """Return the search over all places, built once."""
    return Index(regions().names)


def warm() -> None:
    """Build the search now, so that the first person need not wait for it (half a second of work)."""
    index()


def find_places(query: str, *, near: str | None = None, limit: int = 8, levels: Levels = LEVELS) -> Search:
    """Find places of any level by what people write: `tana bumbu`, `cibuik garut`, `jogja`.

    `levels` keeps those wanted. `near` is the code of a place nearby, which goes first among equal names.
    Refused when there are too few letters, or nothing is like them.
    """
    hits = [hit for hit in _hits(query, near) if len(hit[0]) in levels]
    return _search(query, hits, limit)


def find_villages(query: str, *, near: str | None = None, limit: int = 8) -> Search:
    """Find the villages somebody may mean by `sukamaju garut`; `near` goes first among equal names.

    Where a kecamatan is likest to the words, its villages follow. Refused when there are too few
    letters, or nothing is like them.
    """
    hits = _hits(query, near)
    villages = {code: score for code, score in hits if len(code) == VILLAGE}
    best = max(villages.values(), default=0.0)
    for code, score in hits:
        if len(code) == DISTRICT and score > best:
            for place in regions().villages_of(code):
                villages.setdefault(place.code, score * INSIDE)
    return _search(query, list(villages.items()), limit)


def _hits(query: str, near: str | None) -> list[tuple[str, float]]:
    if sum(map(len, spellings.plain(query))) < SHORTEST_QUERY:
        raise Refused("regions.too_short", least=SHORTEST_QUERY)
    return index().find(query, near or "")


def _search(query: str, hits: Sequence[tuple[str, float]], limit: int) -> Search:
    if not hits:
        raise Refused("regions.not_found", query=query)
    found = tuple(Found(code, regions().path(code), round(score, 1)) for code, score in hits[:limit])
    return Search(found, more=len(hits) > limit)
