"""How somebody asks to be an agent: for whom, under which number, at which office, in which territory."""

from collections.abc import Mapping
from datetime import date

from conversations.answers import Choice, Name, Text, Village
from conversations.engine import Answers, Draft, Flow, Half, Option, Reply, Step, Value, Words
from conversations.privacy import consent_values
from rules import regions

CONSENT_VERSION = "2026-12"
"""The version of the words an agent agrees to."""

LEVELS = {
    "village": regions.VILLAGE,
    "district": regions.DISTRICT,
    "regency": regions.REGENCY,
    "province": regions.PROVINCE,
}
"""How far a territory reaches, and how many digits its code has."""


def from_perisai(answers: Answers) -> bool:
    """Return whether the agent has a Perisai number."""
    return bool(answers.get("kind") == "perisai")


def from_elsewhere(answers: Answers) -> bool:
    """Return whether the agent works for somebody else than Perisai."""
    return not from_perisai(answers)


class Territory(Choice):
    """The village just named, its kecamatan, or its kabupaten; each button says its name."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        village = draft.answers["village"]["code"]
        return tuple(
            Option(level, Words("dialogue.as_is", {"text": path_of(village[: LEVELS[level]])}))
            for level in self.values
        )

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        return Choice.read(self, step, reply, draft)


def path_of(code: str) -> str:
    """Return a territory in words: "Desa X, Kec. Y, Kab. Z", "Kec. Y, Kab. Z" or "Kab. Z"."""
    known = regions.regions()
    return known.path(code) if known.knows(code) else code


def territory_of(answers: Answers) -> str:
    """Return the code of the territory that was asked for."""
    return str(answers["village"]["code"][: LEVELS[answers["reach"]]])


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the page where the request is read back."""
    answers = agency.live(draft.answers)
    number = answers.get("number") or answers.get("letter") or Words("dialogue.not_given")
    return {
        "kind": Words(f".kind.{answers['kind']}"),
        "name": answers["name"],
        "number": number,
        "office": answers["office"],
        "territory": path_of(territory_of(answers)),
    }


agency = Flow(
    "agency",
    (
        Step("consent", Choice(("agree",)), values=consent_values),
        Step("kind", Choice(("perisai", "village", "security", "bumdes", "association"))),
        Step("name", Name()),
        Step("number", Text(least=4, most=40), from_perisai),
        Step("letter", Text(least=4, most=60), from_elsewhere, optional=True),
        Step("office", Text(least=3, most=80)),
        Step("village", Village()),
        Step("reach", Territory(("village", "district", "regency"))),
        Step("review", Choice(("send",)), values=read_back),
    ),
    title=lambda answers: Words("agency.title"),
)
