"""`bot.py review`: what is listed, decided, told and on record, and what is not decided."""

from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command_line import CannotDo, review
from command_line.parser import parser
from models.accounts import Role
from models.applications import Application, key_of
from models.office.returned import last
from models.states import State
from models.trust.audit import Act, AuditRow
from settings import Settings
from tests.handlers.hall import VILLAGE, agent, registers
from tests.handlers.test_review import WHOLE
from tests.town import Chat, Town, town

NIKS = ("9901014101909003", "9901014101909004", "9901014101909005")


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> Any:
    """A town whose clock stands still."""
    async with town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
async def budi(place: Town) -> Chat:
    """An agent who has registered three people."""
    chat = await agent(place)
    for number, nik in enumerate(NIKS, start=9003):
        await registers(chat, number, nik=nik, village=VILLAGE, **WHOLE)
    return chat


async def run(place: Town, *arguments: str) -> tuple[int, list[str]]:
    """Obey a command line on the town's database; its exit code, and what it says."""
    said: list[str] = []

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> Any:
        yield place.database

    given = parser().parse_args(["review", *arguments])
    return await review.obey(given, Settings.read({}), opened, place.simulator.clock.now, said.append), said


async def filed(place: Town) -> list[Application]:
    async with place.database.begin() as db:
        return list(await db.scalars(select(Application).order_by(Application.id)))


async def test_what_waits_is_listed_without_names(place: Town, budi: Chat) -> None:
    officer = await place.officer()
    code, said = await run(place, "list", "--by", str(officer.id))

    assert 0 == code
    assert [one.reference for one in await filed(place)] == [line.split()[0] for line in said]
    assert not [line for line in said if any(nik[-4:] in line for nik in NIKS) or "Warga" in line]


async def test_decisions_move_applications_tell_the_sender_and_are_on_record(place: Town, budi: Chat) -> None:
    officer = await place.officer()
    by = ("--by", str(officer.id))
    one, two, three = (each.reference for each in await filed(place))
    assert (0, [f"{one}: accepted."]) == await run(place, "accept", one.lower(), *by)
    assert (0, [f"{two}: returned."]) == await run(place, "return", two, "--reason", "address", *by)
    assert (0, [f"{three}: refused."]) == await run(place, "refuse", three, "--reason", "wage_earner", *by)
    first, second, third = await filed(place)
    async with place.database.begin() as db:
        acts = list(await db.execute(select(AuditRow.act, AuditRow.by_account).order_by(AuditRow.number)))
    heard = list[str]()
    for _ in range(3):  # one chat hears one message after the other
        await budi.catches_up()
        heard += budi.heard
        await place.wait_a_little(1)

    assert (State.ACCEPTED, State.RETURNED, State.WITHDRAWN) == (first.state, second.state, third.state)
    assert [(act, officer.id) for act in (Act.ACCEPTED, Act.RETURNED, Act.REFUSED)] == [
        tuple(row) for row in acts
    ]
    assert all(any(each in text for text in heard) for each in (one, two, three))


async def test_what_is_not_the_officers_is_not_decided(place: Town, budi: Chat) -> None:
    wulan, agus = await place.officer(), place.person("Agus")
    await agus.says("/start")
    await place.appoint(agus, Role.OFFICER)
    await wulan.says("/periksa")
    await wulan.taps("Ambil berikutnya")
    first, second, _ = (each.reference for each in await filed(place))
    code, said = await run(place, "accept", first, second, second, "--by", str(agus.id))

    assert 1 == code
    assert [f"{first}: {review.NOT_FOR_THEM}.", f"{second}: accepted."] == said[:2]
    assert f"{second}: {review.NOT_FOR_THEM}." == said[2]
    with pytest.raises(CannotDo, match="neither officer"):
        await run(place, "accept", first, "--by", str(budi.id))
    with pytest.raises(CannotDo, match="needs --reason"):
        await run(place, "return", first, "--by", str(agus.id))


async def test_the_officers_own_words_reach_the_sender(place: Town, budi: Chat) -> None:
    officer = await place.officer()
    one = (await filed(place))[0]
    words = "Mohon lengkapi nama jalan."
    await run(place, "return", one.reference, "--words", words, "--by", str(officer.id))
    async with place.database.begin() as db:
        given = await last(db, one.id, await key_of(db, place.database.keys, one.worker_id))

    assert words == given.words
