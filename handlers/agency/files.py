"""Lists that come as files: who may send them, what is declared for everybody on them, where each stands.

Nothing is fetched or read here: a list is a row that `jobs/imports.py` works off.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Final

from telegram import Document as File
from telegram import Update

from handlers import other_kinds
from handlers.authority import permits
from handlers.batch import Context
from handlers.commands import show_place
from handlers.endings import taken_whole
from handlers.office.returned_files import purposes
from handlers.render import base36
from models.accounts import Role, roles_of
from models.agency import imports
from models.agency.imports import Import, Stage
from post.keyboards import Button, Inline
from post.sayings import Document
from sheets import limits, template

ENDINGS: Final = (".xlsx", ".xlsm", ".csv", ".xls", ".ods", ".txt", ".tsv")
"""What the name of a list ends with; those that cannot be read are told so kindly, by their content."""

HOW: Final = ("spoken", "phone", "written")
WHEN: Final = ("today", "week", "earlier")
"""How and when everybody on a list agreed."""

LISTED: Final = 5
"""How many lists /impor tells of."""


async def arrived(update: Update, context: Context) -> None:
    """Take note of a list and ask what its sender declares; any other file is answered like a picture."""
    message = update.effective_message
    if await taken_whole(context, message):
        return
    file = message.document if message else None
    if message is None or file is None or not _is_list(file):
        await other_kinds.unreadable(update, context)
        return
    if not await permits(context, "/impor"):
        context.delete(message.message_id)
        context.say(context.words("files.for_agents"))
    elif (file.file_size or 0) > limits.FILE:
        context.delete(message.message_id)
        context.say(context.words("sheets.file.too_big", most=limits.FILE // limits.MB))
    else:
        await _ask(context, file, message.message_id)
    show_place(context)


def _is_list(file: File) -> bool:
    return (file.file_name or "").lower().endswith(ENDINGS)


async def _roles(context: Context) -> frozenset[Role]:
    account = context.account.id
    return (await roles_of(context.batch.db, [account], context.batch.now))[account]


async def _ask(context: Context, file: File, message_id: int) -> None:
    batch, account = context.batch, context.account
    document = {"file_id": file.file_id, "message_id": message_id}
    relation = "agent" if Role.AGENT in await _roles(context) else "village"
    number = await imports.receive(
        batch.db, batch.keys, account.id, document, relation, account.language, batch.now
    )
    if number is None:
        context.delete(message_id)
        context.say(context.words("files.too_many", most=imports.MOST_OPEN))
        return
    await _ask_for(context, number)


async def _ask_for(context: Context, number: int) -> None:
    """Ask what the sender declares for everybody on a list; a file of the office needs no declaration."""
    office = purposes(context, number) if await permits(context, "/hasil") else []
    ways = tuple((_button(context, f"registration.agreement_how.{way}", "how", number, way),) for way in HOW)
    nobody = (_button(context, "files.not_yet", "no", number),)
    context.say(context.words("files.ask"), Inline((*ways, nobody, *office)))


def _button(context: Context, words: str, action: str, number: int, *more: str) -> Button:
    return Button(context.words(words), data="|".join(("v1", "f", action, base36(number), *more)))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button under a list says; only the sender's own lists are ever looked at."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, number, *more = (*(query.data or "").split("|")[2:], "", "")[:5]
    if action == "template":
        await send_template(update, context)
        return
    if action == "all":
        await show(update, context)
        return
    sent = await imports.asked(context.batch.db, _number(number), context.account.id)
    if sent is None or action not in ANSWERS:
        context.say(context.words("files.past"))
    else:
        await ANSWERS[action](context, sent, more)


def _number(text: str) -> int:
    try:
        return int(text, 36) & (2**63 - 1)
    except ValueError:
        return 0


async def _not_agreed(context: Context, sent: Import, _: list[str]) -> None:
    """Throw the list away: nobody is registered who has not agreed."""
    context.delete(sent.named(context.batch.keys)["message_id"])
    await imports.forget(context.batch.db, sent)
    context.say(context.words("files.not_agreed"))


async def _how(context: Context, sent: Import, more: list[str]) -> None:
    """Ask when they agreed."""
    if more[0] not in HOW:
        context.say(context.words("files.past"))
        return
    days = tuple((_button(context, f"files.when.{day}", "when", sent.id, more[0], day),) for day in WHEN)
    context.say(context.words("files.when"), Inline(days))


async def _when(context: Context, sent: Import, more: list[str]) -> None:
    """Note the declaration; from now on the list is worked off."""
    how, when = more[:2]
    if how not in HOW or when not in WHEN:
        context.say(context.words("files.past"))
        return
    shown = hashlib.sha256(context.words("files.ask").encode()).digest()
    await imports.declare(context.batch.db, sent, how, when, shown, context.batch.now)
    context.say(context.words("files.accepted"))


ANSWERS: Final[dict[str, Callable[[Context, Import, list[str]], Awaitable[None]]]] = {
    "no": _not_agreed,
    "how": _how,
    "when": _when,
}
"""What the buttons under a list do."""


async def send_template(update: Update, context: Context) -> None:
    """/templat: the template, in the sender's language."""
    name = f"{context.words('files.template_name')}.xlsx"
    caption = context.words("files.template")
    content = template.file_of(context.language)
    context.batch.say(Document(context.account.id, name, content, caption), context.account.id)
    show_place(context)


async def show(update: Update, context: Context) -> None:
    """/impor: how lists are sent, and where the sender's own stand."""
    sent = await imports.of_account(context.batch.db, context.account.id, LISTED)
    lines = "\n".join(_line(context, one) for one in sent)
    get = Button(context.words("files.template_button"), data="v1|f|template")
    context.say(context.words("files.help", lines=lines).strip(), Inline(((get,),)))
    unanswered = next((one for one in sent if one.stage is Stage.ASKED), None)
    if unanswered is not None:
        await _ask_for(context, unanswered.id)
    show_place(context)


def _line(context: Context, sent: Import) -> str:
    counts = {"filed": sent.filed, "known": sent.known, "refused": sent.refused}
    match sent.stage:
        case Stage.RUNNING:
            whole = max(sent.expected, sent.judged)
            return context.words("files.line.running", done=sent.judged, whole=whole)
        case Stage.DONE:
            return context.words("files.line.done", **counts)
        case _:
            return context.words(f"files.line.{sent.stage.value}")


COMMANDS: Final = {"templat": send_template, "impor": show}
"""Commands about lists; they are in nobody's menu."""
