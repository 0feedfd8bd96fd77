"""Making the file of an export: who is in it is settled and locked, then page after page is written.

Memory stays flat: a page is all that is ever open. No transaction is held while a page is written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import literal

from jobs.canaries import Planted, spread
from jobs.canaries import record as canaries_record
from models.applications import Application
from models.office import canaries, export_members, exported, exports
from models.office.exported import Exported
from models.office.exports import Export
from models.storage.database import Database
from sheets.exporting import File, Limits, Part, row
from sheets.fields import Record
from sheets.layouts import Layout

GATHERED: Final = 5_000
"""How many are locked into an export with one statement."""

PAGE: Final = 500
"""How many are open at a time: a reply waits for no more than that."""

GROUPINGS: Final[Mapping[str, Callable[[], Any]]] = {
    "one": lambda: literal(""),
    "village": lambda: Application.village_code,
    "wadah": exported.wadah_code,
}
"""What somebody stands under, by what has a sheet of its own."""

T = TypeVar("T")
Page = Sequence[tuple[str, int]]
Seen = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Made:
    """A file as it was made: its parts, what its rows come to, and how many had to be left out."""

    parts: tuple[Part, ...]
    mark: bytes
    rows: int
    left_out: int


async def settle(database: Database, export: Export, layout: Layout) -> int:
    """Lock into an export everybody who is to be in it, and return how many they are.

    Who was locked before a kill stays so, and the rest follows.
    """
    after = 0
    while True:
        async with database.begin() as db:
            grouping = GROUPINGS[layout.sheets]()
            ids = await export_members.gather(db, export, after, GATHERED, grouping)
            if len(ids) < GATHERED:
                count = await export_members.count_members(db, export.id)
                await exports.note(db, export, gathered=True, members=count)
                return count
            await exports.note(db, export, members=export.members + len(ids))
        after = ids[-1]


async def make(
    database: Database,
    export: Export,
    layout: Layout,
    folder: Path,
    zone: ZoneInfo,
    limits: Limits,
    seen: Seen,
    now: datetime,
) -> Made:
    """Write the file of an export into a folder, canaries included; `seen` hears how many are written."""
    file = File(layout, folder, limits)
    try:
        async with database.begin() as db:
            planted = await canaries.of_making(db, database.keys, export, now)
        done = await _pages(database, export, file, zone, seen, planted)
        mark = await _beside(file.close)
    finally:
        file.abandon()
    return Made(tuple(file.parts), database.keys.export_mark(mark), file.rows, done - file.rows)


async def _pages(
    database: Database,
    export: Export,
    file: File,
    zone: ZoneInfo,
    seen: Seen,
    planted: Sequence[Planted],
) -> int:
    """Write page after page, and return how many members there are."""
    place, done = ("", 0), 0
    while True:
        async with database.begin() as db:
            page = await export_members.members(db, export.id, place, PAGE)
            opened = await exported.opened(db, database.keys, [number for _, number in page])
            await exports.note(db, export, written=done)
        if not page:
            return done
        await _beside(partial(_write, file, zone, page, opened, planted))
        planted = ()
        place, done = page[-1], done + len(page)
        await seen(done)


async def _beside(work: Callable[[], T]) -> T:
    """Do a page of work in a thread; whoever cancels waits for its end: the files are its own till then."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _write(
    file: File, zone: ZoneInfo, page: Page, opened: Mapping[int, Exported], planted: Sequence[Planted]
) -> None:
    rows = [(group, record(opened[number])) for group, number in page if number in opened]
    places = spread(planted, len(rows))
    for place, (group, told) in enumerate(rows):
        if place in places:
            file.plant(group, row(file.layout, canaries_record(places[place], told), zone))
        file.write([(group, row(file.layout, told, zone))])


def record(one: Exported) -> Record:
    """Return an application as the fields of a layout take it."""
    return Record(
        reference=one.reference,
        village_code=one.village_code,
        answers=one.answers,
        first_month=one.first_month,
        programmes=one.programmes,
        months=one.months,
        payer=one.payer,
        occupation_id=one.occupation_id,
        submitted_at=one.submitted_at,
        flags=one.flags,
        wadah=one.listed.wadah,
        sk_number=one.listed.sk_number,
        funding=one.listed.funding,
        registrant=one.basis,
        badge=one.badge,
        channel=one.channel,
        consent_version=one.consent_version,
        consent_at=one.consent_at,
    )
