"""The composition root and the command line: demo, run, migrate, grant."""

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

import structlog
from telegram.error import InvalidToken, TelegramError

import logs
from handlers.assembly import Office, assemble
from handlers.flood import Flood
from jobs.clock import ticking
from jobs.deliveries import Deliveries
from jobs.housekeeping import Housekeeping
from models import accounts
from models.database import Database, StartRefused, migrate, normalise_url, open_database
from models.key_checks import KeysSource
from post.bot import Bot
from post.transport import AiohttpRequest
from settings import BadSetting, Settings

Clock = Callable[[], datetime]
log = structlog.get_logger()

STOP_WITHIN = 9.0
"""Seconds a stop may take before it is cut short; what is then unanswered comes again."""


class CannotStart(Exception):
    """One plain sentence that says why the bot does not start."""


def now() -> datetime:
    """Return the machine's own time."""
    return datetime.now(UTC)


def say(line: str) -> None:
    """Print a line for the operator, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database, with its keys; an empty one gets its tables and its key file."""
    source: KeysSource = settings.keys if settings.keys is not None else settings.keys_file
    database = await open_database(settings.database_url, source, announce=say)
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def office(settings: Settings, clock: Clock) -> AsyncIterator[Office]:
    """Put the bot together: database, Telegram, handlers, and what happens because time passes."""
    request = AiohttpRequest()
    bot = Bot(settings.needed_token(), settings.bot_api_url, request)
    async with opened(settings) as database, bot_at(bot, settings):
        await appoint(database, settings, clock())
        pace = Flood(settings.flood_burst, settings.flood_per_second)
        desk = await assemble(bot, database, clock, settings.timezone, pace)
        deliveries = Deliveries(database, desk.send, desk.compose, clock)
        housekeeping = Housekeeping(database, clock)
        async with ticking(deliveries.tick, housekeeping.tick):
            yield desk


@contextlib.asynccontextmanager
async def bot_at(bot: Bot, settings: Settings) -> AsyncIterator[None]:
    """Meet Telegram, or say plainly why that fails."""
    try:
        await bot.initialize()
    except InvalidToken:
        raise CannotStart("Telegram does not know this BOT_TOKEN.") from None
    except TelegramError as error:
        await bot.shutdown()
        reason = type(error).__name__
        raise CannotStart(f"Telegram does not answer at BOT_API_URL ({reason}).") from None
    try:
        yield
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
    async with office(settings, now) as desk:
        say("The bot is running. Stop it with Ctrl-C.")
        await until_signal(desk)
        if desk.poller.failure == "InvalidToken":
            raise CannotStart("Telegram does not know this BOT_TOKEN.")


async def until_signal(desk: Office) -> None:
    """Poll until a signal asks to stop; a second one, or nine seconds, cut the rest short."""
    polling = asyncio.create_task(desk.poller.run())

    def stop() -> None:
        if not polling.done():
            log.info("bot.stopping")
            desk.poller.stop()
            asyncio.get_running_loop().call_later(STOP_WITHIN, polling.cancel)

    for signal_number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await polling


async def grant(settings: Settings, role: str, account_id: int) -> None:
    """Give a role from the command line."""
    async with opened(settings) as database:
        await give_role(database, accounts.Role(role), account_id, now())
    say(f"{account_id} is now {role}.")


async def bring_up_to_date(settings: Settings) -> None:
    """Bring the tables to this release; an empty database gets its tables and its key file too."""
    await migrate(normalise_url(settings.database_url))
    async with opened(settings):
        say("The database is up to date.")


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    whole = argparse.ArgumentParser(
        prog="bot.py",
        description="A Telegram bot that registers informal workers for BPJS Ketenagakerjaan (BPU).",
        epilog="Settings come from the environment: BOT_TOKEN, DATABASE_URL, KEYS_FILE, ADMIN_IDS, TIMEZONE, "
        "LOG_LEVEL, BOT_API_URL. README.md explains each.",
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser(
        "demo", help="try the bot in a page on this computer: no token, no network (PORT, 8080)"
    )
    commands.add_parser("run", help="answer people at Telegram until stopped (needs BOT_TOKEN)")
    commands.add_parser("migrate", help="bring the database to this release")
    give = commands.add_parser("grant", help="give somebody a role")
    give.add_argument("role", choices=[role.value for role in accounts.Role if role != accounts.Role.WORKER])
    give.add_argument("user_id", type=int, help="their numeric Telegram id")
    return whole


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 2 for a start that was refused, with one plain sentence."""
    given = parser().parse_args(arguments)
    try:
        settings = Settings.read(os.environ)
        logs.configure(level=settings.log_level, secrets=settings.secrets, json=given.command != "demo")
        asyncio.run(obey(given, settings))
    except (BadSetting, StartRefused, CannotStart) as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
