"""Works lists off: each row is judged beside this process and filed here, part by part, each part durable.

Whoever is killed is followed by whoever comes next, behind the last durable row. A tick only knocks.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from conversations.registration import registration
from jobs import office_files, orders
from jobs.clock import Tick
from jobs.fleeting import is_over
from jobs.listed import Quota
from jobs.progress import Progresses
from models.accounts import Account, Role, roles_of, territories_of
from models.agency import agents, import_parts, imports, lists
from models.agency.import_parts import Kind
from models.agency.imports import Import, Overtaken, Progress, Purpose
from models.filing import Filing
from models.office.office_answers import Desk
from models.owing import deliveries, fleeting
from models.storage.database import Database
from post.outcome import Broken, Gone, Later, Outcome
from post.sayings import Delete, Saying
from post.speak import Send
from rules.quotas import who
from rules.refusal import Refused
from sheets import confined

PART: Final = 100
"""Rows in one transaction: a reply waits for no more than that."""

TURN: Final = 5_000
"""Rows after which a list that has come less far may go first."""

MOST: Final = 5_000
"""Rows in one file that goes back: more take a phone, and the process that writes them, too much memory."""

AGAIN: Final = timedelta(seconds=30)
"""How long a list waits when Telegram does not give its file just now."""

TRIES: Final = 20
"""How often a list is taken up again without getting any further; deaths of the process count too."""

OFFICE: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Roles that may bring files of the office."""

Fetch = Callable[[str], Awaitable[bytes | Outcome]]
FilingOf = Callable[[Mapping[str, Any], date], Filing]
Rows = Sequence[Mapping[str, Any]]
log = structlog.get_logger()


class PutAside(Exception):
    """The list rests where it stands: the process ends, it is another's turn, or the day's quota is used."""


class Imports:
    """Works off lists that wait. `fetch` gets a file from Telegram; `filing_of` is that of the dialogue."""

    def __init__(
        self,
        database: Database,
        fetch: Fetch,
        send: Send[Saying],
        now: Callable[[], datetime],
        zone: ZoneInfo,
        filing_of: FilingOf,
        *,
        part: int = PART,
        turn: int = TURN,
        most: int = MOST,
    ) -> None:
        self._database = database
        self._fetch = fetch
        self._send = send
        self._now = now
        self._zone = zone
        self._filing_of = filing_of
        self._part = part
        self._turn = turn
        self._most = most
        self._progress = Progresses(database, send, now)
        self._stopping = False

    @property
    def tick(self) -> Tick:
        """Every two seconds: whether a list waits."""
        return Tick("imports", 2.0, self.work, self.stop)

    def stop(self) -> None:
        """Begin no further part."""
        self._stopping = True

    async def work(self) -> None:
        """Work lists off until none waits."""
        while not self._stopping and (held := await self._take()) is not None:
            try:
                await self._see_to(held)
            except Overtaken:
                log.warning("imports.overtaken")
            except PutAside as later:
                await self._let_go(held, later.args[0] if later.args else timedelta(0))

    async def _take(self) -> Import | None:
        async with self._database.begin() as db:
            return await imports.take(db)

    async def _let_go(self, held: Import, after: timedelta) -> None:
        async with self._database.begin() as db:
            await imports.release(db, held.id, after)

    async def _see_to(self, held: Import) -> None:
        """Judge and file what is left of a list, then tell its sender."""
        if held.tries > TRIES:
            await self._give_up(held)
            return
        against: dict[str, Any] = {}
        try:
            content, today = await self._file(held), self._today
            async with aclosing(confined.lines(orders.judging(held, today), content)) as lines:
                against = await self._through(held, lines, today)
        except Refused as refused:
            against = {"refused": refused.name, "values": refused.values}
        await self._finish(held, against)

    async def _give_up(self, held: Import) -> None:
        """End a list that nobody could go on with; what was filed of it stays."""
        log.error("imports.given_up", attempts=held.tries)
        await self._end(held, {"refused": "files.failed", "values": {}}, ())

    @property
    def _today(self) -> date:
        return self._now().astimezone(self._zone).date()

    async def _file(self, held: Import) -> bytes:
        """Return the file; the first time it comes from Telegram, rests sealed, and leaves the chat."""
        keys = self._database.keys
        async with self._database.begin() as db:
            kept = await import_parts.parts(db, keys, held.id, Kind.FILE)
        if kept:
            return kept[0]
        named = held.named(keys)
        fetched = await self._fetch(named["file_id"])
        if not isinstance(fetched, bytes):
            log.warning("imports.not_fetched", kind=type(fetched).__name__)
            raise _not_fetched(fetched)
        async with self._database.begin() as db:
            await import_parts.keep(db, keys, held.id, Kind.FILE, fetched)
            await fleeting.note_all(db, [(held.account_id, named["message_id"])], self._now(), timedelta(0))
        await self._delete(held.account_id, named["message_id"])
        return fetched

    async def _delete(self, chat_id: int, message_id: int) -> None:
        """Take a list out of the chat; what Telegram does not delete now stays noted and is tried again."""
        if is_over(await self._send(Delete(chat_id, message_id))):
            async with self._database.begin() as db:
                await fleeting.left(db, chat_id, message_id)

    async def _through(
        self, held: Import, lines: AsyncIterator[confined.Line], today: date
    ) -> dict[str, Any]:
        """File part after part; return what stands against the rest of the list, if anything does."""
        rows: list[Mapping[str, Any]] = []
        before = held.judged
        async for line in lines:
            if "list" in line:
                await self._note_list(held, line)
            elif "row" in line:
                rows.append(line)
            elif rows:
                await self._take_in(held, rows, today)
                rows = []
            if "left_from" in line:
                return {"left_from": line["left_from"]}
            if len(rows) >= self._part:
                await self._take_in(held, rows, today)
                rows = []
                await self._perhaps_pause(held, held.judged - before)
        return {}

    async def _note_list(self, held: Import, line: Mapping[str, Any]) -> None:
        listed = orjson.dumps(line["list"])
        async with self._database.begin() as db:
            await import_parts.keep(db, self._database.keys, held.id, Kind.LIST, listed)
            await imports.expect(db, held.id, line["about"])
        held.expected = line["about"]
        await self._progress.show(held)

    async def _take_in(self, held: Import, rows: Rows, today: date) -> None:
        """File the good rows of a part and keep the others for their sender, in one transaction."""
        if held.purpose is not Purpose.WORKERS:
            await self._take_answers(held, rows, today)
            return
        good = {row["answers"]["nik"]: row["answers"] for row in rows if "answers" in row}
        bad = [row for row in rows if "cells" in row]
        async with self._database.begin() as db:
            quota = await self._hold(db, held)
            known = await lists.already_filed(db, self._database.keys, held.account_id, good)
            new = [answers for nik, answers in good.items() if nik not in known]
            if await quota.takes(db, len(new)):
                await self._file_all(db, held, new, today)
                await self._keep_for_sender(db, held, bad)
                progress = Progress(rows[-1]["row"], len(good) - len(known), len(known), len(bad))
                await imports.advance(db, held, progress)
            else:
                await quota.reached(db, held)
        if quota.used_up:
            raise PutAside(quota.until_tomorrow)
        held.take_in(progress)
        await self._progress.show(held)

    async def _take_answers(self, held: Import, rows: Rows, today: date) -> None:
        """Take in what the office says in a part, and keep the rows that match nobody for their sender."""
        async with self._database.begin() as db:
            desk = await self._desk(db, held, today)
            taken = await office_files.take(db, self._database.keys, held.purpose, rows, desk, self._now())
            await self._keep_for_sender(db, held, taken.back)
            progress = Progress(rows[-1]["row"], taken.filed, taken.known, len(taken.back))
            await imports.advance(db, held, progress)
        held.take_in(progress)
        await self._progress.show(held)

    async def _desk(self, db: AsyncSession, held: Import, today: date) -> Desk:
        """Return at which desk a file of the office is taken in; Refused where its sender has none now."""
        territories = await territories_of(db, held.account_id, OFFICE, self._now())
        if not territories:
            raise Refused("office.not_yours")
        return Desk(held.account_id, territories, today)

    async def _hold(self, db: AsyncSession, held: Import) -> Quota:
        """Hold the account, so that nothing else of it is filed meanwhile; Refused without its role."""
        await db.scalar(select(Account.id).where(Account.id == held.account_id).with_for_update())
        roles = await roles_of(db, [held.account_id], self._now())
        if not roles[held.account_id] & imports.MAY_SEND:
            raise Refused("files.for_agents")
        local = self._now().astimezone(self._zone)
        return Quota(self._database.keys, held.account_id, who(roles[held.account_id]), local)

    async def _file_all(self, db: AsyncSession, held: Import, good: Rows, today: date) -> None:
        territory = await agents.territory_of(db, held.account_id, today) if good else None
        filings = [self._filing_of(registration.live(answers), today).within(territory) for answers in good]
        declared = orders.declaration(held)
        await lists.file_list(db, self._database.keys, declared, registration.version, filings, self._now())

    async def _keep_for_sender(self, db: AsyncSession, held: Import, bad: Rows) -> None:
        if bad:
            lines = b"\n".join(map(orjson.dumps, bad))
            await import_parts.keep(
                db, self._database.keys, held.id, Kind.RETURNED, lines, number=bad[-1]["row"]
            )

    async def _perhaps_pause(self, held: Import, done: int) -> None:
        if self._stopping:
            raise PutAside
        if done >= self._turn:
            async with self._database.begin() as db:
                if await imports.waiting(db, held.id):
                    raise PutAside

    async def _finish(self, held: Import, against: Mapping[str, Any]) -> None:
        """Make what goes back, and tell the sender."""
        await self._end(held, against, await self._answers(held))

    async def _end(self, held: Import, against: Mapping[str, Any], answers: Sequence[bytes]) -> None:
        """Keep what goes back and owe the sender the news; both are durable together."""
        keys = self._database.keys
        async with self._database.begin() as db:
            for number, answer in enumerate(answers):
                await import_parts.keep(db, keys, held.id, Kind.ANSWER, answer, number)
            await imports.finish(db, keys, held, against, self._now())
            await deliveries.owe(db, keys, [orders.result(held, self._now())], self._now())
        await self._progress.end(held)

    async def _answers(self, held: Import) -> list[bytes]:
        """Return the files with the rows that could not be taken; none when all could."""
        keys = self._database.keys
        async with self._database.begin() as db:
            returned = await import_parts.parts(db, keys, held.id, Kind.RETURNED)
            listed = await import_parts.parts(db, keys, held.id, Kind.LIST)
        rows = [line for part in returned for line in part.splitlines()]
        order = orders.answering(held, orjson.loads(listed[0]) if listed else {})
        return [
            await confined.written(order, rows[first : first + self._most])
            for first in range(0, len(rows), self._most)
        ]


def _not_fetched(outcome: Outcome) -> Refused | PutAside:
    """Return what follows when Telegram does not give a file: it is gone, or is asked for later."""
    match outcome:
        case Broken() | Gone():
            return Refused("files.gone")
        case Later(seconds):
            return PutAside(max(AGAIN, timedelta(seconds=seconds)))
        case _:
            return PutAside(AGAIN)
