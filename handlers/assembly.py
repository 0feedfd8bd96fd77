"""Putting the receiving side together: handlers, intake and poller around one bot and one database."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from telegram.ext import Application, ContextTypes

from handlers import menu, standing
from handlers.batch import Context
from handlers.flood import Flood
from handlers.intake import Intake
from handlers.polling import Poller
from handlers.routes import handlers
from models.database import Database
from post.bot import Bot, Sender, get_updates_raw
from post.profile import introduce
from post.sayings import Saying
from post.speak import Send
from rules import regions

Compose = Callable[[str, int], Any]


@dataclass(frozen=True, slots=True)
class Office:
    """The receiving side: who polls, who sends, and how owed messages are put into words."""

    poller: Poller
    intake: Intake
    send: Send[Saying]
    compose: Mapping[str, standing.Composer]


async def assemble(
    bot: Bot, database: Database, now: Callable[[], datetime], zone: ZoneInfo, flood: Flood
) -> Office:
    """Return the office of a bot that has met Telegram, introduced in every language."""
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
    sender = Sender(bot)
    intake = Intake(application, database, sender.send, now, zone, flood)

    async def poll(**wanted: Any) -> list[dict[str, Any]]:
        return await get_updates_raw(bot, **wanted)

    asyncio.get_running_loop().run_in_executor(None, regions.warm)
    await introduce(bot, menu.profiles())
    compose = {"place": standing.composer(database, zone)}
    return Office(Poller(poll, intake.take), intake, sender.send, compose)
