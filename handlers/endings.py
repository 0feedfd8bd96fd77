"""What follows from dialogues: from single answers, and from their end. One list says it for every flow."""

from collections.abc import Awaitable, Callable

from telegram import Message

from handlers import filing
from handlers.agency import agents, programmes, vouching
from handlers.batch import Context, Place
from handlers.office import broadcasts
from handlers.workers import membership

Effect = Callable[[Context, Place], Awaitable[None]]
Whole = Callable[[Context, Place, Message], Awaitable[None]]

EFFECTS: dict[tuple[str, str], Effect] = {
    ("registration", "consent"): filing.record_consent,
    ("agency", "consent"): filing.record_consent,
    ("registration", "agreement_how"): filing.record_agreement,
}
"""What follows from the answer to one question of a flow, in the same transaction."""

ENDINGS: dict[str, Effect] = {
    "registration": filing.file_registration,
    "agency": agents.file_request,
    "protection": membership.note_protection,
    "move": membership.note_move,
    "programme": programmes.make,
    "vouching": vouching.note,
    "broadcast_region": broadcasts.add_region,
}
"""What follows from the end of a flow."""

WHOLE: dict[str, Whole] = {"broadcast": broadcasts.take}
"""Flows that take a message as it came, of whatever kind, and end with it."""


async def taken_whole(context: Context, message: Message | None) -> bool:
    """Give a message to the dialogue before its sender if that takes whole messages; say whether it did."""
    place = context.place
    if message is None or place is None or place.flow.name not in WHOLE:
        return False
    await WHOLE[place.flow.name](context, place, message)
    return True
