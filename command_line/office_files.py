"""Files to and from the office for scripts: export, results, payments.

Whoever runs these has the keys and the database: all of Indonesia lies before them, and the log names nobody.
"""

import argparse
import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from command_line import CannotDo, Open, Say
from command_line.kinds import territory
from jobs import office_files, orders
from jobs.exporting import Made, make, settle
from jobs.exports import exported_entry
from locales import SOURCE, say
from models.agency.imports import Purpose
from models.office import exports
from models.office.exports import Making, Wanted
from models.office.office_answers import Desk
from models.storage.database import Database
from models.trust import audit
from rules.refusal import Refused
from settings import Settings
from sheets import confined, layouts, limits, scratch, telling
from sheets.exporting import WHOLE, Limits
from sheets.layouts import Layout

PART: Final = 100
"""Rows of a file that are taken in together."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    out = commands.add_parser("export", help="write who was accepted into a file for the office")
    out.add_argument("--layout", default="bpu", help="which columns: bpu, ringkas, or one of EXPORT_LAYOUTS")
    out.add_argument("--territory", type=territory, default="", help="a region code; everybody without it")
    out.add_argument("--payer", help="only those of one payer, such as apbdes")
    out.add_argument("--out", type=Path, required=True, help="the file to be written")
    for name, what in (("results", "what the office answered"), ("payments", "payments of the office")):
        take = commands.add_parser(name, help=f"take in a file with {what}: {name} FILE")
        take.add_argument("file", type=Path, help="XLSX or CSV; what matches nobody is written beside it")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], tell: Say
) -> int:
    """Do what the command line says; return the exit code."""
    zone = settings.timezone
    if given.command == "export":
        layout = layout_of(settings.export_layouts, given.layout)
        async with opened(settings) as database:
            await export(database, layout, given.territory, given.payer, given.out, now(), zone, tell)
    else:
        async with opened(settings) as database:
            await take_in(database, Purpose(given.command), given.file, now, zone, tell)
    return 0


async def export(
    database: Database,
    layout: Layout,
    territory: str,
    payer: str | None,
    out: Path,
    now: datetime,
    zone: ZoneInfo,
    tell: Say,
    most: Limits = WHOLE,
) -> Made:
    """Write everybody accepted in a territory into a file, lock them, and say how many; never over a file."""
    _must_be_new(out)
    wanted = Wanted(territory, payer, layout.name, layout.source, layout.sha256, SOURCE)
    async with database.begin() as db:
        begun = await exports.begin(db, None, wanted, now)
    await settle(database, begun, layout)
    with scratch.folder() as folder:
        made = await make(database, begun, layout, folder, zone, most, _unheard, now)
        async with database.begin() as db:
            await audit.note(db, database.keys, [exported_entry(begun, made)], now)
        for number, part in enumerate(made.parts, start=1):
            place = out if number == 1 else out.with_stem(f"{out.stem}-{number}")
            _keep(part.path, place)
            tell(f"{place}: {part.rows} people.")
    async with database.begin() as db:
        await exports.finish(db, begun, Making.DONE, now, made.mark)
    if not made.parts:
        tell("Nobody is left to export.")
    return made


async def _unheard(_: int) -> None:
    return


def _keep(source: Path, place: Path) -> None:
    """Copy a finished file to where it was asked for, readable to its owner only."""
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as kept, source.open("rb") as made:
        shutil.copyfileobj(made, kept, 1024 * 1024)


async def take_in(
    database: Database, purpose: Purpose, file: Path, now: Callable[[], datetime], zone: ZoneInfo, tell: Say
) -> int:
    """Take in a file of the office; rows that match nobody are written beside it; return how many."""
    content = _content(file)
    desk = Desk(None, [""], now().astimezone(zone).date())
    counts, back, listed = {"taken": 0, "known": 0}, list[Mapping[str, Any]](), dict[str, Any]()
    try:
        async for rows in _parts(purpose, content, desk.today, listed):
            async with database.begin() as db:
                taken = await office_files.take(db, database.keys, purpose, rows, desk, now())
            counts["taken"] += taken.filed
            counts["known"] += taken.known
            back.extend(taken.back)
    except Refused as refused:
        raise CannotDo(telling.plain(_refusal(refused))) from None
    tell(f"{counts['taken']} rows taken in, {counts['known']} known before, {len(back)} come back.")
    if back:
        place = file.with_name(f"{file.stem}.kembali{file.suffix}")
        order = {"do": "answer", "language": SOURCE, "list": listed, "jobs": False}
        _write(place, await confined.written(order, [orjson.dumps(row) for row in back]))
        tell(f"{place}: these rows, with the reason beside each cell.")
    return len(back)


def _must_be_new(out: Path) -> None:
    if out.exists():
        raise CannotDo(f"{out} is there already: an export is never written over another file.")
    if not out.parent.is_dir():
        raise CannotDo(f"{out.parent} is no folder: the file cannot be written there.")


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > limits.FILE:
            raise CannotDo(f"{file} is larger than {limits.FILE // limits.MB} MB: send it in parts.")
        return file.read_bytes()
    except OSError as error:
        raise CannotDo(f"{file} cannot be read: {error.strerror}.") from None


def _write(place: Path, content: bytes) -> None:
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        kept.write(content)


def _refusal(refused: Refused) -> str:
    values: dict[str, Any] = dict(refused.values)
    if "columns" in values:
        values["columns"] = ", ".join(telling.title(SOURCE, str(each)) for each in values["columns"])
    return say(SOURCE, refused.name, **values)


async def _parts(
    purpose: Purpose, content: bytes, today: date, listed: dict[str, Any]
) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """Yield the rows of a file part by part, and note how it came."""
    rows: list[Mapping[str, Any]] = []
    async with aclosing(confined.lines(orders.office(purpose, today), content)) as lines:
        async for line in lines:
            listed.update(line.get("list", {}))
            if "row" in line:
                rows.append(line)
            if rows and (len(rows) >= PART or "end" in line):
                yield rows
                rows = []
            if "left_from" in line:
                raise CannotDo(f"Row {line['left_from']} and those behind it were not read: send them apart.")


def layout_of(folder: Path | None, name: str) -> Layout:
    """Return a layout by its name, or say plainly what is wrong with it."""
    try:
        return layouts.Shelf(folder).layout(name)
    except layouts.BadLayout as bad:
        raise CannotDo(str(bad)) from None
