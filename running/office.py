"""The composition root: database, Telegram, handlers, and what happens because time passes."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.exc import ArgumentError, DBAPIError
from telegram.error import InvalidToken, TelegramError

from handlers.assembly import Office, assemble
from handlers.filing import filing_of
from handlers.flood import Flood
from jobs.alarms import Alarms
from jobs.audit_heads import AuditHeads
from jobs.broadcasts import Broadcasts
from jobs.clock import ticking
from jobs.coverage import Coverage
from jobs.days import Days
from jobs.deliveries import LEASE, Deliveries
from jobs.exports import Exports
from jobs.fleeting import Tidying
from jobs.housekeeping import Housekeeping
from jobs.imports import Imports
from jobs.programmes import Treasurers
from jobs.reminders import Reminders, wanted
from models import accounts
from models.reminding.reminders import DIGEST, REMINDER
from models.storage.database import Database, open_database
from models.storage.key_checks import KeysSource
from models.trust.appointing import appoint as give
from post.bot import Bot
from post.pace import FREE, Rates
from post.transport import AiohttpRequest
from running import Announce, CannotStart, Clock, now, say
from settings import Settings
from sheets import confined
from sheets.layouts import Shelf

NOT_KNOWN: Final = "Telegram does not know this BOT_TOKEN."

WANTED: Final = {REMINDER: wanted, DIGEST: wanted}
"""Kinds of message that are asked about once more right before they are sent."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What a process does: answer people, send what is owed and do what is due, or both."""

    answers: bool = True
    deliveries: bool = True


ALL: Final = Duties()


@contextlib.contextmanager
def plainly() -> Iterator[None]:
    """Say in one sentence what a wrong DATABASE_URL or KEYS_FILE leads to."""
    try:
        yield
    except ArgumentError:
        raise CannotStart("DATABASE_URL cannot be read as the address of a database.") from None
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}"
        raise CannotStart(f"DATABASE_URL or KEYS_FILE names what cannot be used: {reason}.") from None
    except DBAPIError as error:
        reason = str(error.orig).partition("\n")[0]
        raise CannotStart(f"The database cannot be used: {reason}.") from None


@contextlib.asynccontextmanager
async def opened(settings: Settings, announce: Announce = say) -> AsyncIterator[Database]:
    """Open the database, with its keys; an empty one gets its tables and its key file."""
    source: KeysSource = settings.keys if settings.keys is not None else settings.keys_file
    with plainly():
        database = await open_database(settings.database_url, source, announce=announce)
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def office(
    settings: Settings, clock: Clock, announce: Announce = say, duties: Duties = ALL
) -> AsyncIterator[tuple[Office, Days]]:
    """Put the bot together: database, Telegram, handlers, and what happens because time passes.

    The days are for a clock that is moved by hand.
    """
    if duties != ALL and not settings.shared:
        raise CannotStart(
            "Several processes need PostgreSQL: on SQLite one process does everything (bot.py run)."
        )
    if not confined.is_safe():
        raise CannotStart("defusedxml is missing: lists that are sent could not be opened safely.")
    request = AiohttpRequest()
    expect_lease(LEASE.total_seconds(), request.longest_call)
    bot = Bot(settings.needed_token(), settings.bot_api_url, request)
    async with opened(settings, announce) as database, bot_at(bot, settings):
        await appoint(database, settings, clock())
        pace = Flood(settings.flood_burst, settings.flood_per_second)
        shelf = Shelf(settings.export_layouts)
        desk = await assemble(
            bot,
            database,
            clock,
            settings.timezone,
            pace,
            layouts=shelf,
            several=settings.shared and settings.webhook_url is not None,
            answers=duties.answers,
        )
        rates = rates_of(settings)
        deliveries = Deliveries(
            database, desk.send, desk.compose, clock, wanted=WANTED, rates=rates, replies=desk.replies
        )
        reminders = Reminders(database, clock, per_second=settings.bulk_per_second)
        housekeeping = Housekeeping(database, clock)
        treasurers = Treasurers(database, clock)
        coverage = Coverage(database, clock)
        lists = Imports(database, desk.fetch, desk.said, clock, settings.timezone, filing_of)
        many = Broadcasts(database, desk.said, clock, per_second=settings.bulk_per_second)
        files = Exports(database, desk.said, clock, settings.timezone)
        tidying = Tidying(database, desk.said, clock)
        heads = AuditHeads(database, clock, settings.timezone)
        alarms = Alarms(database, clock, settings.backup_folder)
        ours = (deliveries, housekeeping, reminders, treasurers, lists, many, coverage, files, tidying, heads)
        days = Days(database, clock, reminders, deliveries, housekeeping, treasurers, many, coverage)
        if not duties.deliveries:
            yield desk, days
            return
        async with ticking(*(each.tick for each in (*ours, alarms)), now=now), deliveries.working():
            yield desk, days


def expect_lease(lease: float, longest_call: float) -> None:
    """Refuse to start when a message could be claimed again while the call that sends it is under way."""
    if lease <= longest_call:
        raise CannotStart(
            f"A message is claimed for {lease:.0f} s and a call may last {longest_call:.0f} s: "
            "it could be sent twice."
        )


def rates_of(settings: Settings) -> Rates:
    """Return the pace; a rate that is free of charge is never paid for."""
    paid = settings.paid_broadcasts and settings.rate_per_second > FREE
    return Rates(settings.rate_per_second, settings.bulk_per_second, paid=paid)


@contextlib.asynccontextmanager
async def bot_at(bot: Bot, settings: Settings) -> AsyncIterator[None]:
    """Meet Telegram, or say plainly why that fails."""
    try:
        await bot.initialize()
        yield
    except InvalidToken:
        raise CannotStart(NOT_KNOWN) from None
    except TelegramError as error:
        reason = type(error).__name__
        raise CannotStart(f"Telegram does not answer at BOT_API_URL ({reason}).") from None
    finally:
        await bot.shutdown()


async def appoint(database: Database, settings: Settings, moment: datetime) -> None:
    """Make administrators of those named in ADMIN_IDS."""
    for account_id in settings.admin_ids:
        await give_role(database, accounts.Role.ADMINISTRATOR, account_id, moment)


async def give_role(database: Database, role: accounts.Role, account_id: int, moment: datetime) -> None:
    """Give a role to an account, which need not have written yet."""
    async with database.begin() as db:
        await give(db, database.keys, account_id, role, moment, None)
