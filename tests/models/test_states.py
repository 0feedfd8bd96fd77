"""The life of an application, as a table."""

from models.applications import ONE_PER_NIK
from models.states import ACTIVE, FOLLOWS, UNDECIDED, State


def test_every_state_says_what_follows() -> None:
    assert set(State) == FOLLOWS.keys()


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, new = {State.DRAFT}, {State.DRAFT}
    while new:
        new = set().union(*(FOLLOWS[state] for state in new)) - reached
        reached |= new

    assert set(State) == reached


def test_whatever_lives_may_be_withdrawn_and_nothing_comes_back() -> None:
    assert all(State.WITHDRAWN in FOLLOWS[state] for state in State if state is not State.WITHDRAWN)
    assert not FOLLOWS[State.WITHDRAWN]


def test_the_index_knows_the_active_states() -> None:
    assert all(f"'{state.value}'" in ONE_PER_NIK.text for state in ACTIVE)
    assert not any(f"'{state.value}'" in ONE_PER_NIK.text for state in State if state not in ACTIVE)


def test_an_undecided_state_is_never_an_accepted_one() -> None:
    assert not {State.ACCEPTED, State.REGISTERED} & set(UNDECIDED)
