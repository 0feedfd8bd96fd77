"""`bot.py retention` and `bot.py breach`: what is printed, written and owed."""

import argparse
import json
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from command_line import CannotDo, privacy
from command_line.parser import parser
from models.applications import Application
from models.owing.deliveries import Delivery, Promise
from models.privacy.breaches import NOTICE
from models.trust.audit import Act, AuditRow, Entry, note
from settings import Settings
from tests.handlers.hall import agent, registers
from tests.town import Town, town

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> Any:
    """A town whose clock stands still."""
    async with town(database_url, tmp_path) as opened:
        yield opened


async def run(place: Town, *arguments: str) -> list[str]:
    """Obey a command line on the town's database; what it says."""
    given: argparse.Namespace = parser().parse_args(arguments)
    said: list[str] = []

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> Any:
        yield place.database

    code = await privacy.obey(given, Settings.read({}), opened, lambda: NOW, said.append)
    assert code == 0
    return said


async def hall(place: Town) -> tuple[list[Application], list[Application]]:
    """Two agents with three registrations each."""
    budi, tuti = await agent(place, "Budi"), await agent(place, "Tuti")
    return (
        [await registers(budi, number) for number in (9001, 9002, 9003)],
        [await registers(tuti, number) for number in (9011, 9012, 9013)],
    )


def listed(folder: Path) -> set[int]:
    """The registrations in the list."""
    return {row["application"] for row in json.loads((folder / "touched.json").read_text("utf-8"))}


WHEN = ("--since", "2026-11-20T00:00", "--until", "2026-11-21T00:00")


async def test_the_exact_set_by_account_and_by_the_audit_log(place: Town, tmp_path: Path) -> None:
    budis, tutis = await hall(place)
    wulan = await place.officer()
    looked = [budis[0], tutis[2]]
    async with place.database.begin() as db:
        entries = [Entry(Act.OPENED, wulan.id, one.worker_id, f"applications:{one.id}") for one in looked]
        entries.append(Entry(Act.OPENED, budis[0].account_id, tutis[0].worker_id))
        await note(db, place.database.keys, entries, NOW)
    await run(place, "breach", *WHEN, "--accounts", str(budis[0].account_id), "--out", str(tmp_path / "a"))
    await run(place, "breach", *WHEN, "--audit-by", str(wulan.id), "--out", str(tmp_path / "b"))
    await run(place, "breach", *WHEN, "--territory", "32.05", "--out", str(tmp_path / "c"))
    await run(place, "breach", *WHEN, "--territory", "1101", "--out", str(tmp_path / "d"))

    assert {one.id for one in budis} == listed(tmp_path / "a")
    assert {one.id for one in looked} == listed(tmp_path / "b")
    assert {one.id for one in (*budis, *tutis)} == listed(tmp_path / "c")
    assert set() == listed(tmp_path / "d")


async def test_list_and_drafts_are_for_the_operator_and_name_nobody(place: Town, tmp_path: Path) -> None:
    await hall(place)
    said = await run(place, "breach", *WHEN, "--out", str(tmp_path / "x"))
    files = sorted((tmp_path / "x").iterdir())
    whole = "".join(file.read_text("utf-8") for file in files) + "\n".join(said)

    assert ["authority.en.txt", "authority.id.txt", "people.en.txt", "people.id.txt", "touched.json"] == [
        file.name for file in files
    ]
    assert {0o600} == {file.stat().st_mode & 0o777 for file in files}
    assert "Pekerja" not in whole
    assert "99010141" not in whole
    assert "6 registrations of 6 people" in said[0]
    assert "2026-11-23 03:00 UTC" in said[1]


async def test_only_what_was_filled_in_is_sent_and_each_is_told_once(place: Town, tmp_path: Path) -> None:
    await hall(place)
    drafts = tmp_path / "drafts"
    await run(place, "breach", *WHEN, "--out", str(drafts))
    for folder, why in ((drafts, r"must have no \[ISI"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(CannotDo, match=why):
            await run(place, "breach", *WHEN, "--send", str(folder))
    before = await place.rows(Delivery)
    for file in drafts.glob("people.*.txt"):
        file.write_text(re.sub(r"\[ISI[^]]*]", "lewat pos", file.read_text("utf-8")), "utf-8")
    for _ in range(2):
        await run(place, "breach", *WHEN, "--send", str(drafts))
    notices = [row for row in await place.all(Delivery) if row.kind == NOTICE]
    await place.people["Budi"].catches_up()

    assert 0 == before
    assert {Promise.AT_LEAST_ONCE} == {row.promise for row in notices}
    assert {place.people[name].id for name in ("Budi", "Tuti")} == {row.account_id for row in notices}
    assert 2 == len(notices)
    assert "tanpa hak: lewat pos" in place.people["Budi"].heard[-1]
    assert [Act.BREACHED.value] * 2 == [
        row.act for row in await place.all(AuditRow) if row.by_account is None
    ]


async def test_retention_prints_every_kind(place: Town) -> None:
    await hall(place)
    place.simulator.clock.advance(timedelta(days=1))
    said = await run(place, "retention")

    assert any(line.startswith("closed: 6 rows, 90 days") for line in said)
    assert any("audit_log" in line for line in said)
