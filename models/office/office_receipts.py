"""Payments in a file of the office, found by NIK or receipt number: contributions that are confirmed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import people
from models.applications import Application
from models.office import office_payments
from models.office.export_members import inside
from models.office.office_answers import Came, Desk, found
from models.office.office_payments import Paid
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry


@dataclass(frozen=True, slots=True)
class Receipt:
    """One row of payments: whose (NIK or receipt number of the application), which months, how."""

    row: int
    nik: str | None = field(repr=False)
    reference: str | None
    months: tuple[date, ...]
    amount: int | None = None
    receipt: str | None = field(repr=False, default=None)
    channel: str | None = None


async def take_payments(
    db: AsyncSession, keys: Keys, receipts: Sequence[Receipt], desk: Desk, now: datetime
) -> Came:
    """Take in a part of a file of payments: months that are confirmed; what matches nobody is told."""
    came = Came()
    by_nik = await found(db, keys, {each.nik for each in receipts if each.nik}, desk.territories)
    by_reference = await _referred(db, {each.reference for each in receipts if each.reference}, desk)
    all_named = {one.id: one for one in (*by_nik.values(), *by_reference.values())}
    held = await office_payments.held(db, all_named)
    opened = await people.keys_of(db, keys, {one.worker_id for one in all_named.values()})
    paid: list[tuple[Receipt, Application, Paid]] = []
    for each in receipts:
        one = by_nik.get(each.nik or "") if each.nik else by_reference.get(each.reference or "")
        column = "nik" if each.nik else "reference"
        if one is None or one.id not in held:
            came.against[each.row] = column, "office.reason.no_member", {}
            continue
        told = Paid(held[one.id], opened[one.worker_id], each.months, each.amount, each.receipt, each.channel)
        if office_payments.fits(told):
            paid.append((each, one, told))
        else:
            came.against[each.row] = office_payments.amount_reason(told)
    await _record(db, keys, paid, desk, now, came)
    return came


async def _record(
    db: AsyncSession,
    keys: Keys,
    paid: Sequence[tuple[Receipt, Application, Paid]],
    desk: Desk,
    now: datetime,
    came: Came,
) -> None:
    lines = await office_payments.record(db, [told for _, _, told in paid], desk.by, now)
    entries, told_of = [], set[int]()
    for each, one, told in paid:
        number = told.membership.id
        theirs = [line for line in lines.get(number, ()) if line.month in told.months]
        (came.done if theirs else came.known).add(each.row)
        if theirs and number not in told_of:
            told_of.add(number)
            came.paid.append((one, told.membership, lines[number]))
            entries.append(Entry(Act.PAYMENTS, desk.by, one.worker_id, f"memberships:{number}", {}))
    await audit.note(db, keys, entries, now)


async def _referred(db: AsyncSession, references: Collection[str], desk: Desk) -> dict[str, Application]:
    query = select(Application).where(
        Application.reference.in_(list(references)), inside(Application.village_code, desk.territories)
    )
    return {one.reference: one for one in await db.scalars(query)}
