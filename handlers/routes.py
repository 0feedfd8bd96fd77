"""Every handler, in the order in which it is tried, each behind its rule (handlers/authority.py)."""

import re
from typing import Any

from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

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
from handlers.workers import contacts, contributions, household, membership, reminders

NEW = filters.UpdateType.MESSAGE

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
    ("PIN", "v1|q|", step_up.tapped),
    ("role", "v1|s|role|", administration.tapped),
    ("candidate", "v1|t|as|", candidates.tapped),
    ("table", "v1|t|own|", own_tables.tapped),
    ("administration", "v1|s|", administration.tapped),
)
"""Buttons outside dialogues: whose they are, how what they carry begins, and what takes them."""


def handlers() -> tuple[BaseHandler[Any, Context, Any], ...]:
    """Return the handlers. Order matters: the first that fits takes the update."""
    return (
        *(_buttons(name, prefix, do) for name, prefix, do in BUTTONS),
        CallbackQueryHandler(Guarded("answer buttons", dialogue.tapped)),
        *(_command(name, do) for name, do in (commands.COMMANDS | OFFICE | files.COMMANDS).items()),
        MessageHandler(NEW & filters.COMMAND, Guarded("unknown commands", commands.unknown)),
        MessageHandler(NEW & (filters.TEXT | filters.CONTACT), Guarded("answers", dialogue.replied)),
        MessageHandler(NEW & filters.Document.ALL, Guarded("files", files.arrived)),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, Guarded("edited messages", other_kinds.edited)),
        MessageHandler(NEW, Guarded("other messages", other_kinds.unreadable)),
        ChatMemberHandler(
            Guarded("blocked and unblocked", other_kinds.reachable), ChatMemberHandler.MY_CHAT_MEMBER
        ),
    )


def _command(name: str, do: Handle) -> BaseHandler[Any, Context, Any]:
    return CommandHandler(name, Guarded(f"/{name}", do), filters=NEW)


def _buttons(name: str, prefix: str, do: Handle) -> BaseHandler[Any, Context, Any]:
    return CallbackQueryHandler(Guarded(f"{name} buttons", do), pattern=f"^{re.escape(prefix)}")
