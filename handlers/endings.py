"""What follows from dialogues: from single answers, and from their end. One list says it for every flow."""

from collections.abc import Awaitable, Callable

from handlers import filing
from handlers.agency import agents, programmes, vouching
from handlers.batch import Context, Place
from handlers.office import administration, step_up
from handlers.workers import membership

Effect = Callable[[Context, Place], Awaitable[None]]

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
    "appointment": administration.give,
    "pin": step_up.note_pin,
    "totp": step_up.note_totp,
    "sure": step_up.check,
}
"""What follows from the end of a flow."""
