"""Where a program lives during a run: its folder and settings, and what it leaves behind."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.databases import new_database
from bench.peers import rows
from bench.peers.filed import filed
from bench.peers.programs import OURS, REDIS, Program, forget_in_redis
from bench.processes import BotProcess, environment, started_on
from simulator.server import Simulator

CRIB: Final = "crib.json"
RECORDING: Final = "recording.json"


@dataclass(frozen=True, slots=True)
class Home:
    """The home of one program in one run; `shelf` holds what all share, `processor` is where it may run."""

    program: Program
    folder: Path
    shelf: Path
    prefix: str
    database: str = ""
    processor: int | None = None

    @property
    def rows_file(self) -> Path:
        """Where a peer's final rows go."""
        return self.folder / "rows.sqlite3"

    def settings(self, simulator: Simulator, url: str) -> Mapping[str, str]:
        """Return what the program is told in its environment."""
        return {
            **environment(simulator, url, self.folder, self.database),
            "ROWS": str(self.rows_file),
            "KEEP": self.program.keep,
            "KEPT": str(self.folder / "kept"),
            "REDIS_URL": REDIS,
            "REDIS_PREFIX": self.prefix,
            "CRIB": str(self.shelf / CRIB),
            "RECORDING": str(self.shelf / RECORDING),
        }

    async def start(self, settings: Mapping[str, str]) -> BotProcess:
        """Start the program."""
        program, *arguments = self.program.command
        with started_on(self.processor):
            return await BotProcess.start(arguments, settings, self.folder / "bot.log", program)

    async def filed(self, settings: Mapping[str, str]) -> list[rows.Row]:
        """Return the final rows of everybody who has registered."""
        if self.program == OURS:
            return await filed(settings["DATABASE_URL"], Path(settings["KEYS_FILE"]))
        return rows.read(self.rows_file)


@contextmanager
def home(
    program: Program, folder: Path, shelf: Path, server: str = "", processor: int | None = None
) -> Iterator[Home]:
    """Yield a home in a folder; what a program keeps elsewhere is thrown away afterwards."""
    prefix = f"bench-{secrets.token_hex(4)}"
    with new_database(server if program == OURS else "") as database:
        made = Home(program, folder, shelf, prefix, database, processor)
        (folder / "kept").mkdir(parents=True)
        rows.make(made.rows_file)
        try:
            yield made
        finally:
            if program.keep == "redis":
                forget_in_redis(prefix)
