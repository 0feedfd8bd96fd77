"""Every route, found by what an update is, each behind its rule (handlers/authority.py)."""

import re
from collections.abc import Iterator
from typing import Any, Final

from telegram import Message, MessageEntity, Update
from telegram.ext import BaseHandler, TypeHandler

from handlers import commands, dialogue, other_kinds
from handlers.agency import associations, files, hand_over, programmes, repairs, slips, treasurers
from handlers.authority import Guarded, Handle
from handlers.batch import Context
from handlers.coverage import desk as coverage
from handlers.coverage import groups
from handlers.office import (
    administration,
    agent_desk,
    audit_pages,
    broadcasts,
    candidates,
    data_requests,
    desk,
    exports,
    health,
    held,
    hub,
    own_tables,
    payments,
    protection,
    returned_files,
    review,
    step_up,
)
from handlers.workers import contacts, contributions, corrections, household, membership, reminders

OFFICE = {
    "agen": agent_desk.show,
    "petugas": hub.show,
    "periksa": review.show,
    "terdaftar": desk.registered,
    "bayar": payments.confirm,
    "koreksi": payments.correct,
    "sampai": protection.protect,
    "kesehatan": health.report,
    "audit": audit_pages.show,
    "atur": administration.show,
    "siapa": administration.who_am_i,
    "pin": step_up.page,
    "program": programmes.offer,
    "siar": broadcasts.offer,
    "ekspor": exports.show,
    "hasil": returned_files.show,
    "hak_data": data_requests.show,
    "cakupan": coverage.show,
    "kartu": groups.confirm,
}
"""Commands of officers and agents; they are in nobody's menu."""

BUTTONS: tuple[tuple[str, str, Handle], ...] = (
    ("command", "v1|c|", commands.tapped),
    ("reminder", "v1|r|", reminders.tapped),
    ("contribution", "v1|i|", contributions.tapped),
    ("membership", "v1|m|", membership.tapped),
    ("payment", "v1|o|month|", payments.tapped),
    ("protection", "v1|o|until|", protection.tapped),
    ("contact", "v1|k|", contacts.tapped),
    ("approval", "v1|a|yes|", agent_desk.tapped),
    ("agent", "v1|a|", agent_desk.tapped),
    ("slip", "v1|p|", slips.tapped),
    ("repair", "v1|d|fix|", repairs.tapped),
    ("unmask", "v1|d|full|", review.tapped),
    ("review", "v1|d|", review.tapped),
    ("desk page", "v1|j|", hub.tapped),
    ("programme", "v1|g|", programmes.tapped),
    ("list", "v1|f|", files.tapped),
    ("own record", "v1|h|", hand_over.tapped),
    ("held", "v1|y|", held.tapped),
    ("household", "v1|u|", household.tapped),
    ("association", "v1|w|a|", associations.tapped),
    ("treasurer", "v1|w|t|", treasurers.tapped),
    ("broadcast", "v1|b|", broadcasts.tapped),
    ("export making", "v1|x|go|", exports.tapped),
    ("office file", "v1|x|file|", returned_files.tapped),
    ("export", "v1|x|", exports.tapped),
    ("coverage", "v1|v|", coverage.tapped),
    ("correction", "v1|l|c|", corrections.tapped),
    ("data request", "v1|l|o|", data_requests.tapped),
    ("PIN", "v1|q|", step_up.tapped),
    ("role", "v1|s|role|", administration.tapped),
    ("candidate", "v1|t|as|", candidates.tapped),
    ("table", "v1|t|own|", own_tables.tapped),
    ("administration", "v1|s|", administration.tapped),
)
"""Buttons outside dialogues: whose they are, how what they carry begins, and what takes them."""


TAPS: Final = tuple(Guarded(f"{name} buttons", do) for name, _, do in BUTTONS)
BEGINNINGS: Final = re.compile("|".join(f"({re.escape(prefix)})" for _, prefix, _ in BUTTONS))
"""One group for each of BUTTONS: the first that fits takes the tap."""

COMMANDS: Final = {
    name: Guarded(f"/{name}", do) for name, do in (commands.COMMANDS | OFFICE | files.COMMANDS).items()
}
ANSWERS_BY_BUTTON: Final = Guarded("answer buttons", dialogue.tapped)
UNKNOWN: Final = Guarded("unknown commands", commands.unknown)
ANSWERS: Final = Guarded("answers", dialogue.replied)
FILES: Final = Guarded("files", files.arrived)
EDITED: Final = Guarded("edited messages", other_kinds.edited)
OTHERS: Final = Guarded("other messages", other_kinds.unreadable)
REACHABLE: Final = Guarded("blocked and unblocked", other_kinds.reachable)


def routes() -> Iterator[Guarded]:
    """Yield every route there is."""
    yield from TAPS
    yield from COMMANDS.values()
    yield from (ANSWERS_BY_BUTTON, UNKNOWN, ANSWERS, FILES, EDITED, OTHERS, REACHABLE)


def route_of(update: Update, username: str) -> Guarded | None:
    """Return what takes an update, None for a kind nobody takes; `username` is the bot's own."""
    if update.callback_query is not None:
        return _tapped(update.callback_query.data)
    if update.message is not None:
        return _told(update.message, username)
    if update.edited_message is not None:
        return EDITED
    return REACHABLE if update.my_chat_member is not None else None


def handlers() -> tuple[BaseHandler[Any, Context, Any], ...]:
    """Return what the library is to call."""
    return (TypeHandler(Update, _take),)


async def _take(update: Update, context: Context) -> None:
    route = route_of(update, context.bot.username)
    if route is not None:
        await route(update, context)


def _tapped(data: str | None) -> Guarded:
    found = BEGINNINGS.match(data or "")
    return TAPS[found.lastindex - 1] if found and found.lastindex else ANSWERS_BY_BUTTON


def _told(message: Message, username: str) -> Guarded:
    first = message.entities[0] if message.entities else None
    if first is not None and first.type == MessageEntity.BOT_COMMAND and first.offset == 0:
        return _command((message.text or "")[1 : first.length], username)
    if message.text or message.contact:
        return ANSWERS
    return FILES if message.document else OTHERS


def _command(word: str, username: str) -> Guarded:
    """Return what a command's word leads to: `daftar`, or `daftar@daftar_bpu_bot`."""
    name, *whose = word.split("@")
    ours = not whose or whose[0].casefold() == username.casefold()
    return COMMANDS.get(name.lower(), UNKNOWN) if ours else UNKNOWN
