"""What is done with a broadcast that was let go: agreed to or refused, paused, gone on with, cancelled."""

from handlers.batch import Context
from handlers.office import broadcast_pages as pages
from models.broadcasting import broadcast_news
from models.broadcasting.broadcasts import LET_GO, Broadcast, Stage
from models.trust.audit import Act
from rules import broadcasts as rules


async def show(context: Context, held: Broadcast, _: list[str]) -> None:
    """Show a draft to go on with, or where a broadcast stands."""
    if held.stage is Stage.DRAFT and held.account_id == context.account.id:
        context.say(*pages.draft(context.language, held, context.batch.now))
    else:
        context.say(*pages.status(context.language, held))


async def say_held(context: Context, held: Broadcast) -> None:
    """Say when it begins, and that it can still be cancelled."""
    assert held.starts_at is not None  # noqa: S101 - noted when it was let go
    starts = held.starts_at.astimezone(rules.WIB)
    context.say(context.words("broadcasts.held", hour=f"{starts:%H.%M}", day=f"{starts:%d-%m-%Y}"))


async def agree(context: Context, held: Broadcast, more: list[str]) -> None:
    """Agree, as a second person, to the number of recipients that was shown; the author is told."""
    if more[0] != str(held.counted):
        context.say(context.words("broadcasts.past"))
        return
    batch = context.batch
    held.approved_by, held.approved_for = context.account.id, held.counted
    context.audit(Act.APPROVED, subject=subject(held), recipients=held.counted)
    held.let_go(held.counted or 0, batch.now)
    await say_held(context, held)
    await broadcast_news.tell_author(batch.db, batch.keys, held, "agreed", batch.now)


async def refuse(context: Context, held: Broadcast, _: list[str]) -> None:
    """Refuse, as a second person: the draft goes back to its author."""
    batch = context.batch
    context.audit(Act.STOPPED, subject=subject(held), why="refused")
    held.stage = Stage.DRAFT if held.planned_at is None else Stage.CANCELLING
    context.say(context.words("broadcasts.refused"))
    await broadcast_news.tell_author(batch.db, batch.keys, held, "refused", batch.now)


async def pause(context: Context, held: Broadcast, _: list[str]) -> None:
    """Let nobody more go until it goes on."""
    if held.stage is not Stage.RUNNING:
        await show(context, held, [])
        return
    held.stage, held.reason = Stage.PAUSED, "paused"
    context.audit(Act.STOPPED, subject=subject(held), why="paused")
    context.say(context.words("broadcasts.paused"))


async def go(context: Context, held: Broadcast, _: list[str]) -> None:
    """Go on after a pause; failures are counted afresh."""
    if held.stage is not Stage.PAUSED:
        await show(context, held, [])
        return
    held.stage, held.reason, held.window_at = Stage.RUNNING, None, context.batch.now
    context.audit(Act.BROADCAST, subject=subject(held), why="goes on")
    context.say(context.words("broadcasts.goes_on"))


async def stop(context: Context, held: Broadcast, _: list[str]) -> None:
    """Cancel what is not sent; the report tells how many that were."""
    if held.stage is Stage.ASKED and held.planned_at is None:
        held.stage = Stage.DRAFT
        context.say(context.words("broadcasts.taken_back"))
    elif held.stage in (*LET_GO, Stage.ASKED):
        held.stage, held.reason = Stage.CANCELLING, "cancelled"
        context.say(context.words("broadcasts.cancelled"))
    else:
        await show(context, held, [])
        return
    context.audit(Act.STOPPED, subject=subject(held), why="cancelled")


def subject(held: Broadcast) -> str:
    """Return what the audit log calls a broadcast."""
    return f"broadcasts:{held.id}"
