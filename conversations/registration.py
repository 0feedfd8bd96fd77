"""
The registration, question by question, in the order they are asked.

To add a question, add a Step here and its words (`registration.<name>.ask`, `.why`, `.label`) to each
folder of `locales/`. Nothing else changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from conversations.answers import (
    BirthDate,
    Choice,
    Email,
    Income,
    Job,
    Name,
    NikNumber,
    PhoneNumber,
    Sex,
    Text,
    Village,
    WorkingHours,
)
from conversations.engine import Answers, Draft, Flow, Half, Reply, Step, Value, Words
from conversations.offers import (
    MONTHS,
    Months,
    Programmes,
    month_values,
    months_in_words,
    offered,
    programme_values,
)
from conversations.privacy import consent_values
from rules import eligibility, nik, regions

CONSENT_VERSION = "2026-12"
"""The version of the consent text. A new text gets a new version, and is asked of everybody again."""

HEIRS = 4
"""How many family members may be named."""

COMMON = ("relation", "address", "village", "workplace", "payer")
"""The answers that workers registered one after another often share; each is offered, none is taken over."""


@dataclass(frozen=True, slots=True)
class Consent(Choice):
    """Agreement to the present consent text, stored as the version agreed to."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        Choice.read(self, step, reply, draft)
        return CONSENT_VERSION

    def holds(self, value: Value, answers: Answers) -> bool:
        return bool(value == CONSENT_VERSION)

    def shown(self, step: Step, value: Value) -> Words:
        return Words(f".{step.stem}.agree")


@dataclass(frozen=True, slots=True)
class Review(Choice):
    """The page where everything is read back; sending it checks once more who may join today."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        sent = Choice.read(self, step, reply, draft)
        eligibility.check_age(date.fromisoformat(draft.answers["birth_date"]), reply.today)
        return sent


def for_another(answers: Answers) -> bool:
    """Return whether somebody else is being registered."""
    return bool(answers.get("who") == "other")


def for_oneself(answers: Answers) -> bool:
    """Return whether the sender registers himself."""
    return bool(answers.get("who") == "self")


def without_phone(answers: Answers) -> bool:
    """Return whether the worker has no phone, so that a next person to reach is needed."""
    return bool((answers.get("phone") or {}).get("none"))


def reached_through_another(answers: Answers) -> bool:
    """Return whether the next person to reach is somebody other than the sender."""
    return without_phone(answers) and isinstance(answers.get("contact_name"), str)


def wants_heir(number: int) -> Callable[[Answers], bool]:
    """Return the condition under which family member `number` is asked for."""
    before = "heirs" if number == 1 else f"heir{number - 1}_more"
    return lambda answers: bool(answers.get(before) == "add")


def heir(number: int) -> tuple[Step, ...]:
    """Return the questions about one family member."""
    asked = wants_heir(number)
    steps = (
        Step(f"heir{number}_name", Name(), asked, words="heir_name", number=number),
        Step(
            f"heir{number}_relation",
            Choice(("spouse", "child", "parent", "sibling", "relative")),
            asked,
            words="heir_relation",
            number=number,
        ),
        Step(
            f"heir{number}_phone",
            PhoneNumber(own=lambda _: False, none=False),
            asked,
            optional=True,
            words="heir_phone",
            number=number,
        ),
    )
    more = Step(f"heir{number}_more", Choice(("add", "enough")), asked, words="heir_more", number=number)
    return (*steps, more) if number < HEIRS else steps


def addressed(answers: Answers) -> Mapping[str, object]:
    """Return {who} and {whose}: the sender, the worker by name, or the worker whose name is not yet known."""
    if not for_another(answers):
        return {"who": Words("registration.you"), "whose": Words("registration.your")}
    name = answers.get("name")
    if name is None:
        return {"who": Words("registration.worker"), "whose": Words("registration.workers")}
    return {"who": name, "whose": Words("registration.named", {"name": name})}


def titled(answers: Answers) -> object:
    """Return what a draft is called in a list: the worker's name, as soon as it is told."""
    return answers.get("name") or Words("registration.unnamed")


def read_back(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the review page: every answer in full, what looks odd, and the total."""
    answers = registration.live(draft.answers)
    about = addressed(answers)
    given = [
        step for step in registration.applying(answers) if step.name in answers and _tells(step, answers)
    ]
    lines = [
        _line(Words(f".{step.stem}.label", {"n": step.number, **about}), full(step, answers[step.name]))
        for step in given
    ]
    total = _line(Words("offer.total_label"), expected(answers, today))
    odd = tuple(Words("dialogue.doubt", {"doubt": Words(name)}) for name in doubts(answers, today))
    return {"answers": (*lines, total), "doubts": odd}


def _tells(step: Step, answers: Answers) -> bool:
    """Return whether an answer tells something by itself: the wish to add a family member does not."""
    return step.name != "consent" and not (step.stem in ("heirs", "heir_more") and answers["heirs"] == "add")


def full(step: Step, value: Value) -> object:
    """Return an answer as the person who typed it reads it back: nothing masked."""
    return Words("dialogue.not_given") if value is None else step.kind.full(step, value)


def expected(answers: Answers, today: date) -> Words:
    """Return the expected contribution: the total, for how many months, and its notes."""
    months = int(answers["months"])
    offer = offered(answers, int(answers["programmes"]), months, today)
    return Words("offer.total", {"total": offer.words, "months": months_in_words(answers["months"])})


def _line(label: Words, answer: object) -> Words:
    return Words("dialogue.line", {"label": label, "answer": answer})


registration = Flow(
    "registration",
    (
        Step("consent", Consent(("agree",)), values=consent_values),
        Step("who", Choice(("self", "other"))),
        Step(
            "relation",
            Choice(("family", "household", "neighbour", "agent", "village", "association")),
            for_another,
        ),
        Step("agreement", Choice(("self", "family"), refused=("nobody",)), for_another),
        Step("agreement_how", Choice(("spoken", "phone", "written")), for_another),
        Step("nik", NikNumber(), secret=True),
        Step("name", Name()),
        Step("birth_date", BirthDate()),
        Step("sex", Sex(("female", "male"))),
        Step("address", Text(least=3)),
        Step("village", Village()),
        Step("phone", PhoneNumber(own=for_oneself), contact=True),
        Step("contact_name", Name(offered=("me",)), without_phone),
        Step("contact_phone", PhoneNumber(own=lambda _: False, none=False), reached_through_another),
        Step("email", Email(), optional=True),
        Step("occupation", Job()),
        Step("occupation2", Job(other_than="occupation"), optional=True),
        Step("workplace", Text(offered=("home_village", "around"))),
        Step("hours", WorkingHours()),
        Step("income", Income()),
        Step("employs", Choice(("no", "yes"))),
        Step("payer", Choice(("own", "household", "association", "donor", "apbdes", "apbd"))),
        Step("programmes", Programmes(("2", "3")), values=programme_values),
        Step("months", Months(MONTHS), values=month_values),
        Step("heirs", Choice(("add", "none"))),
        *(step for number in range(1, HEIRS + 1) for step in heir(number)),
        Step("review", Review(("send",)), values=read_back),
    ),
    version=1,
    about=addressed,
    title=titled,
)


def doubts(answers: Answers, today: date) -> tuple[str, ...]:
    """Return the names of what an officer should look at: what the NIK tells differently, and age."""
    born = date.fromisoformat(answers["birth_date"])
    number = nik.Nik(answers["nik"])
    odd = nik.warnings(
        number,
        regions.regions(),
        today=today,
        stated_birth_date=born,
        stated_sex=answers["sex"],
    )
    return (*odd, *eligibility.check_age(born, today))


def shared(answers: Answers) -> dict[str, Value]:
    """Return what the next worker's form offers of the last one's: to be confirmed, question by question."""
    return {"who": "other"} | {name: answers[name] for name in COMMON if name in answers}


def ready(draft: Draft) -> bool:
    """Return whether nothing is missing but the sending."""
    step = registration.asked(draft.answers)
    return step is None or step.name == "review"
