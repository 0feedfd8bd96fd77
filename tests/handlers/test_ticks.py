"""A short list with ticks: one message that is edited, and months recorded for the ticked ones alone."""

from datetime import date, datetime, timedelta

import pytest

from models.contributions import Contribution
from models.memberships import Membership, Relation
from models.storage.base import Base
from tests.members import Members
from tests.town import JAKARTA, Chat, Town

DECEMBER = date(2026, 12, 1)
WEEK_BEFORE = datetime(2026, 12, 8, 12, 0, tzinfo=JAKARTA)
NAMES = ("Asep", "Siti", "Ujang")


@pytest.fixture
def engine_name() -> str:
    """One engine: what differs between them is told by the stories."""
    return "sqlite"


async def house(place: Town) -> tuple[Chat, list[Membership], Members]:
    """Budi looks after three who paid through November."""
    budi = place.person("Budi")
    await budi.says("/start")
    members = Members(place.database, place.simulator.clock.now())
    return budi, [await members.join(name, [(budi.id, Relation.REGISTRANT)]) for name in NAMES], members


async def paid(place: Town, month: date = DECEMBER) -> set[int]:
    """Whose month is recorded."""
    rows: list[Contribution] = await place.all(Contribution)
    return {line.membership_id for line in rows if line.month == month}


async def test_ticks_change_one_message_and_only_the_ticked_are_recorded(place: Town) -> None:
    budi, (asep, _, ujang), _ = await house(place)
    await budi.says("/iuran")
    shown = max(budi.said)
    for name in ("Asep", "Siti", "Ujang", "✅ Siti"):
        await budi.taps(name)
        assert [] == budi.heard
    await budi.taps("Catat yang dicentang (2)")

    assert shown == max(budi.said)
    assert {asep.id, ujang.id} == await paid(place)
    assert "Tercatat dibayar menurut Anda\n• Asep: Desember 2026\n• Ujang: Desember 2026" in budi.said[shown]
    assert "Siti · Desember 2026" in budi.said[shown]
    assert "Asep · Januari 2027" in budi.said[shown]


async def test_everybody_with_two_taps_and_nobody_with_none(place: Town) -> None:
    budi, _, _ = await house(place)
    await budi.says("/iuran")
    toast = await budi.presses(budi.callback("Catat yang dicentang"))
    nobody = await paid(place)
    await budi.taps("Centang semua")
    await budi.taps("Catat yang dicentang (3)")

    assert "Belum ada yang dicentang" in toast
    assert set() == nobody
    assert 3 == len(await paid(place))


async def test_two_taps_of_one_button_before_it_changes_are_one(place: Town) -> None:
    budi, (asep, *_), _ = await house(place)
    await budi.says("/iuran")
    data = budi.callback("Asep")
    await budi.presses(data)
    await budi.presses(data)
    await budi.taps("Catat yang dicentang (1)")
    await budi.presses(data)

    assert {asep.id} == await paid(place)


async def test_a_list_that_changed_since_records_nothing_and_is_said_as_it_is_now(place: Town) -> None:
    budi, (asep, *_), members = await house(place)
    await budi.says("/iuran")
    await budi.taps("Siti")
    await members.pay(asep, DECEMBER)
    await budi.taps("Catat yang dicentang (1)")

    assert {asep.id} == await paid(place)
    assert "sudah lewat" in budi.heard[0]
    assert "Asep · Januari 2027" in budi.heard[1]


async def test_a_message_of_three_weeks_ago_records_the_month_it_names(place: Town) -> None:
    budi, _, _ = await house(place)
    await budi.waits(WEEK_BEFORE)
    digest = list(budi.heard)
    data = budi.callback("Centang semua")
    place.simulator.clock.move_to(WEEK_BEFORE + timedelta(days=30))
    await budi.presses(data)
    await budi.taps("Catat yang dicentang (3)")

    assert "perlu diurus: 3 orang" in digest[-1]
    assert 3 == len(await paid(place))
    assert set() == await paid(place, date(2027, 1, 1))


async def test_what_was_never_on_a_button_does_nothing(place: Town) -> None:
    budi, _, _ = await house(place)
    await budi.says("/iuran")
    good = budi.callback("Asep").split("|")
    joko = place.person("Joko")
    await joko.says("/start")
    before = await held(place)
    for at, value in (
        (3, "x"),
        (4, "zzzzzz"),
        (4, "-1"),
        (5, "-1"),
        (5, "8"),
        (6, "0"),
        (7, "-1"),
        (7, "3"),
        (7, ""),
    ):
        await budi.presses("|".join((*good[:at], value, *good[at + 1 :])))
        assert "sudah lewat" in "\n".join(budi.heard), (at, value)
    for data in ("v1|u|t", "v1|u|t|a", "v1|u|", "|".join(good[:7])):
        await budi.presses(data)
    await joko.presses("|".join((*good[:7], "save")))

    assert before == await held(place)
    assert "sudah lewat" in joko.heard[0]
    assert not [name for name in NAMES if name in "\n".join(joko.heard)]


async def held(place: Town) -> int:
    """How many lines the ledger has."""
    table: type[Base] = Contribution
    return await place.rows(table)
