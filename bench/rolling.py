"""Restart every process of a deployment, one after another, while people register: what do they notice?

    python -m bench.rolling --postgresql SERVER [--rounds 20] [--webs 3] [--workers 2] [--short]

Real processes at a real PostgreSQL behind a small balancer: `run --no-deliveries` answers, `work` sends what
is owed. Each is stopped by SIGTERM, every third by two of them, and started anew. Ends with 1 when an answer
was lost, doubled or asked again, when anybody saw an error, or when a stop took too long or went wrong.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench.balancer import Balancer
from bench.databases import new_database
from bench.filed import mistakes
from bench.kills import HURRY, PATIENCE
from bench.processes import START_WITHIN, BotProcess, environment, free_port, posted
from bench.witnesses import Witnesses
from bench.zygote import born
from locales import say
from simulator.server import Simulator

STOPS_WITHIN: Final = 10.0
"""Seconds a stop may take."""

READY: Final = b"Stop it with Ctrl-C."
BETWEEN: Final = 0.5
"""Seconds under load between a start and the next stop."""

FAULTS: Final = ({"method": "sendMessage", "do": "429", "share": 0.002, "retry_after": 1},)
"""What makes replies be owed, so that workers have something to send."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many processes, how often each is restarted, and how many people register at the same time."""

    rounds: int = 10
    webs: int = 3
    workers: int = 2
    at_once: int = 60
    seed: int = 1


@dataclass(slots=True)
class Member:
    """One process of the deployment: how it is started, and its present life."""

    arguments: tuple[str, ...]
    settings: dict[str, str]
    log: Path
    life: BotProcess | None = None

    async def start(self) -> None:
        """Start it and return once it is ready."""
        self.log.write_bytes(b"")
        self.life = await born(self.arguments, self.settings, self.log)
        async with asyncio.timeout(START_WITHIN):
            while READY not in self.log.read_bytes():
                self.life.expect_alive()
                await asyncio.sleep(0.01)


class Rolling:
    """One run."""

    def __init__(self, folder: Path, database: str, plan: Plan) -> None:
        self.simulator = Simulator(remember=30, seed=plan.seed)
        self.simulator.webhook.hurry = HURRY
        self.simulator.faults(FAULTS, plan.seed)
        self.witnesses = Witnesses(self.simulator, plan.at_once, plan.seed)
        self.faults: list[str] = []
        self.stops: list[float] = []
        self._folder = folder
        self._database = database
        self._plan = plan
        self._chance = random.Random(plan.seed)  # noqa: S311  chosen to be repeatable
        self._ports = [free_port() for _ in range(plan.webs)]
        self._balancer = Balancer(self._ports)
        self._apology = {say(language, "dialogue.apology") for language in ("id", "en")}
        self.simulator.on_sent(self._heard)

    def _heard(self, chat: int, message: dict[str, Any]) -> None:
        if message.get("text") in self._apology:
            self.faults.append(f"an apology (person {chat})")

    async def run(self) -> None:
        """Start everything, restart everything as often as planned, and let everybody finish."""
        async with self.simulator.serve() as url, self._balancer.serve() as port:
            members = self._members(url, port)
            try:
                for member in members:
                    await member.start()
                self.witnesses.enter()
                for _ in range(self._plan.rounds):
                    for member in members:
                        await asyncio.sleep(self._chance.uniform(0.0, 2 * BETWEEN))
                        await self._restart(member)
                await self._finish(members)
            finally:
                for member in members:
                    if member.life is not None and member.life.alive:
                        await member.life.stop()
        self.faults += [*self.witnesses.faults, *self.witnesses.stuck()]
        self.faults += await mistakes(self._database, self._folder / "keys", self.witnesses)

    def _members(self, url: str, port: int) -> list[Member]:
        usual = environment(self.simulator, url, self._folder, self._database)
        hook = posted(port)
        webs = [
            Member(
                ("run", "--no-deliveries"),
                usual | hook | {"LISTEN": f"127.0.0.1:{own}"},
                self._folder / f"web{own}.log",
            )
            for own in self._ports
        ]
        workers = [
            Member(("work",), usual, self._folder / f"worker{number}.log")
            for number in range(self._plan.workers)
        ]
        return [*webs, *workers]

    async def _restart(self, member: Member) -> None:
        life = member.life
        assert life is not None
        life.expect_alive()
        began = time.monotonic()
        life.ask_to_stop()
        if len(self.stops) % 3 == 2:
            life.ask_to_stop()
        code = await life.ended()
        took = time.monotonic() - began
        self.stops.append(took)
        if code != 0 or took > STOPS_WITHIN:
            self.faults.append(f"{member.arguments[0]} ended with {code} after {took:.1f} s")
        await member.start()

    async def _finish(self, members: list[Member]) -> None:
        """Let nobody new in, and wait until all have a receipt or nothing moves any more."""
        self.witnesses.close()
        moved, seen = time.monotonic(), -1
        while self.witnesses.inside and time.monotonic() - moved < PATIENCE:
            for member in members:
                assert member.life is not None
                member.life.expect_alive()
            if self.witnesses.acts != seen or len(self.simulator.telegram.queue):
                moved, seen = time.monotonic(), self.witnesses.acts
            await asyncio.sleep(0.05)

    def counts(self) -> dict[str, int]:
        """Return what the run consisted of."""
        return {
            "restarts": len(self.stops),
            "ms the slowest stop took": round(1000 * max(self.stops, default=0)),
            "updates": self.simulator.telegram.queue.confirmed,
            "posted again by Telegram": self.simulator.webhook.repeated,
            "shown again": self.witnesses.shown_again,
            "applicants": self.witnesses.entered,
            "receipts": self.witnesses.receipts,
            **dict(sorted(self._balancer.counts.items())),
        }


async def rolled(plan: Plan, database: str) -> tuple[dict[str, int], list[str]]:
    """Run it all at an empty PostgreSQL database; return the counts and the faults."""
    with tempfile.TemporaryDirectory() as folder:
        run = Rolling(Path(folder), database, plan)
        await run.run()
        return run.counts(), run.faults


def main() -> int:
    """Run it, print the counts and the faults, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.rolling", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--webs", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--at-once", type=int, default=60, help="applicants at the same time")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--short", action="store_true", help="one round")
    given = parser.parse_args()
    rounds = 1 if given.short else given.rounds
    plan = Plan(rounds, given.webs, given.workers, given.at_once, given.seed)
    sys.stdout.write(f"seed {plan.seed}, {rounds} rounds of {plan.webs} webs and {plan.workers} workers\n")
    sys.stdout.flush()
    began = time.monotonic()
    with new_database(given.postgresql) as database:
        counts, faults = asyncio.run(rolled(plan, database))
    seconds = time.monotonic() - began
    for name, count in counts.items():
        sys.stdout.write(f"{count:8} {name}\n")
    sys.stdout.write(f"{len(faults):8} faults, in {seconds:.0f} s\n")
    for fault in faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    sys.stdout.write(
        f"figure: {counts['restarts']} restarts of {plan.webs} webs and {plan.workers} workers in"
        f" {seconds:.0f} s, slowest stop {counts['ms the slowest stop took']} ms,"
        f" {counts['updates']} updates,"
        f" {counts['receipts']} of {counts['applicants']} registered, {len(faults)} faults\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
