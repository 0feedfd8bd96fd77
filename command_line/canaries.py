"""Canaries for the operator: invented people in files for the office, by which a leaked file is traced."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Final

from command_line import Open, Say
from models.office import canaries
from models.office.exports import Export
from models.storage.database import Database
from rules.nik import Nik
from rules.refusal import Refused
from settings import Settings

MOST: Final = 5
"""How many canaries a file may have."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    whole = commands.add_parser("canary", help="trace leaked files: canary plant 1, canary find NIK")
    acts = whole.add_subparsers(dest="act", required=True)
    plant = acts.add_parser(
        "plant", help="put so many invented people into each file from now on; 0 for none"
    )
    plant.add_argument("rows", type=int, choices=range(MOST + 1))
    find = acts.add_parser("find", help="say which file an invented person was planted in")
    find.add_argument("nik", type=nik, help="as it stands in the file that was found")


def nik(text: str) -> str:
    """Return a NIK; raises for what cannot be one."""
    try:
        return Nik.parse(text).digits
    except Refused:
        raise argparse.ArgumentTypeError("a NIK has 16 digits") from None


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Do what the command line says; return the exit code."""
    async with opened(settings) as database:
        if given.act == "find":
            return await find(database, given.nik, say)
        return await plant(database, given.rows, now(), say)


async def plant(database: Database, rows: int, now: datetime, say: Say) -> int:
    """Plant so many in each file from now on."""
    async with database.begin() as db:
        await canaries.plant(db, database.keys, rows, now)
    say(f"Each file gets {rows} canaries from now on. Tell the office, so that it registers none of them.")
    return 0


async def find(database: Database, wanted: str, say: Say) -> int:
    """Say which files a canary was planted in; 1 when it is none."""
    async with database.begin() as db:
        found = await canaries.find(db, database.keys, wanted)
        exports = {one.export_id: await db.get_one(Export, one.export_id) for one in found}
    for one in found:
        export = exports[one.export_id]
        by = "the command line" if one.account_id is None else str(one.account_id)
        where = export.territory or "everywhere"
        say(
            f"Export {one.export_id}, made for the {one.time}. time at {one.made_at:%Y-%m-%d %H:%M}Z "
            f"for {by}: territory {where}, {export.members} people, layout {export.layout}."
        )
    if not found:
        say("That is no canary of this installation.")
    return 0 if found else 1
