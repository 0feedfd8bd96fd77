"""Tables of an installation for its operator: channels of payment, payers, consent texts, layouts."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Final

from command_line import CannotDo, Open, Say
from conversations.administration import MONEY, channel_code, funding_code
from handlers.office.tables import checked, consent_texts
from locales import SOURCE
from locales import say as words
from models.office import own_rows
from models.office.own_rows import Line, Table, Wanted
from models.storage.database import Database
from rules.refusal import Refused
from settings import Settings
from sheets.layouts import Shelf

TABLES: Final = {"channels": Table.CHANNEL, "payers": Table.PAYER}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    for name, what in (("channels", "channels of payment"), ("payers", "payers of village lists")):
        table = commands.add_parser(name, help=f"{what}: {name} list, {name} add, {name} retire CODE")
        acts = table.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="print what is in force, and where it comes from")
        new = acts.add_parser("add", help="put one in force at once")
        if name == "payers":
            new.add_argument("code", help="the funding code, such as SZ")
        new.add_argument("name", help="as members and officers are told it")
        if name == "payers":
            new.add_argument("--money", choices=MONEY, required=True, help="the kind of money, for the price")
        new.add_argument("--source", required=True, help="how it is known, in one line")
        end = acts.add_parser("retire", help="end one at once; what uses it stays as it is")
        end.add_argument("code", help="its code, as list prints it")
        end.add_argument("--source", default="", help="how it is known, in one line")
    commands.add_parser("texts", help="print what people agree to, with version and mark, for a lawyer")
    commands.add_parser("layouts", help="list and check the layouts of exports; 1 if one cannot be used")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Do what the command line says; return the exit code."""
    if given.command == "texts":
        return texts(say)
    if given.command == "layouts":
        return layouts(Shelf(settings.export_layouts), say)
    table = TABLES[given.command]
    async with opened(settings) as database:
        match given.act:
            case "list":
                return await show(database, table, say)
            case "add":
                return await add(database, table, given, now(), say)
        return await retire(database, table, given.code, given.source, now(), say)


async def show(database: Database, table: Table, say: Say) -> int:
    """Print what is in force, a line each."""
    async with database.begin() as db:
        lines = (await own_rows.offered(db)).lines[table]
    for line in lines.values():
        say(_line(line))
    return 0


def _line(line: Line) -> str:
    name = line.name or words(SOURCE, f"programme.funding.{line.code}")
    money = f" ({line.money})" if line.money else ""
    if line.row is None:
        return f"{line.code:<20} {name}{money}: shipped"
    by = "command line" if line.row.begun_by is None else str(line.row.begun_by)
    return f"{line.code:<20} {name}{money}: {line.row.source}; since {line.row.begun_at:%Y-%m-%d} by {by}"


async def add(database: Database, table: Table, given: argparse.Namespace, now: datetime, say: Say) -> int:
    """Put a line in force."""
    try:
        async with database.begin() as db:
            row = await own_rows.add(db, database.keys, table, _wanted(table, given), now, None)
    except Refused as refused:
        raise CannotDo(words(SOURCE, refused.name, **refused.values)) from None
    say(f"{row.code} is in force.")
    return 0


def _wanted(table: Table, given: argparse.Namespace) -> Wanted:
    name, source = given.name.strip(), given.source.strip()
    if table is Table.CHANNEL:
        return Wanted(channel_code(name), name, source)
    return Wanted(funding_code(given.code), name, source, given.money)


async def retire(database: Database, table: Table, code: str, source: str, now: datetime, say: Say) -> int:
    """End a line; 1 when there is none."""
    async with database.begin() as db:
        ended = await own_rows.retire(db, database.keys, table, code, now, None, source)
    say(f"{code} is retired." if ended else f"{code} is not in force.")
    return 0 if ended else 1


def texts(say: Say) -> int:
    """Print every text people agree to, in each language, as it is said."""
    for one in consent_texts():
        say(f"== {one.name}, {one.language}, version {one.version}, mark {one.mark}\n{one.text}\n")
    return 0


def layouts(shelf: Shelf, say: Say) -> int:
    """Print each layout with its mark, or with what is wrong with it; 1 if anything is."""
    found = list(checked(shelf))
    for name, mark, wrong in found:
        say(f"{name}: {wrong or mark}")
    return 1 if any(wrong for _, _, wrong in found) else 0
