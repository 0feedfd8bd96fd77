"""Putting the receiving side together: handlers, intake and poller around one bot and one database."""

import asyncio
import gc
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from telegram.ext import Application, ContextTypes

from handlers import menu, standing
from handlers.agency import results
from handlers.agency.results import RESTS, RESULT
from handlers.batch import Context
from handlers.durably import Pause
from handlers.flood import Flood
from handlers.intake import Intake
from handlers.line import Line
from handlers.office.broadcast_copies import Copies, Resting
from handlers.owed import Owed
from handlers.polling import Poller
from handlers.routes import handlers
from models.broadcasting.broadcasts import BROADCAST
from models.owing.deliveries import PLACE
from models.storage.database import Database
from models.storage.turns import Turns
from post.bot import Bot, Sender, fetched, get_updates_raw
from post.hook import delete_webhook
from post.outcome import Outcome
from post.pace import Replies
from post.profile import introduce
from post.sayings import Saying
from post.speak import Send
from rules import regions
from sheets import limits
from sheets.layouts import Shelf

SETTLED: Final = 1.0
"""Seconds after the start when the village search is built: who is first asks for updates first."""

Fetch = Callable[[str], Awaitable[bytes | Outcome]]


@dataclass(frozen=True, slots=True)
class Office:
    """The receiving side: who polls or has webhooks wait in line, whose handlers take updates in, who
    sends, and how owed messages are put into words. `said` sends a reply, which the pace counts; `fetch`
    gets a list somebody sent.
    """

    database: Database
    poller: Poller
    line: Line
    intake: Intake
    application: Application[Any, Context, Any, Any, Any, Any]
    send: Send[Saying]
    compose: Mapping[str, standing.Composer | Resting]
    replies: Replies
    said: Send[Saying]
    fetch: Fetch
    bot: Bot

    def work(self, *, posted: bool) -> Poller | Line:
        """Return how updates come in: posted by Telegram, or asked for."""
        return self.line if posted else self.poller


def _warm() -> None:
    """Build the village search beside the start; it stays for ever, so the collector need not look at it."""
    regions.warm()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def assemble(
    bot: Bot,
    database: Database,
    now: Callable[[], datetime],
    zone: ZoneInfo,
    flood: Flood,
    pause: Pause = asyncio.sleep,
    layouts: Shelf | None = None,
    several: bool = False,
    answers: bool = True,
) -> Office:
    """Return the office of a bot that has met Telegram, introduced in every language.

    `several`: other processes answer people too; without `answers` this one does not.
    """
    application = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    await application.initialize()
    application.add_handlers(handlers())
    sender, replies = Sender(bot), Replies()
    said = replies.counting(sender.send)
    intake = Intake(application, database, said, now, zone, flood, pause, replies.in_hand, layouts, several)

    async def fetch(file_id: str) -> bytes | Outcome:
        return await fetched(bot, file_id, limits.FILE)

    async def poll(**wanted: Any) -> list[dict[str, Any]]:
        return await get_updates_raw(bot, **wanted)

    async def unhook() -> None:
        await delete_webhook(bot)

    warming = threading.Thread(target=_warm, name="regions", daemon=True)
    asyncio.get_running_loop().call_later(SETTLED, warming.start)
    await introduce(bot, menu.profiles())
    if answers:
        await intake.recover()
    compose: dict[str, standing.Composer | Resting] = {
        PLACE: standing.composer(database.keys, zone),
        RESULT: results.composer(database.keys),
        RESTS: results.rests,
        BROADCAST: Copies(database.keys).compose,
        **Owed(database.keys, zone).composers,
    }
    return Office(
        database,
        Poller(poll, intake.take, intake.rest, unhook=unhook),
        Line(
            intake.take,
            intake.rest,
            intake.recover if several else None,
            lambda: intake.away,
            Turns(database),
        ),
        intake,
        application,
        sender.send,
        compose,
        replies,
        said,
        fetch,
        bot,
    )
