"""Setting a PIN or an app's codes, and giving one: each a single question whose answer is never kept."""

from dataclasses import dataclass
from datetime import date

from conversations.answers import text_of
from conversations.engine import Answers, Draft, Flow, Half, Option, Reply, Step, Value, Words
from rules import pins


@dataclass(frozen=True, slots=True)
class Digits:
    """A PIN or code as it is typed; `new` refuses one that is easily guessed."""

    new: bool = False

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return ()

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return (pins.choose if self.new else pins.parse)(text_of(reply))

    def holds(self, value: Value, answers: Answers) -> bool:
        return isinstance(value, str)

    def shown(self, step: Step, value: Value) -> object:
        return Words("pins.hidden")

    def full(self, step: Step, value: Value) -> object:
        return Words("pins.hidden")


WANTED = ("wanted", "label")
"""What a sender wanted to do when they were asked: a button's data or a command, and the button's words."""

pin = Flow(
    "pin",
    (Step("pin", Digits(new=True), secret=True),),
    title=lambda _: Words("pin.title"),
    given=WANTED,
)
totp = Flow(
    "totp",
    (Step("code", Digits(), secret=True),),
    title=lambda _: Words("totp.title"),
    given=("secret", *WANTED),
)
sure = Flow("sure", (Step("code", Digits(), secret=True),), title=lambda _: Words("sure.title"), given=WANTED)
