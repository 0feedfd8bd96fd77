"""The composition root and the command line."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import textwrap
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog
import uvloop
from sqlalchemy.exc import ArgumentError, DBAPIError
from telegram.error import InvalidToken, TelegramError

import desk_commands
import logs
from handlers.assembly import Office, assemble
from handlers.coverage import views
from handlers.coverage.files import table
from handlers.filing import filing_of
from handlers.flood import Flood
from jobs.broadcasts import Broadcasts
from jobs.clock import ticking
from jobs.coverage import Coverage
from jobs.days import Days
from jobs.deliveries import Deliveries
from jobs.exports import Exports
from jobs.fleeting import Tidying
from jobs.housekeeping import Housekeeping
from jobs.imports import Imports
from jobs.programmes import Treasurers
from jobs.reminders import Reminders, wanted
from locales import SOURCE
from models import accounts, announcing
from models.database import Database, StartRefused, migrate, normalise_url, open_database
from models.imports import Purpose
from models.key_checks import KeysSource
from models.reminders import DIGEST, REMINDER
from models.segments import SEGMENTS
from post.bot import Bot
from post.pace import FREE, Rates
from post.transport import AiohttpRequest
from rules import regions
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


class CannotStart(Exception):
    """One plain sentence that says why the bot does not start."""


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
    settings: Settings, clock: Clock, announce: Announce = say
) -> AsyncIterator[tuple[Office, Days]]:
    """Put the bot together: database, Telegram, handlers, and what happens because time passes.

    The days are for a clock that is moved by hand.
    """
    if not confined.is_safe():
        raise CannotStart("defusedxml is missing: lists that are sent could not be opened safely.")
    request = AiohttpRequest()
    bot = Bot(settings.needed_token(), settings.bot_api_url, request)
    async with opened(settings, announce) as database, bot_at(bot, settings):
        await appoint(database, settings, clock())
        pace = Flood(settings.flood_burst, settings.flood_per_second)
        shelf = Shelf(settings.export_layouts)
        desk = await assemble(bot, database, clock, settings.timezone, pace, layouts=shelf)
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
        ours = (deliveries, housekeeping, reminders, treasurers, lists, many, coverage, files, tidying)
        async with ticking(*(each.tick for each in ours), now=now), deliveries.working():
            days = Days(database, clock, reminders, deliveries, housekeeping, treasurers, many, coverage)
            yield desk, days


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
        await accounts.meet(db, {account_id: "id"}, moment)
        await accounts.grant(db, account_id, role, moment, None)


async def run(settings: Settings) -> None:
    """Poll Telegram until SIGTERM or Ctrl-C, then finish the batch in hand."""
    async with office(settings, now) as (desk, _):
        await until_signal(desk, "The bot is running. Stop it with Ctrl-C.")
        if desk.poller.failure == "InvalidToken":
            raise CannotStart(NOT_KNOWN)


async def until_signal(desk: Office, ready: str) -> None:
    """Poll until a signal asks to stop; a second one changes nothing, five seconds cut the rest short."""
    polling = asyncio.create_task(desk.poller.run())

    def stop() -> None:
        if not polling.done():
            log.info("bot.stopping")
            end_within(ENDS_WITHIN)
            desk.poller.stop()
            asyncio.get_running_loop().call_later(STOP_WITHIN, polling.cancel)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    say(ready)
    with contextlib.suppress(asyncio.CancelledError):
        await polling


def end_within(seconds: float) -> None:
    """End the process after so many seconds, whatever hangs, unless it has ended by itself."""
    clock = threading.Timer(seconds, os._exit, [STOPPED_BY_FORCE])
    clock.daemon = True
    clock.start()


async def grant(settings: Settings, role: str, account_id: int) -> None:
    """Give a role from the command line."""
    async with opened(settings) as database:
        await give_role(database, accounts.Role(role), account_id, now())
    say(f"{account_id} is now {role}.")


async def broadcast(settings: Settings, given: argparse.Namespace) -> None:
    """Hand a text for many over to the running bot."""
    moment = now()
    try:
        text = given.text.read_text("utf-8")
        wanted = given.at and (given.at if given.at.tzinfo else given.at.replace(tzinfo=settings.timezone))
        today = moment.astimezone(settings.timezone).date()
        terms = announcing.read_terms(given.segment, given.besides, today)
        async with opened(settings) as database, database.begin() as db:
            held = await announcing.announce(db, database.keys, given.by, text, terms, wanted, moment)
    except OSError as error:
        raise CannotStart(f"{error.filename}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CannotStart("The text is not UTF-8.") from None
    except announcing.CannotBroadcast as refusal:
        raise CannotStart(f"{refusal}.") from None
    say(f"Broadcast {held.id} is handed over; {given.by} follows it in the chat with the running bot.")


async def tell_coverage(settings: Settings, region: str, file: Path | None) -> None:
    """Print the counts of a place as JSON, and write its workbook; what waits is counted first."""
    if not (region == "" or regions.regions().knows(region)):
        raise CannotStart("--region must be a code of 2, 4, 6 or 10 digits; none is all of Indonesia.")
    async with opened(settings, announce=warn) as database:
        await Coverage(database, now).count()
        async with database.begin() as db:
            view = await views.read(db, region, now(), settings.timezone)
            content = None if file is None else await table(db, view, SOURCE, officer=True)
    if file is not None and content is not None:
        with plainly():
            await asyncio.to_thread(file.write_bytes, content)
    say(views.as_json(view))


async def bring_up_to_date(settings: Settings) -> None:
    """Bring the tables to this release; an empty database gets its tables and its key file too."""
    with plainly():
        await migrate(normalise_url(settings.database_url))
    async with opened(settings):
        say("The database is up to date.")


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
    commands.add_parser("run", help="answer people at Telegram until stopped")
    commands.add_parser("migrate", help="bring the database to this release")
    give = commands.add_parser(
        "grant", help="make somebody agent, officer or administrator: grant agent 123456789"
    )
    give.add_argument("role", choices=[role.value for role in accounts.Role if role != accounts.Role.WORKER])
    give.add_argument("user_id", type=user_id, help="their numeric Telegram id")
    many = commands.add_parser(
        "broadcast", help="write to many: broadcast --by 123456789 --text FILE --segment region=3205"
    )
    many.add_argument("--by", type=user_id, required=True, help="the officer in whose name, a Telegram id")
    many.add_argument("--text", type=Path, required=True, help="a file with the text, UTF-8")
    many.add_argument("--segment", action="append", default=[], help=f"NAME=VALUE of {', '.join(SEGMENTS)}")
    many.add_argument("--except", action="append", default=[], dest="besides", help="NAME=VALUE left out")
    many.add_argument("--at", type=datetime.fromisoformat, help="when (office's zone): 2026-11-21T09:00")
    out = commands.add_parser("export", help="write who was accepted into a file for the office")
    out.add_argument("--layout", default="bpu", help="which columns: bpu, ringkas, or one of EXPORT_LAYOUTS")
    out.add_argument("--territory", type=territory, default="", help="a region code; everybody without it")
    out.add_argument("--payer", help="only those of one payer, such as apbdes")
    out.add_argument("--out", type=Path, required=True, help="the file to be written")
    for name, what in (("results", "what the office answered"), ("payments", "payments of the office")):
        take = commands.add_parser(name, help=f"take in a file with {what}: {name} FILE")
        take.add_argument("file", type=Path, help="XLSX or CSV; what matches nobody is written beside it")
    counts = commands.add_parser(
        "coverage", help="print the counts of a place, and write them as a workbook: coverage --region 3205"
    )
    counts.add_argument(
        "--region", default="", help="a code of 2, 4, 6 or 10 digits; all of Indonesia unless given"
    )
    counts.add_argument("--xlsx", type=Path, help="the workbook to write, without names or NIK")
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
  BOT_TOKEN     the token BotFather gave; needed by run
  DATABASE_URL  sqlite:///var/bot.sqlite3 unless set, or postgresql://user:password@host/database
  KEYS_FILE     var/keys unless set; made for an empty database, needed ever after
  ADMIN_IDS     Telegram ids that become administrators at start, separated by commas
  TIMEZONE      Asia/Jakarta unless set
  EXPORT_LAYOUTS  a folder with layouts of your own for exports
  LOG_LEVEL     INFO unless set; WARNING in the demonstration
  PORT          8080 unless set; where the demonstration's page is

docs/operations.md explains these and the others.
"""


def territory(text: str) -> str:
    """Return a region code of 2 to 10 digits; raises for what is none."""
    if not (text.isascii() and text.isdecimal() and regions.regions().knows(text)):
        raise argparse.ArgumentTypeError("a territory is a region code without dots, such as 3205")
    return text


def user_id(text: str) -> int:
    """Return a Telegram user id; raises for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**52):
        raise argparse.ArgumentTypeError("a Telegram id is a whole number, such as 123456789")
    return int(text)


async def obey(given: argparse.Namespace, settings: Settings) -> None:
    """Do what the command line says."""
    match given.command:
        case "demo":
            from demo import demo  # the simulator is not loaded in production

            await demo(settings)
        case "run":
            await run(settings)
        case "migrate":
            await bring_up_to_date(settings)
        case "grant":
            await grant(settings, given.role, given.user_id)
        case "broadcast":
            await broadcast(settings, given)
        case "export":
            layout = desk_commands.layout_of(settings.export_layouts, given.layout)
            async with opened(settings) as database:
                await desk_commands.export(
                    database, layout, given.territory, given.payer, given.out, now(), settings.timezone, say
                )
        case "results" | "payments":
            purpose = Purpose(given.command)
            async with opened(settings) as database:
                await desk_commands.take_in(database, purpose, given.file, now, settings.timezone, say)
        case "coverage":
            await tell_coverage(settings, given.region, given.xlsx)


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; 2 for a start that was refused, with one plain sentence."""
    given = parser().parse_args(arguments)
    demonstration = given.command == "demo"
    try:
        settings = Settings.read(environ, defaults={"LOG_LEVEL": "WARNING"} if demonstration else {})
        logs.configure(level=settings.log_level, secrets=settings.secrets, json=not demonstration)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(obey(given, settings))
    except (BadSetting, StartRefused, CannotStart, desk_commands.CannotDo) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as bug:  # the last resort: the interpreter's own report would show values
        log.critical("bot.failed", exc_info=bug)
        return 1
    return 0


if __name__ == "__main__":
    sys.modules["bot"] = sys.modules["__main__"]  # demo.py imports this module: one copy of it, not two
    sys.exit(main())
