"""A copy of a database from before an erasure is erased again by the ledger: people and accounts."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import dialogues
from models.accounts import Account, meet
from models.applications import Application
from models.erasures import Erasure, erase_account, replay_ledger
from models.quarantine import Quarantine, put
from models.storage.database import Database, open_database

Files = Callable[..., Awaitable[Application]]
SITI, BUDI = 86_001, 86_002


async def lived(database: Database, files: Files, now: datetime) -> None:
    """Siti and Budi register; Siti also has a draft, and an update of hers is set aside."""
    await files(SITI)
    await files(BUDI, "9901014101909002")
    async with database.begin() as db:
        await dialogues.start(db, database.keys, SITI, "registration", 1, {"name": "Siti"}, now)
        await put(db, database.keys, 1, 7, b"{}", "KeyError", SITI, now)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_a_copied_database_is_erased_again(
    database: Database, files: Files, now: datetime, tmp_path: Path
) -> None:
    await lived(database, files, now)
    assert await database.scrub()
    shutil.copy(str(database.engine.url.database), tmp_path / "old.db")
    async with database.begin() as db:
        await erase_account(db, database.keys, SITI, now + timedelta(hours=1))
    async with database.begin() as db:
        ledger = list(await db.scalars(select(Erasure)))
    old = await open_database(
        f"sqlite:///{tmp_path / 'old.db'}", database.keys.text(), announce=lambda _: None
    )
    async with old.begin() as db:
        came_back = list(await db.scalars(select(Account.id)))
        erased = await replay_ledger(db, old.keys, ledger, now + timedelta(days=1))
    async with old.begin() as db:
        left = [
            list(await db.scalars(select(column)))
            for column in (Account.id, Application.account_id, dialogues.Dialogue.account_id, Quarantine.id)
        ]
    await old.close()

    assert [SITI, BUDI] == sorted(came_back)
    assert 1 == erased
    assert [[BUDI], [BUDI], [], []] == left


async def test_who_came_back_after_an_erasure_is_somebody_new(
    database: Database, files: Files, now: datetime
) -> None:
    async with database.begin() as db:
        await meet(db, {SITI: "id"}, now + timedelta(days=2))
        index = database.keys.sender_index(SITI)
        ledger = [Erasure(id=1, account_index=index, erased_at=now + timedelta(days=1))]
        assert 0 == await replay_ledger(db, database.keys, ledger, now + timedelta(days=3))
        assert await db.get(Account, SITI) is not None


async def test_what_an_account_that_stayed_told_since_is_not_erased_again(
    database: Database, files: Files, now: datetime
) -> None:
    await files(SITI)
    async with database.begin() as db:
        index = database.keys.sender_index(SITI)
        ledger = [Erasure(id=1, account_index=index, erased_at=now - timedelta(days=1))]
        account = await db.get_one(Account, SITI)
        account.created_at = now - timedelta(days=9)
        await db.flush()
        assert 1 == await replay_ledger(db, database.keys, ledger, now)
        assert [SITI] == list(await db.scalars(select(Application.account_id)))
