"""What stays in chats: every message of ours with identity data must be noted to leave within a day.

Identity data here: a NIK, whole or masked, a phone number, a birth date, an address, an e-mail, a family
member and the next person to reach. The worker's own name alone is not: a reminder must say for whom it is,
and stay until it is answered.
"""

import re
from datetime import date
from typing import Any

from sqlalchemy import select

from conversations.practice import practice
from models import dialogues, people
from models.accounts import Account
from models.applications import Application
from models.owing.fleeting import Fleeting
from rules.dates import long
from rules.nik import Nik
from simulator.messages import Message
from tests.town import Town

PRACTICE = "🎓"
"""What is said about somebody invented begins so; an agent may well register a namesake afterwards."""

NAMED = re.compile(r"(heir\d_name|contact_name)")


async def told_in(place: Town) -> set[str]:
    """Return all identity data that rest in the database, as people would read them."""
    found: set[str] = set()
    async with place.database.begin() as db:
        keys = place.database.keys
        applications = list(await db.scalars(select(Application)))
        opened = await people.keys_of(db, keys, [each.worker_id for each in applications])
        for each in applications:
            found |= identity(each.told(opened[each.worker_id]))
        for account in await db.scalars(select(Account.id)):
            for draft in await dialogues.open_ones(db, keys, account):
                if draft.flow != practice.name:  # about somebody invented
                    found |= identity(draft.draft.get("answers", {}))
    return found


def identity(answers: dict[str, Any]) -> set[str]:
    """Return what identifies somebody among answers, in the spellings in which it is said."""
    found: set[str] = set()
    for name, value in answers.items():
        if name == "nik" and isinstance(value, str) and len(value) == 16:
            found |= {value, Nik(value).masked}
        elif name == "birth_date" and isinstance(value, str):
            found |= {long(date.fromisoformat(value), language) for language in ("id", "en")}
        elif isinstance(value, dict) and value.get("e164"):
            found.add(value["e164"].removeprefix("+62"))
        elif isinstance(value, str) and (name in ("address", "email") or NAMED.fullmatch(name)):
            found.add(value)
    return {one for one in found if len(one) > 6}


async def staying(place: Town) -> list[str]:
    """Return the messages of ours with identity data that nothing takes out of their chats again."""
    await place.office.intake.rest()  # what the last batch said is noted when nothing comes
    told = await told_in(place)
    noted = {(note.chat_id, note.message_id) for note in await place.all(Fleeting)}
    return [
        f"{chat.id} {message.message_id}: {text}"
        for chat in place.people.values()
        for message in chat.phone.messages
        if message.by_bot and (chat.id, message.message_id) not in noted
        for text in [said(message)]
        if not text.startswith(PRACTICE)
        if any(one in text or one in text.replace(" ", "").replace("-", "") for one in told)
    ]


def said(message: Message) -> str:
    """Return what a message says, its caption and its buttons."""
    shown = message.shown()
    rows = (message.markup or {}).get("inline_keyboard", ())
    buttons = [button["text"] for row in rows for button in row]
    copied = [button["copy_text"]["text"] for row in rows for button in row if "copy_text" in button]
    return "\n".join([str(shown.get("text", "")), str(shown.get("caption", "")), *buttons, *copied])
