"""Files that come back from the office, part by part: what a row says becomes a state, a line, and news."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from models.agency.imports import Purpose
from models.applications import Application
from models.contributions import Contribution
from models.memberships import Membership
from models.office import office_answers, office_receipts
from models.office.office_answers import Answer, Came, Desk
from models.office.office_receipts import Receipt
from models.owing import deliveries
from models.references import read_reference
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.trust import audit
from models.trust.audit import Act, Entry

REGISTERED: Final = "registered"
LEDGER: Final = "ledger"
REFUSED: Final = "office_refused"
"""Kinds of news: registered, a line in the ledger, refused by the office."""

BEHIND: Final = timedelta(seconds=2)
"""How long news of a payment waits: that somebody is registered is told first."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """What a part came to: rows that were taken in, known before, and those that go back with reasons."""

    filed: int
    known: int
    back: Sequence[Row]


async def take(
    db: AsyncSession, keys: Keys, purpose: Purpose, rows: Sequence[Row], desk: Desk, now: datetime
) -> Taken:
    """Take in the rows of a part that can be read, and owe everybody concerned their news."""
    told = [row for row in rows if "told" in row]
    if purpose is Purpose.RESULTS:
        came = await office_answers.take(db, keys, [_answer(row) for row in told], desk, now)
    else:
        receipts = [_receipt(row) for row in told]
        came = await office_receipts.take_payments(db, keys, receipts, desk, now)
    await deliveries.owe(db, keys, _news(came, now), now)
    by_row = {row["row"]: row for row in rows}
    back = [row for row in rows if "reasons" in row]
    back += [{**by_row[row], "reasons": [list(reason)]} for row, reason in came.against.items()]
    counts = {"taken": len(came.done), "known": len(came.known), "back": len(back)}
    act = Act.RESULTS if purpose is Purpose.RESULTS else Act.PAYMENTS
    await audit.note(db, keys, [Entry(act, desk.by, None, None, counts)], now)
    return Taken(len(came.done), len(came.known), sorted(back, key=lambda row: row["row"]))


def _answer(row: Row) -> Answer:
    told = row["told"]
    refused = told["refused"] or told["status"] == "refused" or (not told["status"] and told["refusal"])
    return Answer(
        row["row"],
        told["nik"],
        told["refusal"] if refused else None,
        told["kpj"],
        told["payment_code"],
        told["first_month"] and date.fromisoformat(told["first_month"]),
        told["amount"],
        told["receipt"],
        told["channel"],
    )


def _receipt(row: Row) -> Receipt:
    told = row["told"]
    reference = told["reference"] and read_reference(told["reference"])
    months = tuple(map(date.fromisoformat, told["months"]))
    return Receipt(
        row["row"], told["nik"], reference, months, told["amount"], told["receipt"], told["channel"]
    )


def _news(came: Came, now: datetime) -> list[deliveries.Owed]:
    return [
        *(_registered(one, membership, code, now) for one, membership, code in came.registered),
        *(_refused(one, reason, now) for one, reason in came.returned),
        *(_paid(one, membership, lines, now) for one, membership, lines in came.paid),
    ]


def _registered(one: Application, membership: Membership, code: str | None, now: datetime) -> deliveries.Owed:
    payload = {"membership": membership.id, "reference": one.reference, "code": code}
    return _owed(one, REGISTERED, f"{REGISTERED}:{membership.id}", payload, now)


def _refused(one: Application, reason: str, now: datetime) -> deliveries.Owed:
    payload = {"application": one.id, "reference": one.reference, "reason": reason}
    return _owed(one, REFUSED, f"{REFUSED}:{one.id}:{now:%Y%m%d%H%M%S%f}", payload, now)


def _paid(
    one: Application, membership: Membership, lines: Sequence[Contribution], now: datetime
) -> deliveries.Owed:
    payload = {
        "membership": membership.id,
        "reference": one.reference,
        "news": "confirmed",
        "months": [[line.month.isoformat(), line.amount] for line in lines],
        "until": None,
    }
    return _owed(one, LEDGER, f"{LEDGER}:{new_id(now)}", payload, now + BEHIND)


def _owed(
    one: Application, kind: str, dedupe: str, payload: dict[str, Any], now: datetime
) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=dedupe,
        chat_id=one.account_id,
        kind=kind,
        payload=payload,
        not_before=now,
        account_id=one.account_id,
    )
