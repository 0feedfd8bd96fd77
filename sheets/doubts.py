"""What the dialogue asks back, as a reason in a list: nobody is there to answer, the cell says what to do."""

from datetime import date
from typing import Final

from conversations.engine import Half, Step
from rules import dates
from rules.refusal import Refused

ASKED_BACK: Final = {
    "birth_date": "sheets.reason.birth_date",
    "phone": "sheets.reason.phone_repeated",
    "contact_phone": "sheets.reason.phone_repeated",
    "heir1_phone": "sheets.reason.phone_repeated",
    "income": "sheets.reason.income",
}
"""What is said where the dialogue would ask back."""


SEVERAL: Final = ("phone.which", "money.ambiguous")
"""What is asked back because a cell holds two things, of which one must be chosen."""

SURE: Final = ("dialogue.income_days",)
"""What the dialogue reads back and a list need not: "100 ribu per hari x 25" says all."""


def refusal(step: Step, half: Half, language: str) -> Refused:
    """Return why half an answer is not enough in a list."""
    name = half.words.name if half.words.name in SEVERAL else ASKED_BACK[step.name]
    return Refused(name, **_plainly(half, language))


def _plainly(half: Half, language: str) -> dict[str, object]:
    """Return the values of what is asked back as texts."""
    return {
        key: dates.long(value, language) if isinstance(value, date) else value
        for key, value in half.words.values.items()
    }
