"""News about a membership that must arrive: what officers must hear of, and who joined or left its chain.

It is owed here and put into words when it is sent. It carries no name but the worker's first, and no NIK.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.agency import path_of
from conversations.engine import Words
from handlers.authority import OFFICE
from handlers.batch import Context
from handlers.render import Teller, base36
from handlers.workers.members import Member, first_names
from models import accounts
from models.applications import Application
from models.memberships import Relation
from models.owing import deliveries
from models.owing.deliveries import Claimed
from models.storage.keys import Keys
from post.sayings import Message, Saying

OFFICE_NEWS: Final = "office_news"
"""The kind of news that officers get."""

CHAIN_NEWS: Final = "chain_news"
"""The kind of news that those get who are, or were, to be reminded."""

ASKS_TO_BE_AGENT: Final = "asks_to_be_agent"
"""The kind of news that officers get of a request."""

AGENCY: Final = "agency"
"""The kind of news that agents get of what was decided."""

Said = Mapping[int, tuple[Saying, ...]]


class Heard(StrEnum):
    """What officers must hear of: a reminder reached somebody wrong, or the worker died."""

    NOT_ME = "notme"
    DIED = "died"


class Change(StrEnum):
    """What happened to a chain: somebody invited joined it or refused to, or was taken out."""

    JOINED = "joined"
    REFUSED = "refused"
    TAKEN_OUT = "taken_out"


async def tell_office(context: Context, member: Member, heard: Heard) -> bool:
    """Owe every officer what the sender just said of a member; return whether one of them is in reach."""
    batch = context.batch
    payload = {
        "heard": heard.value,
        "reference": await _reference(context, member),
        "relation": member.relation.value,
        "day": batch.today.isoformat(),
    }
    event = f"{heard.value}:{member.id}"
    if heard is Heard.NOT_ME:  # several may say so, each once
        event += f":{member.relation.value}:{batch.today}"
    return await tell_officers(context, OFFICE_NEWS, f"office:{event}", payload)


async def tell_officers(context: Context, kind: str, event: str, payload: dict[str, Any]) -> bool:
    """Owe every officer some news, once for an event; return whether one of them is in reach."""
    officers = await accounts.holders(context.batch.db, OFFICE, context.batch.now)
    return await tell_these(context, officers, kind, event, payload)


async def tell_these(
    context: Context, officers: Mapping[int, bool], kind: str, event: str, payload: dict[str, Any]
) -> bool:
    """Owe these officers some news, once for an event; return whether one of them is in reach."""
    batch = context.batch
    owed = [_owed(each, kind, event, payload, batch.now) for each in officers]
    await deliveries.owe(batch.db, batch.keys, owed, batch.now)
    return any(officers.values())


async def _reference(context: Context, member: Member) -> str:
    """Return what officers know a membership by: the receipt number, or its own number."""
    number = member.membership.application_id
    application = None if number is None else await context.batch.db.get(Application, number)
    return base36(member.id) if application is None else application.reference


async def tell_contact(
    context: Context, account_id: int, change: Change, membership_id: int, relation: Relation
) -> None:
    """Owe somebody else the news of a change in a chain."""
    batch = context.batch
    payload = {"change": change.value, "membership": membership_id, "relation": relation.value}
    event = f"chain:{change.value}:{membership_id}:{batch.now:%Y%m%d%H%M%S%f}"
    owed = _owed(account_id, CHAIN_NEWS, event, payload, batch.now)
    await deliveries.owe(batch.db, batch.keys, [owed], batch.now)


def _owed(account_id: int, kind: str, event: str, payload: dict[str, Any], now: datetime) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"{event}:{account_id}",
        chat_id=account_id,
        kind=kind,
        payload=payload,
        not_before=now,
        account_id=account_id,
    )


class News:
    """The words of news, in each account's language."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def for_officers(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what officers hear; nothing for whoever is none any more."""
        return await self._office(db, wave, now, _office_words)

    async def of_requests(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what officers hear of somebody who asks to be an agent."""
        return await self._office(db, wave, now, _request_words)

    async def of_alarms(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what officers hear of an account that brings many NIKs."""
        return await self._office(db, wave, now, _alarm_words)

    async def for_agents(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what agents hear of what was decided about them."""
        return await _in_words(db, wave, _agency_words)

    async def _office(
        self,
        db: AsyncSession,
        wave: Sequence[Claimed],
        now: datetime,
        words: Callable[[dict[str, Any]], Words],
    ) -> Said:
        officers = await accounts.holders(db, OFFICE, now)
        return await _in_words(db, [each for each in wave if each.chat_id in officers], words)

    async def for_contacts(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what those hear who are or were in a chain; nothing when its worker was erased."""
        names = await first_names(db, self._keys, {int(each.payload["membership"]) for each in wave})
        known = [each for each in wave if int(each.payload["membership"]) in names]
        return await _in_words(
            db, known, lambda payload: _chain_words(payload, names[int(payload["membership"])])
        )


async def _in_words(
    db: AsyncSession, wave: Sequence[Claimed], words: Callable[[dict[str, Any]], Words]
) -> Said:
    languages = await accounts.languages_of(db, {each.chat_id for each in wave})
    return {
        each.id: (Message(each.chat_id, Teller(languages[each.chat_id]).html(words(each.payload))),)
        for each in wave
        if each.chat_id in languages
    }


def _office_words(payload: dict[str, Any]) -> Words:
    values = {
        "reference": payload["reference"],
        "relation": Words(f"contacts.relation.{payload['relation']}"),
        "day": date.fromisoformat(payload["day"]),
    }
    return Words(f"contacts.office.{payload['heard']}", values)


def _request_words(payload: dict[str, Any]) -> Words:
    return Words("agency.asked", {"territory": path_of(payload["territory"])})


def _alarm_words(payload: dict[str, Any]) -> Words:
    badge = payload["badge"]
    who = Words("quotas.no_badge") if badge is None else Words("quotas.badge", {"badge": badge})
    values = {"who": who, "account": payload["account"], "count": payload["count"]}
    return Words(f"quotas.alarm.{payload['why']}", values)


def _agency_words(payload: dict[str, Any]) -> Words:
    until = payload["until"]
    values = {
        "badge": payload["badge"],
        "territory": path_of(payload["territory"]),
        "until": "" if until is None else date.fromisoformat(until),
    }
    return Words(f"agency.told.{payload['what']}", values)


def _chain_words(payload: dict[str, Any], name: str) -> Words:
    values = {"name": name, "relation": Words(f"contacts.relation.{payload['relation']}")}
    return Words(f"contacts.news.{payload['change']}", values)
