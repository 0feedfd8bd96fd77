"""The start-up gate: whatever would break a promise is refused in one plain sentence that tells no secret."""

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from bot import main
from jobs.deliveries import LEASE
from models.storage.database import open_database
from models.storage.key_files import Line, text_of
from models.storage.keys import Keys
from post.transport import AiohttpRequest
from running import CannotStart
from running.office import expect_lease
from tests.running import ROOT, Ended

SECRET = "12345:AAE-rahasia_sekali-0123456789"
Change = Callable[[Path, Keys], object]


def without(path: Path, keys: Keys, role: str) -> None:
    path.write_text(text_of(line for line in keys.lines if line.role != role))


def a_key_changed(path: Path, keys: Keys, role: str) -> None:
    others = [line for line in keys.lines if line.role != role]
    path.write_text(text_of([*others, Line.new(role, 1)]))


CHANGES: dict[str, tuple[Change, str]] = {
    "missing": (lambda path, _: path.unlink(), "is missing, and this database cannot be read without it."),
    "empty": (lambda path, _: path.write_text(""), "need at least one line `master`"),
    "another": (lambda path, _: path.write_text(Keys.generate().text()), "is not the one"),
    "cut": (lambda path, keys: path.write_text(keys.text()[:-20]), "the base64 of 32 bytes."),
    "no master": (lambda path, keys: without(path, keys, "master"), "need at least one line `master`"),
    "no index": (lambda path, keys: without(path, keys, "index"), "need at least one line `master`"),
    "no audit": (lambda path, keys: without(path, keys, "audit"), "`audit 1` is missing"),
    "other index": (lambda path, keys: a_key_changed(path, keys, "index"), "`index 1` is not the one"),
    "other audit": (lambda path, keys: a_key_changed(path, keys, "audit"), "`audit 1` is not the one"),
    "for all to read": (lambda path, _: path.chmod(0o604), "can be read or changed by others: run chmod 600"),
    "for all to change": (lambda path, _: path.chmod(0o660), "can be read or changed by others"),
    "no text": (
        lambda path, _: path.write_bytes(bytes(range(128, 255))) and None,
        "The keys cannot be read.",
    ),
}


@pytest.fixture
def key_file(database_url: str, keys: Keys, tmp_path: Path) -> Path:
    """The key file of a database that was opened with it before."""
    keys.write(tmp_path / "keys")

    async def open_once() -> None:
        await (await open_database(database_url, tmp_path / "keys", announce=lambda _: None)).close()

    asyncio.run(open_once())
    return tmp_path / "keys"


def refused(url: str, keys: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the one sentence of a start that was refused."""
    code = main(["run"], {"DATABASE_URL": url, "KEYS_FILE": str(keys), "BOT_TOKEN": SECRET})
    printed = capsys.readouterr()
    return one_sentence(Ended(code, printed.out, printed.err))


def one_sentence(ended: Ended) -> str:
    assert (2, 1, "") == (ended.code, ended.err.count("\n"), ended.out), ended
    assert SECRET.partition(":")[2] not in ended.err
    assert ended.err.endswith(".\n") or "Run: " in ended.err or "run chmod" in ended.err
    return ended.err


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("change", CHANGES)
def test_wrong_keys(
    change: str, database_url: str, key_file: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    CHANGES[change][0](key_file, keys)
    sentence = refused(database_url, key_file, capsys)

    assert CHANGES[change][1] in sentence
    assert all(line.written.split()[2] not in sentence for line in keys.lines)


def test_another_revision(
    database_url: str, key_file: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    async def set_back() -> None:
        database = await open_database(database_url, key_file, announce=lambda _: None)
        async with database.begin() as db:
            await db.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        await database.close()

    asyncio.run(set_back())
    assert "stands at revision 0001, and this release needs" in refused(database_url, key_file, capsys)


@pytest.mark.parametrize("engine_name", ["postgresql"])
@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_commits_that_are_not_waited_for(
    value: str,
    database_url: str,
    server: psycopg.Connection,
    key_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = database_url.rpartition("/")[2]
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = {value}".encode())

    assert f"synchronous_commit is '{value}'" in refused(database_url, key_file, capsys)


def test_a_lease_that_a_call_outlasts() -> None:
    usual = AiohttpRequest().longest_call

    assert 6.0 < usual < LEASE.total_seconds()
    expect_lease(LEASE.total_seconds(), usual)
    for longest in (AiohttpRequest(media_write_timeout=60.0), AiohttpRequest(read_timeout=None)):
        with pytest.raises(CannotStart, match="could be sent twice"):
            expect_lease(LEASE.total_seconds(), longest.longest_call)


async def without_module(name: str, database_url: str, key_file: Path) -> Ended:
    """Start the bot where a library is not installed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"import sys; sys.modules['{name}'] = None; import bot; sys.exit(bot.main(['run']))",
        cwd=ROOT,
        env={"DATABASE_URL": database_url, "KEYS_FILE": str(key_file), "BOT_TOKEN": SECRET},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return Ended(process.returncode or 0, out.decode(), err.decode())


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_no_defusedxml(database_url: str, key_file: Path) -> None:
    ended = asyncio.run(without_module("defusedxml", database_url, key_file))

    assert "defusedxml is missing" in one_sentence(ended)


OWN_SQLITE = """
import sqlite3, sys
sys.modules["pysqlite3"] = None
from models.storage.sqlite_build import safe_with_wal
sys.exit(7 if safe_with_wal(sqlite3.sqlite_version) else 0)
"""


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_a_vulnerable_sqlite_on_a_file_in_wal(database_url: str, key_file: Path) -> None:
    async def own_build_is_safe() -> bool:
        asked = await asyncio.create_subprocess_exec(sys.executable, "-c", OWN_SQLITE, cwd=ROOT)
        return await asked.wait() == 7

    if asyncio.run(own_build_is_safe()):
        pytest.skip("the interpreter's own SQLite is a repaired one")
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as other:
        assert ("wal",) == other.execute("PRAGMA journal_mode").fetchone()
        other.execute("SELECT count(*) FROM accounts").fetchone()
        ended = asyncio.run(without_module("pysqlite3", database_url, key_file))

    assert "may lose committed data in WAL mode" in one_sentence(ended)
