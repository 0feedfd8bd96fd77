"""What the office answered, found by NIK and written for a part of a file with few statements.

Accepted → registered, and a membership begins; or accepted → returned, with the office's reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models import applications, memberships, people
from models.agency import programmes
from models.application_events import event
from models.applications import Application
from models.contributions import Contribution
from models.memberships import Beginning, Membership
from models.office import canaries, export_members, office_payments
from models.office.export_members import Fate, inside
from models.office.office_payments import Paid, Reason
from models.states import ACTIVE, State
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from models.trust import audit
from models.trust.audit import Act, Entry
from rules.calendar import month_of


@dataclass(frozen=True, slots=True)
class Desk:
    """Who brings a file (None from the command line), and in which territories ("" is all of Indonesia)."""

    by: int | None
    territories: Collection[str]
    today: date


@dataclass(frozen=True, slots=True)
class Answer:
    """One row of results: registered, with what the office gave; or refused, with its reason."""

    row: int
    nik: str = field(repr=False)
    refusal: str | None = field(repr=False, default=None)
    kpj: str | None = field(repr=False, default=None)
    payment_code: str | None = field(repr=False, default=None)
    first_month: date | None = None
    amount: int | None = None
    receipt: str | None = field(repr=False, default=None)
    channel: str | None = None

    @property
    def tells_of_payment(self) -> bool:
        """Whether the first contribution was paid, as far as the row says."""
        return bool(self.amount or self.receipt or self.channel)


@dataclass(slots=True)
class Came:
    """What a part came to: who was registered, who was returned and why, what was paid, what comes back."""

    registered: list[tuple[Application, Membership, str | None]] = field(default_factory=list)
    returned: list[tuple[Application, str]] = field(default_factory=list)
    paid: list[tuple[Application, Membership, list[Contribution]]] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    known: set[int] = field(default_factory=set)
    against: dict[int, Reason] = field(default_factory=dict)


async def found(
    db: AsyncSession, keys: Keys, niks: Collection[str], territories: Collection[str]
) -> dict[str, Application]:
    """Return the one active application of each NIK in these territories, held; nothing for any other."""
    by_index = {keys.nik_index(nik): nik for nik in niks}
    query = (
        select(Application)
        .where(Application.nik_index.in_(list(by_index)), Application.state.in_(ACTIVE))
        .where(~Application.duplicate, inside(Application.village_code, territories))
        .order_by(Application.id)
        .with_for_update()
    )
    rows = await db.scalars(query, execution_options={"populate_existing": True})
    return {by_index[one.nik_index]: one for one in rows}


async def take(db: AsyncSession, keys: Keys, answers: Sequence[Answer], desk: Desk, now: datetime) -> Came:
    """Take in a part of a file of results; what cannot be taken is told row by row, the others go in."""
    came = Came()
    named = await found(db, keys, {each.nik for each in answers}, desk.territories)
    planted = await canaries.known(db, keys, {each.nik for each in answers} - named.keys())
    came.known |= {each.row for each in answers if each.nik in planted}
    answers = [each for each in answers if each.nik not in planted]
    held = await office_payments.held(db, [one.id for one in named.values()])
    opened = await people.keys_of(db, keys, {one.worker_id for one in named.values()})
    fresh: list[tuple[Answer, Application]] = []
    again: list[tuple[Answer, Application]] = []
    for each in answers:
        one = named.get(each.nik)
        reason = _against(each, one, held)
        if reason is not None:
            came.against[each.row] = reason
        elif one is not None and each.refusal is not None:
            await _refuse(db, keys, each, one, desk, now, came)
        elif one is not None:
            (again if one.id in held else fresh).append((each, one))
    begun = await _register(db, fresh, opened, desk, now, came)
    for each, one in again:
        _complete(each, held[one.id], opened[one.worker_id], came)
    await _first_payments(db, [*fresh, *again], {**held, **begun}, opened, desk, now, came)
    await _note(db, keys, came, desk, now)
    return came


def _against(answer: Answer, one: Application | None, held: Mapping[int, Membership]) -> Reason | None:
    """Return why an answer cannot be taken; who is not found and who is another's read the same."""
    if one is None:
        return "nik", "office.reason.unknown", {}
    if one.frozen_at is not None:
        return "nik", "office.reason.frozen", {}
    if answer.refusal is not None and one.state is State.REGISTERED:
        return "refusal", "office.reason.registered", {}
    if one.state is State.RETURNED and answer.refusal is None:
        return "nik", "office.reason.returned", {}
    if one.state in (State.SUBMITTED, State.IN_REVIEW):
        return "nik", "office.reason.not_accepted", {}
    return None


async def _refuse(
    db: AsyncSession, keys: Keys, answer: Answer, one: Application, desk: Desk, now: datetime, came: Came
) -> None:
    """Return an application to its sender with the office's reason; one that is returned stays so."""
    if one.state is State.RETURNED:
        came.known.add(answer.row)
        return
    reason = answer.refusal or ""
    await applications.move(db, keys, one.id, State.RETURNED, by=desk.by, now=now, reason=reason)
    came.returned.append((one, reason))
    came.done.add(answer.row)


async def _register(
    db: AsyncSession,
    fresh: Sequence[tuple[Answer, Application]],
    opened: Mapping[int, PersonKey],
    desk: Desk,
    now: datetime,
    came: Came,
) -> dict[int, Membership]:
    """Move accepted applications to registered and begin their memberships, all of them at once."""
    lists = await programmes.all_paid_until(db, [one.id for _, one in fresh])
    beginnings = []
    for each, one in fresh:
        key = opened[one.worker_id]
        if one.state is State.ACCEPTED:
            db.add(event(one.id, (one.state, State.REGISTERED), desk.by, now, key))
            one.state, one.updated_at = State.REGISTERED, now
        first = each.first_month or month_of(desk.today)
        beginnings.append(Beginning(one, key, first, each.kpj, each.payment_code, lists.get(one.id)))
    begun = await memberships.begin_all(db, beginnings, now)
    for (each, one), membership in zip(fresh, begun, strict=True):
        came.registered.append((one, membership, each.payment_code))
        came.done.add(each.row)
    return {one.id: membership for (_, one), membership in zip(fresh, begun, strict=True)}


def _complete(answer: Answer, membership: Membership, key: PersonKey, came: Came) -> None:
    """Add what the office told later to a membership that has begun; a KPJ is never changed by a file."""
    told = membership.number(key)
    if answer.kpj is not None and told is not None and told != answer.kpj:
        came.against[answer.row] = "kpj", "office.reason.other_kpj", {}
        return
    if answer.kpj is not None and told is None:
        memberships.note_kpj(membership, key, answer.kpj)
        came.done.add(answer.row)
    if answer.payment_code is not None and membership.payment_code is None:
        memberships.note_payment_code(membership, key, answer.payment_code)
        came.done.add(answer.row)
    if answer.row not in came.done:
        came.known.add(answer.row)


async def _first_payments(
    db: AsyncSession,
    rows: Sequence[tuple[Answer, Application]],
    held: Mapping[int, Membership],
    opened: Mapping[int, PersonKey],
    desk: Desk,
    now: datetime,
    came: Came,
) -> None:
    """Record first contributions; an amount that fits no tariff comes back, the registration stands."""
    paid: list[tuple[Answer, Application, Paid]] = []
    for each, one in rows:
        if each.row in came.against or not (
            each.first_month and (each.amount or each.receipt or each.channel)
        ):
            continue
        told = Paid(
            held[one.id],
            opened[one.worker_id],
            (each.first_month,),
            each.amount,
            each.receipt,
            each.channel,
        )
        if office_payments.fits(told):
            paid.append((each, one, told))
        else:
            came.against[each.row] = office_payments.amount_reason(told)
            came.done.discard(each.row)
            came.known.discard(each.row)
    lines = await office_payments.record(db, [told for _, _, told in paid], desk.by, now)
    for each, one, told in paid:
        if told.membership.id in lines:
            came.paid.append((one, told.membership, lines[told.membership.id]))
            came.known.discard(each.row)
            came.done.add(each.row)


async def _note(db: AsyncSession, keys: Keys, came: Came, desk: Desk, now: datetime) -> None:
    """Unlock who was answered, and write into the log whom this was about."""
    fates = (
        (Fate.REGISTERED, [one.id for one, _, _ in came.registered]),
        (Fate.REFUSED, [one.id for one, _ in came.returned]),
    )
    for fate, ids in fates:
        if ids:
            await export_members.answered(db, ids, fate)
    entries = [
        Entry(Act.REGISTERED, desk.by, one.worker_id, f"applications:{one.id}", {"from": "file"})
        for one, _, _ in came.registered
    ]
    entries += [
        Entry(Act.RETURNED, desk.by, one.worker_id, f"applications:{one.id}", {"from": "file"})
        for one, _ in came.returned
    ]
    await audit.note(db, keys, entries, now)
