"""The bot as an operator runs it: `python bot.py …`, a process of its own in a folder of its own."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulator.server import Simulator

ROOT: Final = Path(__file__).resolve().parent.parent
PATIENCE: Final = 60.0
"""Seconds after which a process that neither speaks nor ends is given up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a process that ended left behind: its exit code and all it printed."""

    code: int
    out: str
    err: str


class Running:
    """A bot that runs; what it prints is read as it comes."""

    def __init__(self, process: Process) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._out: list[str] = []
        self._err: list[str] = []
        self._news = asyncio.Event()
        self._reading = asyncio.gather(
            self._read(process.stdout, self._out), self._read(process.stderr, self._err)
        )

    async def says(self, words: str) -> str:
        """Return the first line on standard output with these words, once it is there."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [line for line in self._out if words in line]):
                assert not self._reading.done(), f"it ended and never said {words!r}: {await self.end()}"
                self._news.clear()
                await self._news.wait()
        return found[0]

    def stop(self) -> None:
        """Ask it to stop, as a service manager does."""
        self._process.send_signal(signal.SIGTERM)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._process.send_signal(signal.SIGINT)

    async def end(self) -> Ended:
        """Return what it left behind, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            await self._reading
            code = await self._process.wait()
        return Ended(code, "".join(self._out), "".join(self._err))

    async def stopped(self) -> Ended:
        """Stop it and return what it left behind."""
        self.stop()
        return await self.end()

    async def kill(self) -> None:
        """End it by force, if it still runs."""
        if self._process.returncode is None:
            self._process.kill()
        await self.end()

    async def _read(self, stream: asyncio.StreamReader, into: list[str]) -> None:
        async for line in stream:
            into.append(line.decode())
            self._news.set()
        self._news.set()


@contextlib.asynccontextmanager
async def running(folder: Path, *arguments: str, **environment: str) -> AsyncIterator[Running]:
    """Run `bot.py` with these arguments, in this folder, with no other settings than these."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        *arguments,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=PIPE,
        stderr=PIPE,
    )
    bot = Running(process)
    try:
        yield bot
    finally:
        await bot.kill()


async def bot(folder: Path, *arguments: str, **environment: str) -> Ended:
    """Run `bot.py` until it ends by itself."""
    async with running(folder, *arguments, **environment) as process:
        return await process.end()


def at(simulator: Simulator, url: str, database_url: str) -> dict[str, str]:
    """Return the settings of a bot at a simulated Telegram; nobody is too fast for it."""
    return {
        "BOT_TOKEN": simulator.token,
        "BOT_API_URL": url,
        "DATABASE_URL": database_url,
        "FLOOD_BURST": "1000",
        "FLOOD_PER_SECOND": "1000",
    }
