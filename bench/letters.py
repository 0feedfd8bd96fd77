"""Letters of both classes to people of a simulated Telegram, and the judge of what has become of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from models.owing.deliveries import Delivery, Fate, Lane, Owed, Promise, owe
from models.storage.database import Database
from simulator.ledger import Line
from simulator.server import Simulator

GIVEN_UP = (Fate.DEAD, Fate.CANCELLED)


async def write(
    database: Database,
    people: Sequence[int],
    now: datetime,
    *,
    lane: Lane = Lane.BROADCAST,
    once: bool = True,
) -> None:
    """Owe each person one letter, every other of them at most once if `once`, all others at least once."""
    owed = [
        Owed(
            lane=lane,
            promise=Promise.AT_MOST_ONCE if once and number % 2 else Promise.AT_LEAST_ONCE,
            dedupe=f"letter:{person}",
            chat_id=person,
            account_id=person,
            kind="note",
            payload={"says": f"Surat {number}"},
            not_before=now,
        )
        for number, person in enumerate(people)
    ]
    for start in range(0, len(owed), 1000):
        async with database.begin() as db:
            await owe(db, database.keys, owed[start : start + 1000], now)


async def closed(database: Database) -> tuple[int, int]:
    """Return how many letters are closed and how many there are."""
    async with database.begin() as db:
        fates = Counter(await db.scalars(select(Delivery.state)))
    return fates.total() - fates[Fate.QUEUED] - fates[Fate.SENDING], fates.total()


@dataclass
class Verdict:
    """What has become of all letters: counts for reading, faults for the exit code."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def judge(self, letter: Delivery, copies: int, refused: bool) -> None:
        """Compare what the table says of a letter with how many copies Telegram accepted."""
        kind = letter.promise.value
        self.counts[f"{kind} letters"] += 1
        self.counts[f"{kind} {letter.state.value}"] += 1
        given_up = letter.state in GIVEN_UP and refused
        if copies == 0 and letter.state is Fate.SENT:
            self.faults.append(f"{kind} silently lost: letter to {letter.chat_id}")
        elif copies == 0 and letter.state is not Fate.UNCERTAIN and not given_up:
            self.faults.append(f"{kind} never delivered: letter to {letter.chat_id}, {letter.state}")
        elif copies > 1 and letter.promise is Promise.AT_MOST_ONCE:
            self.faults.append(f"B doubled: letter to {letter.chat_id}, {copies} copies")
        elif letter.promise is Promise.AT_LEAST_ONCE and letter.state is Fate.UNCERTAIN:
            self.faults.append(f"A left uncertain: letter to {letter.chat_id}")
        self.counts[f"{kind} extra copies"] += max(0, copies - 1)
        if letter.state is Fate.UNCERTAIN:
            self.counts[f"{kind} uncertain, {'delivered' if copies else 'not delivered'}"] += 1


async def judged(database: Database, simulator: Simulator) -> Verdict:
    """Judge every letter by the table and by the ledger of the simulated Telegram."""
    lines = [line for line in simulator.ledger.since() if line.method == "sendMessage"]
    copies = Counter(line.person for line in lines if line.accepted)
    refused = {line.person for line in lines if line.code in (400, 403)}
    verdict = Verdict()
    async with database.begin() as db:
        for letter in await db.scalars(select(Delivery)):
            verdict.judge(letter, copies[letter.chat_id], letter.chat_id in refused)
    verdict.counts["429"] = sum(line.code == 429 for line in lines)
    verdict.counts["sent before retry_after was over"] = too_soon(lines)
    return verdict


def too_soon(lines: Iterable[Line]) -> int:
    """Return how many calls went to a chat before the time was over that Telegram told it to wait."""
    until: dict[int | None, float] = defaultdict(float)
    count = 0
    for line in lines:
        count += line.time < until[line.person]
        if line.code == 429 and line.description:
            until[line.person] = line.time + float(line.description.rpartition(" ")[2])
    return count


def paused_sends(lines: Iterable[Line]) -> int:
    """Return how many calls went to anybody, in lanes that are all bulk, while a 429 asked to wait."""
    until = since = 0.0
    count = 0
    for line in lines:
        count += since < line.time < until
        if line.code == 429 and line.description:
            since, until = line.time, line.time + float(line.description.rpartition(" ")[2])
    return count


def busiest(times: Sequence[float], span: timedelta = timedelta(seconds=1)) -> int:
    """Return the most that came within any second; moments an exact second apart are not in one."""
    most = first = 0
    for last, moment in enumerate(times):
        while times[first] <= moment - span.total_seconds():
            first += 1
        most = max(most, last - first + 1)
    return most
