"""Anything a person can do, in any order, against a plain model of where they stand and what is kept.

    python -m bench.model [--runs 20000] [--steps 20] [--processes 2] [--short] [--postgresql SERVER-URL]

Each run takes two new people in one town that is there already, the real bot over a real database, and lets
them answer, half answer, go back, pause, go on, cancel, file, withdraw, erase everything, tap old buttons,
edit messages, change the language; updates come again, and the bot is cut off in the middle of a batch,
before the commit or after it. After each step the question asked and the stored answers must be those of the
model: a number, a flag and a list. Ends with 1 when they are not.
"""

import argparse
import asyncio
import concurrent.futures
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import bindparam, select

import logs
from bench.databases import in_memory, new_database
from bench.near import NearTown
from models import dialogues
from models.accounts import Account
from models.applications import Application, move
from models.consents import Basis
from models.people import PersonKeyRow
from models.quarantine import Quarantine
from models.states import State
from models.storage.keys import Keys
from models.storage.migrating import migrate
from models.storage.sealed import PersonKey
from tests.consenting import agrees
from tests.handlers.walking import WALK, walk
from tests.town import Chat, Town, town

LONG: Final = 20_000
SHORT: Final = 25
STEPS: Final = 20
SPEAKING: Final = 40
"""Above it the bot is cut off while it speaks, after its commit; below it after so many turns of the loop.

A batch is done after some forty turns where SQLite is near; a server is waited for: there they are squared.
"""

LAST: Final = len(WALK) - 1
T = TypeVar("T")

BOTH: Final[tuple[Any, ...]] = (bindparam("one"), bindparam("other"))
DRAFTS: Final = (
    select(*dialogues.COLUMNS, Account.dialogue_id.label("in_front"))
    .join(PersonKeyRow, PersonKeyRow.person_id == dialogues.Dialogue.person_id)
    .join(Account, Account.id == dialogues.Dialogue.account_id)
    .where(dialogues.Dialogue.account_id.in_(BOTH))
    .order_by(dialogues.Dialogue.id.desc())
)
FILED: Final = (
    select(Application.account_id, Application.state)
    .where(Application.account_id.in_(BOTH))
    .order_by(Application.id)
)


@dataclass
class Stage:
    """A town that is there already, and what is stored at each question of the way."""

    place: Town
    loop: asyncio.AbstractEventLoop
    told: list[dict[str, Any]]
    steps: int = 0
    people: int = 0
    moved: bool = False

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the town, and return what came of it."""
        self.moved = True
        return self.loop.run_until_complete(work)


@dataclass
class Form:
    """A form as the model knows it: which question is asked, and whether half of it is answered."""

    at: int = 0
    half: bool = False


@dataclass
class Person:
    """What the model knows of somebody: the form in front, those put away, what came of those filed."""

    chat: Chat
    front: Form | None = None
    away: list[Form] = field(default_factory=list)
    filed: list[State] = field(default_factory=list)
    last: list[dict[str, Any]] = field(default_factory=list)


async def ways(place: Town) -> list[dict[str, Any]]:
    """Return the answers that are stored at each question of the way."""
    walker = place.person("Pejalan")
    return [await walker.answers() async for _ in walk(walker)]


async def settle(place: Town) -> None:
    """Take in what waits and acknowledge it, as a poll does."""
    waiting = place.waiting()
    if waiting:
        await place.office.intake.take(waiting)
        place.simulator.telegram.queue.confirm_below(max(raw["update_id"] for raw in waiting) + 1)


async def standing(place: Town, people: Sequence[tuple[Chat, dict[str, Any]]]) -> None:
    """Let people stand somewhere on the way as if they had walked there."""
    await _all_say(place, people, "/start")
    database, now = place.database, place.simulator.clock.now()
    async with database.begin() as db:
        for chat, answers in people:
            draft = {"answers": answers}
            drafted = await dialogues.start(db, database.keys, chat.id, "registration", 1, draft, now)
            await agrees(db, drafted, Basis.FAMILY, now)
            await dialogues.save(db, database.keys, [drafted])
    await _all_say(place, people, "/lanjut")


async def _all_say(place: Town, people: Sequence[tuple[Chat, dict[str, Any]]], words: str) -> None:
    for chat, _ in people:
        chat.phone.text(words)
    await settle(place)


class People(RuleBasedStateMachine):
    """Two people at once; each rule is something one of them does."""

    stage: Stage
    who = st.integers(0, 1)

    @initialize(places=st.tuples(st.integers(1, LAST), st.integers(1, LAST)))
    def come(self, places: tuple[int, int]) -> None:
        """Let two people come who stand somewhere on the way already."""
        self.people = []
        for at in places:
            self.stage.people += 1
            chat = self.stage.place.person(f"Warga {self.stage.people}")
            self.people.append(Person(chat, Form(at)))
        come = [(one.chat, self.stage.told[at]) for one, at in zip(self.people, places, strict=True)]
        self.stage.do(standing(self.stage.place, come))

    def teardown(self) -> None:
        """Let the chats be forgotten: only the database is to grow."""
        for one in getattr(self, "people", ()):
            self.stage.place.people.pop(one.chat.phone.person.first_name, None)
            one.chat.phone.person.chat.messages.clear()

    @rule(who=who)
    def begins(self, who: int) -> None:
        one = self.people[who]
        self._does(one, "/daftar")
        if one.front is None and not one.away:
            one.front = Form()

    @rule(who=who)
    def answers(self, who: int) -> None:
        one = self.people[who]
        if one.front is None:
            self._does(one, "halo")
            return
        acts = WALK[one.front.at][1:]
        self._does(one, *(acts[1:] if one.front.half else acts))
        self._answered(one)

    @rule(who=who)
    def answers_half(self, who: int) -> None:
        one = self.people[who]
        if one.front is not None and len(WALK[one.front.at]) > 2 and not one.front.half:
            self._does(one, WALK[one.front.at][1])
            one.front.half = True

    @rule(who=who, ticks=st.integers(0, 60))
    def answers_and_the_bot_is_killed(self, who: int, ticks: int) -> None:
        """Cut the batch off after so many turns of the loop: before its commit, or after it."""
        one = self.people[who]
        if one.front is None or len(WALK[one.front.at]) != 2:
            return
        act = WALK[one.front.at][1]
        if act.startswith("["):
            one.chat.tap(act.strip("[]"))
        else:
            one.chat.phone.text(act)
        self.stage.do(self._killed(ticks))
        self._does(one)
        self._answered(one)

    async def _killed(self, ticks: int) -> None:
        place = self.stage.place
        if ticks > SPEAKING:
            await place.die_speaking()
            return
        taking = asyncio.create_task(place.office.intake.take(place.waiting()))
        near = place.database.engine.dialect.name == "sqlite"
        for _ in range(ticks if near else ticks * ticks):
            await asyncio.sleep(0)
        taking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await taking

    def _answered(self, one: Person) -> None:
        assert one.front is not None
        if one.front.at == LAST:
            one.front = None
            one.filed.append(State.SUBMITTED)
        else:
            one.front = Form(one.front.at + 1)

    @rule(who=who, again=st.booleans())
    def goes_back(self, who: int, again: bool) -> None:
        one = self.people[who]
        self._does(one, "⬅️ Kembali")
        if again:  # going back twice would be seen
            self.stage.do(self.stage.place.office.intake.take(one.last))
        if one.front is not None:
            one.front = Form(one.front.at if one.front.half else max(0, one.front.at - 1))

    @rule(who=who, how=st.sampled_from(["stop", "keep"]))
    def pauses(self, who: int, how: str) -> None:
        one = self.people[who]
        if one.front is not None:
            self._does(one, *(["⏸️ Berhenti dulu"] if how == "stop" else ["/batal", "[Simpan, lanjut nanti]"]))
            one.away.append(one.front)
            one.front = None

    @rule(who=who)
    def goes_on(self, who: int) -> None:
        one = self.people[who]
        self._does(one, "/lanjut")
        if one.front is None and len(one.away) == 1:
            one.front = one.away.pop()

    @rule(who=who)
    def cancels(self, who: int) -> None:
        one = self.people[who]
        self._does(one, "/batal")
        if one.front is not None:
            self._does(one, "[Ya, hapus isian ini]")
            one.front = None

    @rule(who=who)
    def asks_something(self, who: int) -> None:
        self._does(self.people[who], "Ini untuk apa ya?")

    @rule(who=who)
    def speaks_another_language_for_a_while(self, who: int) -> None:
        self._does(self.people[who], "/bahasa", "[English]", "/bahasa", "[Bahasa Indonesia]")

    @rule(who=who)
    def changes_a_message(self, who: int) -> None:
        one = self.people[who]
        own = [m for m in one.chat.phone.messages if not m.by_bot and "text" in m.body and not m.deleted]
        if own:
            one.chat.phone.edit(own[-1].message_id, "9901014101909001")
            self._does(one)

    @rule(who=who, times=st.integers(1, 3))
    def everything_comes_again(self, who: int, times: int) -> None:
        one = self.people[who]
        for _ in range(times if one.last else 0):
            self.stage.do(self.stage.place.office.intake.take(one.last))

    @rule(who=who, which=st.integers(0, 99))
    def taps_an_old_button(self, who: int, which: int) -> None:
        one, other = self.people[who], self.people[1 - who]
        old = [data for data in (*_buttons(one.chat), *_buttons(other.chat)) if self._is_past(one, data)]
        backs = [data for data in old if data.endswith("!back")]
        old = backs if backs and which % 2 else old  # a control fits any question but its own
        said = one.chat.said
        if old and said:
            one.chat.phone.tap(max(said), old[which % len(old)])
            self._does(one)

    def _is_past(self, one: Person, data: str) -> bool:
        """Return whether a button is of a question that is not asked now: a control, or of another form."""
        parts = data.split("|")
        return (
            len(parts) == 4
            and parts[1].isalnum()
            and len(parts[1]) > 1
            and (one.front is None or parts[2] != WALK[one.front.at][0])
        )

    @rule(who=who)
    def stops_everything(self, who: int) -> None:
        one = self.people[who]
        self._does(one, "/hapus_data", "[Hentikan]")
        if one.front is not None:
            one.away.append(one.front)
            one.front = None
        taken_back = {State.SUBMITTED, State.RETURNED}
        one.filed = [State.WITHDRAWN if state in taken_back else state for state in one.filed]

    @rule(who=who)
    def erases_everything(self, who: int) -> None:
        one = self.people[who]
        self._does(one, "/hapus_data", "[Hapus semua]", "[Ya, hapus semuanya]")
        one.front, one.away, one.filed = None, [], []

    @rule(who=who)
    def the_office_gives_one_back(self, who: int) -> None:
        one = self.people[who]
        if one.filed[-1:] == [State.SUBMITTED]:
            self.stage.do(self._given_back(one.chat.id))
            one.filed[-1] = State.RETURNED

    async def _given_back(self, account: int) -> None:
        place = self.stage.place
        newest = (
            select(Application.id).where(Application.account_id == account).order_by(Application.id.desc())
        )
        async with place.database.begin() as db:
            number = await db.scalar(newest.limit(1)) or 0
            now = place.simulator.clock.now()
            await move(db, place.database.keys, number, State.RETURNED, by=account, now=now, reason="name")

    @invariant()
    def the_bot_knows_what_the_model_knows(self) -> None:
        self.stage.steps += 1
        if self.stage.moved:  # a step that was not possible has changed nothing
            self.stage.do(self._compare())
            self.stage.moved = False

    async def _compare(self) -> None:
        """Compare what rests of both with the model, in one transaction of two statements."""
        both = dict(zip(("one", "other"), (each.chat.id for each in self.people), strict=True))
        async with self.stage.place.database.begin() as db:
            connection = await db.connection()
            drafts = list(await connection.execute(DRAFTS, both))
            states = list(await connection.execute(FILED, both))
        for one in self.people:
            filed = [row.state for row in states if row.account_id == one.chat.id]
            assert filed == one.filed, (filed, one.filed)
            self._compare_drafts(one, [row for row in drafts if row.account_id == one.chat.id])

    def _compare_drafts(self, one: Person, rows: list[Any]) -> None:
        told, keys = self.stage.told, self.stage.place.database.keys
        front = [_opened(keys, row) for row in rows if row.in_front == row.id]
        away = [_opened(keys, row) for row in rows if row.in_front != row.id]
        assert len(front) == (one.front is not None), (len(front), one.front)
        if one.front is not None:
            assert told[one.front.at] == front[0]["answers"], (one.front, list(front[0]["answers"]))
            assert one.front.half == (front[0].get("half") is not None), one.front
        assert _sorted(each["answers"] for each in away) == _sorted(told[form.at] for form in one.away), (
            one.away
        )

    def _does(self, one: Person, *acts: str) -> None:
        self.stage.do(self._act(one, acts))

    async def _act(self, one: Person, acts: tuple[str, ...]) -> None:
        for act in acts or ("",):
            if act.startswith("["):
                one.chat.tap(act.strip("[]"))
            elif act:
                one.chat.phone.text(act)
            one.last = self.stage.place.waiting() or one.last
            await settle(self.stage.place)


def _opened(keys: Keys, row: Any) -> dict[str, Any]:
    """Return a draft as it rests."""
    key = PersonKey.unwrap(keys, row.person_id, row.wrapped)
    draft: dict[str, Any] = key.open_json("dialogues", row.id, "sealed", row.sealed)
    return draft


def _sorted(answers: Iterable[dict[str, Any]]) -> list[str]:
    """Return the answers of several forms in an order that tells nothing."""
    return sorted(json.dumps(each, sort_keys=True) for each in answers)


def _buttons(chat: Chat) -> Iterator[str]:
    for message in chat.phone.messages:
        for row in (message.markup or {}).get("inline_keyboard", ()):
            yield from (button["callback_data"] for button in row if "callback_data" in button)


@contextlib.contextmanager
def staged(database: str) -> Iterator[Stage]:
    """Open a town, once for all runs."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder, open(os.devnull, "w") as nowhere:
        logs.configure(level="ERROR", secrets=[], stream=nowhere)
        url = database or f"sqlite:///{folder}/bot.db"
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            stack = contextlib.AsyncExitStack()
            loop.run_until_complete(migrate(url))
            place = loop.run_until_complete(stack.enter_async_context(town(url, Path(folder), kind=NearTown)))
            try:
                yield Stage(place, loop, loop.run_until_complete(ways(place)))
            finally:
                loop.run_until_complete(stack.aclose())


def modelled(runs: int, steps: int, seed: int, database: str = "") -> tuple[int, int, str]:
    """Run it so often; return how many runs and steps there were, and the fault that was found, if any."""
    with staged(database) as stage:
        machine = type("People", (People,), {"stage": stage})
        options = settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        try:
            run_state_machine_as_test(seeded(seed)(machine), settings=options)
        except AssertionError as fault:
            notes = getattr(fault, "__notes__", [])
            return stage.people // 2, stage.steps, "\n".join([str(fault), *notes])
        quarantined = stage.do(stage.place.rows(Quarantine))
        return stage.people // 2, stage.steps, f"{quarantined} updates in quarantine" if quarantined else ""


def _one(each: tuple[int, int, int, str]) -> tuple[int, int, str]:
    runs, steps, seed, server = each
    with new_database(server) as database:
        return modelled(runs, steps, seed, database)


def main() -> int:
    """Run it, print what was reached and how fast, and return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.model", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=LONG)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT} runs")
    parser.add_argument("--postgresql", default="", help="a server; new SQLite files if not given")
    given = parser.parse_args()
    runs, began = SHORT if given.short else given.runs, time.monotonic()
    parts = [
        (max(1, runs // given.processes), given.steps, given.seed + number, given.postgresql)
        for number in range(given.processes)
    ]
    with concurrent.futures.ProcessPoolExecutor(given.processes) as processes:
        done = list(processes.map(_one, parts))
    faults = [fault for _, _, fault in done if fault]
    for fault in faults:
        sys.stdout.write(f"  {fault}\n")
    seconds, steps = time.monotonic() - began, sum(each[1] for each in done)
    sys.stdout.write(
        f"figure: model: {sum(each[0] for each in done)} runs, {steps} steps in {seconds:.0f} s "
        f"({steps / seconds:.0f} a second), {len(faults)} faults\n"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
