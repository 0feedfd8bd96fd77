"""Where a person stands, shown without a new answer: after a redelivery, or when a reply was owed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from telegram import Update

from conversations.registration import registration
from handlers import filing
from handlers.batch import Batch, Place
from handlers.render import Page, messages
from locales import SOURCE, say
from models import applications, dialogues
from models.accounts import Account
from models.database import Database
from models.states import State
from post.sayings import Leave, Message, Saying

Composer = Callable[[int, datetime], Awaitable[tuple[Saying, ...]]]
"""Puts an owed message into words when it is sent: for whom, and when."""


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
    filed = await applications.of_account(batch.db, account.id)
    if not filed or filed[0].state != State.SUBMITTED:
        return Message(account.id, say(account.language, "dialogue.where_now"))
    key = await applications.key_of(batch.db, batch.keys, filed[0].worker_id)
    answers = registration.live(filed[0].told(key))
    day = filed[0].submitted_at.astimezone(batch.zone).date()
    text = filing.receipt(account.language, filed[0], answers, day)
    return Message(account.id, text, filing.receipt_buttons(account.language, filed[0]))


def composer(database: Database, zone: ZoneInfo) -> Composer:
    """Return what puts the place of a person into words, read afresh when it is sent."""

    async def compose(account_id: int, now: datetime) -> tuple[Saying, ...]:
        async with database.begin() as db:
            batch = Batch(db, database.keys, now, zone)
            account = await db.get(Account, account_id)
            if account is None:
                return ()
            batch.accounts = {account_id: account}
            opened = await dialogues.current(db, database.keys, [account_id])
            batch.places = {owner: Place.of(one) for owner, one in opened.items()}
            return await sayings(batch, account_id)

    return compose


def outside(batch: Batch, update: Update) -> None:
    """Leave a group, and tell the one who wrote there in private: nothing is ever said in a group."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or chat.type == "private" or chat.id in batch.sayings:
        return
    batch.say(Leave(chat.id), chat.id)
    if user is not None and not user.is_bot:
        batch.say(Message(user.id, say(SOURCE, "dialogue.private_only")), user.id)
