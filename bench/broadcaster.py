"""A bot that only broadcasts, as a process of its own: `python -m bench.broadcaster --lease 4 --ahead 60`.

`--ahead` is how far its clock is ahead of the machine's: broadcasts go out by day only.
"""

import argparse
import asyncio
import signal
import sys
from datetime import datetime, timedelta
from os import environ

import logs
import running
from handlers.assembly import assemble
from handlers.flood import Flood
from jobs.broadcasts import Broadcasts
from jobs.clock import Tick, ticking
from jobs.deliveries import Deliveries
from post.bot import Bot
from post.transport import AiohttpRequest
from running.office import bot_at, opened, rates_of
from settings import Settings

READY = "broadcasting"


async def broadcast(settings: Settings, lease: timedelta, ahead: timedelta) -> None:
    """Broadcast until SIGTERM."""

    def now() -> datetime:
        return running.now() + ahead

    request = AiohttpRequest(pool_timeout=0.5, connect_timeout=0.5, read_timeout=1.0)
    client = Bot(settings.needed_token(), settings.bot_api_url, request)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with opened(settings) as database, bot_at(client, settings):
        flood = Flood(settings.flood_burst, settings.flood_per_second)
        office = await assemble(client, database, now, settings.timezone, flood)
        rates = rates_of(settings)
        deliveries = Deliveries(
            database, office.send, office.compose, now, rates=rates, replies=office.replies, lease=lease
        )
        many = Broadcasts(database, office.said, now, per_second=settings.bulk_per_second)
        tend = Tick("tend", 0.5, deliveries.tend)
        async with ticking(tend, many.tick, now=running.now), deliveries.working():
            sys.stdout.write(f"{READY}\n")
            sys.stdout.flush()
            await stop.wait()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="bench.broadcaster", description=__doc__.splitlines()[0])
    parser.add_argument("--lease", type=float, default=60.0, help="seconds")
    parser.add_argument("--ahead", type=float, default=0.0, help="seconds")
    given = parser.parse_args()
    settings = Settings.read(environ)
    logs.configure(level=settings.log_level, secrets=settings.secrets)
    asyncio.run(broadcast(settings, timedelta(seconds=given.lease), timedelta(seconds=given.ahead)))


if __name__ == "__main__":
    main()
