"""Messages that are no answers: photos, voice notes, stickers, edits, groups. Each gets a fitting word."""

from telegram import Message, Update
from telegram.ext import filters

from handlers.batch import Context
from handlers.commands import show_place, welcome
from handlers.endings import taken_whole

KINDS = {
    "photo": "photo",
    "document": "photo",
    "video": "photo",
    "animation": "sticker",
    "voice": "voice",
    "audio": "voice",
    "video_note": "voice",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
    "contact": "contact",
}
"""What a message holds, and which words answer it."""

DELETED = ("photo", "document", "video")
"""Kinds that may show an identity card: they are deleted from the chat on arrival, and never fetched."""

PRIVATE = filters.ChatType.PRIVATE


async def unreadable(update: Update, context: Context) -> None:
    """Say that this kind of message cannot be read, and ask the present question again."""
    message = update.effective_message
    assert message is not None  # noqa: S101 - only messages are routed here
    if await taken_whole(context, message):
        return
    kind = kind_of(message)
    if kind in DELETED:
        context.delete(message.message_id)
    words = context.words(f"dialogue.text_only.{KINDS.get(kind, 'other')}")
    context.say(words, welcome(context) if context.place is None else None)
    show_place(context)


def kind_of(message: Message) -> str:
    """Return which kind of message this is."""
    return next((kind for kind in KINDS if getattr(message, kind, None)), "other")


async def edited(update: Update, context: Context) -> None:
    """Say that an edit changes no accepted answer, and how to correct one."""
    context.say(context.words("dialogue.edited"))
    show_place(context)


async def reachable(update: Update, context: Context) -> None:
    """Note whether the person blocked or unblocked the bot."""
    change = update.my_chat_member
    if change is not None:
        context.account.unreachable = "blocked" if change.new_chat_member.status == "kicked" else None
