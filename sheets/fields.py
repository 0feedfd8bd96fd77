"""Fields: what can be shown of a registration in a file for the office, each by the name a layout uses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from locales import SOURCE, say
from rules import occupations, regions, tariff
from sheets.telling import plain

Shown = str | int | date | datetime | None


@dataclass(frozen=True, slots=True)
class Record:
    """One registration to be exported, opened: `answers` is the whole form, `wadah` the code of its list."""

    reference: str
    village_code: str
    answers: Mapping[str, Any] = field(repr=False)
    first_month: date
    programmes: int
    months: int
    payer: str
    occupation_id: str
    submitted_at: datetime
    flags: tuple[str, ...] = ()
    wadah: str = ""
    sk_number: str = ""
    funding: str = ""
    registrant: str = ""
    badge: str = ""
    channel: str = ""
    consent_version: str = ""
    consent_at: datetime | None = None

    def told(self, name: str) -> Any:
        """Return an answer, or None."""
        return self.answers.get(name)


def _place(record: Record, part: str) -> str:
    known = regions.regions()
    code = record.village_code
    found = {
        "village": code,
        "district": code[:6],
        "regency": code[:4],
        "province": code[:2],
    }[part]
    if not known.knows(found):
        return ""
    place = known.place(found)
    return place.shown if part == "regency" else place.name


def _job(told: Any) -> str:
    """Return an occupation by our name for it, with the worker's own words where they differ."""
    if not isinstance(told, Mapping):
        return ""
    known = told.get("id") in occupations.occupations()
    ours = say(SOURCE, f"occupations.{told['id']}") if known else ""
    own = str(told.get("words") or "")
    return ours if not own or own.casefold() == ours.casefold() else f"{ours} ({own})" if ours else own


def _offered(told: Any) -> str:
    """Return an answer that was typed, or the name of the one that was offered."""
    return str(told.get("offered", "")) if isinstance(told, Mapping) else str(told or "")


def _phone(told: Any) -> str:
    return str(told.get("e164") or "") if isinstance(told, Mapping) else ""


def _heir(record: Record, part: str) -> Any:
    return record.told(f"heir1_{part}") if record.told("heirs") == "add" else None


def _remark(record: Record) -> str:
    return "; ".join(plain(say(SOURCE, flag)) for flag in record.flags if flag.count("."))


def _day(told: Any) -> date | None:
    return date.fromisoformat(told) if told else None


def _contact(record: Record) -> str:
    told = record.told("contact_name")
    return told if isinstance(told, str) else ""


PHONES: Final = frozenset({"phone", "contact_phone", "heir_phone"})
"""Fields that hold phone numbers, which a layout shows as 62… or 0…."""

FIELDS: Final[Mapping[str, Callable[[Record], Shown]]] = {
    "nik": lambda one: one.told("nik"),
    "name": lambda one: one.told("name"),
    "birth_date": lambda one: _day(one.told("birth_date")),
    "sex": lambda one: one.told("sex"),
    "address": lambda one: one.told("address"),
    "village_code": lambda one: one.village_code,
    "village": lambda one: _place(one, "village"),
    "district": lambda one: _place(one, "district"),
    "regency": lambda one: _place(one, "regency"),
    "province": lambda one: _place(one, "province"),
    "phone": lambda one: _phone(one.told("phone")),
    "email": lambda one: one.told("email"),
    "occupation": lambda one: _job(one.told("occupation")),
    "occupation2": lambda one: _job(one.told("occupation2")),
    "employs": lambda one: one.told("employs"),
    "workplace": lambda one: _offered(one.told("workplace")),
    "hours": lambda one: one.told("hours"),
    "income": lambda one: one.told("income"),
    "base": lambda one: tariff.bracket(int(one.told("income"))).base,
    "programmes": lambda one: one.programmes,
    "months": lambda one: one.months,
    "first_month": lambda one: one.first_month,
    "payer": lambda one: one.payer,
    "funding": lambda one: one.funding,
    "wadah": lambda one: one.wadah,
    "sk_number": lambda one: one.sk_number,
    "contact_name": _contact,
    "contact_phone": lambda one: _phone(one.told("contact_phone")),
    "heir_name": lambda one: _heir(one, "name"),
    "heir_relation": lambda one: _heir(one, "relation"),
    "heir_phone": lambda one: _phone(_heir(one, "phone")),
    "reference": lambda one: one.reference,
    "registrant": lambda one: one.registrant,
    "badge": lambda one: one.badge,
    "channel": lambda one: one.channel,
    "submitted_at": lambda one: one.submitted_at,
    "consent_version": lambda one: one.consent_version,
    "consent_at": lambda one: one.consent_at,
    "remark": _remark,
}
"""Every field, and how it is taken from a registration; what was not told is an empty cell."""
