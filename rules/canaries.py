"""Canaries: somebody invented for one making of a file, so that a leaked file tells which it was.

No province is 99, so nobody has the NIK; who knows that can tell such a row, who copies a file seldom looks.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rules.invented import NOWHERE, PHONES, chosen

FIRST: Final = date(1970, 1, 1)
DAYS: Final = 30 * 365
"""How many days of birth there are, from the first on."""


@dataclass(frozen=True, slots=True)
class Canary:
    """Somebody who does not exist, made of a seed."""

    nik: str
    name: str
    sex: str
    born: date
    phone: str


def canary(seed: bytes) -> Canary:
    """Return the person that 32 bytes of chance make; the same bytes make the same person."""
    number = int.from_bytes(seed[:24], "big")
    number, day = divmod(number, DAYS)
    number, serial = divmod(number, 9_999)
    number, region = divmod(number, 10_000)
    number, phone = divmod(number, 10**8)
    born, someone = FIRST + timedelta(days=day), chosen(number)
    date_in_nik = f"{born.day + (40 if someone.sex == 'female' else 0):02}{born:%m%y}"
    nik = f"{NOWHERE}{region:04}{date_in_nik}{serial + 1:04}"
    return Canary(nik, someone.name, someone.sex, born, f"{PHONES}{phone:08}")
