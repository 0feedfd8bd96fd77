"""Webhooks: updates posted to the bot in lanes, retried with growing pauses until they expire."""

import asyncio
import random
import re
from collections import deque
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import orjson

from simulator.clock import Clock
from simulator.parameters import Arguments
from simulator.polling import Poller
from simulator.refusals import bad, too_many
from simulator.updates import Queue, Waiting

IDLE: Final = 60.0
LONGEST_RETRY_AFTER: Final = 3600
SLOWEST: Final = (60.0, 120.0)
GONE_FOR: Final = 23 * 3600.0
CONNECTIONS: Final = 40
SECRET: Final = re.compile(r"[A-Za-z0-9_-]{0,256}")

_Lane = deque[Waiting]


class Webhook:
    """The bot's webhook, set or not; one update in flight per lane, `max_connections` over all lanes.

    `hurry`: so many times sooner than Telegram's is a retry (load mode).
    """

    def __init__(self, queue: Queue, clock: Clock, poller: Poller, chance: random.Random) -> None:
        self._queue = queue
        self._clock = clock
        self._poller = poller
        self._chance = chance
        self._lanes: dict[tuple[str, int], _Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(CONNECTIONS)
        self._session: aiohttp.ClientSession | None = None
        self._set_at = 0.0
        self._gone_since: float | None = None
        self._settings: Arguments = {}
        self._last_error: tuple[int, str] | None = None
        self.failed = self.repeated = 0
        self.hurry = 1.0
        queue.on_new(self._enqueue)

    @property
    def active(self) -> bool:
        """Whether a webhook is set."""
        return bool(self._settings)

    async def set(self, arguments: Arguments) -> bool:
        """setWebhook; an empty url deletes it. Plain http is accepted, as in Telegram's local mode."""
        url = arguments.get("url", "")
        if not url:
            return await self.delete(arguments)
        _check(arguments)
        now = self._clock.time()
        if now < self._set_at + 1:
            raise too_many(1)
        self._set_at = now
        if self._same(arguments):
            self._queue.allow(arguments.get("allowed_updates"))
            return True
        self._poller.end("terminated by setWebhook request")
        await self.stop()
        self._begin(arguments)
        return True

    def _same(self, arguments: Arguments) -> bool:
        """Whether this webhook is set already: Telegram then changes nothing (tdlib)."""
        most = min(max(arguments.get("max_connections", CONNECTIONS), 1), 100)
        wanted = {**arguments, "max_connections": most}
        same = all(
            wanted.get(name) == self._settings.get(name)
            for name in ("url", "secret_token", "max_connections")
        )
        return (
            same
            and not wanted.get("drop_pending_updates")
            and "certificate" not in {*wanted, *self._settings}
        )

    def _begin(self, arguments: Arguments) -> None:
        if arguments.get("drop_pending_updates"):
            self._queue.keep_last(0)
        self._queue.allow(arguments.get("allowed_updates"))
        most = min(max(arguments.get("max_connections", CONNECTIONS), 1), 100)
        self._settings = {**arguments, "max_connections": most}
        self._slots = asyncio.Semaphore(most)
        self._gone_since, self._last_error = None, None
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=most))
        for update in self._queue.all_waiting():
            self._enqueue(update)

    async def delete(self, arguments: Arguments) -> bool:
        """deleteWebhook: what waits stays in the queue for getUpdates."""
        if arguments.get("drop_pending_updates"):
            self._queue.keep_last(0)
        await self.stop()
        return True

    async def stop(self) -> None:
        """Stop posting; nothing is forgotten."""
        self._settings = {}
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._lanes.clear()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def info(self) -> dict[str, Any]:
        """getWebhookInfo."""
        info: dict[str, Any] = {
            "url": self._settings.get("url", ""),
            "has_custom_certificate": "certificate" in self._settings,
            "pending_update_count": len(self._queue),
        }
        if self._last_error is not None:
            info["last_error_date"], info["last_error_message"] = self._last_error
        if self.active:
            info |= {"max_connections": self._settings["max_connections"], "ip_address": "127.0.0.1"}
        if self._queue.allowed is not None:
            info["allowed_updates"] = sorted(self._queue.allowed)
        return info

    def _enqueue(self, update: Waiting) -> None:
        if not self.active:
            return
        lane = self._lanes.get(update.lane)
        if lane is not None:
            lane.append(update)
            return
        self._lanes[update.lane] = deque([update])
        task = asyncio.get_running_loop().create_task(self._run(update.lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: tuple[str, int]) -> None:
        lane = self._lanes[key]
        while lane:
            await self._deliver(lane[0])
            lane.popleft()
        del self._lanes[key]

    async def _deliver(self, update: Waiting) -> None:
        pause, failures = 1.0, 0
        while self.active:
            answer = await self._post(update)
            if answer is None:
                self._queue.confirm(update)
                await self._once_more(update)
                return
            wait = float(min(max(answer, 0), LONGEST_RETRY_AFTER))
            if not wait and failures:
                pause = wait = min(self._chance.uniform(*SLOWEST), pause * 2)
            failures += 1
            self.repeated += 1
            wait /= self.hurry
            if self._clock.time() + wait > update.expires:
                self._queue.expire(update)
                return
            await self._clock.sleep(wait)

    async def _once_more(self, update: Waiting) -> None:
        plan = self._queue.redelivery
        if plan is not None and plan.chance.random() < plan.share:
            await self._post(update)

    async def _post(self, update: Waiting) -> int | None:
        """None when the bot took the update, else the seconds it asked to wait (0 when it did not)."""
        async with self._slots:
            try:
                status, retry_after = await self._clock.within(IDLE, self._request(update))
            except TimeoutError:
                self._note("Read timeout expired")
                return 0
            except (aiohttp.ClientError, OSError):
                self._note("Webhook connection closed")
                return 0
        return self._judge(status, retry_after)

    async def _request(self, update: Waiting) -> tuple[int, str]:
        if self._session is None:
            raise ConnectionError
        headers = {"Content-Type": "application/json"}
        if self._settings.get("secret_token"):
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._settings["secret_token"]
        body = orjson.dumps(update.api())
        async with self._session.post(self._settings["url"], data=body, headers=headers) as response:
            await response.read()
            return response.status, response.headers.get("Retry-After", "")

    def _judge(self, status: int, retry_after: str) -> int | None:
        if 200 <= status <= 299:
            self._gone_since = None
            return None
        now = self._clock.time()
        if status != HTTPStatus.GONE:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now > self._gone_since + GONE_FOR:
            self._settings = {}
        self._note(f"Wrong response from the webhook: {status} {_phrase(status)}")
        return int(retry_after) if retry_after.isdigit() else 0

    def _note(self, error: str) -> None:
        self.failed += 1
        self._last_error = (int(self._clock.time()), error)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _check(arguments: Arguments) -> None:
    secret = arguments.get("secret_token", "")
    if len(secret) > 256:
        raise bad("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", arguments["url"]):
        raise bad("bad webhook: invalid webhook URL specified")
