"""A sender as a process of its own: `python -m bench.sender [--lease 60] [--poll]`.

It says what the payload of a delivery says, so that a bench can tell from outside what has become of each.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from os import environ

from sqlalchemy.ext.asyncio import AsyncSession

import logs
from handlers.assembly import assemble
from handlers.flood import Flood
from jobs.clock import Tick, ticking
from jobs.deliveries import Deliveries
from models.owing.deliveries import Claimed
from post.bot import Bot, Sender
from post.pace import Replies, Tolerance
from post.sayings import Message, Saying
from post.transport import AiohttpRequest
from running import now
from running.office import bot_at, opened, rates_of
from settings import Settings

READY = "sending"


async def compose(
    _db: AsyncSession, owed: Sequence[Claimed], _now: object
) -> Mapping[int, tuple[Saying, ...]]:
    """Say what the payload says."""
    return {each.id: (Message(each.chat_id, each.payload["says"]),) for each in owed}


async def send(settings: Settings, lease: timedelta, poll: bool) -> None:
    """Send until SIGTERM, and answer people if told to."""
    request = AiohttpRequest(pool_timeout=0.5, connect_timeout=0.5, read_timeout=1.0)
    client = Bot(settings.needed_token(), settings.bot_api_url, request)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with opened(settings) as database, bot_at(client, settings):
        replies, answering = Replies(), None
        if poll:
            flood = Flood(settings.flood_burst, settings.flood_per_second)
            office = await assemble(client, database, now, settings.timezone, flood)
            replies, answering = office.replies, asyncio.create_task(office.poller.run())
        deliveries = Deliveries(
            database,
            Sender(client).send,
            {"note": compose},
            now,
            rates=rates_of(settings),
            replies=replies,
            lease=lease,
            tolerance=Tolerance(pause=timedelta(seconds=1)),
        )
        async with ticking(Tick("tend", 0.5, deliveries.tend), now=now), deliveries.working():
            sys.stdout.write(f"{READY}\n")
            sys.stdout.flush()
            await stop.wait()
            if answering is not None:
                office.poller.stop()
                await answering


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="bench.sender", description=__doc__.splitlines()[0])
    parser.add_argument("--lease", type=float, default=60.0, help="seconds")
    parser.add_argument("--poll", action="store_true")
    given = parser.parse_args()
    settings = Settings.read(environ)
    logs.configure(level=settings.log_level, secrets=settings.secrets)
    asyncio.run(send(settings, timedelta(seconds=given.lease), given.poll))


if __name__ == "__main__":
    main()
