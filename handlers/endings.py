"""What follows from dialogues: from single answers, and from their end. One list says it for every flow."""

from collections.abc import Awaitable, Callable

from telegram import Message

from conversations.engine import Draft, Turn, Value
from conversations.practice import scored
from handlers import filing, quotas
from handlers.agency import agents, practice, programmes, repairs, vouching
from handlers.batch import Context, Place
from handlers.coverage import desk as coverage
from handlers.office import administration, broadcasts, decisions, own_tables, step_up
from handlers.workers import membership
from rules.refusal import Refused

Effect = Callable[[Context, Place], Awaitable[None]]
Check = Callable[[Context, Value], Awaitable[Refused | None]]
Whole = Callable[[Context, Place, Message], Awaitable[None]]

CHECKS: dict[tuple[str, str], Check] = {
    ("registration", "nik"): quotas.check,
    ("repair", "nik"): quotas.check,
}
"""What the database is asked before an answer is read back for confirmation: what stands against it."""


EFFECTS: dict[tuple[str, str], Effect] = {
    ("registration", "consent"): filing.record_consent,
    ("agency", "consent"): filing.record_consent,
    ("registration", "agreement_how"): filing.record_agreement,
}
"""What follows from the answer to one question of a flow, in the same transaction."""

ENDINGS: dict[str, Effect] = {
    "registration": filing.file_registration,
    "repair": repairs.file,
    "returning": decisions.send_back_with_words,
    "agency": agents.file_request,
    "protection": membership.note_protection,
    "move": membership.note_move,
    "programme": programmes.make,
    "vouching": vouching.note,
    "practice": practice.finish,
    "broadcast_region": broadcasts.add_region,
    "workforce": coverage.note_workers,
    "appointment": administration.give,
    "own_channel": own_tables.add_channel,
    "own_payer": own_tables.add_payer,
    "pin": step_up.note_pin,
    "totp": step_up.note_totp,
    "sure": step_up.check,
}
"""What follows from the end of a flow."""

WATCHES: dict[str, Callable[[Draft, Turn], Turn]] = {"practice": scored}
"""What looks at every turn of a flow, with the draft before it."""

WHOLE: dict[str, Whole] = {"broadcast": broadcasts.take}
"""Flows that take a message as it came, of whatever kind, and end with it."""


async def taken_whole(context: Context, message: Message | None) -> bool:
    """Give a message to the dialogue before its sender if that takes whole messages; say whether it did."""
    place = context.place
    if message is None or place is None or place.flow.name not in WHOLE:
        return False
    await WHOLE[place.flow.name](context, place, message)
    return True
