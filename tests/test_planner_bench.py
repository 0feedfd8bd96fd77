"""The planner's benchmark in short: twenty thousand memberships, counted one by one beside it."""

from datetime import UTC, datetime

from sqlalchemy import select

from bench.members import expected, fill
from bench.planner import Findings, measure
from jobs.reminders import Reminders
from models.owing.deliveries import Delivery
from models.storage.database import migrate, open_database
from models.storage.keys import Keys


async def test_twenty_thousand_memberships_are_planned_as_counted(empty_url: str) -> None:
    findings: Findings = await measure(empty_url, 20_000)

    assert [] == findings.missed
    assert 9_000 < expected(20_000).reminders < 10_000


async def test_where_the_pace_is_short_a_notice_to_everybody_lies_within_its_day(empty_url: str) -> None:
    """20 December 2026: everybody is told that the relief ends, and few other reasons fall on anybody."""
    night = datetime(2026, 12, 19, 17, 5, tzinfo=UTC)
    await migrate(empty_url)
    await fill(empty_url, 2_000)
    database = await open_database(empty_url, Keys.generate().text(), announce=lambda _: None)
    planned = await Reminders(database, lambda: night, per_second=0.04).plan(night)
    async with database.begin() as db:
        outside = select(Delivery.id).where(Delivery.not_before >= Delivery.expires_at)
        late = len((await db.scalars(outside)).all())
    await database.close()

    assert 1_300 < planned["relief_end"]
    assert (0, 0) == (late, planned["dropped"])
