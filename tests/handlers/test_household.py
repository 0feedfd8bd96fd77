"""/rumah: whom it shows, whom it does not, and how long three workers take."""

import pytest
from sqlalchemy import select

from models.consents import Basis, Consent
from tests.handlers.hall import registers
from tests.test_stories import PARTS, lines_of
from tests.town import Town

STORY = PARTS.parent / "a_household_with_three_workers.id.txt"
TAP, TYPE, LETTER = 1.1, 1.35, 0.28
"""Seconds to point and tap, to think before each act, and for each letter: the keystroke-level model of Card,
Moran and Newell (1980), for a typist of average skill; reading is left out."""


@pytest.fixture
def engine_name() -> str:
    """One engine: the story tells of both."""
    return "sqlite"


def test_three_workers_take_less_than_five_minutes_of_answering() -> None:
    acts = [line[2:] for line in lines_of(STORY) if line.startswith("> ")]
    acts = acts[: acts.index("[Centang iuran (3 orang)]")]
    taps = [act for act in acts if act.startswith("[")]
    typed = [act for act in acts if not act.startswith("[")]
    seconds = len(taps) * (TAP + TYPE) + sum(TYPE + len(act) * LETTER for act in typed)

    assert 60 < len(acts) < 100
    assert seconds < 300


async def test_only_whom_the_sender_registered_as_employer_is_shown(place: Town) -> None:
    siti, joko = place.person("Siti"), place.person("Joko")
    for number, (chat, basis) in enumerate(
        ((siti, Basis.EMPLOYER), (siti, Basis.FAMILY), (joko, Basis.EMPLOYER)), start=9001
    ):
        await chat.says("/start")
        filed = await registers(chat, number)
        async with place.database.begin() as db:
            (consent,) = await db.scalars(select(Consent).where(Consent.id == filed.consent_id))
            consent.basis = basis
    await siti.says("/rumah")

    assert "1 orang" in siti.heard[-1]
    assert "Pekerja JAAB" in siti.heard[-1]
    assert not [name for name in ("JAAC", "JAAD") if name in siti.heard[-1]]
