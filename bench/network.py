"""Every trouble of a network at every call of the bot: nothing lost, nothing doubled, nobody stuck.

    python -m bench.network [--short] [--postgresql SERVER] [--only WORDS]

The whole bot runs in this process, over real HTTP and real sockets, its own time limits as they are; the
road between (`proxies.py`) knows the methods of the Bot API, and each trouble meets each of them for two
seconds. With a server, the same is done to what the bot says to PostgreSQL. Printed is, per trouble and call,
how many seconds after the trouble's end somebody new was answered. Ends with 1 when anybody was lost, doubled
or stuck.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import logs
from bench.acts import ACTS, Act, Scene
from bench.databases import new_database
from bench.offices import copied, office, template, until
from bench.proxies import DELAY, TROUBLES, BotApiRoad, DatabaseRoad, Road, Trouble
from handlers.assembly import Office
from handlers.polling import PATIENCE as POLL
from models.storage.database import open_database
from models.storage.postgresql import SILENCE
from post.transport import AiohttpRequest
from running import CannotStart
from simulator.server import Simulator

HOLDS: Final = 2.0
"""Seconds a trouble lasts once it has met a call."""

MEETS: Final = 20.0
"""Seconds within which that happens."""

BACK: Final = 5.0
"""Seconds after its end within which the bot answers somebody new."""

ENOUGH: Final = 90.0
"""Seconds after which what is still not done will never be."""

AT_ONCE: Final = 12
SILENT: Final = ("black hole", "black hole after")
SHORT: Final = (
    ("refuse", "sendMessage"),
    ("reset", "answerCallbackQuery"),
    ("cut after", "copyMessage"),
)
DATABASE: Final = "PostgreSQL"


@dataclass
class Cell:
    """What one trouble at one call came to."""

    do: str
    call: str
    back: float | None = None
    limit: float = BACK
    faults: list[str] = field(default_factory=list)
    took: float = 0.0

    @property
    def wrong(self) -> list[str]:
        """A line for everything that must not be."""
        where = f"{self.do} at {self.call}"
        slow = self.back is None or self.back > self.limit
        late = [f"{where}: answers {_back(self):.1f} s after its end, not {self.limit:.0f}"]
        return [*(late if slow else []), *(f"{where}: {fault}" for fault in self.faults)]


def limit_of(do: str, call: str) -> float:
    """Return within how many seconds the bot must be back.

    A call that is never answered is waited for as long as its own time limit says, and nothing can end that:
    silence looks the same as an answer that takes long.
    """
    if do not in SILENT:
        return BACK + 5 * DELAY if (do, call) == ("delay", DATABASE) else BACK
    if call == DATABASE:
        return BACK + SILENCE
    own = AiohttpRequest().read_timeout or 0.0
    return BACK + own + (POLL if call == "getUpdates" else 0)


class Bench:
    """Runs cells side by side, each with a Telegram, a road, a database and a bot of its own."""

    def __init__(self, folder: Path, server: str, short: bool) -> None:
        self._folder = folder
        self._server = server
        self._short = short
        self._made = folder / "template"
        self._migrating = asyncio.Lock()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run(self, cells: Sequence[Cell]) -> None:
        """Run every cell."""
        await template(self._made)
        await asyncio.gather(*(self._one(cell, number) for number, cell in enumerate(cells)))

    async def _one(self, cell: Cell, number: int) -> None:
        async with self._places:
            cell.limit, began = limit_of(cell.do, cell.call), time.monotonic()
            try:
                await self._through(cell, copied(self._made, self._folder / str(number)))
            except Exception as crash:  # noqa: BLE001  whatever the bot raises is what this bench is to find
                cell.faults.append(f"crashed with {type(crash).__name__}")
            cell.took = time.monotonic() - began

    async def _through(self, cell: Cell, folder: Path) -> None:
        simulator = Simulator(seed=1)
        async with contextlib.AsyncExitStack() as stack:
            url = await stack.enter_async_context(simulator.serve())
            road: Road
            if cell.call == DATABASE:
                road, database = await self._database_road(stack, folder / "keys")
            else:
                road, database = BotApiRoad("127.0.0.1", urlsplit(url).port or 0), ""
                url = f"http://127.0.0.1:{await stack.enter_async_context(road.open())}"
            act = ACTS["answerCallbackQuery" if cell.call == DATABASE else cell.call]
            await Trial(cell, simulator, road, act, self._short).run(url, folder, database)

    async def _database_road(self, stack: contextlib.AsyncExitStack, keys: Path) -> tuple[Road, str]:
        """Make a database, with tables and keys of its own, and a road to it."""
        url = stack.enter_context(new_database(self._server))
        keys.unlink()  # noqa: ASYNC240  a file of a few bytes
        async with self._migrating:  # Alembic does one at a time in a process
            await (await open_database(url, keys, announce=lambda _: None)).close()
        address = urlsplit(url)
        road = DatabaseRoad(address.hostname or "", address.port or 5432)
        port = await stack.enter_async_context(road.open())
        return road, address._replace(netloc=f"{address.username}@127.0.0.1:{port}").geturl()


class Trial:
    """One trouble at one call: before it, during it, and what is left afterwards."""

    def __init__(self, cell: Cell, simulator: Simulator, road: Road, act: Act, short: bool) -> None:
        self._cell = cell
        self._simulator = simulator
        self._road = road
        self._act = act
        self._short = short
        self._ended = 0.0

    async def run(self, url: str, folder: Path, database: str) -> None:
        """Run it."""
        if self._act.at_start:
            await self._begin()
            async with self._started(url, folder, database) as desk:
                await self._judge(desk, None)
            return
        async with office(self._simulator, url, folder, database) as desk:
            scene = Scene(self._simulator, desk, self._short)
            await self._act.prepare(scene)
            await self._begin(wait_for_updates=self._act.by_update)
            await self._act.begin(scene)
            if self._cell.do != "refuse":
                await until(lambda: self._road.struck, MEETS)
            await asyncio.sleep(HOLDS)
            await self._end()
            await self._judge(desk, scene)

    async def _begin(self, wait_for_updates: bool = False) -> None:
        method = "*" if self._cell.call == DATABASE else self._cell.call
        self._road.trouble = Trouble(self._cell.do, method)
        if self._cell.do != "refuse":
            return
        if wait_for_updates and isinstance(self._road, BotApiRoad):
            self._road.refuse_after_updates = True
        else:
            await self._road.refuse()

    async def _end(self) -> None:
        await self._road.clear()
        self._ended = time.monotonic()

    @contextlib.asynccontextmanager
    async def _started(self, url: str, folder: Path, database: str) -> AsyncIterator[Office]:
        """Start the bot in the middle of the trouble, and again after it when that was refused in words."""
        asyncio.get_running_loop().call_later(HOLDS, lambda: asyncio.ensure_future(self._end()))
        async with contextlib.AsyncExitStack() as stack:
            while True:
                try:
                    yield await stack.enter_async_context(office(self._simulator, url, folder, database))
                except CannotStart:
                    await asyncio.sleep(1.0)
                else:
                    return

    async def _judge(self, desk: Office, scene: Scene | None) -> None:
        asker = self._simulator.person(first_name="Penanya")
        asker.text("/bantuan")
        answered = await until(lambda: asker.heard, ENOUGH)
        if answered is not None:
            self._cell.back = max(0.0, time.monotonic() - self._ended) if self._ended else 0.0
        if self._cell.do != "refuse" and not self._road.struck:
            self._cell.faults.append("the trouble met no call")
        if scene is not None:
            began = time.monotonic()
            while (left := await self._act.left(scene)) and time.monotonic() - began < ENOUGH:  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # nothing tells when a row is closed
            self._cell.faults += [*left, *await self._act.wrong(scene)]
        if desk.poller.failure is not None:
            self._cell.faults.append(f"the poller stands: {desk.poller.failure}")


def _back(cell: Cell) -> float:
    return ENOUGH if cell.back is None else cell.back


def table(cells: Sequence[Cell]) -> str:
    """Return trouble by call: seconds until the bot was back, "!" where something is wrong."""
    calls = list(dict.fromkeys(cell.call for cell in cells))
    troubles = list(dict.fromkeys(cell.do for cell in cells))
    found = {(cell.call, cell.do): cell for cell in cells}
    lines = [f"{'seconds until back':<22}" + "".join(f"{do:>17}" for do in troubles)]
    for call in calls:
        shown = (_shown(found.get((call, do))) for do in troubles)
        lines.append(f"{call:<22}" + "".join(f"{each:>17}" for each in shown))
    return "\n".join(lines)


def _shown(cell: Cell | None) -> str:
    if cell is None:
        return ""
    seconds = "never" if cell.back is None else f"{cell.back:.1f}"
    return f"{seconds}{'!' if cell.wrong else ''}"


def cells_of(short: bool, server: str, only: str = "") -> list[Cell]:
    """Return what is to be run."""
    pairs = list(SHORT) if short else [(do, call) for call in ACTS for do in TROUBLES]
    if server:
        pairs += [(do, DATABASE) for do in TROUBLES if not (short and do in SILENT)]
    return [Cell(do, call) for do, call in pairs if only in f"{do} {call}"]


async def measured(short: bool, server: str = "", only: str = "") -> list[Cell]:
    """Run it all; return every cell."""
    cells = cells_of(short, server, only)
    with tempfile.TemporaryDirectory() as folder:
        await Bench(Path(folder), server, short).run(cells)
    return cells


def main() -> int:
    """Run it, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.network", description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="three of them")
    parser.add_argument("--postgresql", default="", help="a server, for the troubles of a database")
    parser.add_argument("--only", default="", help="only what holds these words, such as 'cut after send'")
    given = parser.parse_args()
    logs.configure(level="CRITICAL", secrets=())
    began = time.monotonic()
    cells = asyncio.run(measured(given.short, given.postgresql, given.only))
    wrong = [line for cell in cells for line in cell.wrong]
    sys.stdout.write(f"{table(cells)}\n\n")
    for line in wrong:
        sys.stdout.write(f"  {line}\n")
    slowest = max(cells, key=_back)
    took = time.monotonic() - began
    sys.stdout.write(
        f"figure: {len(cells)} troubles x calls, {len(wrong)} wrong; slowest back {_back(slowest):.1f} s "
        f"after its end ({slowest.do} at {slowest.call}); {took:.0f} s\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
