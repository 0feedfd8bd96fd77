"""Where a canary stands in a file: among the first rows, like its neighbour in all that is not personal."""

from collections.abc import Sequence
from dataclasses import replace

from models.references import reference_of
from rules.canaries import Canary
from sheets.fields import Record

Planted = tuple[bytes, Canary]


def spread(canaries: Sequence[Planted], rows: int) -> dict[int, Planted]:
    """Return the place of each canary among the first rows of a file: at most one before each."""
    places: dict[int, Planted] = {}
    for seed, one in canaries[:rows]:
        place = int.from_bytes(seed[24:], "big") % rows
        while place in places:
            place = (place + 1) % rows
        places[place] = (seed, one)
    return places


def record(planted: Planted, beside: Record) -> Record:
    """Return a canary as the fields of a layout take it; it shares nothing personal with who is beside it."""
    seed, one = planted
    answers = {
        "nik": one.nik,
        "name": one.name,
        "sex": one.sex,
        "birth_date": one.born.isoformat(),
        "address": f"Jalan Kenanga {seed[0] % 90 + 1}",
        "phone": {"e164": one.phone},
        "occupation": {"id": beside.occupation_id},
        "workplace": {"offered": "home_village"},
        "hours": "08:00-16:00",
        "income": 1_000_000,
        "employs": "no",
        "heirs": "none",
    }
    return replace(beside, answers=answers, reference=reference_of(seed), flags=())
