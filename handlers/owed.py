"""Puts owed messages into words at the moment they are sent: reminders, digests, news."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Month, Words
from handlers.agency.hand_over import QR
from handlers.agency.posters import POSTER, Posters
from handlers.agency.programme_news import ProgrammeNews
from handlers.agency.slips import PAPERS, Papers
from handlers.coverage.files import COVERAGE, CoverageNews, leave
from handlers.news import AGENCY, ASKS_TO_BE_AGENT, CHAIN_NEWS, OFFICE_NEWS, News
from handlers.office import audit_pages, role_news, step_up
from handlers.office.broadcast_news import Tellings
from handlers.office.export_news import CHANGED, EXPORT, REFUSED, ExportNews
from handlers.office.unmasked import Unmasked
from handlers.render import Teller
from handlers.standing import Composer
from handlers.status_news import STATUS_NEWS, StatusNews
from handlers.workers.contributions import list_page
from handlers.workers.members import Member, read
from handlers.workers.own_news import HELD, OWN_NEWS, OwnNews
from handlers.workers.reminders import reminder_buttons, reminder_words, step_now
from handlers.workers.ticks import FEW, Sheet, Ticks, chosen
from locales import say
from models.accounts import languages_of
from models.agency.alarms import ALARM
from models.agency.programmes import PROGRAMME_NEWS
from models.broadcasting.broadcasts import BROADCAST_NEWS
from models.counting.group_cards import CARD, GROUP_LEFT
from models.owing.deliveries import Claimed
from models.owing.fleeting import UNMASKED
from models.owing.wanted import to_see_to
from models.ownership.selves import TOLD
from models.reminding.continuations import wished
from models.reminding.reminders import DIGEST, REMINDER
from models.reminding.snoozes import put_off
from models.storage.keys import Keys
from models.trust.audit_checks import AUDIT_HEAD
from post.sayings import Message, Saying
from rules.calendar import Step
from rules.money import rupiah

REGISTERED = "registered"
"""The kind of news that BPJS Ketenagakerjaan has registered somebody."""

LEDGER = "ledger"
"""The kind of news that an officer wrote into the ledger of contributions."""

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
        news, own = News(self._keys), OwnNews(self._keys, self._zone)
        news, export_news = News(self._keys), ExportNews(self._keys)
        return {
            REMINDER: self.reminders,
            DIGEST: self.digests,
            REGISTERED: self.registered,
            LEDGER: self.ledger,
            AUDIT_HEAD: audit_pages.heads,
            step_up.NEWS: step_up.news,
            role_news.ROLE_NEWS: role_news.news,
            OFFICE_NEWS: news.for_officers,
            ASKS_TO_BE_AGENT: news.of_requests,
            ALARM: news.of_alarms,
            AGENCY: news.for_agents,
            CHAIN_NEWS: news.for_contacts,
            OWN_NEWS: own.news,
            HELD: own.held,
            TOLD: own.registered_by,
            QR: own.pictures,
            PAPERS: Papers(self._keys).compose,
            UNMASKED: Unmasked(self._keys, self._zone).compose,
            STATUS_NEWS: StatusNews(self._keys).compose,
            POSTER: Posters(self._keys).compose,
            EXPORT: export_news.made,
            CHANGED: export_news.changed,
            REFUSED: export_news.refused,
            PROGRAMME_NEWS: ProgrammeNews(self._keys, self._zone).compose,
            BROADCAST_NEWS: Tellings(self._keys).compose,
            COVERAGE: CoverageNews(self._zone).compose,
            CARD: CoverageNews(self._zone).cards,
            GROUP_LEFT: leave,
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
        buttons = reminder_buttons(language, member, Step(owed.step or Step.DUE))
        return Message(owed.chat_id, Teller(language).html(words), buttons)

    async def digests(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return one list for each account that acts for many: who is due, the soonest first.

        Whoever has only one to see to gets a reminder that says for whom, with all its answers.
        """
        said: dict[int, tuple[Saying, ...]] = {}
        languages = await languages_of(db, {each.chat_id for each in wave})
        theirs = await to_see_to(db, languages)
        today = self._today(now)
        everybody = {number for ids in theirs.values() for number in ids}
        later, alone = await put_off(db, everybody, today), await wished(db, everybody)
        for each in wave:
            language = languages[each.chat_id]
            members = await self._members(db, each.chat_id, now, theirs[each.chat_id])
            due = chosen(members.values(), today, later, alone)
            match due:
                case []:
                    continue
                case [one]:
                    said[each.id] = (_single(each.chat_id, one, language, today),)
                case _ if len(due) <= FEW:
                    page = Ticks(Sheet.DUE, today, due).page(language, today)
                    said[each.id] = (Message(each.chat_id, *page),)
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
    told = Words("desk.registered_told", values)
    code = payload.get("code")
    return Words("office.registered_told", {"told": told, "code": code}) if code else told


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


def _single(chat_id: int, member: Member, language: str, today: date) -> Message:
    step = step_now(member, today)
    words = reminder_words(member, step, member.standing.next_unpaid, today)
    return Message(chat_id, Teller(language).html(words), reminder_buttons(language, member, step))


def _by_chat(wave: Sequence[Claimed]) -> dict[int, list[Claimed]]:
    chats: dict[int, list[Claimed]] = defaultdict(list)
    for each in wave:
        chats[each.chat_id].append(each)
    return chats
