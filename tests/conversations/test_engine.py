"""The engine, on a flow of its own: adding a question to the registration breaks nothing here."""

from dataclasses import replace
from datetime import date

import pytest

from conversations.answers import AGAIN, YES, Choice, Text
from conversations.engine import (
    KEEP,
    SKIP,
    Draft,
    Flow,
    Half,
    Month,
    Reply,
    Step,
    Value,
    Words,
    advance,
    back,
    edit,
    pack,
    resume,
    unpack,
)

TODAY = date(2026, 11, 20)


class Careful(Text):
    """A text that is read back before it counts."""

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        words = Text.read(self, step, reply, draft)
        return Half(words, Words("order.sure", {"words": words}), (YES, AGAIN))


order = Flow(
    "order",
    (
        Step("drink", Choice(("tea", "coffee"))),
        Step("sugar", Choice(("yes", "no")), when=lambda answers: answers.get("drink") == "coffee"),
        Step("note", Text(), optional=True),
        Step("name", Careful()),
    ),
)


def tap(draft: Draft, choice: str, flow: Flow = order) -> Draft:
    return advance(flow, draft, Reply(TODAY, tapped=choice)).draft


def said(draft: Draft, text: str, flow: Flow = order) -> Draft:
    return advance(flow, draft, Reply(TODAY, text)).draft


def test_the_first_unanswered_question_that_applies_is_asked() -> None:
    asked = order.asked({"drink": "tea"})

    assert asked is not None
    assert "note" == asked.name


def test_a_question_that_does_not_apply_is_not_counted() -> None:
    assert (2, 3) == resume(order, Draft({"drink": "tea"})).progress
    assert (3, 4) == resume(order, Draft({"drink": "coffee", "sugar": "no"})).progress


def test_an_answer_that_no_longer_applies_sleeps_and_wakes() -> None:
    draft = tap(tap(Draft(), "coffee"), "no")
    tea = tap(edit(order, draft, "drink").draft, "tea")
    coffee = tap(edit(order, tea, "drink").draft, "coffee")

    assert {"drink": "tea"} == order.live(tea.answers)
    assert {"drink": "coffee", "sugar": "no"} == order.live(coffee.answers)


def test_a_refused_reply_changes_nothing() -> None:
    turn = advance(order, Draft(), Reply(TODAY, tapped="water"))

    assert turn.refusal is not None
    assert "dialogue.choose" == turn.refusal.name
    assert {} == turn.draft.answers


def test_only_an_optional_question_can_be_skipped() -> None:
    at_note = tap(Draft(), "tea")

    assert None is tap(at_note, SKIP).answers["note"]
    assert {} == tap(Draft(), SKIP).answers


def test_back_forgets_one_answer_and_keeps_it_aside() -> None:
    draft = tap(tap(Draft(), "coffee"), "no")
    once = back(order, draft)
    twice = back(order, once.draft)

    assert once.step is not None
    assert "sugar" == once.step.name
    assert twice.step is not None
    assert "drink" == twice.step.name
    assert {"sugar": "no", "drink": "coffee"} == twice.draft.former


def test_back_at_the_first_question_stays_there() -> None:
    assert resume(order, Draft()) == back(order, Draft())


def test_what_was_put_aside_is_taken_up_with_one_tap() -> None:
    draft = back(order, tap(Draft(), "coffee")).draft

    assert {"drink": "coffee"} == tap(draft, KEEP).answers


def test_keep_does_nothing_where_nothing_was_put_aside() -> None:
    assert {} == tap(Draft(), KEEP).answers


def test_half_an_answer_is_asked_back_and_survives_being_stored() -> None:
    at_name = tap(tap(Draft(), "tea"), SKIP)
    half = said(at_name, "Siti")
    shown = resume(order, Draft.read(half.stored()))

    assert shown.asked_back is not None
    assert Words("order.sure", {"words": "Siti"}) == shown.asked_back.words
    assert ["yes~1", "!back"] == [option.value for option in shown.asked_back.options]


def test_a_confirmation_counts_only_for_what_it_was_asked_about() -> None:
    """The button under the first name must not confirm the second one."""
    at_name = tap(tap(Draft(), "tea"), SKIP)
    twice = said(said(at_name, "Siti"), "Dewi")
    stale = advance(order, twice, Reply(TODAY, tapped="yes~1"))

    assert stale.refusal is not None
    assert "dialogue.past" == stale.refusal.name
    assert "Dewi" == tap(twice, "yes~2").answers["name"]


def test_back_from_half_an_answer_asks_the_same_question_afresh() -> None:
    at_name = tap(tap(Draft(), "tea"), SKIP)
    turn = back(order, said(at_name, "Siti"))

    assert turn.step is not None
    assert "name" == turn.step.name
    assert turn.asked_back is None


def test_an_edited_answer_leads_back_to_where_one_was() -> None:
    at_name = tap(tap(Draft(), "tea"), SKIP)
    edited = edit(order, at_name, "note")
    again = said(edited.draft, "less ice")

    assert edited.step is not None
    assert "note" == edited.step.name
    assert "name" == getattr(order.asked(again.answers), "name", None)


def test_editing_what_was_never_answered_changes_nothing() -> None:
    draft = tap(Draft(), "tea")

    assert resume(order, draft) == edit(order, draft, "name")


def test_a_renamed_question_is_not_asked_again() -> None:
    renamed = Flow("order", (Step("beverage", Choice(("tea",))), *order.steps[2:]), 2, {"drink": "beverage"})
    turn = resume(renamed, tap(Draft(), "tea"))

    assert turn.step is not None
    assert "note" == turn.step.name
    assert {"beverage": "tea"} == turn.draft.answers


def test_an_answer_that_a_new_form_no_longer_offers_is_asked_again() -> None:
    shorter = Flow("order", (Step("drink", Choice(("tea",))), *order.steps[2:]), 2)
    turn = resume(shorter, tap(tap(Draft(), "coffee"), "no"))

    assert turn.step is not None
    assert "drink" == turn.step.name


def test_adding_a_question_is_one_step() -> None:
    """A draft of the form before is asked the new question only, in its place."""
    bigger = Flow("order", (order.steps[0], Step("size", Choice(("small", "big"))), *order.steps[1:]), 2)
    turn = resume(bigger, tap(tap(Draft(), "tea"), SKIP))
    answered = advance(bigger, turn.draft, Reply(TODAY, tapped="big"))

    assert turn.step is not None
    assert "size" == turn.step.name
    assert answered.step is not None
    assert "name" == answered.step.name


def test_the_flow_ends_when_everything_is_answered() -> None:
    at_name = tap(tap(Draft(), "tea"), SKIP)
    turn = advance(order, said(at_name, "Siti"), Reply(TODAY, tapped="yes~1"))

    assert turn.finished
    assert {"drink": "tea", "note": None, "name": "Siti"} == turn.draft.answers


def test_two_steps_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="one name"):
        replace(order, steps=(order.steps[0], order.steps[0]))


def test_words_dates_and_months_come_back_as_they_were_stored() -> None:
    words = Words("a.b", {"day": TODAY, "month": Month(TODAY), "more": (Words("c.d"), "text"), "n": 3})

    assert words == unpack(pack(words))


def test_conditions_see_what_was_given_and_no_step_asks_for_it() -> None:
    home = Flow(
        "home",
        (Step("floor", Text(), lambda answers: answers["house"] == "tall"), Step("door", Text())),
        given=("house",),
    )
    tall, low = (resume(home, Draft({"house": house})) for house in ("tall", "low"))

    assert ("floor", "door") == (tall.step and tall.step.name, low.step and low.step.name)
    assert {"house": "tall", "floor": "one"} == advance(home, tall.draft, Reply(TODAY, "one")).draft.answers
    with pytest.raises(ValueError, match="one name"):
        Flow("home", (Step("house", Text()),), given=("house",))
