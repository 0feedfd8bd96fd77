"""Puts owed messages into words at the moment they are sent: reminders, digests, news."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Month, Words
from handlers.agency.programme_news import ProgrammeNews
from handlers.agency.slips import PAPERS, Papers
from handlers.news import AGENCY, ASKS_TO_BE_AGENT, CHAIN_NEWS, OFFICE_NEWS, News
from handlers.office import administration, audit_pages, step_up
from handlers.render import Teller
from handlers.standing import Composer
from handlers.workers.contributions import list_page
from handlers.workers.members import Member, read
from handlers.workers.reminders import reminder_buttons, reminder_words, step_now
from locales import say
from models.accounts import languages_of
from models.audit_checks import AUDIT_HEAD
from models.deliveries import Claimed
from models.keys import Keys
from models.programmes import PROGRAMME_NEWS
from models.reminders import DIGEST, REMINDER
from models.snoozes import put_off
from models.wanted import to_see_to
from post.sayings import Message, Saying
from rules.calendar import SPONSOR_ENDS, Step, kept_for, remind_by
from rules.money import rupiah

REGISTERED = "registered"
"""The kind of news that BPJS Ketenagakerjaan has registered somebody."""

LEDGER = "ledger"
"""The kind of news that an officer wrote into the ledger of contributions."""

SEEN_TO = timedelta(days=7)
"""A digest names those who are due within so many days, late, or have paid nothing yet."""

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
        news = News(self._keys)
        return {
            REMINDER: self.reminders,
            DIGEST: self.digests,
            REGISTERED: self.registered,
            LEDGER: self.ledger,
            AUDIT_HEAD: audit_pages.heads,
            step_up.NEWS: step_up.news,
            administration.ROLE_NEWS: administration.news,
            OFFICE_NEWS: news.for_officers,
            ASKS_TO_BE_AGENT: news.of_requests,
            AGENCY: news.for_agents,
            CHAIN_NEWS: news.for_contacts,
            PAPERS: Papers(self._keys).compose,
            PROGRAMME_NEWS: ProgrammeNews(self._keys, self._zone).compose,
        }

    async def reminders(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return each reminder's words; nothing for one whose worker is gone."""
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await languages_of(db, {each.chat_id for each in wave})
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
        """Return one list for each account that acts for many: who is due, the soonest first.

        Whoever has only one to see to gets a reminder that says for whom, with all its answers.
        """
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await languages_of(db, {each.chat_id for each in wave})
        theirs = await to_see_to(db, languages)
        today = self._today(now)
        later = await put_off(db, {number for ids in theirs.values() for number in ids}, today)
        for each in wave:
            language = languages[each.chat_id]
            members = await self._members(db, each.chat_id, now, theirs[each.chat_id])
            due = [
                member
                for member in members.values()
                if _is_due(member, today) and (member.id, member.standing.next_unpaid) not in later
            ]
            match due:
                case []:
                    continue
                case [one]:
                    said[each.id] = (_single(each.chat_id, one, language, today),)
                case _:
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
        languages = await languages_of(db, {each.chat_id for each in wave})
        for each in wave:
            wanted = int(each.payload["membership"])
            members = await self._members(db, each.chat_id, now, [wanted])
            if wanted in members:
                words = tell(members[wanted], each.payload)
                said[each.id] = (Message(each.chat_id, Teller(languages[each.chat_id]).html(words)),)
        return said

    async def _members(
        self, db: AsyncSession, account_id: int, now: datetime, ids: Collection[int] | None = None
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


def _is_due(member: Member, today: date) -> bool:
    """Return whether a digest names a member: nothing paid yet, due soon, late, or lapsed on this day.

    Whoever somebody else pays for is named when that ends soon, and not before.
    """
    stands, until = member.standing, member.sponsored(today)
    if until is not None:
        return any(until - day in SPONSOR_ENDS.values() for day in kept_for(today))
    if stands.lapsed:
        return stands.lapse_on in kept_for(today)
    due = min(stands.due, remind_by(stands.next_unpaid))
    return stands.paid_through is None or due <= today + SEEN_TO


def _single(chat_id: int, member: Member, language: str, today: date) -> Message:
    words = reminder_words(member, step_now(member, today), member.standing.next_unpaid, today)
    return Message(chat_id, Teller(language).html(words), reminder_buttons(language, member))


def _by_chat(wave: Sequence[Claimed]) -> dict[int, list[Claimed]]:
    chats: dict[int, list[Claimed]] = defaultdict(list)
    for each in wave:
        chats[each.chat_id].append(each)
    return chats
