"""The bot, noting how long each commit takes: `python -m bench.timed_bot FILE` writes them there at its end.

Nothing of the bot knows about this: the database driver is asked to commit through a stopwatch.
"""

import sys
import time
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

import bot
from models.storage import database

MOST = 1_000_000
"""Commits that are kept."""


def main(file: Path) -> int:
    """Run the bot; return its exit code."""
    took: list[float] = []
    make = database.new_engine

    def timed(*arguments: Any, **settings: Any) -> AsyncEngine:
        engine = make(*arguments, **settings)
        dialect: Any = engine.sync_engine.dialect
        commit = dialect.do_commit

        def stopped(connection: Any) -> None:
            began = time.perf_counter()
            commit(connection)
            if len(took) < MOST:
                took.append(time.perf_counter() - began)

        dialect.do_commit = stopped
        return engine

    database.new_engine = timed
    try:
        return bot.main(["run"])
    finally:
        file.write_text("\n".join(f"{seconds:.6f}" for seconds in took), "ascii")


if __name__ == "__main__":
    sys.modules["bot"] = bot
    sys.exit(main(Path(sys.argv[1])))
