"""What a process offers: updates posted to it at LISTEN, its health at HEALTH."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from telegram.error import TelegramError

from handlers.assembly import Office
from handlers.listening import listening
from handlers.polling import ALLOWED
from handlers.webhooks import Webhooks
from health.checks import Ready
from health.watched import watched
from models.storage.database import normalise_url
from post.hook import set_webhook
from running import CannotStart, now
from running.office import Duties
from settings import Settings


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
