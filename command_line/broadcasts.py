"""A broadcast for scripts: a text for many, handed over to the running bot."""

import argparse
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from command_line import CannotDo, Open, Say
from command_line.kinds import user_id
from models.broadcasting import announcing
from models.broadcasting.segments import SEGMENTS
from settings import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    many = commands.add_parser(
        "broadcast", help="write to many: broadcast --by 123456789 --text FILE --segment region=3205"
    )
    many.add_argument("--by", type=user_id, required=True, help="the officer in whose name, a Telegram id")
    many.add_argument("--text", type=Path, required=True, help="a file with the text, UTF-8")
    many.add_argument("--segment", action="append", default=[], help=f"NAME=VALUE of {', '.join(SEGMENTS)}")
    many.add_argument("--except", action="append", default=[], dest="besides", help="NAME=VALUE left out")
    many.add_argument("--at", type=datetime.fromisoformat, help="when (office's zone): 2026-11-21T09:00")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
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
        raise CannotDo(f"{error.filename}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CannotDo("The text is not UTF-8.") from None
    except announcing.CannotBroadcast as refusal:
        raise CannotDo(f"{refusal}.") from None
    say(f"Broadcast {held.id} is handed over; {given.by} follows it in the chat with the running bot.")
    return 0
