"""News of roles: what somebody hears of the own role, and who made a link of what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.render import Teller
from models import accounts
from models.accounts import Role
from models.owing.deliveries import Claimed
from post.sayings import Message, Saying

ROLE_NEWS: Final = "role_news"
"""The kind of news by which somebody hears of a role."""


async def tell_role(
    context: Context, account_id: int, what: str, role: Role, account: int | None = None
) -> None:
    """Owe somebody the news of the own role, or of the role of another `account`."""
    dedupe = f"{ROLE_NEWS}:{what}:{account_id}:{context.batch.now:%Y%m%d%H%M%S%f}"
    payload = {"what": what, "role": role.value, "account": account}
    await tell(context, account_id, ROLE_NEWS, dedupe, payload)


async def news(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return the news of roles in words."""
    languages = await accounts.languages_of(db, {each.chat_id for each in wave})
    return {
        each.id: (Message(each.chat_id, Teller(languages[each.chat_id]).html(_words(each))),)
        for each in wave
        if each.chat_id in languages
    }


def _words(each: Claimed) -> Words:
    values: dict[str, object] = {"role": Words(f"appointment.role.{each.payload['role']}")}
    if each.payload.get("account") is not None:
        values["account"] = str(each.payload["account"])
    return Words(f"administration.told.{each.payload['what']}", values)
