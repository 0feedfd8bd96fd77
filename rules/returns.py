"""Why an office sends an application back, which questions are then asked again; why it refuses one."""

import csv
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason from the list: its name, and the questions it sends back; none for one that refuses."""

    code: str
    steps: tuple[str, ...]


@functools.cache
def returning() -> Mapping[str, Reason]:
    """Return the reasons for sending an application back, in their order, by name."""
    return _reasons("no")


@functools.cache
def refusing() -> Mapping[str, Reason]:
    """Return the reasons for refusing an application for good, in their order, by name."""
    return _reasons("yes")


def steps_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the questions that these reasons send back, each once; an unknown reason sends none."""
    known = returning()
    return tuple(dict.fromkeys(step for code in codes if code in known for step in known[code].steps))


def chosen(mask: int) -> tuple[str, ...]:
    """Return the reasons whose bits are set, the first reason the lowest bit."""
    return tuple(code for place, code in enumerate(returning()) if mask >> place & 1)


def _reasons(closes: str) -> dict[str, Reason]:
    with (DATA / "returns.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["closes"] == closes]
    return {row["code"]: Reason(row["code"], tuple(row["steps"].split())) for row in rows}
