"""Makes files for the office and sends them, part by part; whoever is killed is followed by the next.

A file is never kept: killed on the way, it is made again from the same rows, and what was not sent yet is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog

from jobs.clock import Tick
from jobs.exporting import Made, make, settle
from jobs.progress import EVERY, bar
from locales import say
from models import accounts
from models.accounts import Role
from models.office import export_members, exports
from models.office.exports import Export, Making
from models.owing import deliveries, fleeting
from models.storage.database import Database
from models.trust import audit
from models.trust.audit import Act, Entry
from post.outcome import Broken, Later, Outcome, Sent, Unreachable
from post.sayings import Document, Edit, Message, Saying
from post.speak import Send
from sheets import layouts, scratch
from sheets.exporting import Limits, Part

EXPORT: Final = "export"
"""The kind of message that tells what came of an export."""

CHANGED: Final = "export_changed"
"""The kind of message that tells whom the office is no longer to register."""

OFFICE: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Roles that may have files made."""

TRIES: Final = 10
"""How often an export is taken up again without being sent; deaths of the process count too."""

AGAIN: Final = timedelta(seconds=30)
"""How long a part waits that could not be sent just now."""

LOOKED: Final = timedelta(minutes=5)
"""How often those who changed after their export are looked for."""

NAMED: Final = 200
"""How many changed ones are told at a time."""

log = structlog.get_logger()


class NotSent(Exception):
    """A part could not be sent; `after` says when to try again, None that it is of no use."""

    def __init__(self, after: timedelta | None) -> None:
        super().__init__()
        self.after = after


class Exports:
    """Makes and sends the files that officers asked for."""

    def __init__(
        self,
        database: Database,
        send: Send[Saying],
        now: Callable[[], datetime],
        zone: ZoneInfo,
        limits: Limits | None = None,
    ) -> None:
        self._database = database
        self._send = send
        self._now = now
        self._zone = zone
        self._limits = limits or Limits()
        self._stopping = False
        self._looked: datetime | None = None
        self._shown: dict[int, datetime] = {}

    @property
    def tick(self) -> Tick:
        """Every three seconds: whether an export waits."""
        return Tick("exports", 3.0, self.work, self.stop)

    def stop(self) -> None:
        """Begin no further page or part."""
        self._stopping = True

    async def work(self) -> None:
        """Make and send until none waits, then tell of those who changed since."""
        while not self._stopping and (export := await self._take()) is not None:
            try:
                await self._see_to(export)
            except NotSent as later:
                await self._put_aside(export, later.after)
        if self._looked is None or self._now() - self._looked >= LOOKED:
            self._looked = self._now()
            await self.tell_of_changes()

    async def _take(self) -> Export | None:
        async with self._database.begin() as db:
            return await exports.take(db)

    async def _put_aside(self, export: Export, after: timedelta | None) -> None:
        if after is None:
            await self._fail(export)
            return
        async with self._database.begin() as db:
            await exports.release(db, export, after)

    async def _fail(self, export: Export) -> None:
        log.error("exports.failed", attempts=export.tries)
        async with self._database.begin() as db:
            await exports.finish(db, export, Making.FAILED, self._now(), None)
            await self._owe(db, export, {"failed": True})

    async def _see_to(self, export: Export) -> None:
        """Settle who is in it, write the file, send it, and tell whoever asked."""
        if export.tries > TRIES or not await self._may(export):
            raise NotSent(None)
        layout = layouts.read(export.layout, export.layout_text)
        if not export.gathered:
            await settle(self._database, export, layout)
        if not export.members:
            await self._finish(export, None)
            return
        with scratch.folder() as folder:
            made = await make(
                self._database, export, layout, folder, self._zone, self._limits, self._seen(export)
            )
            await self._note_audit(export, made)
            for number, part in enumerate(made.parts, start=1):
                if number > export.parts_sent:
                    await self._send_part(export, number, part, len(made.parts))
        await self._finish(export, made)

    async def _may(self, export: Export) -> bool:
        """Say whether whoever asked still is of the office, and of this territory."""
        if export.account_id is None:
            return False
        async with self._database.begin() as db:
            held = await accounts.territories_of(db, export.account_id, OFFICE, self._now())
        return any(export.territory.startswith(code) for code in held)

    async def _note_audit(self, export: Export, made: Made) -> None:
        """Write into the log that these rows are about to be sent: before any of them is."""
        entry = exported_entry(export, made)
        async with self._database.begin() as db:
            await audit.note(db, self._database.keys, [entry], self._now())

    async def _send_part(self, export: Export, number: int, part: Part, parts: int) -> None:
        if self._stopping:
            raise NotSent(timedelta(0))
        assert export.account_id is not None  # noqa: S101 - it was asked for by somebody
        words = say(export.language, "exports.part", number=number, parts=parts, rows=part.rows)
        name = file_name(export, number, part)
        saying = Document(export.account_id, name, part.path.read_bytes(), words)
        outcome = await self._send(saying)
        if not isinstance(outcome, Sent):
            raise NotSent(_again(outcome))
        async with self._database.begin() as db:
            if outcome.message_id is not None:
                await fleeting.note(db, export.account_id, outcome.message_id, self._now())
            await exports.note(db, export, parts_sent=number, tries=0)

    async def _finish(self, export: Export, made: Made | None) -> None:
        """Note that it is done and owe the news, both durable together."""
        told: dict[str, Any] = {"rows": 0, "parts": 0, "left_out": 0, "same": True}
        if made is not None:
            same = export.mark is None or export.mark == made.mark
            told = {"rows": made.rows, "parts": len(made.parts), "left_out": made.left_out, "same": same}
        async with self._database.begin() as db:
            mark = None if made is None else made.mark
            await exports.finish(db, export, Making.DONE, self._now(), mark)
            await self._owe(db, export, told)
        await self._show(export, export.members, last=True)

    async def _owe(self, db: Any, export: Export, told: dict[str, Any]) -> None:
        if export.account_id is not None:
            dedupe = f"export:{export.id}:{export.times}:{self._now():%Y%m%d%H%M%S}"
            owed = _news(export.account_id, EXPORT, dedupe, {"export": export.id, **told}, self._now())
            await deliveries.owe(db, self._database.keys, [owed], self._now())

    def _seen(self, export: Export) -> Callable[[int], Any]:
        async def seen(done: int) -> None:
            if self._stopping:
                raise NotSent(timedelta(0))
            await self._show(export, done)

        return seen

    async def _show(self, export: Export, done: int, *, last: bool = False) -> None:
        """Move the bar, unless it moved just now; nobody waits for it."""
        now = self._now()
        if export.account_id is None or (not last and now < self._shown.get(export.id, now)):
            return
        self._shown[export.id] = now + EVERY
        whole = export.members
        text = say(export.language, "exports.progress", bar=bar(done, whole), done=done, whole=whole)
        if export.progress_message is not None:
            await self._send(Edit(export.account_id, export.progress_message, text))
        elif not last:
            outcome = await self._send(Message(export.account_id, text, silent=True))
            if isinstance(outcome, Sent) and outcome.message_id is not None:
                async with self._database.begin() as db:
                    await exports.note(db, export, progress_message=outcome.message_id)
        if last:
            self._shown.pop(export.id, None)

    async def tell_of_changes(self) -> None:
        """Tell each officer whom of their exports the office is no longer to register, once."""
        keys, found = self._database.keys, [export_members.Changed(0, 0, "")]
        while found:
            async with self._database.begin() as db:
                found = await export_members.changed_since(db, self._now(), NAMED)
                owed = [_changed(*each, self._now()) for each in _by_export(found)]
                await deliveries.owe(db, keys, owed, self._now())


def exported_entry(export: Export, made: Made) -> Entry:
    """Return what the log says of a file that was made; who is in it stands in the table of members."""
    details = {
        "rows": made.rows,
        "left_out": made.left_out,
        "territory": export.territory,
        "layout": export.layout,
        "layout_sha256": export.layout_sha256.hex(),
        "time": export.times + 1,
    }
    return Entry(Act.EXPORTED, export.account_id, None, f"exports:{export.id}", details)


def file_name(export: Export, number: int, part: Part) -> str:
    """Return a file's name, which tells nothing of who is in it."""
    return f"{say(export.language, 'exports.file_name')}-{export.made_at:%Y%m%d}-{number}{part.path.suffix}"


def _by_export(found: Sequence[export_members.Changed]) -> list[tuple[int, int, list[str]]]:
    grouped = groupby(found, key=lambda each: (each.export_id, each.account_id))
    return [(export, account, [each.reference for each in some]) for (export, account), some in grouped]


def _changed(export: int, account: int, references: list[str], now: datetime) -> deliveries.Owed:
    dedupe = f"{CHANGED}:{export}:{references[0]}"
    return _news(account, CHANGED, dedupe, {"export": export, "references": references}, now)


def _news(account: int, kind: str, dedupe: str, payload: dict[str, Any], now: datetime) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=dedupe,
        chat_id=account,
        kind=kind,
        payload=payload,
        not_before=now,
        account_id=account,
    )


def _again(outcome: Outcome) -> timedelta | None:
    """Return when a part is to be tried again; it may then arrive twice, which its number tells."""
    match outcome:
        case Broken() | Unreachable():
            return None
        case Later(seconds):
            return max(AGAIN, timedelta(seconds=seconds))
        case _:
            return AGAIN
