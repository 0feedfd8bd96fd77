"""News of how an application stands: owed to whoever filed it, put into words when it is sent.

It carries the receipt number and the worker's name, never a NIK.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from conversations.registration import registration
from handlers.batch import Batch
from handlers.render import Teller, base36, tidy
from locales import say
from models.accounts import languages_of
from models.applications import Application
from models.office.returned import Given
from models.owing import deliveries
from models.owing.deliveries import Claimed
from models.people import PersonKeyRow
from models.storage.among import among
from models.storage.ids import new_id
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from post.keyboards import Button, Inline
from post.sayings import Message, Saying

STATUS_NEWS: Final = "status"
"""The kind of news that tells how an application stands."""

ACCEPTED: Final = "accepted"
RETURNED: Final = "returned"
REFUSED: Final = "refused"
MERGED: Final = "merged"
SEEN: Final = "seen"
MANY: Final = "many_accepted"

Said = Mapping[int, tuple[Saying, ...]]


async def tell_subject(batch: Batch, application: Application, what: str, given: Given | None = None) -> None:
    """Owe whoever filed an application, and the worker who took it, the news of what became of it."""
    payload: dict[str, Any] = {"application": application.id, "what": what}
    if given is not None:
        payload |= {"reasons": given.reasons, "steps": given.steps, "words": given.words}
    await _owe(batch, application.account_id, payload)
    worker = application.worker_account_id
    if worker is not None and worker != application.account_id:
        await _owe(batch, worker, payload)


async def tell_many(batch: Batch, account_id: int, count: int) -> None:
    """Owe a sender one message about many applications that were accepted at once."""
    await _owe(batch, account_id, {"what": MANY, "count": count})


async def _owe(batch: Batch, account_id: int, payload: dict[str, Any]) -> None:
    owed = deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"{STATUS_NEWS}:{new_id(batch.now)}",
        chat_id=account_id,
        kind=STATUS_NEWS,
        payload=payload,
        not_before=batch.now,
        account_id=account_id,
    )
    await deliveries.owe(batch.db, batch.keys, [owed], batch.now)


def reasons_in(given: Given) -> tuple[Words, ...]:
    """Return why an application was returned or refused, line by line."""
    listed = tuple(
        Words("review.because", {"reason": Words(f"review.reason.{one}")}) for one in given.reasons
    )
    return (*listed, Words("review.because", {"reason": given.words})) if given.words else listed


def steps_in(steps: Sequence[str], name: str) -> tuple[Words, ...]:
    """Return the questions that are to be answered again, line by line."""
    known = [step for step in registration.steps if step.name in steps]
    values = {"who": name, "whose": Words("registration.named", {"name": name})}
    labels = [Words(f"{registration.name}.{step.stem}.label", {"n": step.number, **values}) for step in known]
    return tuple(Words("review.because", {"reason": label}) for label in labels)


class StatusNews:
    """The words of such news, in each account's language."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def compose(self, db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
        """Return what each is told; nothing of an application whose worker was erased."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        about = await self._about(db, {int(each.payload.get("application", 0)) for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            language = languages.get(each.chat_id)
            number = int(each.payload.get("application", 0))
            if language is not None and (number in about or each.payload["what"] == MANY):
                said[each.id] = (_message(each, language, about.get(number)),)
        return said

    async def _about(self, db: AsyncSession, ids: set[int]) -> dict[int, tuple[Application, str]]:
        """Return applications and the names of their workers."""
        query = (
            select(Application, PersonKeyRow.wrapped)
            .join(PersonKeyRow, PersonKeyRow.person_id == Application.worker_id)
            .where(among(Application.id, ids))
        )
        found = {}
        for application, wrapped in await db.execute(query):
            key = PersonKey.unwrap(self._keys, application.worker_id, wrapped)
            found[application.id] = (application, str(application.told(key)["name"]))
        return found


def _message(owed: Claimed, language: str, about: tuple[Application, str] | None) -> Message:
    payload = owed.payload
    if about is None:
        return Message(owed.chat_id, say(language, "status.many_accepted", count=payload["count"]))
    application, name = about
    given = Given(
        tuple(payload.get("reasons", ())), tuple(payload.get("steps", ())), payload.get("words", "")
    )
    values = {
        "reference": application.reference,
        "name": name,
        "reasons": reasons_in(given),
        "steps": steps_in(given.steps, name),
    }
    text = tidy(Teller(language).html(Words(f"status.{payload['what']}", values)))
    return Message(owed.chat_id, text, _repair(language, application, payload["what"], given))


def _repair(language: str, application: Application, what: str, given: Given) -> Inline | None:
    if what != RETURNED or not given.steps:
        return None
    return Inline(((repair_button(language, application.id),),))


def repair_button(language: str, application_id: int, name: str = "") -> Button:
    """Return the button that asks exactly the questions sent back; of several, each names its worker."""
    words = say(language, "status.repair_of", name=name) if name else say(language, "status.repair")
    return Button(words, data=f"v1|d|fix|{base36(application_id)}", style="primary")
