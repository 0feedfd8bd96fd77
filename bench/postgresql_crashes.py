"""Crash a PostgreSQL of our own and cut its connections while people register, and count what that cost them.

    python -m bench.postgresql_crashes [--crashes 100] [--cuts 1000] [--seed 1] [--short]
        [--without synchronous-commit]

Four writers register people through the bot's real intake. The server is stopped at once and started again,
a hundred times; then single connections are ended, half by the server, half on their way, a thousand times.
Needs PostgreSQL's own programs, no running server; ends with 2 when they are missing, with 1 when anything
was lost, doubled or is stuck, or somebody waited more than five seconds for a server that was back (and as
long as it had been away besides).
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg

from bench.cluster import Cluster, Missing, cluster
from bench.intakes import quiet
from bench.scissors import Scissors
from bench.writers import Writer, Writers, writers
from models.storage.database import StartRefused, open_database

WRITERS: Final = 4
BETWEEN: Final = 0.6
"""Seconds of work between two crashes, at most."""

A_MOMENT: Final = 0.04
BACK: Final = 5.0
"""Seconds within which everybody is answered again once the server is back, and as long as it was away
besides: the pauses of the bot double."""

SHORTER: Final = 0.02
"""Of the bot's pauses when only a connection was cut: the server is there all the time."""

DATABASE: Final = "bot"


@dataclass(slots=True)
class Toll:
    """What it came to: after each crash, how many seconds the server was `away`, and then how many until all
    writers had acknowledged again (`back`)."""

    counts: Counter[str] = field(default_factory=Counter)
    away: list[float] = field(default_factory=list)
    back: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


async def _new_database(server: Cluster, name: str) -> str:
    async with await psycopg.AsyncConnection.connect(server.server, autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE {name}")
    return f"{server.server.rpartition('/')[0]}/{name}"


async def refuses_unsafe(server: Cluster, folder: Path) -> bool:
    """Say whether the bot refuses to start where commits do not wait for the disk."""
    url = await _new_database(server, "unsafe")
    async with await psycopg.AsyncConnection.connect(server.server, autocommit=True) as connection:
        await connection.execute("ALTER DATABASE unsafe SET synchronous_commit = off")
    try:
        database = await open_database(url, folder / "unsafe-keys", announce=lambda _: None)
    except StartRefused:
        return True
    await database.close()
    return False


async def _crash(server: Cluster, working: Writers, crashes: int, chance: random.Random, toll: Toll) -> None:
    for _ in range(crashes):
        await asyncio.sleep(chance.uniform(0.05, BETWEEN))
        crashed_at = time.monotonic()
        await server.crash()
        before = [writer.batches for writer in working.all]
        await server.start()
        began = time.monotonic()
        toll.away.append(began - crashed_at)
        await asyncio.gather(*(_again(one, count) for one, count in zip(working.all, before, strict=True)))
        toll.back.append(time.monotonic() - began)
        toll.counts["crashes"] += 1


async def _again(writer: Writer, batches: int) -> None:
    await writer.past(batches)


async def crashed(
    server: Cluster, folder: Path, crashes: int, chance: random.Random, toll: Toll, *, unsafe: bool = False
) -> None:
    """Crash the server so often under four writers, let everybody finish, and note what is wrong then."""
    url = await _new_database(server, DATABASE)
    async with writers([url] * WRITERS, folder / "keys", unsafe=unsafe) as working:
        await _crash(server, working, crashes, chance, toll)
        await working.finish()
        toll.counts["acknowledged updates"] += len(working.acknowledged)
        toll.faults += await working.faults()


async def cut(server: Cluster, folder: Path, cuts: int, chance: random.Random, toll: Toll) -> None:
    """End so many connections under four writers, by the server or on their way, and note what is wrong."""
    url = await _new_database(server, f"{DATABASE}_cut")
    scissors = Scissors(server.port, chance)
    async with scissors.serve() as port:
        far = url.replace(f":{server.port}/", f":{port}/")
        urls = [url if number % 2 else far for number in range(WRITERS)]
        async with (
            writers(urls, folder / "cut-keys", lambda seconds: asyncio.sleep(seconds * SHORTER)) as working,
            await psycopg.AsyncConnection.connect(server.server, autocommit=True) as admin,
        ):
            while toll.counts["cuts"] < cuts:
                await asyncio.sleep(chance.uniform(0.0, A_MOMENT))
                ended = scissors.cut() if toll.counts["cuts"] % 2 else await _terminate(admin)
                toll.counts["cuts"] += ended
            await working.finish()
            toll.counts["acknowledged updates"] += len(working.acknowledged)
            toll.faults += await working.faults()


async def _terminate(admin: psycopg.AsyncConnection) -> bool:
    """Have the server end one connection of the bot at random."""
    ended = await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) AS one",
        [f"{DATABASE}_cut"],
    )
    return bool(await ended.fetchone())


async def measured(crashes: int, cuts: int, seed: int, *, unsafe: bool = False) -> Toll:
    """Do it all on a server made for it, and return what it came to. Raises Missing."""
    toll = Toll()
    chance = random.Random(seed)  # noqa: S311 - chosen to be repeatable
    with tempfile.TemporaryDirectory() as made:
        async with cluster() as server:
            if not await refuses_unsafe(server, Path(made)):
                toll.faults.append("the bot starts where commits do not wait for the disk")
            if crashes:
                await crashed(server, Path(made), crashes, chance, toll, unsafe=unsafe)
            if cuts:
                await cut(server, Path(made), cuts, chance, toll)
    return toll


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    about = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="bench.postgresql_crashes", description=about)
    parser.add_argument("--crashes", type=int, default=100)
    parser.add_argument("--cuts", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--short", action="store_true", help="3 crashes and 20 cuts")
    parser.add_argument(
        "--without", choices=("synchronous-commit",), help="take a safeguard away, to see it noticed"
    )
    return parser.parse_args()


def main() -> int:
    """Crash and cut, print what it came to, and return the exit code."""
    given = arguments()
    crashes, cuts = (3, 20) if given.short else (given.crashes, given.cuts)
    quiet()
    began = time.monotonic()
    try:
        toll = asyncio.run(measured(crashes, cuts, given.seed, unsafe=bool(given.without)))
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 2
    longest = max(toll.back, default=0.0)
    if any(back > BACK + away for away, back in zip(toll.away, toll.back, strict=True)):
        toll.faults.append(f"somebody waited {longest:.1f} s for a server that was back")
    for fault in toll.faults[:20]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(
        f"figure: {toll.counts['crashes']} crashes and {toll.counts['cuts']} cut connections,"
        f" {toll.counts['acknowledged updates']} acknowledged updates, {len(toll.faults)} faults,"
        f" away {max(toll.away, default=0.0):.1f} s at most, then back in {longest:.1f} s;"
        f" {time.monotonic() - began:.0f} s (seed {given.seed})\n"
    )
    return 1 if toll.faults else 0


if __name__ == "__main__":
    sys.exit(main())
