"""A town with the whole bot in it, on each engine."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

import logs
from tests.town import TOKEN, Town, town


@pytest.fixture
async def place(database_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose clock stands still."""
    async with town(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def log() -> Iterator[io.StringIO]:
    """All that is written to the log during a test, at DEBUG; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in logs.QUIET}
    stream = io.StringIO()
    logs.configure(level="DEBUG", secrets=[TOKEN], stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()
