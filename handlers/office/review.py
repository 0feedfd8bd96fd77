"""/periksa: the officers' queue. One officer takes the oldest application of a territory, for half an hour.

Buttons carry `v1|d|action|application|argument`, nothing personal. Every action asks again whether the
application is still in this officer's hands.
"""

from collections.abc import Awaitable, Callable

from telegram import Update

from handlers.batch import Context
from handlers.office import bulk, decisions, looking
from handlers.office.looking import next_button
from handlers.office.reach import territories
from handlers.render import id_of, tidy
from models.applications import Application
from models.office import reviews
from post.keyboards import Inline

Action = Callable[[Context, Application, str], Awaitable[None]]


async def show(update: Update, context: Context) -> None:
    """Say how many applications wait, since when, and offer the next one."""
    batch, me = context.batch, context.account.id
    where = await territories(context)
    queue = await reviews.queue(batch.db, me, where)
    groups = await bulk.buttons(context, where)
    if not queue.waiting:
        context.say(context.words("review.empty"))
        return
    days = (batch.now - queue.oldest).days if queue.oldest else 0
    values = {"count": queue.waiting, "days": days, "own": queue.own}
    text = tidy(context.words("review.queue", **values))
    context.say(text, Inline(((next_button(context),), *groups)))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of the queue says, if the application is still in the sender's hands."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, number, argument = (*(query.data or "").split("|"), "", "", "")[2:5]
    where = await territories(context)
    if action == "next":
        await looking.take(context)
    elif action in bulk.ACTIONS:
        await bulk.ACTIONS[action](context, where, number, argument)
    elif action in ACTIONS:
        application = await _held(context, where, number)
        if application is None:
            context.say(context.words("review.gone"), Inline(((next_button(context),),)))
        else:
            await ACTIONS[action](context, application, argument)
    else:
        await show(update, context)


async def _held(context: Context, where: frozenset[str], number: str) -> Application | None:
    batch, wanted = context.batch, id_of(number)
    if wanted is None:
        return None
    return await reviews.hold(batch.db, wanted, context.account.id, where, batch.now)


ACTIONS: dict[str, Action] = {
    "see": looking.see,
    "go": looking.let_go,
    "full": looking.unmask,
    **decisions.ACTIONS,
}
"""What can be done with an application in hand."""
