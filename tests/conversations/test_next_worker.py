"""One worker after another: what they may share is offered, nothing is ever taken over by itself."""

import os
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conversations.engine import KEEP, SKIP, Draft, Reply, advance, back, edit, resume
from conversations.registration import COMMON, registration, shared

TODAY = date(2026, 11, 20)
RUNS = int(os.environ.get("NEXT_WORKER_RUNS", "60"))
VILLAGES = ("3205392001", "3205392002", "3205402003", "3205392004")
NAMES = ("Asep", "Budi", "Citra", "Dewi", "Eko", "Fitri", "Gilang", "Hana", "Indra", "Joko")
CHOSEN = {
    "consent": "agree",
    "who": "other",
    "relation": "household",
    "agreement": "self",
    "agreement_how": "spoken",
    "sex": "male",
    "employs": "no",
    "payer": "household",
    "programmes": "2",
    "months": "1",
    "heirs": "none",
    "review": "send",
}
"""What is tapped where every worker gives the same answer, which betrays nobody."""


def named(number: int) -> str:
    """Return a name that only one worker has."""
    return f"{NAMES[number % 10]} {NAMES[number // 10 % 10]}son"


def told(step: str, number: int) -> str | None:
    """Return what only one worker would type at a question, or None where something is tapped."""
    return {
        "nik": f"99010117089{number % 10}9{number:03d}",
        "name": named(number),
        "birth_date": f"17-08-19{70 + number % 30}",
        "address": f"Jalan {named(number)} {number}",
        "contact_name": f"Ibu {named(number)}",
        "email": f"surat{number}@contoh.id",
        "workplace": f"Pasar {named(number)}",
        "income": f"{1_000_000 + number * 1_000}",
    }.get(step)


@dataclass
class Form:
    """One open form: whose it is, its draft, and what its sender took over on purpose."""

    number: int
    draft: Draft
    kept: set[str] = field(default_factory=set)


class NextWorkers(RuleBasedStateMachine):
    """Forms begun one after another and filled in side by side, with going back and changing."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.open: list[Form] = []
        self.filed: list[tuple[Form, dict[str, Any]]] = []

    def _form(self, place: int) -> Form:
        return self.open[place % len(self.open)]

    def _go(self, form: Form, **reply: Any) -> None:
        turn = advance(registration, form.draft, Reply(TODAY, **reply))
        form.draft = turn.draft
        if turn.finished:
            self.open.remove(form)
            self.filed.append((form, registration.live(form.draft.answers)))

    @precondition(lambda self: len(self.open) < 3)
    @rule(after=st.integers(0, 99), anew=st.booleans())
    def begins(self, after: int, anew: bool) -> None:
        self.count += 1
        offered = {} if anew or not self.filed else shared(self.filed[after % len(self.filed)][1])
        self.open.append(Form(self.count, resume(registration, Draft({}, offered)).draft))

    @precondition(lambda self: self.open)
    @rule(place=st.integers(0, 2), times=st.integers(1, 25))
    def answers(self, place: int, times: int) -> None:
        form = self._form(place)
        for _ in range(times):
            if form not in self.open:
                return
            self._answer(form)

    def _answer(self, form: Form) -> None:
        step = registration.asked(form.draft.answers)
        assert step is not None
        turn = resume(registration, form.draft)
        text = told(step.name, form.number)
        if turn.asked_back is not None:
            options = [option.value for option in turn.asked_back.options if option.value[0] != "!"]
            self._go(form, tapped=options[0])
        elif text is not None:
            self._go(form, text=text)
        elif step.name == "village":
            self._go(form, tapped=VILLAGES[form.number % len(VILLAGES)])
        elif step.name == "phone":
            self._go(form, text=f"0860{form.number:03d}12345"[:13])
        elif step.name == "occupation":
            self._go(form, text="pedagang pasar")
        elif step.name == "hours":
            self._go(form, text="08.00-17.00")
        else:
            self._go(form, tapped=SKIP if step.optional else CHOSEN[step.name])

    @precondition(lambda self: self.open)
    @rule(place=st.integers(0, 2))
    def takes_over_what_is_offered(self, place: int) -> None:
        form = self._form(place)
        step = registration.asked(form.draft.answers)
        if step is not None and step.name in form.draft.former:
            self._go(form, tapped=KEEP)
            form.kept.add(step.name)

    @precondition(lambda self: self.open)
    @rule(place=st.integers(0, 2))
    def goes_back(self, place: int) -> None:
        form = self._form(place)
        form.draft = back(registration, form.draft).draft

    @precondition(lambda self: self.open)
    @rule(place=st.integers(0, 2), which=st.integers(0, 40))
    def changes(self, place: int, which: int) -> None:
        form = self._form(place)
        given = [name for name in form.draft.answers if name != "consent"]
        if given:
            form.draft = edit(registration, form.draft, given[which % len(given)]).draft

    @invariant()
    def nothing_of_another_is_in_a_form(self) -> None:
        forms = [(form, registration.live(form.draft.answers)) for form in self.open]
        for form, answers in (*forms, *self.filed):
            for name, value in answers.items():
                self._is_own(form, name, value)

    def _is_own(self, form: Form, name: str, value: object) -> None:
        others = [named(number) for number in range(1, self.count + 1) if number != form.number]
        foreign = [other for other in others if other in str(value)]
        assert not foreign or (name in COMMON and name in form.kept), (name, form.number, foreign)
        if name == "nik":
            assert str(value).endswith(f"{form.number:03d}")


TestNextWorkers = NextWorkers.TestCase
TestNextWorkers.settings = settings(max_examples=RUNS, stateful_step_count=30, deadline=None, database=None)


def test_these_workers_come_to_the_end_of_their_forms() -> None:
    town = NextWorkers()
    town.begins(0, True)
    town.answers(0, 60)
    town.begins(0, False)
    town.answers(0, 60)

    assert [1, 2] == [form.number for form, _ in town.filed]


def test_what_is_offered_is_no_answer_until_it_is_taken() -> None:
    draft = resume(registration, Draft({}, shared({"address": "Jalan Mawar 1", "nik": "x"}))).draft

    assert {} == registration.live(draft.answers)
    assert {"who": "other", "address": "Jalan Mawar 1"} == draft.former


def test_nothing_that_names_a_person_is_offered_to_the_next() -> None:
    personal = {"consent", "nik", "name", "birth_date", "sex", "phone", "contact_name", "email", "income"}

    assert not personal & set(COMMON)
    assert set(COMMON) <= {step.name for step in registration.steps}
