"""The bot's real intake without Telegram: its handlers, thinking and database; what it says goes to a function."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from telegram.ext import Application, ContextTypes

from handlers.batch import Context
from handlers.durably import Pause
from handlers.flood import Flood
from handlers.intake import Intake
from handlers.routes import handlers
from models.storage.database import Database
from post.bot import Bot
from post.sayings import Saying
from post.speak import Send
from post.transport import AiohttpRequest

BOT_ID: Final = 1_000_000_001
TOKEN: Final = f"{BOT_ID}:a-token-that-opens-nothing"
JAKARTA: Final = ZoneInfo("Asia/Jakarta")
OURSELVES: Final = {"id": BOT_ID, "is_bot": True, "first_name": "Daftar BPU", "username": "daftar_bpu_bot"}


class NoTelegram(AiohttpRequest):
    """A road to nowhere: it knows who the bot is, and refuses every other call."""

    async def do_request(self, url: str, *_: Any, **__: Any) -> tuple[int, bytes]:
        """Answer getMe."""
        assert url.endswith("/getMe"), "nothing here calls Telegram"
        return 200, orjson.dumps({"ok": True, "result": OURSELVES})


@asynccontextmanager
async def intake(
    database: Database, send: Send[Saying], pause: Pause = asyncio.sleep
) -> AsyncIterator[Intake]:
    """Yield an intake whose people are never too fast for it."""
    bot = Bot(TOKEN, "http://127.0.0.1", NoTelegram())
    application = (
        Application.builder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    async with application:
        application.add_handlers(handlers())
        flood = Flood(burst=1_000_000, per_second=1000)
        yield Intake(application, database, send, lambda: datetime.now(UTC), JAKARTA, flood, pause)
