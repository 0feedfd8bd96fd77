"""The checks of the form: functions from what somebody typed to an answer, or Refused."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from conversations.answers import OFFERED_LEVELS
from rules import dates, eligibility, money, names, nik, occupations, phone, regions
from rules.refusal import Refused
from rules.text import clean

ZONE: Final = ZoneInfo("Asia/Jakarta")

Answers = Mapping[str, Any]
"""What somebody has told so far, by question, as this bot keeps it: text, numbers and objects of them."""


def today() -> date:
    """Return the day it is in Jakarta."""
    return datetime.now(ZONE).date()


def read_text(text: str | None) -> str:
    """Return the words of a message, cleaned."""
    return clean(text or "")


def read_choice(data: str | None) -> str:
    """Return the choice that a button carries."""
    return (data or "").rpartition("|")[2].partition("~")[0]


def read_nik(text: str | None) -> str:
    """Return the digits of a NIK."""
    return nik.Nik.parse(read_text(text)).digits


def read_name(text: str | None) -> str:
    """Return a name."""
    return names.parse(read_text(text))


def read_birth_date(text: str | None, answers: Answers) -> str:
    """Return a date in ISO; refuse one that is not the date of the NIK, or an age that may not join."""
    born = dates.parse(read_text(text), today=today())
    eligibility.check_age(born, today())
    if nik.Nik(answers["nik"]).birth_date(today(), stated=born) != born:
        raise Refused("nik.other_birth_date")
    return born.isoformat()


def find_villages(query: str, answers: Answers) -> regions.Search:
    """Return the places that are meant, those near the place of the NIK first."""
    near = regions.regions().current(answers["nik"][: regions.DISTRICT])
    return regions.find_places(query, near=near, levels=OFFERED_LEVELS)


def read_village(code: str) -> dict[str, Any]:
    """Return the place with a code."""
    return {"code": code, "label": regions.regions().path(code), "data": regions.DATA_VERSION}


def read_contact(number: str) -> dict[str, Any]:
    """Return the number of a contact card."""
    return {"e164": phone.contact(number).e164, "verified": True}


def find_occupations(said: str) -> Sequence[str]:
    """Return the ids of the occupations that words may mean; refuse who is on a wage."""
    if occupations.is_wage_earner(said):
        raise Refused("eligibility.wage_earner")
    return [match.occupation.id for match in occupations.find(said)]


def read_income(text: str | None) -> int:
    """Return rupiah a month."""
    return money.parse(read_text(text)).rupiah


def expect_complete(answers: Answers) -> None:
    """Refuse a form whose person may not join by now."""
    eligibility.check_age(date.fromisoformat(answers["birth_date"]), today())
