"""News of requests about somebody's own data: to officers that one waits, to who asked what came of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.authority import OFFICE
from handlers.render import Teller, base36, tidy
from locales import say
from models import accounts, data_requests
from models.accounts import languages_of
from models.owing.deliveries import Claimed
from models.privacy.alarms import LATE
from post.keyboards import Button, Inline
from post.sayings import Message, Saying

Said = Mapping[int, tuple[Saying, ...]]


async def for_officers(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> Said:
    """Return what officers hear, as long as the request waits; nothing for whoever is none any more."""
    officers = await accounts.holders(db, OFFICE, now)
    languages = await languages_of(db, {each.chat_id for each in wave if each.chat_id in officers})
    said: dict[int, tuple[Saying, ...]] = {}
    for each in wave:
        request = await data_requests.open_one(db, int(each.payload["request"]))
        if request is not None and each.chat_id in languages:
            language = languages[each.chat_id]
            what = say(language, f"own_data.request.{request.request.value}")
            hours = max(0, int((request.due_at - now).total_seconds() // 3600))
            name = "data_requests.late" if each.kind == LATE else "data_requests.new"
            see = Button(say(language, "data_requests.open"), data=f"v1|l|o|see|{base36(request.id)}")
            text = say(language, name, what=what, hours=hours)
            said[each.id] = (Message(each.chat_id, text, Inline(((see,),))),)
    return said


async def for_who_asked(db: AsyncSession, wave: Sequence[Claimed], _: datetime) -> Said:
    """Return what the office decided, with its reason."""
    languages = await languages_of(db, {each.chat_id for each in wave})
    said: dict[int, tuple[Saying, ...]] = {}
    for each in wave:
        if each.chat_id in languages:
            told = each.payload
            reason = Words(f"data_requests.because.{told['reason']}") if told["reason"] else ""
            values = {
                "what": Words(f"own_data.request.{told['request']}"),
                "reference": told["reference"],
                "reason": reason,
            }
            words = Words(f"data_requests.told.{told['answer']}", values)
            said[each.id] = (Message(each.chat_id, tidy(Teller(languages[each.chat_id]).html(words))),)
    return said


async def notices(db: AsyncSession, wave: Sequence[Claimed], _: datetime) -> Said:
    """Return the notice of a breach, in each account's language."""
    languages = await languages_of(db, {each.chat_id for each in wave})
    return {
        each.id: (Message(each.chat_id, each.payload["texts"][languages[each.chat_id]]),)
        for each in wave
        if each.chat_id in languages
    }


async def proofs(db: AsyncSession, wave: Sequence[Claimed], _: datetime) -> Said:
    """Return the proof of an erasure, in the language the account had."""
    return {each.id: (Message(each.chat_id, _proof(each)),) for each in wave}


def _proof(owed: Claimed) -> str:
    told = owed.payload
    name = "erasure.proof_remaining" if told["remaining"] else "erasure.proof"
    reference = base36(int(told["request"])).upper()
    return say(told["language"], name, reference=reference, count=told["remaining"])
