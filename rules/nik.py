"""NIK, the 16 digits of a resident: PPRRCC DDMMYY SSSS, a woman's day plus 40 (PP 37/2007 art. 37)."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, Self

from rules import dates
from rules.refusal import Refused
from rules.text import ascii_digits, clean

LENGTH = 16
WOMAN = 40
"""What is added to the day of birth in a woman's number."""

YOUNGEST = 17
"""Years: who gets a KTP. A younger date means a slip, or the issue date of a family card."""

FAR = 10
"""Years between a stated birth date and the number's: more than a slip of the last digit."""

BEFORE = re.compile(r"(?:(?:nomor|no|nik|e?-?ktp|saya|adalah)(?![a-z])|[\s.:=#])*")
"""What people write in front of the number: "NIK: ", "No. KTP "."""


class Codes(Protocol):
    """The region codes there are, and those that only old numbers still carry."""

    def knows(self, code: str) -> bool:
        """Say whether a code of 2, 4 or 6 digits is in force."""

    def retired(self, code: str) -> bool:
        """Say whether a code was in force once."""


@dataclass(frozen=True, slots=True, repr=False)
class Nik:
    """A number that can exist: 16 ASCII digits, a real date and a serial. It has no check digit."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as typed; space, dot and hyphen are forgiven. Refused when it cannot exist."""
        typed = ascii_digits(clean(text, 128))
        digits = re.sub(r"[\s.\-‐–—]", "", typed[_label(typed) :])
        got = len(re.findall("[0-9]", digits))
        if not re.fullmatch("[0-9]+", digits):
            raise Refused("nik.not_digits", got=got, wanted=LENGTH)
        if got != LENGTH:
            raise Refused("nik.wrong_length", got=got, wanted=LENGTH)
        return cls._existing(digits)

    @classmethod
    def _existing(cls, digits: str) -> Self:
        nik = cls(digits)
        if len(set(digits)) == 1 or digits == "1234567890123456":
            raise Refused("nik.repeated")
        if not any(nik._days()):
            raise Refused("nik.no_such_date")
        if digits.endswith("0000"):
            raise Refused("nik.no_serial")
        return nik

    def __repr__(self) -> str:
        return f"Nik({self.masked})"

    @property
    def masked(self) -> str:
        """The last four digits, the only ones to show (`************0001`)."""
        return "*" * (LENGTH - 4) + self.digits[-4:]

    @property
    def grouped(self) -> str:
        """All digits in groups of four, for the person who typed them to compare with the card."""
        return " ".join(self.digits[at : at + 4] for at in range(0, LENGTH, 4))

    @property
    def sex(self) -> Literal["female", "male"]:
        """The sex the day of birth tells."""
        return "female" if int(self.digits[6:8]) > WOMAN else "male"

    @property
    def province(self) -> str:
        """The code of the province of first issue, 2 digits."""
        return self.digits[:2]

    @property
    def regency(self) -> str:
        """The code of the kabupaten or kota of first issue, 4 digits."""
        return self.digits[:4]

    @property
    def district(self) -> str:
        """The code of the kecamatan of first issue, 6 digits."""
        return self.digits[:6]

    def birth_date(self, today: dt.date, stated: dt.date | None = None) -> dt.date:
        """Return the date in the number, in the century nearest to `stated`, else the latest in the past."""
        days = list(self._days())
        past = [day for day in days if day <= today] or days
        if stated is not None:
            return min(past, key=lambda day: abs(day - stated))
        return max(past)

    def _days(self) -> Iterator[dt.date]:
        """Yield the one or two days DDMMYY can mean; 29 February 1900 was none."""
        day, month, year = (int(self.digits[at : at + 2]) for at in (6, 8, 10))
        for century in (1900, 2000):
            try:
                yield dt.date(century + year, month, day - WOMAN if day > WOMAN else day)
            except ValueError:
                continue


def warnings(
    nik: Nik,
    codes: Codes,
    *,
    today: dt.date,
    stated_birth_date: dt.date | None = None,
    stated_sex: str | None = None,
) -> tuple[str, ...]:
    """Return the names of what to ask about a number that can exist; none of them may block it.

    A number never changes: not with moving, a region split or a corrected birth date (PP 37/2007 art. 37).
    """
    born = nik.birth_date(today, stated_birth_date)
    suspicions = {
        "nik.other_birth_date": stated_birth_date not in (None, born),
        "nik.other_sex": stated_sex not in (None, nik.sex),
        "nik.maybe_family_card": looks_like_family_card(
            nik, today=today, stated_birth_date=stated_birth_date, stated_sex=stated_sex
        ),
    }
    return (*_region_warning(nik, codes), *(name for name, holds in suspicions.items() if holds))


def looks_like_family_card(
    nik: Nik,
    *,
    today: dt.date,
    stated_birth_date: dt.date | None = None,
    stated_sex: str | None = None,
) -> bool:
    """Say whether the number may be the KK's: region, issue date without the 40, serial."""
    if stated_sex == "female" and nik.sex == "male":
        return True
    born = nik.birth_date(today, stated_birth_date)
    if born == stated_birth_date:
        return False
    far = stated_birth_date is not None and abs(born.year - stated_birth_date.year) >= FAR
    return far or dates.age(born, today) < YOUNGEST


def _region_warning(nik: Nik, codes: Codes) -> tuple[str, ...]:
    """Whole codes are looked up first: a retired kecamatan is as good as one in force."""
    if codes.knows(nik.district) or codes.retired(nik.district):
        return ()
    if not codes.knows(nik.province):
        return ("nik.unknown_province",)
    if not (codes.knows(nik.regency) or codes.retired(nik.regency)):
        return ("nik.unknown_regency",)
    return ("nik.unknown_district",)


def _label(typed: str) -> int:
    found = BEFORE.match(typed.casefold())
    return found.end() if found else 0
