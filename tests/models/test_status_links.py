"""Status links: a fresh secret a print, known by its hash, gone with what it was about."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from models.accounts import meet
from models.applications import Application
from models.erasures import erase_account, withdraw
from models.ownership.status_links import (
    MOST_TRIES,
    TRIED_WITHIN,
    Paper,
    StatusLink,
    WrongTry,
    by_token,
    is_silenced,
    keep,
    note_wrong,
    purge,
    revoke,
)
from models.storage.database import Database
from models.storage.tokens import TOKEN, new_token

Files = Callable[..., Awaitable[Application]]
SITI, BUDI = 86_001, 86_002
OTHER_NIK = "9901014101909002"


async def opens(database: Database, token: str) -> int | None:
    """Return the application a token opens, or None."""
    async with database.begin() as db:
        found = await by_token(db, token)
    return found.id if found else None


async def printed(database: Database, application: Application, paper: Paper, now: datetime) -> str:
    """Print a paper about an application; the token on it."""
    token = new_token()
    async with database.begin() as db:
        await keep(db, {application.id: token}, paper, now)
    return token


def test_tokens_are_128_random_bits() -> None:
    tokens = {new_token() for _ in range(1000)}

    assert 1000 == len(tokens)
    assert all(TOKEN.fullmatch(token) for token in tokens)


async def test_a_token_opens_its_application_until_it_is_printed_anew(
    database: Database, files: Files, now: datetime
) -> None:
    siti, budi = await files(SITI), await files(BUDI, OTHER_NIK)
    first, other = [await printed(database, each, Paper.SLIP, now) for each in (siti, budi)]
    sheet = await printed(database, siti, Paper.SHEET, now)
    before = await opens(database, first)
    again = await printed(database, siti, Paper.SLIP, now + timedelta(days=1))

    assert siti.id == before
    assert [None, siti.id, siti.id, budi.id] == [
        await opens(database, token) for token in (first, again, sheet, other)
    ]


async def test_only_the_hash_rests(database: Database, files: Files, now: datetime) -> None:
    token = await printed(database, await files(SITI), Paper.SLIP, now)
    async with database.begin() as db:
        (row,) = await db.scalars(select(StatusLink))

    assert 32 == len(row.token_sha256)
    assert token not in str(row.__dict__)


async def test_a_revoked_link_and_nonsense_open_nothing(
    database: Database, files: Files, now: datetime
) -> None:
    siti = await files(SITI)
    token = await printed(database, siti, Paper.SLIP, now)
    async with database.begin() as db:
        await revoke(db, [siti.id])

    assert [None] * 5 == [await opens(database, each) for each in (token, "", "x" * 22, "é" * 22, "'; --")]


async def test_a_link_goes_with_what_it_was_about(database: Database, files: Files, now: datetime) -> None:
    token = await printed(database, await files(SITI), Paper.SLIP, now)
    async with database.begin() as db:
        await erase_account(db, database.keys, SITI, now)

    assert await opens(database, token) is None
    async with database.begin() as db:
        assert 0 == await db.scalar(select(func.count()).select_from(StatusLink))


async def test_who_stops_everything_turns_the_papers_off(
    database: Database, files: Files, now: datetime
) -> None:
    token = await printed(database, await files(SITI), Paper.SLIP, now)
    async with database.begin() as db:
        await withdraw(db, database.keys, SITI, now)

    assert await opens(database, token) is None


async def test_five_wrong_tries_an_hour_are_too_many(database: Database, now: datetime) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id", BUDI: "id"}, now)
        silenced = []
        for number in range(MOST_TRIES + 1):
            silenced.append(await is_silenced(db, SITI, now))
            await note_wrong(db, SITI, now + timedelta(seconds=number))
        later = now + TRIED_WITHIN + timedelta(minutes=1)

        assert [False] * MOST_TRIES + [True] == silenced
        assert not await is_silenced(db, BUDI, now)
        assert not await is_silenced(db, SITI, later)
        await purge(db, later - TRIED_WITHIN)
        assert 0 == await db.scalar(select(func.count()).select_from(WrongTry))


async def test_a_whole_list_is_kept_at_once(database: Database, files: Files, now: datetime) -> None:
    filed = [await files(BUDI, f"990101410190{number:04}") for number in range(9001, 9031)]
    tokens = {each.id: new_token() for each in filed}
    async with database.begin() as db:
        await keep(db, {}, Paper.SHEET, now)
        await keep(db, tokens, Paper.SHEET, now)

    assert list(tokens) == [await opens(database, token) for token in tokens.values()]
