"""A file with many people waits for a second person: of that territory, never the author, not for ever."""

from models.accounts import Role, grant
from models.office.export_members import ExportMember
from models.office.exports import Export, Making
from models.trust.audit import Act, AuditRow
from rules.exports import limits, needs_second
from tests import loop
from tests.desk import GARUT, accepted
from tests.handlers.chains import officer
from tests.handlers.test_step_up import news_to, stranger
from tests.town import Chat, Town

MANY = limits()["approval_above"] + 1


async def of_territory(place: Town, name: str, territory: str) -> Chat:
    """An officer of one territory, who gave a PIN."""
    chat = await officer(place, name, Role.AGENT)
    async with place.database.begin() as db:
        await grant(db, chat.id, Role.OFFICER, place.simulator.clock.now(), None, territory=territory)
    return chat


async def asked_for(place: Town, people: int = MANY) -> Chat:
    """Let Wulan of Garut ask for a file with so many people."""
    await accepted(place.database, place.simulator.clock.now(), [{}] * people)
    wulan = await of_territory(place, "Wulan", GARUT)
    await wulan.says("/ekspor")
    for label in ("Ekspor baru", "bpu", "Semua pembayar"):
        await wulan.taps(label)
    return wulan


def files(chat: Chat) -> int:
    return len([message for message in chat.phone.messages if "document" in message.body])


async def export(place: Town) -> Export:
    one: Export
    (one,) = await place.all(Export)
    return one


def test_the_bound_is_a_dated_row() -> None:
    assert (False, True) == (needs_second(MANY - 1), needs_second(MANY))


async def test_a_second_person_of_that_territory_agrees_and_the_file_goes_to_the_author(place: Town) -> None:
    near, far = await of_territory(place, "Rina", "32"), await of_territory(place, "Jauh", "31")
    wulan = await asked_for(place)
    await loop.make_files(wulan)
    before = files(wulan)
    await news_to(near)
    asked = "\n".join(near.heard)
    yes = near.callback("Setujui")
    await far.catches_up()
    await far.presses(yes)
    theirs = far.heard[-1]
    await wulan.presses(yes)
    await loop.make_files(wulan)
    alone = files(wulan)
    await near.taps("Setujui")
    await loop.make_files(wulan)
    await near.taps("Setujui")

    assert (0, 0, 1) == (before, alone, files(wulan))
    assert f"Diminta oleh: akun {wulan.id}" in asked
    assert f"Orang: {MANY}" in asked
    assert "bukan untuk wilayah Anda" in theirs
    assert not [button for button in far.buttons if "Setujui" in button]
    assert "sudah lewat" in near.heard[-1]
    one = await export(place)
    assert (near.id, Making.DONE) == (one.agreed_by, one.stage)
    assert [(Act.APPROVED, near.id), (Act.EXPORTED, wulan.id)] == [
        (row.act, row.by_account) for row in await place.all(AuditRow)
    ]


async def test_without_a_pin_nobody_agrees(place: Town) -> None:
    near = await stranger(place, "Rina")
    wulan = await asked_for(place)
    await loop.make_files(wulan)
    await news_to(near)
    await near.taps("Setujui")

    assert "buat dulu" in "\n".join(near.heard)
    assert (await export(place)).agreed_by is None


async def test_refused_or_late_nobody_stays_locked(place: Town) -> None:
    near = await of_territory(place, "Rina", "")
    wulan = await asked_for(place)
    await loop.make_files(wulan)
    await news_to(near)
    await near.taps("Tolak")
    await news_to(wulan)
    refused, left = "\n".join(wulan.heard), len(await place.all(ExportMember))
    await wulan.says("/ekspor")
    for label in ("Ekspor baru", "bpu", "Semua pembayar"):
        await wulan.taps(label)
    await loop.make_files(wulan)
    locked = len(await place.all(ExportMember))
    yes = near.callback("Setujui")
    wulan.later(hours=25)
    await near.presses(yes)
    late = near.heard[-1]
    await loop.make_files(wulan)
    await news_to(wulan)

    assert "Orang kedua menolak" in refused
    assert (0, MANY, 0) == (left, locked, len(await place.all(ExportMember)))
    assert "sudah lewat" in late
    assert "pada waktunya" in "\n".join(wulan.said.values())
    assert 0 == files(wulan)
    assert [Making.FAILED, Making.FAILED] == [one.stage for one in await place.all(Export)]


async def test_a_small_file_waits_for_nobody(place: Town) -> None:
    wulan = await asked_for(place, 3)
    await loop.make_files(wulan)

    assert 1 == files(wulan)
