"""What the author of a broadcast, and who is to agree to it, hear: the count, the question, the report."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.agency import path_of
from conversations.engine import Words
from handlers.office import broadcast_pages as pages
from handlers.office.broadcast_copies import saying
from handlers.render import Teller, tidy
from locales import say
from models import applications
from models.accounts import languages_of
from models.applications import Application
from models.broadcasting import broadcast_news, broadcasts, recipients
from models.broadcasting.broadcasts import Broadcast, Stage
from models.broadcasting.recipients import Listed
from models.owing.deliveries import Claimed, Fate
from models.storage.keys import Keys
from models.workers import Worker
from post.keyboards import Button, Inline
from post.sayings import Document, Message, Saying
from rules import broadcasts as rules
from rules.names import masked

CAME_TO: Final = (Fate.SENT, Fate.DEAD, Fate.UNCERTAIN, Fate.EXPIRED, Fate.CANCELLED, Fate.BROKEN)
"""What recipients come to, in the order in which it is told."""

NAMED: Final = (Fate.DEAD, Fate.UNCERTAIN)
"""What recipients came to that are listed one by one."""

Said = Mapping[int, tuple[Saying, ...]]


class Tellings:
    """The words of news about broadcasts, in each reader's language."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def compose(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what each hears; nothing where that is past, such as a question somebody else answered."""
        known = await broadcasts.are_sent(db, {int(each.payload["broadcast"]) for each in wave})
        spoken = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            held = known.get(int(each.payload["broadcast"]))
            if held is not None and each.chat_id in spoken:
                said[each.id] = await self._news(db, each, held, spoken[each.chat_id], now)
        return said

    async def _news(
        self, db: AsyncSession, owed: Claimed, held: Broadcast, language: str, now: datetime
    ) -> tuple[Saying, ...]:
        match owed.payload["news"]:
            case "counted":
                return await self._counted(db, owed.chat_id, held, language, now)
            case "asked":
                return await self._asked(db, owed.chat_id, held, language, now)
            case "stopped":
                text = Teller(language).html(Words("broadcasts.stopped", _why(owed.payload)))
                keyboard = pages.status(language, held)[1]
                return (Message(owed.chat_id, text, keyboard),)
            case "report":
                return await _report(db, owed.chat_id, held, language)
        values = {"most": rules.limits()["approval_above"]}
        return (Message(owed.chat_id, say(language, f"broadcasts.{owed.payload['news']}", **values)),)

    async def _counted(
        self, db: AsyncSession, chat_id: int, held: Broadcast, language: str, now: datetime
    ) -> tuple[Saying, ...]:
        """Return how many there are and a few of them, and the page to go on from."""
        if held.stage is not Stage.DRAFT or held.counted is None:
            return ()
        text, keyboard = pages.draft(language, held, now)
        return (Message(chat_id, f"{text}\n\n{await self._sample(db, held, language)}", keyboard),)

    async def _asked(
        self, db: AsyncSession, chat_id: int, held: Broadcast, language: str, now: datetime
    ) -> tuple[Saying, ...]:
        """Return the message itself and the question whether it may go to so many."""
        if held.stage is not Stage.ASKED or chat_id not in await broadcast_news.seconds(db, held, now):
            return ()
        values = {
            "count": pages.number(language, held.counted or 0),
            "whom": pages.whom(language, held),
            "when": pages.when(held, now),
        }
        text = Teller(language).html(Words("broadcasts.asked", values))
        yes = Button(
            say(language, "broadcasts.button.yes"),
            data=pages.about("yes", held, str(held.counted)),
            style="success",
        )
        no = Button(say(language, "broadcasts.button.no"), data=pages.about("no", held), style="danger")
        whole = f"{text}\n\n{await self._sample(db, held, language)}"
        return (saying(held, self._keys, chat_id), Message(chat_id, whole, Inline(((yes,), (no,)))))

    async def _sample(self, db: AsyncSession, held: Broadcast, language: str) -> str:
        """Return a few recipients, masked: a first name with initials, and the village."""
        lines = [await self._one(db, account_id) for account_id in held.sample]
        return (
            tidy(Teller(language).html(Words("broadcasts.sample", {"lines": tuple(lines)}))) if lines else ""
        )

    async def _one(self, db: AsyncSession, account_id: int) -> Words:
        newest = (
            select(Worker)
            .join(Application, Application.worker_id == Worker.id)
            .where(Application.account_id == account_id)
            .order_by(Application.id.desc())
            .limit(1)
        )
        worker = await db.scalar(newest)
        if worker is None:
            return Words("broadcasts.sampled_unknown")
        key = await applications.key_of(db, self._keys, worker.id)
        name, place = masked(worker.opened(key, "name") or ""), path_of(worker.village_code)
        return Words("broadcasts.sampled", {"name": name, "place": place})


def _why(payload: Mapping[str, Any]) -> dict[str, object]:
    reasons = tuple(
        Words("broadcasts.why", {"reason": reason, "count": str(count)}) for reason, count in payload["why"]
    )
    return {"failed": str(payload["failed"]), "ended": str(payload["ended"]), "why": reasons}


async def _report(db: AsyncSession, chat_id: int, held: Broadcast, language: str) -> tuple[Saying, ...]:
    """Return what the recipients came to, the unreachable and the uncertain one by one; many in a file."""
    found = await recipients.tally(db, held.id)
    lines = tuple(
        Words(f"broadcasts.fate.{fate.value}", {"count": pages.number(language, found[fate])})
        for fate in CAME_TO
        if found[fate]
    )
    named = await recipients.listed(db, held.id) if any(found[fate] for fate in NAMED) else []
    few = len(named) <= rules.limits()["listed"]
    values = {
        "count": pages.number(language, found.total()),
        "lines": lines or (Words("broadcasts.fate.none"),),
        "named": tuple(_line(one) for one in named) if few else "",
    }
    text = tidy(Teller(language).html(Words("broadcasts.report", values)))
    if few:
        return (Message(chat_id, text),)
    name = f"{say(language, 'broadcasts.file_name')}.csv"
    return (Message(chat_id, text), Document(chat_id, name, _file(language, named)))


def _line(one: Listed) -> Words:
    values = {
        "account": hidden(one.account_id),
        "reference": one.reference or "–",
        "reason": one.reason or "",
    }
    return Words(f"broadcasts.named.{one.fate.value}", values)


def _file(language: str, named: Sequence[Listed]) -> bytes:
    """Return the recipients as CSV, for a spreadsheet: account (masked), receipt number, outcome, reason."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(say(language, "broadcasts.file_heading").split("|"))
    for one in named:
        outcome = say(language, f"broadcasts.outcome.{one.fate.value}")
        sheet.writerow([hidden(one.account_id), one.reference or "", outcome, one.reason or ""])
    return written.getvalue().encode("utf-8-sig")


def hidden(account_id: int) -> str:
    """Return an account's number with all but its last four digits hidden."""
    return f"…{account_id % 10_000:04}"
