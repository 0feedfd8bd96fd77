"""The dialogues of a return: the officer's own words, and the sender's answers to the questions named."""

from collections.abc import Iterable
from typing import Final

from conversations.answers import Text
from conversations.engine import Answers, Flow, Step, Value, Words
from conversations.registration import addressed, registration, titled

APPLICATION: Final = "application"
"""What stands among the answers of both dialogues from the beginning: which application they are about."""

repair = Flow(
    "repair",
    tuple(step for step in registration.steps if step.name != "consent"),
    registration.version,
    about=addressed,
    title=titled,
    given=(APPLICATION,),
    words=registration.name,
)

returning = Flow(
    "returning",
    (Step("words", Text(least=5, most=300)),),
    title=lambda answers: Words("returning.title", {"reference": answers["reference"]}),
    given=(APPLICATION, "reference", "reasons"),
)


def to_repair(told: Answers, steps: Iterable[str], application: int) -> dict[str, Value]:
    """Return the answers a repair begins with: all that were told, but for the questions sent back.

    The page where everything is read back is always one of them.
    """
    again = {*steps, "review"}
    kept = {name: value for name, value in registration.live(told).items() if name not in again}
    return {APPLICATION: application, **kept}
