"""A bot as a process of its own: started as an operator starts it, watched from outside, ended."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from simulator.server import Simulator

ROOT: Final = Path(__file__).resolve().parent.parent
TICKS: Final = os.sysconf("SC_CLK_TCK")
START_WITHIN: Final = 120.0
STOP_WITHIN: Final = 15.0


@contextmanager
def started_on(processor: int | None) -> Iterator[None]:
    """Let what is started in the block run on one processor alone; on any if None (Linux)."""
    if processor is None:
        yield
        return
    usual = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {processor})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usual)


def leave(processor: int) -> None:
    """Leave a processor to others: this program goes on with those that remain (Linux)."""
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {processor})


class BotDied(Exception):
    """The bot ended by itself; what it said last is the message."""


class Process(Protocol):
    """What we need of a process, whoever started it."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def returncode(self) -> int | None:
        """What it ended with, None while it runs."""

    def kill(self) -> None:
        """Kill it."""

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal."""

    async def wait(self) -> int:
        """Return once it has ended."""


class BotProcess:
    """One run of a bot at the simulated Telegram; what it prints is at the end of the file `output`."""

    def __init__(self, process: Process, output: Path) -> None:
        self._process = process
        self._output = output

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        output: Path,
        program: str = sys.executable,
    ) -> "BotProcess":
        """Start it, as a rule as a program of Python; what it prints goes to the end of the file `output`."""
        with output.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                program,
                *arguments,
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        return cls(process, output)

    async def listens(self, simulator: Simulator) -> None:
        """Return once it has set its webhook; raise BotDied when it ended instead."""
        async with asyncio.timeout(START_WITHIN):
            while not simulator.webhook.active:
                self.expect_alive()
                await asyncio.sleep(0.005)

    async def ended(self) -> int:
        """Return what it ended with, once it has."""
        return await self._process.wait()

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.returncode is None

    async def polls(self, simulator: Simulator) -> None:
        """Return once it asks for updates; raise BotDied when it ended instead."""
        before = _polls(simulator)
        async with asyncio.timeout(START_WITHIN):
            while not simulator.poller.waiting and _polls(simulator) == before:
                self.expect_alive()
                await asyncio.sleep(0.005)

    def expect_alive(self) -> None:
        """Raise BotDied if it has ended."""
        if not self.alive:
            last = self._output.read_text("utf-8", "replace")[-2000:]
            raise BotDied(f"the bot ended with {self._process.returncode}: {last}")

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it with SIGKILL: it gets no chance to finish anything."""
        self.expect_alive()
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Stop it as an operator does."""
        if self.alive:
            self.ask_to_stop()
            async with asyncio.timeout(STOP_WITHIN):
                await self._process.wait()

    async def end(self) -> None:
        """Stop it, or kill it when it does not stop in time."""
        with suppress(TimeoutError):
            await self.stop()
        if self.alive:
            await self.kill()

    def cpu_seconds(self) -> float:
        """Return the processor time spent so far, in the program and in the system for it (Linux)."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def peak_megabytes(self) -> float:
        """Return the most memory it ever held (Linux)."""
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024

    def resident_megabytes(self) -> float:
        """Return the memory it holds now (Linux)."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20

    def descriptors(self) -> int:
        """Return how many files and connections it has open (Linux)."""
        return len(os.listdir(f"/proc/{self._process.pid}/fd"))


def _polls(simulator: Simulator) -> int:
    return sum(count for (method, _), count in simulator.ledger.counts.items() if method == "getUpdates")


def posted(port: int) -> dict[str, str]:
    """Return the settings that have Telegram post to a bot at this port, beside those of any bot."""
    return {
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
        "WEBHOOK_SECRET": "invented-" + "0123456789abcdef" * 2,
        "LISTEN": f"127.0.0.1:{port}",
    }


def free_port() -> int:
    """Return a port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(simulator: Simulator, url: str, folder: Path, database: str = "") -> dict[str, str]:
    """Return the settings of a bot at this simulator, whose data rest in `folder`; no flood is refused."""
    return {
        "BOT_TOKEN": simulator.token,
        "BOT_API_URL": url,
        "DATABASE_URL": database or f"sqlite:///{folder}/bot.sqlite3",
        "KEYS_FILE": f"{folder}/keys",
        "ADMIN_IDS": "",
        "LOG_LEVEL": "WARNING",
        "FLOOD_BURST": "1000000",
        "FLOOD_PER_SECOND": "1000000",
        "PYTHONPATH": str(ROOT),
    }
