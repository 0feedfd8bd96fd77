"""What was said on the command line, done: the bot runs, or an operator's command is obeyed."""

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

import structlog
import uvloop

import logs
from command_line import CannotDo
from command_line.parser import parser
from models.storage.database import StartRefused, migrate, normalise_url
from models.storage.revisions import known_revisions
from running import CannotStart, now, say
from running.offering import offered, seen_by_watchers
from running.office import ALL, NOT_KNOWN, Duties, office, opened, plainly
from running.stopping import Standby, until_signal
from settings import BadSetting, Settings

RUNS: Final = "The bot is running. Stop it with Ctrl-C."
WORKS: Final = "Sending what is owed. Stop it with Ctrl-C."
NOBODY_READS: Final = 141
"""What a shell says of a program whose reader has gone."""

log = structlog.get_logger()


async def run(settings: Settings, duties: Duties = ALL) -> None:
    """Do these duties until SIGTERM or Ctrl-C, then finish what is in hand."""
    async with office(settings, now, duties=duties) as (desk, _):
        doing = desk.work(posted=settings.webhook_url is not None) if duties.answers else Standby()
        async with seen_by_watchers(settings, desk) as ready, offered(settings, desk, duties) as address:
            at = f" Listening at {address}." if address else ""
            await until_signal(doing, f"{RUNS if duties.answers else WORKS}{at}", ready)
        if desk.poller.failure == "InvalidToken":
            raise CannotStart(NOT_KNOWN)


async def bring_up_to_date(settings: Settings, revision: str | None) -> None:
    """Bring the tables to this release; an empty database gets its tables and its key file too.

    A former revision takes away what came after it, with what is in there.
    """
    if revision is not None and revision not in known_revisions():
        raise CannotStart("--to must be a revision of this release.")
    with plainly():
        await migrate(normalise_url(settings.database_url), revision)
    if revision is not None:
        say(f"The database stands at revision {revision}.")
        return
    async with opened(settings):
        say("The database is up to date.")


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
        case _:
            done: int = await given.obey(given, settings, opened, now, say)
            return done
    return 0


def done(arguments: Sequence[str] | None, environ: Mapping[str, str]) -> int:
    """Do what the command line says; 2 for a start that was refused, with one plain sentence."""
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
    except BrokenPipeError:  # whoever read what we print has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except Exception as bug:  # the last resort: the interpreter's own report would show values
        log.critical("bot.failed", exc_info=bug)
        return 1
