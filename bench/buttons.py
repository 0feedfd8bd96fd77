"""Ten thousand taps on buttons that are another's, of a former release, or nobody's: nothing comes of them.

    python -m bench.buttons [--taps 10000] [--seed 1] [--short] [--postgresql SERVER-URL]

A town is made in which every page of members, agents, officers and administrators was opened. Then outsiders
(one without a role, an agent and an officer of another territory) send what those buttons carry, the same
with parts exchanged, every form a release has ever had (`button_forms.txt`) filled with the ids and links of
others, and chance. A fault is a changed row of anybody else, a tap without an answer, a call that Telegram
refuses, an update in quarantine, and an answer that tells what others told. Ends with 1 then.
"""

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import logs
from bench.databases import new_database
from handlers.authority import RULES, Whose
from models import dialogues
from models.accounts import Role, grant
from models.quarantine import Quarantine
from models.storage.migrating import migrate
from tests.handlers.test_authority import Office, leaked, office
from tests.town import Chat, Town, town

FORMS: Final = tuple((Path(__file__).parent / "button_forms.txt").read_text("ascii").splitlines())
"""What buttons of this and of former releases carry; {} stands for what differs."""

LONG: Final = 10_000
SHORT: Final = 600
AT_ONCE: Final = 60
MOST: Final = 64
"""Bytes of callback data that Telegram lets through."""

NAMED: Final = re.compile("Pekerja [A-J]{4}")
"""What people are called whom others have registered in the town."""

LINKS: Final = ("v1|k|yes", "v1|k|no", "v1|h|yes", "v1|h|no", "v1|w|", "v1|t|as|")
"""Buttons under a link that was opened: they are for whoever has the link."""

ELSEWHERE: Final = "9471"
"""A territory in which nobody of the town lives."""

SPARE: Final = (
    *(
        "",
        "0",
        "1",
        "-1",
        "9",
        "25",
        "99",
        "202611",
        "20261101",
        "2026-11-20",
        "zzzzzzzzzzzzz",
        "y2p0ij32e8e8",
    ),
    *(
        "yes",
        "no",
        "all",
        "sure",
        "go",
        "paid",
        "undone",
        "agree",
        "send",
        "!edit.nik",
        "!keep",
        "yes~1",
        "null",
    ),
    *(
        "3205402002",
        "apbdes",
        "babinsa",
        "²",
        "٣",
        "\x00",
        "%s",
        "{}",
        "../..",
        "' OR 1=1",
        "é" * 20,
        "🙏",
        "1.1",
    ),
)


class Taps:
    """Makes callback data out of what the buttons of others carry; the same for the same seed."""

    def __init__(self, theirs: Sequence[str], chance: random.Random) -> None:
        self._theirs = theirs
        self._chance = chance
        self._parts = sorted({part for data in theirs for part in data.split("|")[2:] if len(part) > 3})

    def some(self, count: int) -> Iterator[str]:
        """Yield what is theirs, and so many forgeries, each of which Telegram would let through."""
        yield from self._theirs
        ways = (self._exchanged, self._exchanged, self._of_a_form, self._of_a_form, self._of_chance)
        for _ in range(count):
            yield fitting(self._chance.choice(ways)()) or "|"

    def _exchanged(self) -> str:
        parts = self._chance.choice(self._theirs).split("|")
        parts[self._chance.randrange(len(parts))] = self._part()
        return "|".join(parts)

    def _of_a_form(self) -> str:
        pieces = self._chance.choice(FORMS).split("{}")
        return "".join(part for piece in pieces for part in (piece, self._part()))[: 4 * MOST]

    def _of_chance(self) -> str:
        letters = self._chance.choices(
            "v1|0123456789abcdefghijkmnopqrsuvwxy!.~\x00\u202eé", k=self._chance.randint(1, 40)
        )
        return "".join(letters) if self._chance.random() < 0.5 else f"v1|{''.join(letters)}"

    def _part(self) -> str:
        return self._chance.choice(self._parts if self._chance.random() < 0.6 else SPARE)


def fitting(data: str) -> str:
    """Return as much of a text as callback data may hold."""
    return data.encode()[:MOST].decode(errors="ignore")


async def run(place: Town, taps: int, seed: int) -> tuple[int, list[str]]:
    """Let outsiders tap so often; return how many taps were answered, and what went wrong."""
    made = await office(place)
    people = [await _outsider(place, role) for role in (Role.WORKER, Role.AGENT, Role.OFFICER)]
    faults, answered = list[str](), 0
    for person, role in zip(people, (Role.WORKER, Role.AGENT, Role.OFFICER), strict=True):
        theirs = sorted(data for data, route in made.taps.items() if _is_closed(data, route, role))
        chance = random.Random(f"{seed} {role}")  # noqa: S311  chosen to be repeatable
        await place.office.intake.rest()  # what the last batch came to is noted now, not with the next one
        before = await made.held(person)
        since = place.simulator.ledger.number
        forged = list(Taps(theirs, chance).some(taps // 3 + 1))
        faults += [f"{role}: {fault}" for fault in await _tap(place, made, person, forged)]
        lines = place.simulator.ledger.since(since)
        answered += sum(line.method == "answerCallbackQuery" and line.code == 200 for line in lines)
        faults += [
            f"{role}: {line.method} refused: {line.description}" for line in lines if line.code == 400
        ][:5]
        faults += [f"{role}: a form holds what others told" for form in await _forms(place, person) if form]
        after = await made.held(person)
        faults += [
            f"{role}: rows of {name} of others changed" for name in before if before[name] != after[name]
        ]
    if await place.rows(Quarantine):
        faults.append(f"{await place.rows(Quarantine)} taps are in quarantine")
    return answered, faults


async def _forms(place: Town, person: Chat) -> list[bool]:
    """Return for each open form of somebody whether it holds what others told."""
    database = place.database
    async with database.begin() as db:
        opened = await dialogues.open_ones(db, database.keys, person.id)
    drafts = [json.dumps(one.draft, ensure_ascii=False) for one in opened]
    return [bool(NAMED.search(draft) or leaked(draft)) for draft in drafts]


async def _tap(place: Town, made: Office, person: Chat, forged: Sequence[str]) -> list[str]:
    faults = list[str]()
    for at in range(0, len(forged), AT_ONCE):
        some = forged[at : at + AT_ONCE]
        queries = [str(person.phone.tap(max(person.said), data)["callback_query_id"]) for data in some]
        before = max(person.said)
        await person.hears()
        shown = "\n".join(_shown(person, before))
        faults += [f"told {told!r} after one of {some}" for told in leaked(shown, made.reference)]
        faults += [f"named {name} after one of {some}" for name in sorted(set(NAMED.findall(shown)))]
        for query, data in zip(queries, some, strict=True):
            tap = place.simulator.telegram.taps.get(query)
            if tap is None or not tap.answered:
                faults.append(f"no answer to {data!r}")
    return faults


def _shown(person: Chat, before: int) -> Iterator[str]:
    """Return all that somebody was shown since a message: texts, and the words of buttons."""
    for message in person.phone.messages:
        if message.by_bot and message.message_id > before:
            yield json.dumps([message.body, message.markup], ensure_ascii=False)


def _is_closed(data: str, route: str, role: Role) -> bool:
    """Return whether a button is of no use to an outsider: links are for whoever has them."""
    if data.startswith(LINKS):
        return False
    return role is not Role.OFFICER or RULES[route].whose is Whose.OWN


async def _outsider(place: Town, role: Role) -> Chat:
    chat = place.person(f"Maling {role}")
    await chat.says("/start")
    async with place.database.begin() as db:
        await grant(db, chat.id, role, place.simulator.clock.now(), None, territory=ELSEWHERE)
    return chat


async def tapped(taps: int, *, seed: int, database: str = "") -> tuple[int, list[str]]:
    """Run it all in a town of its own."""
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:  # noqa: ASYNC230 - once
        logs.configure(level="ERROR", secrets=[], stream=nowhere)
        url = database or f"sqlite:///{folder}/bot.db"
        await migrate(url)
        async with town(url, Path(folder)) as place:
            return await run(place, taps, seed)


def main() -> int:
    """Run it, print what was reached, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.buttons", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--taps", type=int, default=LONG)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} taps")
    parser.add_argument("--postgresql", default="", help="a server; a new SQLite file if not given")
    given = parser.parse_args()
    taps, began = SHORT if given.short else given.taps, time.monotonic()
    with new_database(given.postgresql) as database:
        answered, faults = asyncio.run(tapped(taps, seed=given.seed, database=database))
    for fault in faults[:40]:
        sys.stdout.write(f"  {fault}\n")
    seconds = time.monotonic() - began
    sys.stdout.write(f"figure: forged taps: {answered} answered in {seconds:.0f} s, {len(faults)} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
