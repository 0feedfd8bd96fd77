"""Housekeeping forgets what the consent text says it forgets, and nothing earlier."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobs.housekeeping import Housekeeping
from models.applications import Application
from models.consents import Consent
from models.dialogues import Dialogue
from models.ownership.invitations import Invitation
from models.people import PersonKeyRow
from models.seen import SeenUpdate
from tests.handlers.chains import house
from tests.test_stories import play
from tests.town import Town, town

STORIES = Path(__file__).parent.parent / "stories"
TABLES = (Dialogue, Application, Consent, PersonKeyRow)


async def rows(place: Town, *tables: type) -> list[int]:
    """Return how many rows each table has."""
    async with place.database.begin() as db:
        return [await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


async def after(place: Town, **span: float) -> None:
    """Let time pass, then keep house."""
    place.simulator.clock.advance(timedelta(**span))
    await Housekeeping(place.database, place.simulator.clock.now).forget()


async def test_a_form_nobody_came_back_to_is_forgotten_after_thirty_days(
    database_url: str, tmp_path: Path
) -> None:
    async with town(database_url, tmp_path) as place:
        siti = place.person()
        await play(STORIES / "parts" / "self.txt", siti)
        await after(place, days=29)
        kept = await rows(place, *TABLES)
        await after(place, days=2)
        forgotten = await rows(place, *TABLES)
        await siti.says("/lanjut")

        assert [1, 0, 1, 1] == kept
        assert [0, 0, 0, 0] == forgotten
        assert "Tidak ada isian" in siti.heard[-1]


@pytest.mark.parametrize(("days", "left"), [(89, 1), (91, 0)])
async def test_what_was_withdrawn_is_forgotten_after_ninety_days(
    database_url: str, tmp_path: Path, days: int, left: int
) -> None:
    async with town(database_url, tmp_path) as place:
        siti = place.person()
        await play(STORIES / "market_seller.id.txt", siti)
        await siti.says("/hapus_data")
        await siti.taps("Hentikan")
        await after(place, days=days)

        assert [left] * 3 == await rows(place, Application, Consent, PersonKeyRow)


async def test_update_ids_are_forgotten_after_eight_days(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as place:
        await place.person().says("/start")
        await after(place, days=7)
        kept = await rows(place, SeenUpdate)
        await after(place, days=2)

        assert [1] == kept
        assert [0] == await rows(place, SeenUpdate)


@pytest.mark.parametrize(
    ("spent", "days", "left"), [(False, 13, 1), (False, 15, 0), (True, 6, 1), (True, 8, 0)]
)
async def test_a_link_that_is_over_is_forgotten_a_week_later(
    database_url: str, tmp_path: Path, spent: bool, days: int, left: int
) -> None:
    async with town(database_url, tmp_path) as place:
        home = await house(place)
        token = await home.invites()
        if spent:
            await place.person("Agus").says(f"/start {token}")
            await place.people["Agus"].taps("Tidak")
        await after(place, days=days)

        assert [left] == await rows(place, Invitation)
