"""Moves: a worker lives in another village, perhaps in another zone; reminders and their hours follow.

A day is planned zone by zone, each soon after its own midnight. So whoever moves may be missed by both plans
or met by both: the day they move into is planned for them at once, and names keep every reminder single.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.memberships import Contact, Membership
from models.owing.deliveries import Delivery, Fate, in_state
from models.reminding.reasons import parameters, reasons_on
from models.reminding.reminders import REMINDER, Batch, Slot, plan_batch, prepare
from rules.calendar import local_day, zone_of


async def move(db: AsyncSession, membership: Membership, village_code: str, now: datetime) -> None:
    """Note the village a worker lives in now; what is planned goes by the hours of the new zone."""
    before, membership.village_code, membership.zone = membership.zone, village_code, zone_of(village_code)
    await db.flush()
    if membership.zone != before:
        await _same_hours(db, membership, before, now)
        await _plan_today(db, membership, now)


async def _same_hours(db: AsyncSession, membership: Membership, before: str, now: datetime) -> None:
    """Let planned reminders go out at the same hours by the new clock, unless these are over already."""
    reached = select(Contact.account_id).where(Contact.membership_id == membership.id)
    waiting = (
        select(Delivery)
        .where(Delivery.chat_id.in_(reached), in_state(Fate.QUEUED))
        .where(Delivery.subject_id == membership.id, Delivery.kind == REMINDER)
        .with_for_update(skip_locked=True)
    )
    for delivery in await db.scalars(waiting):
        if delivery.expires_at is not None:
            closes = _by_the_clock_of(delivery.expires_at, before, membership.zone)
            if closes > now:
                opens = _by_the_clock_of(delivery.not_before, before, membership.zone)
                delivery.not_before, delivery.expires_at = opens, closes
    await db.flush()


def _by_the_clock_of(moment: datetime, before: str, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(before)).replace(tzinfo=ZoneInfo(zone))


async def _plan_today(db: AsyncSession, membership: Membership, now: datetime) -> None:
    """Plan the day it is in the new zone for this one membership; what is planned already stays as it is."""
    day = local_day(now, membership.zone)
    reasons = reasons_on(day)
    if reasons:
        alone = Batch(membership.zone, membership.id - 1, membership.id)
        slots = [Slot.on(day, membership.zone, now)] * len(reasons)
        await prepare(db)
        await plan_batch(db, day, reasons, slots, alone, parameters(day, membership.zone), now)
