"""Somebody who acts for many gets one paged list a day, and ticks it off."""

from datetime import datetime
from pathlib import Path

import pytest

from models.memberships import Relation
from tests.members import Members
from tests.test_stories import PARTS, play
from tests.town import JAKARTA, Chat, town

STORIES = PARTS.parent
DAY_BEFORE = datetime(2026, 12, 7, 12, 0, tzinfo=JAKARTA)
WEEK_BEFORE = datetime(2026, 12, 8, 12, 0, tzinfo=JAKARTA)


async def test_an_agent_with_a_hundred_workers_gets_one_digest_and_ticks_a_page(
    database_url: str, tmp_path: Path
) -> None:
    async with town(database_url, tmp_path, at=DAY_BEFORE) as place:
        budi = place.person("Budi")
        await budi.says("/start")
        members = Members(place.database, place.simulator.clock.now())
        await members.crowd(100, (budi.phone.id, Relation.REGISTRANT))
        await budi.waits(WEEK_BEFORE)
        digest = list(budi.heard)
        first = list(budi.buttons)
        await budi.taps("Semua di halaman ini")
        await budi.taps("Ya, benar")

        assert 1 == len(digest)
        assert "100 orang" in digest[0]
        assert "Halaman 1 dari 13" in digest[0]
        assert 8 == sum(label.startswith("✅ Worker") for label in first)
        assert "8 orang, masing-masing 1 bulan" in budi.heard[0]
        await _hears_of_the_rest(budi)


async def _hears_of_the_rest(budi: Chat) -> None:
    """The page ticked off is gone from the front of the list; an old tick of it changes nothing."""
    await budi.taps("Semua di halaman ini", oldest=True)

    assert "8 orang" in budi.heard[0]


async def test_another_account_cannot_answer_for_a_member(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path, at=DAY_BEFORE) as place:
        budi, intruder = place.person("Budi"), place.person("Orang")
        await budi.says("/start")
        await intruder.says("/start")
        members = Members(place.database, place.simulator.clock.now())
        await members.crowd(2, (budi.phone.id, Relation.REGISTRANT))
        await budi.waits(WEEK_BEFORE)
        data = budi.callback("Worker 0")
        await intruder.does(lambda phone: phone.tap(phone.last["message_id"], data))

        assert "sudah lewat" in intruder.heard[-1]


async def test_only_officers_may_use_the_desk(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as place:
        siti = place.person()
        await siti.says("/kesehatan")
        refused = siti.heard[-1]
        await siti.says("/terdaftar BPU-7K3M-92QX")

        assert "hanya untuk petugas" in refused
        assert "hanya untuk petugas" in siti.heard[-1]


async def test_a_second_registration_of_one_nik_is_not_recorded_as_registered(
    database_url: str, tmp_path: Path
) -> None:
    async with town(database_url, tmp_path) as place:
        await play(STORIES / "a_nik_already_on_file.id.txt", place.person())
        with pytest.raises(AssertionError, match="NIK yang sama"):
            await place.register()
