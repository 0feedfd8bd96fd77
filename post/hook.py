"""The webhook at Telegram: set, or taken away so that updates can be asked for again. Nothing is dropped."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from telegram.error import RetryAfter

from post.bot import Bot

CONNECTIONS: Final = 100
"""How many requests Telegram has open at once at most (Bot API, setWebhook: 1 to 100)."""

TRIES: Final = 20
"""setWebhook more than once a second meets a 429, and several processes may start at once."""

Sleep = Callable[[float], Awaitable[None]]


async def set_webhook(
    bot: Bot, url: str, secret: str, allowed_updates: Sequence[str], sleep: Sleep = asyncio.sleep
) -> None:
    """Have Telegram post updates to an address with a secret; the same once more changes nothing."""
    parameters: dict[str, object] = {
        "url": url,
        "secret_token": secret,
        "max_connections": CONNECTIONS,
        "allowed_updates": [*allowed_updates],
    }
    for _ in range(TRIES):
        try:
            await bot.call("setWebhook", parameters)
        except RetryAfter as later:
            after = later.retry_after
            await sleep(after if isinstance(after, int | float) else after.total_seconds())
        else:
            return
    await bot.call("setWebhook", parameters)


async def delete_webhook(bot: Bot) -> None:
    """Have Telegram keep updates until they are asked for."""
    await bot.call("deleteWebhook", {"drop_pending_updates": False})
