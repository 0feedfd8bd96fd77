"""Taps on buttons of others and of former releases: the short form of `python -m bench.buttons`."""

import random

from bench.buttons import FORMS, MOST, Taps, fitting, tapped
from handlers.routes import BUTTONS


async def test_a_thousand_taps_on_what_is_not_theirs_do_nothing(database_url: str) -> None:
    answered, faults = await tapped(180, seed=20261121, database=database_url)

    assert [] == faults
    assert 1_000 <= answered


def test_every_kind_of_button_is_among_the_forms() -> None:
    assert [] == [prefix for _, prefix, _ in BUTTONS if not any(form.startswith(prefix) for form in FORMS)]
    assert all(len(fitting(data).encode()) <= MOST for data in (*FORMS, "é" * 60))


def test_what_is_made_of_the_buttons_of_others_names_their_records() -> None:
    made = set(Taps(["v1|p|one|abcdef", "v1|h|give|uvwxyz"], random.Random(1)).some(500))  # noqa: S311

    assert {"v1|p|one|uvwxyz", "v1|h|give|abcdef"} <= made
