"""What a log line may hold."""

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from aiohttp.test_utils import unused_port

import logs
from post.bot import build
from post.failures import NotConnected
from post.transport import AiohttpRequest

TOKEN = "990001:AAE-Rahasia_Sekali-0123456789abcdef"
NIK = "9901014101900001"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the process's logging as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    quiet = {name: logging.getLogger(name).level for name in logs.QUIET + logs.SILENT}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in quiet.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    logs.configure(level="DEBUG", secrets=[TOKEN, "sandi dan/kata"], stream=stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_holds_known_keys_and_says_which_it_left_out(stream: io.StringIO) -> None:
    structlog.get_logger("intake").info("batch.done", updates=3, nik=NIK, chat="Siti")

    (line,) = lines(stream)
    assert "batch.done" == line["event"]
    assert (3, "info", "intake") == (line["updates"], line["level"], line["logger"])
    assert ["chat", "nik"] == line["withheld"]
    assert NIK not in stream.getvalue()


@pytest.mark.parametrize("written", [TOKEN, f"https://x/bot{TOKEN}/getMe", "sandi%20dan%2Fkata", TOKEN[7:]])
def test_a_secret_is_cut_out_however_it_came(stream: io.StringIO, written: str) -> None:
    structlog.get_logger().error(written)
    logging.getLogger("elsewhere").error(written)

    assert 2 == stream.getvalue().count("[secret]")
    assert "Rahasia" not in stream.getvalue()
    assert "sandi" not in stream.getvalue()


def test_an_exception_is_its_kinds_and_places_without_its_words(stream: io.StringIO) -> None:
    def read() -> None:
        raise ValueError(f"bad NIK {NIK}")

    try:
        try:
            read()
        except ValueError as error:
            raise KeyError(NIK) from error
    except KeyError:
        structlog.get_logger().exception("update.failed")
        words = f"Task exception was never retrieved\nKeyError({NIK})"
        logging.getLogger("asyncio").exception(words)

    ours, theirs = lines(stream)
    assert ours["exception"].startswith("KeyError at test_logs.py:")
    assert " <- ValueError at " in ours["exception"]
    assert "read" in ours["exception"]
    assert ("Task exception was never retrieved", ours["exception"]) == (theirs["event"], theirs["exception"])
    assert NIK not in stream.getvalue()


def test_an_exception_may_be_handed_over(stream: io.StringIO) -> None:
    structlog.get_logger().error("post.bug", exc_info=ValueError(NIK))

    assert "ValueError" == lines(stream)[0]["exception"]


def test_a_librarys_line_is_written_without_its_values(stream: io.StringIO) -> None:
    logging.getLogger("elsewhere").warning("cannot read %s", NIK)
    logging.getLogger("alembic.runtime").warning("Running upgrade %s -> %s", "1", "2")

    assert ["cannot read %s", "Running upgrade 1 -> 2"] == [line["event"] for line in lines(stream)]


@pytest.mark.parametrize(
    "name",
    [
        "httpx",
        "httpcore",
        "aiohttp.access",
        "telegram.Bot",
        "aiosqlite",
        "sqlalchemy.engine",
        "alembic.runtime",
    ],
)
def test_a_talkative_library_is_quiet_even_at_debug(stream: io.StringIO, name: str) -> None:
    logging.getLogger(name).debug("x")
    logging.getLogger(name).info("x")
    logging.getLogger(name).warning("y")

    assert ["y"] == [line["event"] for line in lines(stream)]


def test_the_scheduler_speaks_only_of_a_job_that_failed(stream: io.StringIO) -> None:
    scheduler = logging.getLogger("apscheduler.executors.default")
    scheduler.warning('Run time of job "%s" was missed by %s', "drain", "0:00:02")
    scheduler.error('Job "%s" raised an exception', "drain")

    assert ['Job "drain" raised an exception'] == [line["event"] for line in lines(stream)]


def test_a_line_that_cannot_be_written_shows_its_place_alone(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    record = logging.LogRecord("alembic", logging.INFO, "env.py", 7, "upgrade %d", (NIK,), None)
    ours = logging.getLogger().handlers[0]

    ours.handle(record)

    (line,) = lines(stream)
    assert ("log.unwritable", "env.py:7") == (line["event"], line["place"])
    assert NIK not in capsys.readouterr().err + stream.getvalue()


def test_a_warning_is_its_place_and_kind(stream: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"odd value {NIK}", UserWarning, stacklevel=1)
        logging.captureWarnings(False)

    (line,) = lines(stream)
    assert line["event"].endswith("UserWarning")
    assert NIK not in stream.getvalue()


def test_the_level_counts_for_our_own_lines() -> None:
    stream = io.StringIO()
    logs.configure(level="WARNING", stream=stream)
    structlog.get_logger().info("not this")
    structlog.get_logger().warning("this")

    assert ["this"] == [line["event"] for line in lines(stream)]


def test_a_person_may_read_it_too() -> None:
    stream = io.StringIO()
    logs.configure(level="INFO", secrets=[TOKEN], json=False, stream=stream)
    structlog.get_logger().info("batch.done", updates=3, reason=TOKEN)

    assert "batch.done" in stream.getvalue()
    assert "updates" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


async def test_the_way_out_logs_no_token_even_without_the_redactor() -> None:
    stream = io.StringIO()
    logs.configure(level="DEBUG", stream=stream)
    async with AiohttpRequest() as request:
        bot = build(TOKEN, f"http://127.0.0.1:{unused_port()}", request)
        for call in (bot.call("sendMessage", {"text": NIK}), bot.send_message(5, NIK)):
            with pytest.raises(NotConnected) as caught:
                await call
            structlog.get_logger().error("post.failed", exc_info=caught.value, reason=str(caught.value))

    assert 2 == stream.getvalue().count("post.failed")
    assert TOKEN not in stream.getvalue()
    assert NIK not in stream.getvalue()
