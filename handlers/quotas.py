"""The quota of the NIK question: so many different numbers a day, and then a kind word until tomorrow.

What is on file is never asked, so the answer is the same for a NIK we know and one we do not.
"""

from datetime import timedelta

from conversations.engine import Value
from handlers.batch import Context
from models.accounts import roles_of
from models.agency import quotas
from models.agency.alarms import Alarm, Why, sound
from models.agency.quotas import Typed
from rules.quotas import Who, everybody_may, many_unfiled, often_reached, typed_a_day, who
from rules.refusal import Refused


async def check(context: Context, digits: Value) -> Refused | None:
    """Count a NIK that was just typed; return what stands against one more today, or None."""
    batch, account = context.batch, context.account.id
    sender, index = batch.keys.sender_index(account), batch.keys.nik_index(digits)
    before = await quotas.typed(batch.db, sender, index, batch.today)
    if before.again:
        return None
    if everybody_may(before.today, before.week):
        await quotas.note_typed(batch.db, sender, index, batch.today)
        return None
    whose = who((await roles_of(batch.db, [account], batch.now))[account])
    if before.today >= typed_a_day(whose):
        return await _reached(context, whose)
    await quotas.note_typed(batch.db, sender, index, batch.today)
    await _watch(context, whose, before)
    return None


async def _reached(context: Context, whose: Who) -> Refused:
    batch = context.batch
    sender = batch.keys.sender_index(context.account.id)
    days = await quotas.note_reached(batch.db, sender, batch.today, batch.now)
    if days >= often_reached():
        await _alert(context, Why.REACHED, days)
    tomorrow = batch.today + timedelta(days=1)
    return Refused(f"quotas.reached.{whose}", limit=typed_a_day(whose), day=tomorrow)


async def _watch(context: Context, whose: Who, before: Typed) -> None:
    """Alert officers when much of a week was typed and never filed."""
    if before.week + 1 < many_unfiled(whose):
        return
    batch, account = context.batch, context.account.id
    count = await quotas.unfiled(batch.db, batch.keys.sender_index(account), account, batch.today)
    if count >= many_unfiled(whose):
        await _alert(context, Why.UNFILED, count)


async def _alert(context: Context, why: Why, count: int) -> None:
    batch = context.batch
    await sound(batch.db, batch.keys, Alarm(context.account.id, why, count), batch.today, batch.now)
