"""Where a person stands, shown without a new answer: after a redelivery, or when a reply was owed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Update

from conversations.registration import registration
from handlers import filing
from handlers.batch import Batch, Place
from handlers.render import Page, messages
from locales import SOURCE, say
from models import applications, dialogues
from models.accounts import Account
from models.owing.deliveries import Claimed
from models.states import State
from models.storage.among import among
from models.storage.keys import Keys
from post.sayings import Leave, Message, Saying

Composer = Callable[[AsyncSession, Sequence[Claimed], datetime], Awaitable[Mapping[int, tuple[Saying, ...]]]]
"""Puts owed messages into words when they are sent, by their ids."""


async def show(batch: Batch, account_id: int) -> None:
    """Owe this person the sight of where they stand."""
    for saying in await sayings(batch, account_id):
        batch.say(saying, account_id)


async def sayings(batch: Batch, account_id: int) -> tuple[Saying, ...]:
    """Return what shows where a person stands: the present question, the last receipt, or how to begin."""
    account = batch.accounts[account_id]
    place = batch.places.get(account_id)
    if place is not None:
        page = Page(place.flow, place.dialogue.id, account.language, batch.today)
        return messages(page, account_id, place.turn())
    return (await _last(batch, account),)


async def _last(batch: Batch, account: Account) -> Message:
    """Return the receipt of what was filed last, or how to begin or go on."""
    filed = await applications.of_account(batch.db, account.id, 1)
    if not filed or filed[0].state != State.SUBMITTED:
        return Message(account.id, say(account.language, "dialogue.where_now"))
    key = await applications.key_of(batch.db, batch.keys, filed[0].worker_id)
    answers = registration.live(filed[0].told(key))
    day = filed[0].submitted_at.astimezone(batch.zone).date()
    text = filing.receipt(account.language, filed[0].reference, answers, day)
    buttons = filing.receipt_buttons(account.language, filed[0].reference, filed[0].id, answers)
    return Message(account.id, text, buttons)


def composer(keys: Keys, zone: ZoneInfo) -> Composer:
    """Return what puts the places of people into words, read afresh when they are sent."""

    async def compose(
        db: AsyncSession, owed: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        people = {each.chat_id for each in owed}
        batch = Batch(db, keys, now, zone)
        known = await db.scalars(select(Account).where(among(Account.id, people)))
        batch.accounts = {account.id: account for account in known}
        opened = await dialogues.current(db, keys, people)
        batch.places = {owner: Place.of(one) for owner, one in opened.items()}
        asked = [each for each in owed if each.chat_id in batch.accounts]
        return {each.id: await sayings(batch, each.chat_id) for each in asked}

    return compose


def outside(batch: Batch, update: Update) -> None:
    """Leave a group, and tell the one who wrote there in private: nothing is ever said in a group."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or chat.type == "private" or chat.id in batch.sayings or _left(update):
        return
    batch.say(Leave(chat.id), chat.id)
    if user is not None and not user.is_bot and not _in_the_name_of_a_chat(update):
        batch.say(Message(user.id, say(SOURCE, "dialogue.private_only")), user.id)


def _left(update: Update) -> bool:
    """Return whether this only tells that we are no longer in a group."""
    change = update.my_chat_member
    return change is not None and change.new_chat_member.status in ("left", "kicked")


def _in_the_name_of_a_chat(update: Update) -> bool:
    """Return whether a channel or an anonymous administrator wrote: the sender is then nobody's account."""
    message = update.effective_message
    return message is not None and message.sender_chat is not None
