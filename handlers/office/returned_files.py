"""/hasil: files that come back from the office, and what each is for. `jobs/imports.py` works them off."""

from typing import Final

from telegram import Update

from conversations.engine import Words
from handlers.batch import Context
from handlers.office.exports import data, say
from handlers.render import base36, id_of
from models.agency import imports
from models.agency.imports import Import, Purpose, Stage
from post.keyboards import Button

LISTED: Final = 5
OF_THE_OFFICE: Final = (Purpose.RESULTS, Purpose.PAYMENTS)


async def show(update: Update, context: Context) -> None:
    """Say how results and payments are sent, and where the sender's own files stand."""
    sent = await imports.of_account(context.batch.db, context.account.id, 3 * LISTED)
    lines = tuple(_line(one) for one in sent if one.purpose in OF_THE_OFFICE)[:LISTED]
    waiting = next((one for one in sent if one.stage is Stage.ASKED), None)
    buttons = purposes(context, waiting.id) if waiting is not None else []
    say(context, Words("office.page", {"lines": lines}), buttons)


def purposes(context: Context, number: int) -> list[tuple[Button, ...]]:
    """Return the buttons that say what a file of the office is for."""
    return [
        (Button(context.words(f"office.is.{one.value}"), data=data("file", base36(number), one.value)),)
        for one in OF_THE_OFFICE
    ]


def _line(sent: Import) -> Words:
    counts = {"filed": sent.filed, "known": sent.known, "refused": sent.refused}
    name = "done" if sent.stage is Stage.DONE else "running"
    return Words(f"office.line.{name}", {"purpose": Words(f"office.purpose.{sent.purpose.value}"), **counts})


async def tapped(update: Update, context: Context) -> None:
    """Note what a file is for; only the sender's own are ever looked at."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    code, purpose = (*(query.data or "").split("|")[3:], "", "")[:2]
    number = id_of(code)
    sent = None if number is None else await imports.asked(context.batch.db, number, context.account.id)
    if sent is None or purpose not in {one.value for one in OF_THE_OFFICE}:
        context.say(context.words("files.past"))
        return
    await imports.say_purpose(context.batch.db, sent, Purpose(purpose))
    context.say(context.words("office.accepted"))
