"""Filing: a finished form becomes a worker and an application, in the transaction that finished it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models import dialogues
from models.application_events import ApplicationEvent, event
from models.applications import Application
from models.dialogues import OpenDialogue
from models.ownership import selves
from models.references import new_reference
from models.states import State
from models.storage.base import table_of
from models.storage.conflicts import Row, insertion
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.workers import Worker

DUPLICATE_NIK = "duplicate_nik"
"""The flag that tells the office to compare two applications of one NIK."""


OUTSIDE_TERRITORY = "agency.outside_territory"
"""The flag that tells the office that an agent went beyond the approved territory; it is no refusal."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What the columns need from a finished form; `answers` is the whole of it, as it was told."""

    nik: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)
    phone: str | None = field(repr=False)
    address: str | None = field(repr=False)
    contact: dict[str, Any] | None = field(repr=False)
    answers: dict[str, Any] = field(repr=False)
    village_code: str
    village_name: str
    region_version: str
    payer: str
    money: str
    programmes: int
    months: int
    first_month: date
    sector: str
    occupation_id: str
    flags: tuple[str, ...] = ()

    def within(self, territory: str | None) -> "Filing":
        """Return the same, flagged when the worker lives outside the territory of the agent who files it."""
        if territory is None or self.village_code.startswith(territory):
            return self
        return replace(self, flags=(*self.flags, OUTSIDE_TERRITORY))


class Form(Protocol):
    """A finished form: whom it is about and their key, the consent it rests on, and who files it.

    A dialogue is one, and so is a row of a list.
    """

    @property
    def person_id(self) -> int:
        """The id of the person it is about."""

    @property
    def key(self) -> PersonKey:
        """The key this person's data are sealed with."""

    @property
    def consent_id(self) -> int | None:
        """The consent it rests on."""

    @property
    def account_id(self) -> int:
        """The account that files it."""

    @property
    def form_version(self) -> int:
        """The version of the questions it answers."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A finished form as the rows it becomes; its receipt number is known before they are written."""

    form: Form
    worker: Row = field(repr=False)
    application: Row = field(repr=False)

    @property
    def reference(self) -> str:
        """The receipt number."""
        return str(self.application["reference"])


def prepare(keys: Keys, form: Form, filing: Filing, now: datetime) -> Filed:
    """Return the rows of a finished form, which must carry its consent; nothing is written yet."""
    if form.consent_id is None:
        raise ValueError("nothing is filed without a consent")
    nik_index = keys.nik_index(filing.nik)
    worker = _worker(form, filing, nik_index, now)
    return Filed(form, worker, _application(form, filing, nik_index, now))


async def file_all(db: AsyncSession, filed: Sequence[Filed], now: datetime) -> None:
    """Write finished forms, all of them in few statements; those that were dialogues end.

    A NIK that is active already is filed all the same, as a duplicate for a person to look at: the
    statements, and so the time, are the same for a known NIK and for a new one. A worker who is known by that
    NIK is owed the news.
    """
    if not filed:
        return
    await db.execute(insert(table_of(Worker)), [each.worker for each in filed])
    await _insert_once(db, [each.application for each in filed])
    await selves.tell(db, [each.application["id"] for each in filed], now)
    db.add_all(_submitted(each, now) for each in filed)
    ended = [each.form for each in filed if isinstance(each.form, OpenDialogue)]
    if ended:
        await dialogues.end_all(db, ended)


async def file(
    db: AsyncSession, keys: Keys, dialogue: OpenDialogue, filing: Filing, now: datetime
) -> Application:
    """File one finished dialogue and return its application."""
    filed = prepare(keys, dialogue, filing, now)
    await file_all(db, [filed], now)
    return await db.get_one(Application, filed.application["id"])


def retold(keys: Keys, form: Form, filing: Filing, application_id: int) -> tuple[Row, Row]:
    """Return the columns of worker and application that corrected answers change."""
    nik_index = keys.nik_index(filing.nik)
    return _person(form, filing, nik_index), _told(form, filing, nik_index, application_id)


def _submitted(filed: Filed, now: datetime) -> ApplicationEvent:
    moved = (State.DRAFT, State.SUBMITTED)
    return event(filed.application["id"], moved, filed.form.account_id, now, filed.form.key)


async def _insert_once(db: AsyncSession, rows: list[Row]) -> None:
    """Insert applications; where an active one has a NIK, only the second statement takes hold.

    They go in the order of their NIKs' indexes: two transactions that file the same NIKs in different orders
    would wait for each other.
    """
    rows = sorted(rows, key=lambda row: row["nik_index"])
    first = insertion(db, Application).on_conflict_do_nothing()
    again = insertion(db, Application).on_conflict_do_nothing(index_elements=["id"])
    await db.execute(first, rows)
    duplicates = [{**row, "duplicate": True, "flags": [*row["flags"], DUPLICATE_NIK]} for row in rows]
    await db.execute(again, duplicates)


def _worker(form: Form, filing: Filing, nik_index: bytes, now: datetime) -> Row:
    row = {"id": form.person_id, "consent_id": form.consent_id, "created_at": now}
    return row | _person(form, filing, nik_index)


def _person(form: Form, filing: Filing, nik_index: bytes) -> Row:
    """Return the columns of a worker that come from the answers."""
    person = _Sealer(form.key, "workers", form.person_id)
    return {
        "nik": person.text("nik", filing.nik),
        "nik_index": nik_index,
        "name": person.text("name", filing.name),
        "birth_date": person.text("birth_date", filing.birth_date.isoformat()),
        "phone": person.text("phone", filing.phone),
        "address": person.text("address", filing.address),
        "contact": person.json("contact", filing.contact),
        "village_code": filing.village_code,
        "village_name": filing.village_name,
        "region_version": filing.region_version,
    }


def _application(form: Form, filing: Filing, nik_index: bytes, now: datetime) -> Row:
    application_id = new_id(now)
    return _told(form, filing, nik_index, application_id) | {
        "id": application_id,
        "reference": new_reference(),
        "worker_id": form.person_id,
        "account_id": form.account_id,
        "consent_id": form.consent_id,
        "state": State.SUBMITTED,
        "duplicate": False,
        "submitted_at": now,
        "updated_at": now,
    }


def _told(form: Form, filing: Filing, nik_index: bytes, application_id: int) -> Row:
    """Return the columns of an application that come from the answers."""
    return {
        "nik_index": nik_index,
        "payer": filing.payer,
        "money": filing.money,
        "programmes": filing.programmes,
        "months": filing.months,
        "first_month": filing.first_month,
        "sector": filing.sector,
        "occupation_id": filing.occupation_id,
        "village_code": filing.village_code,
        "flags": list(filing.flags),
        "form_version": form.form_version,
        "sex": filing.answers.get("sex"),
        "birth_year": filing.birth_date.year,
        "answers": _Sealer(form.key, "applications", application_id).json("answers", filing.answers),
    }


@dataclass(frozen=True, slots=True)
class _Sealer:
    """Seals the columns of one row; what was not told stays empty."""

    key: PersonKey
    table: str
    row: int

    def text(self, column: str, value: str | None) -> bytes | None:
        return None if value is None else self.key.seal_text(self.table, self.row, column, value)

    def json(self, column: str, value: Any) -> bytes | None:
        return None if value is None else self.key.seal_json(self.table, self.row, column, value)
