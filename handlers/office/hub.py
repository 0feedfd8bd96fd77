"""/petugas: the officers' pages behind buttons, so that nobody needs to know a command by heart.

Buttons carry `v1|j|page`. Each page is behind its own rule, as if its command had been written.
"""

from telegram import Update

from handlers.agency import files, programmes
from handlers.authority import Guarded, Handle, permits
from handlers.batch import Context
from handlers.coverage import desk as coverage
from handlers.office import (
    administration,
    agent_desk,
    audit_pages,
    broadcasts,
    data_requests,
    exports,
    health,
    returned_files,
    review,
    step_up,
)
from handlers.render import rows
from post.keyboards import Button, Inline

PAGES: dict[str, Handle] = {
    "periksa": review.show,
    "ekspor": exports.show,
    "hasil": returned_files.show,
    "program": programmes.offer,
    "impor": files.show,
    "cakupan": coverage.show,
    "siar": broadcasts.offer,
    "agen": agent_desk.show,
    "hak_data": data_requests.show,
    "kesehatan": health.report,
    "pin": step_up.page,
    "atur": administration.show,
    "audit": audit_pages.show,
}
"""The pages, by the command that opens each, in the order of the buttons."""


async def show(update: Update, context: Context) -> None:
    """Offer every page the sender's roles allow."""
    buttons = [
        Button(context.words(f"desk.page.{name}"), data=f"v1|j|{name}")
        for name in PAGES
        if await permits(context, f"/{name}")
    ]
    context.say(context.words("desk.pages"), Inline(rows(buttons)))


async def tapped(update: Update, context: Context) -> None:
    """Open the page a button names, behind that page's own rule."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    name = (query.data or "").split("|")[-1]
    if name not in PAGES:
        context.answer(query.id)
        await show(update, context)
        return
    await Guarded(f"/{name}", PAGES[name])(update, context)
    if not context.answered(query.id):
        context.answer(query.id)
