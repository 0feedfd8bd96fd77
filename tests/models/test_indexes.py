"""What is asked all day long finds its rows by an index on each engine, however many there are.

Each statement is recorded as the engine gets it, and the engine is asked how it would go about it.
"""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from models import accounts, applications, dialogues
from models.agency import head_counts, households, imports, programmes, quotas, treasurers, verdicts, workday
from models.agency.programmes import Programme
from models.broadcasting import recipients
from models.broadcasting.broadcasts import Broadcast
from models.broadcasting.segments import Term, matching
from models.owing import deliveries, figures, sending, settlements, wanted
from models.owing.deliveries import Claimed, Delivery, Fate, Lane, Promise
from models.owing.settlements import Settlement
from models.ownership import hand_overs, selves, status_links
from models.reminding import continuations, reminders
from models.reminding.reminders import Slot
from models.storage.base import table_of
from models.storage.database import Database
from tests.members import Members
from tests.plans import heard

SITI: Final = 86_001
SOON: Final = timedelta(seconds=30)
REMINDED = Claimed(1, Lane.REMINDER, Promise.AT_MOST_ONCE, "reminder:1", SITI, SITI, "reminder", {}, 1)
QUEUED, CHAT = "ix_deliveries_queued", "ix_deliveries_chat"

LIST: Final = Programme(
    id=1,
    account_id=SITI,
    village_code="3205402002",
    first_month=date(2027, 1, 1),
    last_day=date(2027, 12, 31),
    quota=100,
)
TERMS: Final = (Term("region", "3205"), Term("arrears", "2"), Term("status", "returned", excepted=True))
MEANT: Final = matching(TERMS, ["32"], date(2026, 11, 20))


def broadcast(now: datetime) -> Broadcast:
    """One of many, to people of Garut who are behind."""
    terms = [term.stored() for term in TERMS]
    return Broadcast(id=1, segments=terms, territories=["32"], expires_at=now + SOON, planned_after=SITI - 9)


Asking = Callable[[AsyncSession, Database, datetime], Awaitable[object]]
ASKED: Final[dict[str, tuple[Asking, set[str]]]] = {
    "is anything due": (lambda db, _, now: sending.lanes_due(db, now), {QUEUED}),
    "what is due next": (lambda db, _, now: sending.next_due(db, now), {QUEUED}),
    "claim": (
        lambda db, database, now: sending.claim(db, database.keys, now, 5, SOON, [Lane.REMINDER]),
        {QUEUED, CHAT},
    ),
    "claim of a broadcast": (
        lambda db, database, now: sending.claim(db, database.keys, now, 5, SOON, [Lane.BROADCAST]),
        {QUEUED, CHAT},
    ),
    "sweep": (lambda db, _, __: sending.sweep(db), {"ix_deliveries_sending"}),
    "expire": (lambda db, _, now: sending.expire(db, now), {"ix_deliveries_expiring"}),
    "settle": (lambda db, _, __: settlements.settle(db, [Settlement(REMINDED, Fate.SENT)]), set()),
    "space": (lambda db, _, now: settlements.space(db, {SITI: now}), {CHAT}),
    "bury": (lambda db, _, __: settlements.bury(db, {SITI: "blocked"}), {CHAT}),
    "move": (lambda db, _, __: settlements.move(db, SITI, SITI + 1), {CHAT}),
    "cancel": (lambda db, _, __: deliveries.cancel(db, SITI), {"ix_deliveries_account_id"}),
    "places owed": (lambda db, _, __: deliveries.places_owed(db), {QUEUED}),
    "places settled": (
        lambda db, _, __: deliveries.places_settled(db, [SITI]),
        {"ix_deliveries_account_id"},
    ),
    "figures": (lambda db, _, now: figures.figures(db, now), {"ix_deliveries_uncertain"}),
    "still wanted": (lambda db, _, now: wanted.wanted(db, [1], now.date()), set()),
    "a batch of memberships": (
        lambda db, _, __: reminders.next_batch(db, "Asia/Jakarta", 0, 5),
        {"ix_memberships_active"},
    ),
    "active memberships": (lambda db, _, __: reminders.count_active(db), {"ix_memberships_active"}),
    "digests": (
        lambda db, _, now: reminders.open_digests_later(db, "Asia/Jakarta", Slot(now, now)),
        {QUEUED, "ix_contacts_account_id"},
    ),
    "a list to work off": (lambda db, _, __: imports.take(db), {"ix_imports_under_way"}),
    "the accounts of a batch": (lambda db, _, now: accounts.meet(db, {SITI: "id"}, now), set()),
    "a scanned code": (lambda db, _, __: status_links.by_token(db, "x" * 22), set()),
    "who is told of a filing": (
        lambda db, _, now: selves.tell(db, [1], now),
        {"ix_applications_nik_index"},
    ),
    "whether a filing is about me": (
        lambda db, _, __: selves.is_about(db, 1, SITI),
        {"ix_applications_nik_index"},
    ),
    "what I see": (lambda db, _, __: applications.seen_by(db, SITI, 5), set()),
    "what I can hand over": (lambda db, _, __: hand_overs.to_give(db, SITI, 5), set()),
    "a link that hands over": (lambda db, _, now: hand_overs.by_token(db, "x" * 22, now), set()),
    "wrong codes": (
        lambda db, _, now: status_links.is_silenced(db, SITI, now),
        set(),
    ),
    "everybody on a list": (
        lambda db, base, now: verdicts.seats(db, base.keys, LIST, now.date()),
        set(),
    ),
    "what can be listed": (
        lambda db, _, __: programmes.listable(db, LIST, 200),
        set(),
    ),
    "lists that end": (
        lambda db, _, now: programmes.ending(db, now.date(), now.date()),
        set(),
    ),
    "who pays for a member": (
        lambda db, _, __: programmes.paid_until(db, 1),
        set(),
    ),
    "numbers typed by somebody": (
        lambda db, base, now: quotas.typed(db, base.keys.sender_index(SITI), bytes(32), now.date()),
        set(),
    ),
    "numbers typed and not filed": (
        lambda db, base, now: quotas.unfiled(db, base.keys.sender_index(SITI), SITI, now.date()),
        {"ix_applications_nik_index"},
    ),
    "what was returned": (
        lambda db, base, _: workday.returned(db, base.keys, SITI, 200),
        set(),
    ),
    "new members of a month": (
        lambda db, _, now: workday.brought(db, SITI, now - timedelta(days=30), now),
        {"ix_memberships_nik_index"},
    ),
    "how an association stands": (lambda db, _, now: head_counts.head_count(db, 1, now.date()), set()),
    "who is in a household": (lambda db, _, __: households.helpers(db, SITI, 20), set()),
    "memberships of a household": (lambda db, _, __: households.memberships_of(db, SITI), set()),
    "treasurers of lists that end": (
        lambda db, _, now: treasurers.ending(db, now.date(), now.date()),
        set(),
    ),
    "who goes on alone": (lambda db, _, __: continuations.wished(db, [1]), set()),
    "recipients to let go": (
        lambda db, _, now: recipients.release(db, broadcast(now), ("Asia/Jakarta",), 75, now),
        {"ix_deliveries_broadcast"},
    ),
    "recipients to be made": (
        lambda db, _, now: recipients.plan(db, broadcast(now), MEANT, SITI + 9, now + SOON, now),
        set(),
    ),
    "recipients to lay back": (
        lambda db, _, now: recipients.lay_back(db, broadcast(now)),
        set(),
    ),
    "recipients to cancel": (
        lambda db, _, now: recipients.cancel(db, broadcast(now), 2_000),
        {"ix_deliveries_broadcast"},
    ),
    "recipients on the way": (
        lambda db, _, now: recipients.on_the_way(db, broadcast(now)),
        {"ix_deliveries_broadcast"},
    ),
    "recipients that failed": (
        lambda db, _, now: recipients.window(db, broadcast(now), now),
        {"ix_deliveries_broadcast"},
    ),
    "whether a broadcast is over": (
        lambda db, _, now: recipients.is_over(db, broadcast(now)),
        {"ix_deliveries_broadcast"},
    ),
    "who is still meant": (
        lambda db, _, now: recipients.still(db, broadcast(now), [SITI], now.date()),
        set(),
    ),
    "the dialogues of a batch": (lambda db, base, _: dialogues.current(db, base.keys, [SITI]), set()),
}
"""Each question, and the indexes it goes by besides primary keys."""


async def explained(database: Database, statement: str, given: Any) -> list[str]:
    """Return the steps the engine would take; PostgreSQL reads small tables whole unless told not to."""
    sqlite = database.engine.dialect.name == "sqlite"
    async with database.engine.connect() as connection:
        if not sqlite:
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        how = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN (COSTS OFF) "
        rows = await connection.exec_driver_sql(how + statement, given)
        return [str(row[-1]) for row in rows]


async def fill(database: Database, now: datetime) -> None:
    """Owe thousands of messages, most of them sent, and let PostgreSQL count them."""
    states = [Fate.SENT] * 40 + [Fate.QUEUED] * 5 + [Fate.SENDING, Fate.UNCERTAIN, Fate.EXPIRED]
    rows = [
        {
            "id": number,
            "lane": 1 + number % 3,
            "promise": Promise.AT_MOST_ONCE,
            "dedupe": f"filled:{number}",
            "account_id": number,
            "chat_id": number,
            "kind": "reminder",
            "payload": b"",
            "not_before": now + timedelta(seconds=number % 700),
            "expires_at": now + timedelta(seconds=number),
            "state": (state := states[number % len(states)]),
            "lease_until": now + SOON if state is Fate.SENDING else None,
            "attempts": 1,
            "created_at": now,
        }
        for number in range(10, 5_000)
    ]
    async with database.begin() as db:
        await db.execute(insert(table_of(Delivery)), rows)
    if database.engine.dialect.name == "postgresql":
        async with database.begin() as db:
            await db.execute(text("ANALYZE"))


def whole_tables(steps: list[str]) -> list[str]:
    """Return the steps that read a whole table of ours."""
    ours = (
        "deliveries",
        "accounts",
        "dialogues",
        "memberships",
        "contacts",
        "contributions",
        "places",
        "programmes",
        "status_links",
        "applications",
    )
    return [
        step
        for step in steps
        if "Seq Scan" in step
        or (step.startswith(tuple(f"SCAN {name}" for name in ours)) and "ix_" not in step)
    ]


@pytest.mark.parametrize("question", ASKED)
async def test_it_is_found_by_an_index(database: Database, now: datetime, question: str) -> None:
    ask, indexes = ASKED[question]
    await Members(database, now).join("Siti", SITI)
    await fill(database, now)
    with heard(database) as statements:
        async with database.begin() as db:
            await ask(db, database, now)
    steps = [step for one in statements for step in await explained(database, *one)]

    assert statements
    assert whole_tables(steps) == []
    assert indexes <= {index for index in indexes if any(index in step for step in steps)}, steps


async def test_the_list_of_ids_makes_no_difference_to_how_a_statement_reads(
    database: Database, now: datetime
) -> None:
    with heard(database) as statements:
        for ids in ([1], [1, 2, 3]):
            async with database.begin() as db:
                await wanted.wanted(db, ids, now.date())

    assert len({statement for statement, _ in statements}) == 2
