"""The composition root and the command line."""

import argparse
import asyncio
import contextlib
import os
import resource
import signal
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

import structlog
import uvloop
from aiohttp import web
from sqlalchemy.exc import ArgumentError, DBAPIError
from telegram.error import InvalidToken, TelegramError

import logs
from command_line import (
    CannotDo,
    administration,
    backups,
    broadcasts,
    canaries,
    coverage,
    keys,
    office_files,
    privacy,
    tables,
)
from handlers.assembly import Office, assemble
from handlers.filing import filing_of
from handlers.flood import Flood
from handlers.listening import listening
from handlers.polling import ALLOWED
from handlers.webhooks import Webhooks
from health import service
from health.checks import Ready
from health.watched import watched
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
from models.storage.database import Database, StartRefused, migrate, normalise_url, open_database
from models.storage.key_checks import KeysSource
from models.storage.migrating import HEAD, known_revisions
from models.trust.appointing import appoint as give
from post.bot import Bot
from post.hook import set_webhook
from post.pace import FREE, Rates
from post.transport import AiohttpRequest
from settings import BadSetting, Settings
from sheets import confined
from sheets.layouts import Shelf

Clock = Callable[[], datetime]
Announce = Callable[[str], None]
log = structlog.get_logger()

STOP_WITHIN: Final = 5.0
"""Seconds a stop may take before it is cut short; what is then unanswered comes again."""

ENDS_WITHIN: Final = 9.0
"""Seconds after which a stop that hangs ends the process: what was said to be done is durable by then."""

STOPPED_BY_FORCE: Final = 70
"""What the process ends with when its stop hung."""

NOT_KNOWN: Final = "Telegram does not know this BOT_TOKEN."


WANTED: Final = {REMINDER: wanted, DIGEST: wanted}
"""Kinds of message that are asked about once more right before they are sent."""


@dataclass(frozen=True, slots=True)
class Duties:
    """What a process does: answer people, send what is owed and do what is due, or both."""

    answers: bool = True
    deliveries: bool = True


ALL: Final = Duties()
RUNS: Final = "The bot is running. Stop it with Ctrl-C."
WORKS: Final = "Sending what is owed. Stop it with Ctrl-C."


class CannotStart(Exception):
    """One plain sentence that says why the bot does not start."""


class Doing(Protocol):
    """What a process does until it is stopped."""

    async def run(self) -> None:
        """Do it until stopped."""

    def stop(self) -> None:
        """Begin nothing more."""


def now() -> datetime:
    """Return the machine's own time."""
    return datetime.now(UTC)


def say(line: str) -> None:
    """Print a line for the operator, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def warn(line: str) -> None:
    """Print a line beside what a script reads."""
    sys.stderr.write(f"{line}\n")


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


async def run(settings: Settings, duties: Duties = ALL) -> None:
    """Do these duties until SIGTERM or Ctrl-C, then finish what is in hand."""
    async with office(settings, now, duties=duties) as (desk, _):
        doing = desk.work(posted=settings.webhook_url is not None) if duties.answers else Standby()
        async with seen_by_watchers(settings, desk) as ready, offered(settings, desk, duties) as address:
            at = f" Listening at {address}." if address else ""
            await until_signal(doing, f"{RUNS if duties.answers else WORKS}{at}", ready)
        if desk.poller.failure == "InvalidToken":
            raise CannotStart(NOT_KNOWN)


@contextlib.asynccontextmanager
async def seen_by_watchers(settings: Settings, desk: Office) -> AsyncIterator[Ready]:
    """Answer at HEALTH, if it is set, and show the service manager that the loop turns."""
    where = normalise_url(settings.database_url)
    file = Path(str(where.database)) if where.get_backend_name() == "sqlite" else settings.keys_file
    folders = (file.absolute().parent, settings.backup_folder)

    async def pending() -> int | None:
        with contextlib.suppress(TelegramError):
            return (await desk.bot.get_webhook_info()).pending_update_count
        return None

    async with contextlib.AsyncExitStack() as stack:
        watching = watched(desk.database, settings.health, folders, pending, now, os.environ)
        try:
            ready = await stack.enter_async_context(watching)
        except OSError as error:
            raise CannotStart(f"HEALTH cannot be used: {error.strerror}.") from None
        yield ready


@contextlib.asynccontextmanager
async def offered(settings: Settings, desk: Office, duties: Duties) -> AsyncIterator[str]:
    """Serve what this process offers at LISTEN; only then have Telegram post updates there."""
    if settings.listen is None:
        yield ""
        return
    async with contextlib.AsyncExitStack() as serving:
        try:
            address = await serving.enter_async_context(
                listening(settings.listen, routes(settings, desk, duties))
            )
        except OSError as error:
            raise CannotStart(f"LISTEN cannot be used: {error.strerror}.") from None
        if duties.answers and settings.webhook_url and settings.webhook_secret:
            await hooked(desk, settings.webhook_url, settings.webhook_secret)
        yield address


def routes(settings: Settings, desk: Office, duties: Duties) -> list[web.AbstractRouteDef]:
    """Return what this process offers at LISTEN: every route of ours is named here."""
    offered: list[web.AbstractRouteDef] = []
    if duties.answers and settings.webhook_url and settings.webhook_secret:
        path = urlsplit(settings.webhook_url).path or "/"
        offered.append(web.post(path, Webhooks(settings.webhook_secret, desk.line).receive))
    return offered


async def hooked(desk: Office, url: str, secret: str) -> None:
    """Have Telegram post updates to us, or say plainly why it does not."""
    try:
        await set_webhook(desk.bot, url, secret, ALLOWED)
    except TelegramError as error:
        raise CannotStart(f"Telegram does not take WEBHOOK_URL: {error.message}.") from None


class Standby:
    """Nothing to be asked for: it only waits for the stop."""

    def __init__(self) -> None:
        self._stopped = asyncio.Event()

    async def run(self) -> None:
        """Return when stopped."""
        await self._stopped.wait()

    def stop(self) -> None:
        """Stop."""
        self._stopped.set()


async def until_signal(doing: Doing, words: str, ready: Ready | None = None) -> None:
    """Do it until a signal asks to stop; a second one changes nothing, five seconds cut the rest short."""
    running = asyncio.create_task(doing.run())

    def stop() -> None:
        if not running.done():
            log.info("bot.stopping")
            if ready is not None:
                ready.stopping = True
            end_within(ENDS_WITHIN)
            doing.stop()
            asyncio.get_running_loop().call_later(STOP_WITHIN, running.cancel)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    say(words)
    service.notify(os.environ, "READY=1")
    with contextlib.suppress(asyncio.CancelledError):
        await running


def end_within(seconds: float) -> None:
    """End the process after so many seconds, whatever hangs, unless it has ended by itself."""
    clock = threading.Timer(seconds, os._exit, [STOPPED_BY_FORCE])
    clock.daemon = True
    clock.start()


async def bring_up_to_date(settings: Settings, revision: str | None) -> None:
    """Bring the tables to this release; an empty database gets its tables and its key file too.

    A former revision takes away what came after it, with what is in there.
    """
    if revision is not None and revision not in known_revisions():
        raise CannotStart("--to must be a revision of this release.")
    with plainly():
        await migrate(normalise_url(settings.database_url), revision or HEAD)
    if revision is not None:
        say(f"The database stands at revision {revision}.")
        return
    async with opened(settings):
        say("The database is up to date.")


PARTS: Final = (
    administration,
    keys,
    tables,
    office_files,
    canaries,
    broadcasts,
    coverage,
    privacy,
    backups,
)
"""What an operator does besides running the bot, by subject."""


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    whole = argparse.ArgumentParser(
        prog="bot.py",
        usage="bot.py COMMAND",
        description="A Telegram bot that registers informal workers for BPJS Ketenagakerjaan (BPU).",
        epilog=SETTINGS,
        formatter_class=Listing,
    )
    commands = whole.add_subparsers(
        dest="command", required=True, metavar="COMMAND", title="commands", prog="bot.py"
    )
    commands.add_parser("demo", help="try the bot in a page on this computer: no token, no network")
    answering = commands.add_parser("run", help="answer people at Telegram until stopped")
    answering.add_argument(
        "--no-deliveries", action="store_true", help="only answer: other processes send what is owed (work)"
    )
    commands.add_parser("work", help="send what is owed, and answer nobody: beside run --no-deliveries")
    moving = commands.add_parser("migrate", help="bring the database to this release; the former may run on")
    moving.add_argument("--to", help="a former revision, such as 0018: before a return to the former release")
    for part in PARTS:
        part.add_to(commands)
    return whole


class Listing(argparse.RawDescriptionHelpFormatter):
    """Lists the commands without a line that says that commands follow."""

    def _format_action(self, action: argparse.Action) -> str:
        listed = super()._format_action(action)
        if action.nargs != argparse.PARSER:
            return listed
        return textwrap.indent(textwrap.dedent(listed.partition("\n")[2]), "  ")


SETTINGS: Final = """\
settings, from the environment:
  BOT_TOKEN     the token BotFather gave; needed by run; BOT_TOKEN_FILE names a file with it
  DATABASE_URL  sqlite:///var/bot.sqlite3 unless set, or postgresql://user:password@host/database
  KEYS_FILE     var/keys unless set; made for an empty database, needed ever after
  BACKUP_FOLDER  var/backups unless set; where backup puts what it makes
  HEALTH        127.0.0.1:9100, say: where /healthz, /readyz and /metrics are; nowhere unless set
  WEBHOOK_URL   has Telegram post updates there; with WEBHOOK_SECRET and LISTEN
  ADMIN_IDS     Telegram ids that become administrators at start, separated by commas
  TIMEZONE      Asia/Jakarta unless set
  EXPORT_LAYOUTS  a folder with layouts of your own for exports
  LOG_LEVEL     INFO unless set; WARNING in the demonstration
  PORT          8080 unless set; where the demonstration's page is

docs/operations.md explains these and the others.
"""


async def obey(given: argparse.Namespace, settings: Settings) -> int:
    """Do what the command line says; return the exit code."""
    match given.command:
        case "demo":
            from demo import demo  # the simulator is not loaded in production

            await demo(settings)
        case "run":
            await run(settings, Duties(deliveries=not given.no_deliveries))
        case "work":
            await run(settings, Duties(answers=False))
        case "migrate":
            await bring_up_to_date(settings, given.to)
        case "export" | "results" | "payments":
            return await office_files.obey(given, settings, opened, now, say)
        case "broadcast":
            return await broadcasts.obey(given, settings, opened, now, say)
        case "keys":
            return await keys.obey(given, settings, opened, now, say)
        case "channels" | "payers" | "texts" | "layouts":
            return await tables.obey(given, settings, opened, now, say)
        case "canary":
            return await canaries.obey(given, settings, opened, now, say)
        case "retention" | "breach":
            return await privacy.obey(given, settings, opened, now, say)
        case "backup" | "restore":
            return await backups.obey(given, settings, opened, now, say)
        case "coverage":
            return await coverage.obey(given, settings, opened, now, say)
        case _:
            return await administration.obey(given, settings, opened, now(), say)
    return 0


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; 2 for a start that was refused, with one plain sentence."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold the keys
    given = parser().parse_args(arguments)
    demonstration = given.command == "demo"
    try:
        settings = Settings.read(environ, defaults={"LOG_LEVEL": "WARNING"} if demonstration else {})
        logs.configure(level=settings.log_level, secrets=settings.secrets, json=not demonstration)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(obey(given, settings))
    except (BadSetting, StartRefused, CannotStart, CannotDo) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as bug:  # the last resort: the interpreter's own report would show values
        log.critical("bot.failed", exc_info=bug)
        return 1


if __name__ == "__main__":
    sys.modules["bot"] = sys.modules["__main__"]  # demo.py imports this module: one copy of it, not two
    sys.exit(main())
