"""Secrets and what people told, where errors and processes might show them."""

import asyncio
import io
import logging
import pickle
import resource
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvloop
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import logs
from bot import main
from models.storage.backup_keys import PrivateBackupKey
from models.storage.database import Database
from models.storage.key_files import Line
from models.storage.keys import Keys
from models.storage.sealed import PersonKey
from settings import Settings
from sheets import confined

TOKEN = "990001:AAE-Rahasia_Sekali-0123456789abcdef"
TOLD = "9901014101909001 Siti Aminah"


@pytest.fixture
def log() -> io.StringIO:
    """What the bot writes at DEBUG, with no secret cut out at the end."""
    stream = io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    return stream


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO grants (id, account_id, role) VALUES (1, 2, :told)",
        "INSERT INTO accounts (id, language) VALUES (:told, :told)",
        "SELECT * FROM nowhere WHERE name = :told",
        "UPDATE accounts SET id = CAST(:told AS INTEGER) / 0, language = :told, nothing = 1",
    ],
)
async def test_an_error_of_the_database_is_logged_without_values(
    statement: str, database: Database, log: io.StringIO
) -> None:
    with pytest.raises(DBAPIError) as failure:
        async with database.begin() as db:
            await db.execute(text(statement), {"told": TOLD})
    structlog.get_logger().error("intake.failed", exc_info=failure.value)
    logging.getLogger("elsewhere").error("failed: %s", failure.value, exc_info=failure.value)

    assert type(failure.value).__name__ in log.getvalue()
    assert "Siti" not in log.getvalue()
    assert "[parameters: " not in str(failure.value)


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_what_a_loop_reports_by_itself_has_no_values(
    new_loop: Callable[[], asyncio.AbstractEventLoop], log: io.StringIO
) -> None:
    async def fail() -> None:
        raise ValueError(TOLD)

    def divide(_: str) -> None:
        raise ZeroDivisionError

    async def forgotten() -> None:
        task = asyncio.create_task(fail(), name=TOLD)
        await asyncio.wait([task])
        asyncio.get_running_loop().call_exception_handler({"message": TOLD, "exception": ValueError(TOLD)})
        asyncio.get_running_loop().call_soon(divide, TOLD)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(forgotten())

    assert log.getvalue().count('"logger": "asyncio"') >= 2
    assert "ZeroDivisionError" in log.getvalue()
    assert "Siti" not in log.getvalue()


def _secret_things() -> list[tuple[Any, list[str]]]:
    keys, private, person = Keys.generate(), PrivateBackupKey.generate(), PersonKey.generate()
    settings = Settings.read(
        {"BOT_TOKEN": TOKEN, "DATABASE_URL": "postgresql://bot:sandi-rahasia@db/bot", "KEYS": keys.text()}
    )
    raw = [line.written.split()[2] for line in keys.lines] + [repr(line.key) for line in keys.lines]
    own = private.text().splitlines()[-1]
    line = Line.new("master", 1)
    return [
        (keys, raw),
        (settings, [*raw, TOKEN[-20:], "sandi-rahasia"]),
        (private, [own]),
        (person, [repr(person._raw)]),
        (line, [line.written.split()[2], repr(line.key)]),
    ]


@pytest.mark.parametrize("number", range(5))
def test_nothing_secret_shows_itself_also_not_in_a_traceback_with_its_locals(number: int) -> None:
    thing, secrets = _secret_things()[number]

    def fails(held: object) -> None:
        raise RuntimeError(held)

    try:
        fails(thing)
    except RuntimeError as error:
        last = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown = "".join(last.format_exception_only()) + str(last.stack[-1].locals) + repr(thing) + str(thing)

    assert [secret for secret in secrets if secret in shown] == []


def test_keys_are_not_pickled() -> None:
    for held in (Keys.generate(), PrivateBackupKey.generate(), PersonKey.generate()):
        with pytest.raises(TypeError):
            pickle.dumps(held)


async def test_the_process_that_opens_files_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BOT_TOKEN", "KEYS", "DATABASE_URL"):
        monkeypatch.setenv(name, TOKEN)
    async with confined._started({"act": "none"}, b"") as process:
        environ = Path(f"/proc/{process.pid}/environ").read_bytes()  # noqa: ASYNC240 - no disk is asked
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()  # noqa: ASYNC240

    assert b"OPENPYXL_DEFUSEDXML=True" in environ
    assert TOKEN.encode() not in environ + command


def test_no_core_is_dumped() -> None:
    assert 2 == main(["run"], {"BOT_TOKEN": "x"})
    assert (0, 0) == resource.getrlimit(resource.RLIMIT_CORE)
