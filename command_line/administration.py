"""What an operator does from the command line: roles, the audit log, forgotten PINs."""

import argparse
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Final

from telegram.error import TelegramError

from command_line import CannotDo, Open, Say
from command_line.kinds import day, territory, user_id
from handlers.office.candidates import link_of
from models import accounts
from models.accounts import Grant, Role
from models.storage.database import Database
from models.trust import audit, role_links, second_factors
from models.trust.appointing import appoint, dismiss
from models.trust.audit import Act, AuditRow, Entry, note
from models.trust.audit_checks import Head, head_of, verify_all
from post.bot import Bot
from post.transport import AiohttpRequest
from rules import regions
from settings import Settings

GIVEN: Final = [role.value for role in Role if role != Role.WORKER]
PAGE: Final = 500
"""How many rows of the audit log are read at once to be shown."""


def head(text: str) -> Head:
    """Return a head of the audit log as administrators get it; raises for anything else."""
    try:
        return Head.read(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a head is NUMBER:MARK, as administrators get it daily") from None


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    give = commands.add_parser(
        "grant", help="make somebody agent, officer or administrator: grant agent 123456789"
    )
    give.add_argument("--territory", type=territory, default="", help="where: the code of a region")
    give.add_argument("--until", type=day, help="the last day, such as 2026-12-31")
    give.add_argument("--link", action="store_true", help="print a link for the candidate instead of an id")
    take = commands.add_parser("revoke", help="take a role back at once: revoke officer 123456789")
    for one in (give, take):
        one.add_argument("role", choices=GIVEN)
    told = "their numeric Telegram id, which /siapa tells them"
    give.add_argument("user_id", type=user_id, nargs="?", help=f"{told}; none with --link")
    take.add_argument("user_id", type=user_id, help=told)
    commands.add_parser("roles", help="list who is agent, officer or administrator")
    log = commands.add_parser("audit", help="verify or show the audit log: audit verify, audit show")
    acts = log.add_subparsers(dest="act", required=True)
    check = acts.add_parser("verify", help="walk along the whole chain; exit code 1 at a bad row")
    check.add_argument("--head", type=head, help="NUMBER:MARK of a day before: nothing may be cut off since")
    show = acts.add_parser("show", help="print the rows, the oldest first")
    show.add_argument("--since", type=day, help="from this day on (UTC), such as 2026-11-01")
    show.add_argument("--by", type=user_id, help="only what this Telegram id did")
    pin = commands.add_parser("pin", help="take somebody's forgotten PIN or app away: pin reset 123456789")
    pin.add_argument("act", choices=["reset"])
    pin.add_argument("user_id", type=user_id, help="their numeric Telegram id; they set a new one")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, clock: Callable[[], datetime], say: Say
) -> int:
    """Do what the command line says; return the exit code."""
    now = clock()
    if given.command == "grant" and given.link == (given.user_id is not None):
        raise CannotDo("grant needs the numeric Telegram id, or --link and none: grant --link officer")
    username = await _username(settings) if given.command == "grant" and given.link else ""
    async with opened(settings) as database:
        match given.command:
            case "grant" if given.link:
                return await offer(database, given, username, now, say)
            case "grant":
                return await grant(database, given, now, say)
            case "revoke":
                return await revoke(database, given, now, say)
            case "roles":
                return await roles(database, now, say)
            case "pin":
                return await reset_pin(database, given.user_id, now, say)
        if given.act == "verify":
            return await verify(database, given.head, say)
        return await show(database, given.since, given.by, say)


async def grant(database: Database, given: argparse.Namespace, now: datetime, say: Say) -> int:
    """Give a role."""
    role = Role(given.role)
    async with database.begin() as db:
        new = await appoint(db, database.keys, given.user_id, role, now, None, given.until, given.territory)
    limits = "".join(f" {part}" for part in (_where(given.territory), _until(given.until)) if part)
    say(f"{given.user_id} is now {role}{limits}." if new else f"{given.user_id} was {role}{limits} before.")
    return 0


async def offer(database: Database, given: argparse.Namespace, username: str, now: datetime, say: Say) -> int:
    """Print a link by which a candidate takes a role."""
    role, where, until = Role(given.role), given.territory, given.until
    async with database.begin() as db:
        token = await role_links.offer(db, database.keys, role, where, until, now, None)
    say(link_of(username, token))
    say(f"Whoever opens it first becomes {role}: give it to that person alone. It works once, for a week.")
    return 0


async def _username(settings: Settings) -> str:
    """Return what the bot is called at Telegram."""
    bot = Bot(settings.needed_token(), settings.bot_api_url, AiohttpRequest())
    try:
        async with bot:
            return str(bot.username)
    except TelegramError as error:
        raise CannotDo(f"Telegram does not say the bot's name ({type(error).__name__}).") from None


async def revoke(database: Database, given: argparse.Namespace, now: datetime, say: Say) -> int:
    """Take a role back; 1 when it was not held."""
    role = Role(given.role)
    async with database.begin() as db:
        held = await dismiss(db, database.keys, given.user_id, role, now, None)
    say(f"{given.user_id} is no longer {role}." if held else f"{given.user_id} is not {role}.")
    return 0 if held else 1


async def roles(database: Database, now: datetime, say: Say) -> int:
    """List who holds which role, where and until when."""
    async with database.begin() as db:
        held = await accounts.all_held(db, now)
    for one in held:
        say(_held(one))
    if not held:
        say("Nobody has a role. Make the first administrator: bot.py grant administrator USER_ID")
    return 0


async def reset_pin(database: Database, account_id: int, now: datetime, say: Say) -> int:
    """Take a PIN or app away, so that a new one is asked for; 1 when there was none."""
    async with database.begin() as db:
        held = await second_factors.forget(db, account_id)
        if held:
            entry = Entry(Act.UNLOCKED, None, None, f"accounts:{account_id}")
            await note(db, database.keys, [entry], now)
    say(f"{account_id} sets a new PIN when one is needed." if held else f"{account_id} has no PIN.")
    return 0 if held else 1


def _held(one: Grant) -> str:
    by = "command line" if one.granted_by is None else str(one.granted_by)
    limits = " ".join(part for part in (_where(one.territory), _until(one.valid_until)) if part)
    since = f"since {one.granted_at:%Y-%m-%d} by {by}"
    return f"{one.account_id:<12} {one.role.value:<13} {limits or 'everywhere'}, {since}"


def _where(code: str) -> str:
    return f"in {code} ({regions.regions().path(code)})" if code else ""


def _until(last: date | None) -> str:
    return f"until {last}" if last else ""


async def verify(database: Database, kept: Head | None, say: Say) -> int:
    """Say whether the audit log is what was written; 1 with the number of the first row that is not."""
    walk = await verify_all(database, database.keys, kept)
    if walk.bad is None:
        async with database.begin() as db:
            now = await head_of(db)
        say(f"The audit log holds: {walk.number} rows. Its head is {now}")
        return 0
    say(
        f"The audit log does not hold: row {walk.bad} is missing or is not what was written. "
        f"The {walk.number} rows before it hold. Keep a copy of the database as it is, and look into it."
    )
    return 1


async def show(database: Database, since: date | None, by: int | None, say: Say) -> int:
    """Print the rows, page by page."""
    start = None if since is None else datetime.combine(since, time(), UTC)
    last = 0
    while True:
        async with database.begin() as db:
            page = await audit.pages(db, PAGE, after=last, since=start, by=by)
        if not page:
            return 0
        for row in page:
            say(_row(row))
        last = page[-1].number


def _row(row: AuditRow) -> str:
    who = "-" if row.by_account is None else str(row.by_account)
    whose = f"person {row.person_id}" if row.person_id else ""
    said = "" if row.details == "{}" else row.details
    parts = (str(row.number), f"{row.at:%Y-%m-%d %H:%M:%S}Z", who, row.act, row.subject or "", whose, said)
    return " ".join(part for part in parts if part)
