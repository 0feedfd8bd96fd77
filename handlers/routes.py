"""Every handler, in the order in which it is tried."""

from typing import Any

from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from handlers import (
    commands,
    contacts,
    contributions,
    desk,
    dialogue,
    files,
    health,
    membership,
    other_kinds,
    payments,
    protection,
    reminders,
)
from handlers.batch import Context

NEW = filters.UpdateType.MESSAGE

OFFICE = {
    "terdaftar": desk.registered,
    "bayar": payments.confirm,
    "koreksi": payments.correct,
    "sampai": protection.protect,
    "kesehatan": health.report,
}
"""Commands of the officers' desk; they are in nobody's menu."""


def handlers() -> tuple[BaseHandler[Any, Context, Any], ...]:
    """Return the handlers. Order matters: the first that fits takes the update."""
    return (
        CallbackQueryHandler(commands.tapped, pattern=r"^v1\|c\|"),
        CallbackQueryHandler(reminders.tapped, pattern=r"^v1\|r\|"),
        CallbackQueryHandler(contributions.tapped, pattern=r"^v1\|i\|"),
        CallbackQueryHandler(membership.tapped, pattern=r"^v1\|m\|"),
        CallbackQueryHandler(payments.tapped, pattern=r"^v1\|o\|month\|"),
        CallbackQueryHandler(protection.tapped, pattern=r"^v1\|o\|until\|"),
        CallbackQueryHandler(contacts.tapped, pattern=r"^v1\|k\|"),
        CallbackQueryHandler(files.tapped, pattern=r"^v1\|f\|"),
        CallbackQueryHandler(dialogue.tapped),
        *(CommandHandler(name, command, filters=NEW) for name, command in commands.COMMANDS.items()),
        *(CommandHandler(name, command, filters=NEW) for name, command in OFFICE.items()),
        *(CommandHandler(name, command, filters=NEW) for name, command in files.COMMANDS.items()),
        MessageHandler(NEW & filters.COMMAND, commands.unknown),
        MessageHandler(NEW & (filters.TEXT | filters.CONTACT), dialogue.replied),
        MessageHandler(NEW & filters.Document.ALL, files.arrived),
        MessageHandler(filters.UpdateType.EDITED_MESSAGE, other_kinds.edited),
        MessageHandler(NEW, other_kinds.unreadable),
        ChatMemberHandler(other_kinds.reachable, ChatMemberHandler.MY_CHAT_MEMBER),
    )
