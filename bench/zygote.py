"""Lives of the bot without the price of its imports: a process that has made them forks one for each life.

Each life is a real process with its own environment, which runs `bot.main` and dies like any other. Nothing
of the bot has run before the fork: no loop, no thread, no connection.
"""

import asyncio
import contextlib
import multiprocessing
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

from bench.processes import ROOT, BotProcess

CONTEXT: Final = multiprocessing.get_context("forkserver")
Twist = Callable[[], None]
"""Something done to the program before it runs, in its own process only; it must be picklable."""


def live(arguments: Sequence[str], environment: Mapping[str, str], output: str, twist: Twist | None) -> None:
    """Be the bot, in the forked process."""
    import bot

    with open(output, "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    if twist is not None:
        twist()
    sys.exit(bot.main([*arguments], environ=os.environ))


class Forked:
    """A forked process, seen as one that asyncio had started."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """What it ended with, None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()

    def send_signal(self, signal: int, /) -> None:
        """Send it a signal, if it runs."""
        if self.returncode is None:
            os.kill(self.pid, signal)

    async def wait(self) -> int:
        """Return what it ended with, once it has."""
        over = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, over.set)
        try:
            while (code := self.returncode) is None:
                over.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(over.wait(), 0.1)
        finally:
            loop.remove_reader(self._process.sentinel)
        self._process.join()
        return code


async def born(
    arguments: Sequence[str], environment: Mapping[str, str], output: Path, twist: Twist | None = None
) -> BotProcess:
    """Start a life of the bot, `bot.py <arguments>`; what it prints goes to the end of the file `output`."""
    CONTEXT.set_forkserver_preload(["bench.warm"])
    whole = {**os.environ, **environment}
    process = CONTEXT.Process(target=live, args=([*arguments], whole, str(output), twist))
    await asyncio.to_thread(process.start)
    return BotProcess(Forked(process), output)
