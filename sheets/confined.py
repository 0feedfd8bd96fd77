"""The other side of the limited process: it is started, fed, listened to, and ended when it says nothing."""

import asyncio
import contextlib
import importlib.util
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from rules.refusal import Refused
from sheets import limits

ROOT: Final = Path(__file__).resolve().parent.parent
COMMAND: Final = (sys.executable, "-B", "-E", "-s", "-m", f"{__package__}.child")
ENVIRONMENT: Final = {"OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True", "LC_ALL": "C.UTF-8"}
"""All the process knows of ours: no token, no address of the database, no keys."""

LONGEST_LINE: Final = 4 * limits.MB
FAILED: Final = 1
"""What a process ends with that did not see to an exception; one over its limits ends by a signal."""

WRITING: Final = 120.0
"""Seconds the writing of an answer may take."""

Line = Mapping[str, Any]


class ReadingFailed(Exception):
    """The process ended by a fault of ours; what it was is not known here, nothing of the file is told."""


def is_safe() -> bool:
    """Say whether what keeps XML from growing is there: without it no workbook is opened."""
    return importlib.util.find_spec("defusedxml") is not None


async def lines(
    order: Mapping[str, Any], content: bytes, *, patience: float = limits.WALL
) -> AsyncGenerator[Line, None]:
    """Yield what the process says of a file; Refused where it refuses, is ended by its limits, or is silent.

    Close it (`contextlib.aclosing`) when no more is wanted: the process ends with it.
    """
    async with _started(order, content) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        while True:
            line = await _next(process, process.stdout, patience)
            if "refused" in line:
                raise Refused(line["refused"], **line["values"])
            yield line
            if "end" in line:
                return


async def written(order: Mapping[str, Any], rows: Iterable[bytes]) -> bytes:
    """Return the file that the process makes of these lines."""
    async with _started(order, b"\n".join(rows)) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        async with asyncio.timeout(WRITING):
            content = await process.stdout.read()
            ended = await process.wait()
    if ended != 0 or content.startswith(b'{"refused"'):
        raise RuntimeError("an answer could not be written")
    return content


async def _next(process: Process, stdout: asyncio.StreamReader, patience: float) -> Line:
    heavy = Refused("sheets.file.too_heavy")
    try:
        async with asyncio.timeout(patience):
            line = await stdout.readline()
    except (TimeoutError, ValueError):
        raise heavy from None
    if not line.endswith(b"\n"):
        raise ReadingFailed if await process.wait() == FAILED else heavy
    said: Line = orjson.loads(line)
    return said


@contextlib.asynccontextmanager
async def _started(order: Mapping[str, Any], content: bytes) -> AsyncIterator[Process]:
    """Start the process and feed it while the block listens; it does not outlive the block."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=LONGEST_LINE,
    )
    feeding = asyncio.create_task(_feed(process, orjson.dumps(order) + b"\n" + content))
    try:
        yield process
    finally:
        feeding.cancel()
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        await asyncio.gather(feeding, return_exceptions=True)
        await process.wait()


async def _feed(process: Process, content: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(content)
        await process.stdin.drain()
        process.stdin.close()
