"""The second person for a file with many people: asked, agreeing or refusing, told to whoever asked for it.

Buttons carry `v1|x|go|yes` and `v1|x|go|no` with the export and the count that was shown: nothing personal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.agency import path_of
from conversations.engine import Words
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.render import Teller, base36
from models.accounts import languages_of
from models.office import export_members
from models.office.exports import ASKED, NEWS, Export
from models.owing.deliveries import Claimed
from models.trust import second_person
from models.trust.audit import Act
from post.keyboards import Button, Inline, Style
from post.sayings import Message, Saying

ANSWERS: Final[dict[str, Style]] = {"yes": "success", "no": "danger"}


async def answer(context: Context, export: Export | None, said: str, count: str) -> None:
    """Take the second person's answer, as long as it is waited for and about as many as were shown."""
    batch, me = context.batch, context.account.id
    able = set() if export is None else await _able(batch.db, export, batch.now)
    if export is None or not export.waits(batch.now) or me not in able or count != str(export.members):
        context.say(context.words("exports.gone"))
        return
    agreed = said == "yes"
    act = Act.APPROVED if agreed else Act.STOPPED
    context.audit(act, subject=f"exports:{export.id}", rows=export.members, answer=said)
    if agreed:
        export.agreed_by = me
        await batch.db.flush()
    else:
        await export_members.call_off(batch.db, export, batch.now)
    context.say(context.words("exports.you_agreed" if agreed else "exports.you_refused"))
    if export.account_id is not None:
        news = "agreed" if agreed else "refused"
        dedupe = f"{NEWS}:{news}:{export.id}:{batch.now:%Y%m%d%H%M%S%f}"
        await tell(context, export.account_id, NEWS, dedupe, {"export": export.id, "news": news})


async def _able(db: AsyncSession, export: Export, now: datetime) -> set[int]:
    return await second_person.able(db, export.account_id, [export.territory], now)


async def asked(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return the question in words, for those who may still answer it."""
    languages = await languages_of(db, {each.chat_id for each in wave})
    said: dict[int, tuple[Saying, ...]] = {}
    for each in wave:
        export = await db.get(Export, int(each.payload["export"]), populate_existing=True)
        if export is None or not export.waits(now) or each.chat_id not in languages:
            continue
        if each.chat_id in await _able(db, export, now):
            said[each.id] = (_question(each.chat_id, languages[each.chat_id], export),)
    return said


def _question(chat_id: int, language: str, export: Export) -> Message:
    teller = Teller(language)
    values = {
        "who": str(export.account_id),
        "count": export.members,
        "territory": path_of(export.territory) if export.territory else Words("exports.everywhere"),
        "payer": Words(f"registration.payer.{export.payer}") if export.payer else Words("exports.all"),
        "layout": export.layout,
    }
    buttons = tuple(
        (
            Button(
                teller.plain(Words(f"exports.button.{said}")),
                data=f"v1|x|go|{said}|{base36(export.id)}|{export.members}",
                style=style,
            ),
        )
        for said, style in ANSWERS.items()
    )
    return Message(chat_id, teller.html(Words("exports.asked", values)), Inline(buttons))


async def news(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return in words what became of the question, for whoever asked for the file."""
    languages = await languages_of(db, {each.chat_id for each in wave})
    return {
        each.id: (Message(each.chat_id, Teller(languages[each.chat_id]).html(_told(each))),)
        for each in wave
        if each.chat_id in languages
    }


def _told(each: Claimed) -> Words:
    return Words(f"exports.second.{each.payload['news']}", {"count": each.payload.get("count", 0)})


COMPOSERS: Final = {ASKED: asked, NEWS: news}
"""What puts each kind of these messages into words."""
