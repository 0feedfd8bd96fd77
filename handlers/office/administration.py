"""Administration from a phone.

Buttons carry `v1|s|action|argument`, nothing personal.
"""

from collections.abc import Awaitable, Callable

from telegram import Update

from handlers.batch import Context
from handlers.office import audit_pages


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of the administration says."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, argument = (*(query.data or "").split("|"), "", "")[2:4]
    if action in ACTS:
        await ACTS[action](context, argument)
    else:
        context.say(context.words("administration.past"))


ACTS: dict[str, Callable[[Context, str], Awaitable[None]]] = {"audit": audit_pages.page}
"""What the buttons of the administration do."""
