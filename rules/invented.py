"""Invented people to practise with: rows of `data/invented.csv`. No province is 99, so no NIK is real."""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from rules import names, nik

TABLE = Path(__file__).parent / "data" / "invented.csv"

NOWHERE: Final = "99"
"""How a NIK begins that nobody has: there is no such province."""

PHONES: Final = "+62860"
"""How a phone number begins that nobody has: no network was ever given it."""

MAIL: Final = "@contoh.id"
"""How an address ends that is nobody's."""


@dataclass(frozen=True, slots=True)
class Invented:
    """Somebody who does not exist, with what to answer for them."""

    id: str
    name: str
    nik: str
    born: date
    sex: str
    village: str
    job: str
    income: str
    heir: str


@functools.cache
def people() -> Mapping[str, Invented]:
    """Return everybody there is, by id."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: _read(row) for row in csv.DictReader(file)}


def _read(row: Mapping[str, str]) -> Invented:
    kept = {name: row[name] for name in row if name != "birth_date"}
    return Invented(born=date.fromisoformat(row["birth_date"]), **kept)


def chosen(number: int) -> Invented:
    """Return one of them for any number."""
    known = list(people().values())
    return known[number % len(known)]


def is_nobodys_nik(digits: str) -> bool:
    """Return whether no living person can have a NIK."""
    return nik.Nik(digits).province == NOWHERE


def is_nobodys_name(name: str) -> bool:
    """Return whether a name is one of ours, however it is spelled."""
    return any(names.same(name, known) for one in people().values() for known in (one.name, one.heir))


def is_nobodys_phone(e164: str) -> bool:
    """Return whether nobody has a phone number."""
    return e164.startswith(PHONES)


def is_nobodys_mail(address: str) -> bool:
    """Return whether an e-mail address is nobody's."""
    return address.casefold().endswith(MAIL)
