"""An agent sends a list: it is asked for, worked off, and what could not be taken comes back."""

from pathlib import Path

import pytest

from handlers.filing import filing_of
from jobs.imports import Imports
from models.accounts import Role, grant
from models.applications import Application
from models.consents import Basis, Consent
from models.import_parts import Part
from models.imports import Import, Stage
from models.workers import Worker
from tests.sheets.lists import HEADINGS, column_of, csv_of, people, person, rows_of, xlsx_of
from tests.town import JAKARTA, Chat, Town

REASONS = "Yang perlu diperbaiki"


async def agent(place: Town, role: Role = Role.AGENT) -> Chat:
    """Budi, who registers his neighbours."""
    budi = place.person("Budi")
    await budi.says("/start")
    async with place.database.begin() as db:
        await grant(db, budi.id, role, place.simulator.clock.now(), None)
    return budi


async def work(place: Town) -> None:
    """Work off what waits, and deliver the news."""
    office = place.office
    clock = place.simulator.clock.now
    await Imports(place.database, office.fetch, office.said, clock, JAKARTA, filing_of).work()
    await place.deliver()


async def send(chat: Chat, content: bytes, name: str = "daftar.xlsx") -> None:
    """Send a list, declare that everybody agreed, and wait for what comes of it."""
    await chat.does(lambda phone: phone.file("document", content, name))
    await chat.taps("Bicara langsung")
    await chat.taps("Hari ini")
    await work(chat.town)
    await chat.hears()


def returned(chat: Chat) -> bytes:
    """Return the file that came back last."""
    files = [m.file for m in chat.phone.messages if m.by_bot and m.file is not None]
    assert files
    assert files[-1] is not None
    return files[-1].content


async def test_an_agent_registers_a_village_with_one_file(place: Town) -> None:
    budi = await agent(place)
    rows = [*people(3), person(4, Nama="R4hayu"), person(5, Desa="Cibiuk Kalr")]
    await budi.does(lambda phone: phone.file("document", xlsx_of([HEADINGS, *rows]), "warga.xlsx"))

    assert "setiap orang" in budi.heard[-1]
    await budi.taps("Tertulis")
    assert "Kapan" in budi.heard[-1]
    await budi.taps("Hari ini")
    assert "baris demi baris" in budi.heard[-1]
    await work(place)

    assert "3 pekerja didaftarkan" in budi.said[max(budi.said)]
    assert "2 baris perlu diperbaiki" in budi.said[max(budi.said)]
    assert [5, 6] != column_of(returned(budi), "NIK")
    assert ["R4hayu", "Dewi Anggraini"] != column_of(returned(budi), REASONS)
    assert 3 == await place.rows(Application)
