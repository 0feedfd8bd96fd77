"""What came of a list, in words, with the file that goes back if any row could not be taken."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.standing import Composer
from locales import say
from models.agency import import_parts
from models.agency.import_parts import Kind
from models.agency.imports import Import, Purpose
from models.owing.deliveries import Claimed
from models.storage.keys import Keys
from post.sayings import Document, Message, Saying
from rules.dates import long
from sheets.telling import title

RESTS = "import_rests"
"""The kind of message that tells that a list goes on on another day."""

RESULT = "import"
"""The kind of message that tells what came of a list."""


def composer(keys: Keys) -> Composer:
    """Return what puts results into words; nothing is said of a list that is forgotten."""

    async def compose(
        db: AsyncSession, owed: Sequence[Claimed], _: datetime
    ) -> Mapping[int, tuple[Saying, ...]]:
        said: dict[int, tuple[Saying, ...]] = {}
        for each in owed:
            done = await db.get(Import, int(each.payload["import"]), populate_existing=True)
            if done is not None and done.finished_at is not None:
                answers = await import_parts.parts(db, keys, done.id, Kind.ANSWER)
                text = summary(done, done.against(keys), goes_back=bool(answers))
                said[each.id] = _files(done, text, answers) or (Message(done.account_id, text),)
        return said

    return compose


async def rests(db: AsyncSession, owed: Sequence[Claimed], _: datetime) -> Mapping[int, tuple[Saying, ...]]:
    """Put into words that lists go on on another day, and how far each is; nothing of one forgotten."""
    said: dict[int, tuple[Saying, ...]] = {}
    for each in owed:
        held = await db.get(Import, int(each.payload["import"]), populate_existing=True)
        if held is not None and held.finished_at is None:
            day = long(date.fromisoformat(each.payload["day"]), held.language)
            whole = max(held.expected, held.judged)
            text = say(held.language, "files.rests", done=held.judged, whole=whole, day=day)
            said[each.id] = (Message(held.account_id, text),)
    return said


def _files(done: Import, text: str, answers: Sequence[bytes]) -> tuple[Document, ...]:
    """Return what goes back, file by file; what came of the list stands under the first."""
    return tuple(
        Document(
            done.account_id,
            _name(done.language, number, answer),
            answer,
            text if number == 1 else "",
            fleeting=True,
        )
        for number, answer in enumerate(answers, start=1)
    )


def _name(language: str, number: int, answer: bytes) -> str:
    """Return a file's name, which tells nothing of who is in it."""
    ending = "xlsx" if answer.startswith(b"PK") else "csv"
    more = f"-{number}" if number > 1 else ""
    return f"{say(language, 'files.answer_name')}{more}.{ending}"


def summary(done: Import, against: Mapping[str, Any], *, goes_back: bool) -> str:
    """Return how many rows were filed, known, refused, and what stood against the rest."""
    counts = {"filed": done.filed, "known": done.known, "refused": done.refused}
    lines = [_count(done, name, count) for name, count in counts.items() if count]
    if "refused" in against:
        lines.append(_refusal(done.language, against))
    if "left_from" in against:
        lines.append(say(done.language, "files.done.left_from", row=against["left_from"]))
    if not lines:
        return say(done.language, "files.done.nothing")
    if not done.judged:
        return lines[0]
    fix = say(done.language, "files.done.fix") if goes_back else ""
    return "\n".join((say(done.language, "files.done"), "", *lines, fix)).strip()


def _count(done: Import, name: str, count: int) -> str:
    """Return how many rows came to something, in the words of what the list was for."""
    if done.purpose is Purpose.WORKERS:
        return say(done.language, f"files.done.{name}", count=count)
    return say(done.language, f"office.done.{done.purpose.value}.{name}", count=count)


def _refusal(language: str, against: Mapping[str, Any]) -> str:
    values = dict(against["values"])
    if "columns" in values:
        values["columns"] = ", ".join(title(language, column) for column in values["columns"])
    return say(language, against["refused"], **values)
