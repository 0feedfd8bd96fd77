"""Database: it opens only when what it promises can be kept, and says in a sentence why not."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.storage.database import Database, StartRefused, migrate, normalise_url, open_database
from models.storage.engine import new_engine
from models.storage.keys import Keys


def written(path: Path) -> int:
    """Return how many bytes a file has, 0 when there is none."""
    return path.stat().st_size if path.exists() else 0


def silent(_: str) -> None:
    """Announce nothing."""


async def test_an_empty_database_gets_its_tables_and_its_keys_and_says_so(
    empty_url: str, tmp_path: Path
) -> None:
    said: list[str] = []
    database = await open_database(empty_url, tmp_path / "secret" / "keys", announce=said.append)
    await database.close()

    assert ["The database is empty", "New keys were written"] == [
        line[: len("New keys were written")] for line in said
    ]
    assert str(tmp_path / "secret" / "keys") in said[1]


async def test_a_second_start_finds_everything_and_says_nothing(empty_url: str, tmp_path: Path) -> None:
    said: list[str] = []
    first = await open_database(empty_url, tmp_path / "keys", announce=silent)
    await first.close()
    second = await open_database(empty_url, tmp_path / "keys", announce=said.append)
    await second.close()

    assert not said


async def test_a_migrated_database_that_was_never_opened_gets_its_keys(
    empty_url: str, tmp_path: Path
) -> None:
    await migrate(empty_url)
    database = await open_database(empty_url, tmp_path / "keys", announce=silent)
    await database.close()

    assert (tmp_path / "keys").exists()


async def test_a_missing_key_file_is_refused_and_not_made_anew(database_url: str, tmp_path: Path) -> None:
    first = await open_database(database_url, tmp_path / "keys", announce=silent)
    await first.close()
    (tmp_path / "keys").rename(tmp_path / "elsewhere")

    with pytest.raises(StartRefused, match="is missing"):
        await open_database(database_url, tmp_path / "keys", announce=silent)
    assert not (tmp_path / "keys").exists()


async def test_the_keys_of_another_database_are_refused(database: Database, database_url: str) -> None:
    await database.close()

    with pytest.raises(StartRefused, match="is not the one"):
        await open_database(database_url, Keys.generate().text(), announce=silent)


async def test_a_ring_that_has_lost_its_newest_key_is_refused(
    database: Database, database_url: str, keys: Keys
) -> None:
    await database.close()
    rotated = await open_database(database_url, keys.with_new_master().text(), announce=silent)
    await rotated.close()

    with pytest.raises(StartRefused, match="`master 2` is missing"):
        await open_database(database_url, keys.text(), announce=silent)


@pytest.mark.parametrize("text", ["", "   ", "master 1 AAAA"])
async def test_keys_that_cannot_be_read_are_refused(database_url: str, text: str) -> None:
    with pytest.raises(StartRefused):
        await open_database(database_url, text, announce=silent)


async def test_a_database_of_another_revision_is_refused(
    database: Database, database_url: str, keys: Keys
) -> None:
    async with database.begin() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    await database.close()

    with pytest.raises(StartRefused, match=r"Run: bot\.py migrate"):
        await open_database(database_url, keys.text(), announce=silent)


async def test_a_database_that_does_not_answer_is_refused_in_one_line(keys: Keys) -> None:
    with pytest.raises(StartRefused) as refusal:
        await open_database("postgresql://bot:secret@127.0.0.1:1/bot", keys.text(), announce=silent)

    assert "does not answer" in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("url", ["mysql://localhost/bot", "sqlite://", "sqlite:///:memory:"])
def test_an_address_we_cannot_keep_promises_on_is_refused(url: str) -> None:
    with pytest.raises(StartRefused):
        normalise_url(url)


@pytest.mark.parametrize(
    ("written", "driver"),
    [
        ("sqlite:///var/bot.db", "sqlite+aiosqlite"),
        ("postgres://bot@db/bot", "postgresql+psycopg"),
        ("postgresql://bot@db/bot", "postgresql+psycopg"),
    ],
)
def test_an_address_gets_our_driver(written: str, driver: str) -> None:
    assert driver == normalise_url(written).drivername


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as db:
            await db.execute(text("INSERT INTO seen_updates VALUES (1, 1, CURRENT_TIMESTAMP)"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.begin() as db:
        assert 0 == await db.scalar(text("SELECT count(*) FROM seen_updates"))


async def test_an_error_of_the_database_tells_no_value(database: Database) -> None:
    planted = "Siti Aminah"
    with pytest.raises(IntegrityError) as failure:
        async with database.begin() as db:
            await db.execute(
                text("INSERT INTO grants (id, account_id, role) VALUES (1, 2, :name)"), {"name": planted}
            )

    assert planted not in str(failure.value).partition("DETAIL")[0]


@pytest.mark.parametrize("engine_name", ["sqlite"])
async def test_the_database_file_is_for_its_owner_alone(empty_url: str, tmp_path: Path) -> None:
    engine = new_engine(normalise_url(empty_url))
    await engine.dispose()

    assert 0o600 == (tmp_path / "empty.db").stat().st_mode & 0o777


async def test_the_log_is_emptied_after_an_erasure(database: Database, database_url: str) -> None:
    async with database.begin() as db:
        await db.execute(text("INSERT INTO seen_updates VALUES (1, 1, CURRENT_TIMESTAMP)"))

    assert await database.scrub()
    log = Path(database_url.removeprefix("sqlite:///") + "-wal")
    assert not written(log)
