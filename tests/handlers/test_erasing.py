"""/hapus_data: afterwards nothing that was told is in any file, and old buttons do nothing."""

from pathlib import Path

import pytest

from jobs.fleeting import Tidying
from models.accounts import Account
from models.applications import Application
from models.owing.deliveries import Delivery
from models.quarantine import Quarantine
from models.storage.base import Base
from models.tables import TABLES
from tests.handlers.walking import TOLD, go_to, register
from tests.town import Chat, Town

LEDGERS = {
    "buckets",
    "coverage_touched",
    "data_requests",
    "erasures",
    "key_checks",
    "quota_days",
    "seen_updates",
    "typed_niks",
}
"""What remains by design: numbers that name nobody, of typed NIKs only how many, villages to be counted."""

on_sqlite = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
"""PostgreSQL's files are not ours to read."""


async def erase(chat: Chat) -> None:
    """Erase everything."""
    await chat.says("/hapus_data")
    await chat.taps("Hapus semua")
    await chat.taps("Ya, hapus semuanya")
    await chat.town.deliver()
    await Tidying(chat.town.database, chat.town.office.said, chat.town.simulator.clock.now).tidy()


async def remaining(place: Town) -> dict[str, int]:
    """The tables that still have rows, but the ledgers."""
    counts = {table.__tablename__: await place.rows(table) for table in TABLES}
    return {name: count for name, count in counts.items() if count and name not in LEDGERS}


def files_of(place: Town) -> list[Path]:
    """The database's file, its log and whatever else lies beside it."""
    path = Path(str(place.database.engine.url.database))
    return sorted(path.parent.glob(f"{path.name}*"))


def sealed_values(rows: list[Base]) -> list[bytes]:
    """Every sealed value of these rows, as it lies on the disk."""
    return [
        value
        for row in rows
        for column in row.__table__.columns
        if isinstance(value := getattr(row, column.key), bytes) and len(value) > 20
    ]


@on_sqlite
@pytest.mark.parametrize("where", ["draft", "filed"])
async def test_no_file_holds_what_was_told_nor_its_sealed_form(place: Town, where: str) -> None:
    siti = place.person()
    await (register(siti) if where == "filed" else go_to(siti, "review"))
    planted = [value for table in TABLES if table.__tablename__ not in LEDGERS
               for value in sealed_values(await place.all(table))]  # fmt: skip
    lay_there = [one for one in planted if any(one in file.read_bytes() for file in files_of(place))]
    await erase(siti)
    seized = b"".join(file.read_bytes() for file in files_of(place))

    assert len(planted) >= 2
    assert planted == lay_there
    assert [] == [one for one in planted if one in seized]
    assert [] == [told for told in TOLD if told.encode() in seized]
    assert str(siti.id).encode() not in seized
    assert {} == await remaining(place)


@on_sqlite
async def test_nothing_told_is_ever_readable_in_a_file_even_before(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await go_to(siti, "review")
    files = b"".join(file.read_bytes() for file in files_of(place))

    assert [] == [told for told in TOLD if told.encode() in files]


@pytest.mark.parametrize("where", ["draft", "filed"])
async def test_no_row_remains_on_either_engine(place: Town, where: str) -> None:
    siti = place.person()
    await (register(siti) if where == "filed" else go_to(siti, "review"))
    await place.office.intake.take([unreadable(siti)])
    set_aside = await place.rows(Quarantine)
    await erase(siti)

    assert 1 == set_aside
    assert {} == await remaining(place)


def unreadable(chat: Chat) -> dict[str, object]:
    """An update with what somebody told in it, that cannot be read."""
    sender = {"id": chat.id, "is_bot": False, "first_name": "Siti"}
    body = {"message_id": 1, "date": 10**15, "from": sender, "chat": {"id": chat.id, "type": "private"}}
    return {"update_id": 1, "message": {**body, "text": "9901015708909001"}}


async def test_old_buttons_do_nothing_afterwards(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "review")
    old = [siti.callback(label) for label in ("Kirim", "Ubah", "Kembali", "Berhenti")]
    await erase(siti)
    sure = "v1|c|hapus_data|sure"
    for data in (*old, sure, sure):
        siti.phone.tap(max(siti.said), data)
    said = await siti.hears()

    assert 0 == await place.rows(Application)
    assert 4 == len([text for text in said if "Tidak ada isian" in text])
    assert [] == [told for told in TOLD for text in said if told in text]


async def test_who_erased_everything_and_comes_back_is_a_stranger(place: Town) -> None:
    siti = place.person()
    await siti.says("/bahasa")
    await siti.taps("English")
    await register_again(siti)

    assert "Bolehkah kami menyimpan data Anda" in siti.heard[-1]


async def register_again(siti: Chat) -> None:
    await siti.says("/hapus_data")
    await siti.taps("Delete")
    await siti.taps("Yes")
    await siti.says("/daftar")


async def test_an_erasure_that_comes_again_erases_nothing_twice_and_owes_nothing(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    siti.tap("Ya, hapus semuanya")
    await place.die_speaking()
    await place.restart()
    said = await siti.hears()

    assert "Tidak ada pertanyaan yang menunggu" in said[-1]
    assert 1 == await place.rows(Delivery)  # the proof
    assert [siti.id] == [account.id for account in await place.all(Account)]


async def test_a_lost_word_about_an_erasure_leaves_no_row_behind(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    place.simulator.faults([{"method": "sendMessage", "calls": [1], "do": "429", "retry_after": 5}])
    await siti.taps("Ya, hapus semuanya")
    await place.deliver()
    await Tidying(place.database, place.office.said, place.simulator.clock.now).tidy()

    assert {} == await remaining(place)
