"""The weekly card of a village's group: asked for and confirmed in private, with a number said in the group.

Nothing said in a group is read; every group that nobody asked a card for is left, as always.
"""

import re
from typing import Final

from telegram import Update

from conversations.engine import Words
from handlers.batch import Batch, Context
from handlers.coverage.reach import Reach, reach_of
from handlers.coverage.views import label
from handlers.render import Teller
from locales import say
from models.counting import group_cards
from post.sayings import Leave, Message
from rules.regions import VILLAGE

NUMBER: Final = re.compile(r"[0-9]{6}")
GROUPS: Final = ("group", "supergroup")
HERE: Final = ("member", "administrator", "restricted")
GONE: Final = ("left", "kicked")


async def ask(context: Context, reach: Reach, code: str, _: str) -> None:
    """Note that the sender wants a card of a village, and say what to do."""
    if len(code) != VILLAGE:
        context.say(context.words("coverage.not_there"))
        return
    await group_cards.ask(context.batch.db, context.account.id, code, context.language, context.batch.now)
    minutes = int(group_cards.WITHIN.total_seconds() // 60)
    words = Words("coverage.card.ask", {"place": label(code), "minutes": str(minutes)})
    context.say(Teller(context.language).html(words))


async def confirm(update: Update, context: Context) -> None:
    """/kartu NUMBER: confirm the group by the number that was said there."""
    batch, message = context.batch, update.effective_message
    found = NUMBER.search((message.text if message else "") or "")
    if found is None:
        context.say(context.words("coverage.card.usage"))
        return
    card = await group_cards.confirm(batch.db, context.account.id, found[0], batch.now)
    if card is None:
        context.say(context.words("coverage.card.wrong"))
        return
    words = Words("coverage.card.confirmed", {"place": label(card.code)})
    context.say(Teller(context.language).html(words))


async def end(context: Context, reach: Reach, code: str, _: str) -> None:
    """End the sender's cards of a village, and leave their groups."""
    for card in await group_cards.of_account(context.batch.db, context.account.id, code):
        await group_cards.forget(context.batch.db, card.id)
        if card.chat_id is not None:
            context.batch.say(Leave(card.chat_id), card.chat_id)
    context.say(context.words("coverage.card.ended"))


async def taken(batch: Batch, update: Update) -> bool:
    """Take an update of a group that gets cards or is about to; False for any other chat.

    Only its id and our own place in it are looked at, never what is said.
    """
    chat, change = update.effective_chat, update.my_chat_member
    if chat is None or chat.type not in GROUPS:
        return False
    if chat.id in batch.sayings and change is None:
        return True  # we are leaving it, or have just said its number
    card = await group_cards.of_chat(batch.db, chat.id)
    if card is None:
        return change is not None and change.new_chat_member.status in HERE and await _joined(batch, update)
    message = update.message
    if change is not None and change.new_chat_member.status in GONE:
        await group_cards.forget(batch.db, card.id)
    elif message is not None and message.migrate_to_chat_id is not None:
        card.chat_id = message.migrate_to_chat_id
        await batch.db.flush()
    return True


async def _joined(batch: Batch, update: Update) -> bool:
    """Say the number in a group to which somebody added us who had asked for its card."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None or chat.id in batch.sayings:
        return False
    joined = await group_cards.join(batch.db, user.id, chat.id, batch.now)
    if joined is None:
        return False
    card, number = joined
    reach = await reach_of(batch.db, user.id, batch.now, batch.today)
    if not reach.holds(card.code):
        await group_cards.forget(batch.db, card.id)
        return False
    place = Teller(card.language).html(label(card.code))
    batch.say(Message(chat.id, say(card.language, "coverage.card.number", number=number)), chat.id)
    batch.say(Message(user.id, say(card.language, "coverage.card.type_it", place=place)), user.id)
    return True
