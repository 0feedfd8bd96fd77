"""A bot that talks to a stand-in for Telegram."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from post.bot import Bot, build
from post.transport import AiohttpRequest
from tests.post.stand_in import TOKEN, Telegram


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    telegram = Telegram()
    application = web.Application(client_max_size=50_000_000)
    application.router.add_post(f"/bot{TOKEN}/{{method}}", telegram.answer)
    application.router.add_get(f"/file/bot{TOKEN}/{{path:.*}}", telegram.file)
    telegram.server = TestServer(application)
    async with telegram.server:
        yield telegram
        telegram.never.set()


@pytest.fixture
async def request_object() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest() as request:
        yield request


@pytest.fixture
def bot(telegram: Telegram, request_object: AiohttpRequest) -> Bot:
    return build(TOKEN, telegram.url, request_object)
