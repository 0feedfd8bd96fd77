"""Somebody who acts for many gets one paged list a day, and ticks it off."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.memberships import Relation
from models.reminding import opt_outs, snoozes
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


async def test_a_digest_leaves_out_whom_somebody_else_sees_to_and_who_waits_or_stopped(
    database_url: str, tmp_path: Path
) -> None:
    async with town(database_url, tmp_path, at=DAY_BEFORE) as place:
        budi, siti = place.person("Budi"), place.person("Siti")
        await budi.says("/start")
        await siti.says("/start")
        members = Members(place.database, place.simulator.clock.now())
        agent = (budi.id, Relation.AGENT)
        for name in ("Slamet", "Rahayu"):
            await members.join(name, [agent])
        await members.join("Siti", [(siti.id, Relation.SELF), agent])
        wulan, dewi = [await members.join(name, [agent]) for name in ("Wulan", "Dewi")]
        async with place.database.begin() as db:
            await snoozes.snooze(db, wulan.id, date(2026, 12, 1), date(2026, 12, 10))
            await opt_outs.stop(db, dewi.nik_index, budi.id, members.now)
        await budi.waits(WEEK_BEFORE)

        assert 1 == len(budi.heard)
        assert "2 orang" in budi.heard[0]
        assert [True, True, False, False, False] == [
            f"{name} ·" in budi.heard[0] for name in ("Slamet", "Rahayu", "Siti", "Wulan", "Dewi")
        ]


@pytest.mark.parametrize(
    ("paid", "on", "words"),
    [
        (None, "2026-12-01", "pembayaran pertama belum"),
        ("2026-11", "2026-12-08", "7 hari lagi"),
        ("2026-11", "2026-12-15", "Hari ini batas bayar"),
        ("2026-11", "2026-12-16", "belum tercatat dibayar"),
        ("2026-11", "2027-01-01", "belum tercatat sejak Desember 2026"),
        ("2026-11", "2027-02-21", "Pengingat terakhir"),
        ("2026-11", "2027-03-01", "kepesertaan mungkin sudah berakhir"),
    ],
)
async def test_whoever_sees_to_one_gets_the_reminder_that_fits_and_says_for_whom(
    database_url: str, tmp_path: Path, paid: str | None, on: str, words: str
) -> None:
    morning = datetime.fromisoformat(f"{on} 09:00").replace(tzinfo=JAKARTA)
    async with town(database_url, tmp_path, at=morning) as place:
        budi = place.person("Budi")
        await budi.says("/start")
        members = Members(place.database, place.simulator.clock.now())
        told: dict[str, Any] = (
            {} if paid else {"first_month": date(2026, 12, 1), "started_at": morning - timedelta(days=3)}
        )
        await members.join("Slamet Riyadi", [(budi.id, Relation.AGENT)], paid=paid, **told)
        await budi.waits(morning + timedelta(hours=1))

        assert 1 == len(budi.heard)
        assert "Slamet Riyadi" in budi.heard[0]
        assert words in budi.heard[0]
        assert any("Bukan saya" in label for label in budi.buttons)


async def test_one_of_many_is_opened_from_the_list(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path, at=DAY_BEFORE) as place:
        budi, stranger = place.person("Budi"), place.person("Orang")
        await budi.says("/start")
        await stranger.says("/start")
        members = Members(place.database, place.simulator.clock.now())
        await members.crowd(2, (budi.id, Relation.REGISTRANT))
        await budi.says("/iuran")
        data = budi.callback("Lihat")
        await budi.taps("Lihat")
        await stranger.does(lambda phone: phone.tap(max(stranger.said), data))

        assert "Iuran Worker 0" in budi.heard[-1]
        assert any("Siapa yang diingatkan" in label for label in budi.buttons)
        assert "sudah lewat" in stranger.heard[-1]


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
