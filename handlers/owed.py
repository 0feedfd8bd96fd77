"""Puts owed messages into words at the moment they are sent: reminders, digests, news of a registration."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Month, Words
from handlers.contributions import list_page
from handlers.members import Member, read
from handlers.reminders import reminder_buttons, reminder_words
from handlers.render import Teller
from handlers.standing import Composer
from locales import say
from models.accounts import Account
from models.among import among
from models.deliveries import Claimed
from models.keys import Keys
from models.memberships import Relation
from models.reminders import DIGEST, REMINDER
from post.sayings import Message, Saying
from rules.calendar import Step
from rules.money import rupiah

REGISTERED = "registered"
"""The kind of news that BPJS Ketenagakerjaan has registered somebody."""

LEDGER = "ledger"
"""The kind of news that an officer wrote into the ledger of contributions."""

SEEN_TO = timedelta(days=7)
"""A digest names those who are due within so many days, or late."""

Said = Mapping[int, tuple[Saying, ...]]
Payload = Mapping[str, Any]
Telling = Callable[[Member, Payload], Words]
"""Puts the news of a membership into words."""


class Owed:
    """The words of what is owed, in each account's language; `zone` is the office's."""

    def __init__(self, keys: Keys, zone: ZoneInfo) -> None:
        self._keys = keys
        self._zone = zone

    @property
    def composers(self) -> dict[str, Composer]:
        """What puts each kind into words."""
        return {
            REMINDER: self.reminders,
            DIGEST: self.digests,
            REGISTERED: self.registered,
            LEDGER: self.ledger,
        }

    async def reminders(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return each reminder's words; nothing for one whose worker is gone."""
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await _languages(db, wave)
        for chat_id, owed in _by_chat(wave).items():
            subjects = [each.subject_id for each in owed if each.subject_id is not None]
            members = await self._members(db, chat_id, now, subjects)
            for each in owed:
                member = members.get(each.subject_id or 0)
                if member is not None and each.month is not None and each.step is not None:
                    message = self._reminder(each, member, languages[chat_id], now)
                    said[each.id] = (message,)
        return said

    def _reminder(self, owed: Claimed, member: Member, language: str, now: datetime) -> Message:
        today = now.astimezone(ZoneInfo(member.membership.zone)).date()
        words = reminder_words(member, Step(owed.step or Step.DUE), owed.month or today, today)
        return Message(owed.chat_id, Teller(language).html(words), reminder_buttons(language, member))

    async def digests(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return one list for each account that acts for many: who is due, the soonest first."""
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await _languages(db, wave)
        today = self._today(now)
        for each in wave:
            members = await self._members(db, each.chat_id, now)
            due = [member for member in members.values() if _to_see_to(member, today)]
            if due:
                language = languages[each.chat_id]
                heading = say(language, "reminders.digest", count=len(due))
                text, keyboard = list_page(language, due, 1, today, heading)
                said[each.id] = (Message(each.chat_id, text, keyboard),)
        return said

    async def registered(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return the news that somebody is registered, with what to pay first; it carries the reference."""
        return await self._news(db, wave, now, _registered)

    async def ledger(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return the news of what an officer wrote into the ledger; it carries the reference."""
        return await self._news(db, wave, now, _ledger)

    async def _news(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime, tell: Telling) -> Said:
        """Return news of memberships, put into words for those who are still a contact of them."""
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await _languages(db, wave)
        for each in wave:
            wanted = int(each.payload["membership"])
            members = await self._members(db, each.chat_id, now, [wanted])
            if wanted in members:
                words = tell(members[wanted], each.payload)
                said[each.id] = (Message(each.chat_id, Teller(languages[each.chat_id]).html(words)),)
        return said

    async def _members(
        self, db: AsyncSession, account_id: int, now: datetime, ids: Sequence[int] | None = None
    ) -> dict[int, Member]:
        found = await read(db, self._keys, account_id, self._today(now), ids)
        return {member.id: member for member in found}

    def _today(self, now: datetime) -> date:
        return now.astimezone(self._zone).date()


def _registered(member: Member, payload: Payload) -> Words:
    month = member.standing.next_unpaid
    values = {
        "name": member.name,
        "reference": str(payload["reference"]),
        "amount": member.amount(month),
        "month": Month(month),
    }
    return Words("desk.registered_told", values)


def _ledger(member: Member, payload: Payload) -> Words:
    months = tuple(
        Words(
            "contributions.month_line", {"month": Month(date.fromisoformat(month)), "amount": rupiah(amount)}
        )
        for month, amount in payload["months"]
    )
    until = payload["until"]
    values = {
        "name": member.name,
        "reference": str(payload["reference"]),
        "lines": months,
        "day": "" if until is None else date.fromisoformat(until),
    }
    return Words(f"payments.told.{payload['news']}", values)


def _to_see_to(member: Member, today: date) -> bool:
    return member.relation is not Relation.SELF and member.standing.due <= today + SEEN_TO


def _by_chat(wave: Sequence[Claimed]) -> dict[int, list[Claimed]]:
    chats: dict[int, list[Claimed]] = defaultdict(list)
    for each in wave:
        chats[each.chat_id].append(each)
    return chats


async def _languages(db: AsyncSession, wave: Sequence[Claimed]) -> dict[int, str]:
    """Return the language of each account of a wave."""
    query = select(Account.id, Account.language).where(among(Account.id, {each.chat_id for each in wave}))
    return {row.id: row.language for row in await db.execute(query)}
