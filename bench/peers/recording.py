"""What this bot answers to one applicant, recorded call by call, for the floor to say it again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import orjson
from aiohttp import web

from bench.applicant import RECEIPT, Applicant, invented
from bench.peers.programs import OURS
from bench.processes import BotProcess, environment
from simulator.server import LOOPBACK, Simulator

IDS: Final = ("chat_id", "message_id", "callback_query_id")
"""What is another's with another applicant; the floor puts it in."""

LONGEST: Final = 60.0
HEAD: Final = "Content-Type"


class Overheard:
    """Stands between a bot and Telegram, passes everything on, and notes the calls, getUpdates left out."""

    def __init__(self, session: aiohttp.ClientSession, to: str) -> None:
        self._session = session
        self._to = to
        self._calls: list[dict[str, Any]] = []

    async def passes(self, request: web.Request) -> web.Response:
        """Pass one call on, and its answer back."""
        method, raw = request.match_info["method"], await request.read()
        if method != "getUpdates":
            self._calls.append({"method": method, **_parted(raw)})
        head = {HEAD: request.headers[HEAD]} if HEAD in request.headers else {}
        async with self._session.post(f"{self._to}{request.path}", data=raw, headers=head) as answer:
            return web.Response(
                status=answer.status, body=await answer.read(), headers={HEAD: answer.headers[HEAD]}
            )

    def taken(self) -> list[dict[str, Any]]:
        """Return the calls since the last time."""
        calls, self._calls = self._calls, []
        return calls


@asynccontextmanager
async def overheard(to: str) -> AsyncIterator[tuple[Overheard, str]]:
    """Yield who overhears a Bot API at `to`, and the address to call instead."""
    async with aiohttp.ClientSession() as session:
        between, app = Overheard(session, to), web.Application()
        app.router.add_post("/bot{token}/{method}", between.passes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            await web.TCPSite(runner, LOOPBACK, 0).start()
            yield between, f"http://{LOOPBACK}:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def _parted(raw: bytes) -> dict[str, Any]:
    body = orjson.loads(raw or b"{}")
    ids = [name for name in IDS if name in body]
    return {"ids": ids, "body": {name: value for name, value in body.items() if name not in ids}}


async def record(folder: Path) -> list[dict[str, Any]]:
    """Return every turn of a registration: at which `place` the person was, and the `calls` they caused."""
    simulator = Simulator(remember=4)
    async with simulator.serve() as telegram, overheard(telegram) as (between, url):
        settings = environment(simulator, url, folder)
        program, *arguments = OURS.command
        bot = await BotProcess.start(arguments, settings, folder / "bot.log", program)
        try:
            await bot.polls(simulator)
            between.taken()
            async with asyncio.timeout(LONGEST):
                return await _turns(simulator, between)
        finally:
            await bot.end()


async def _turns(simulator: Simulator, between: Overheard) -> list[dict[str, Any]]:
    """Register one applicant. This bot acknowledges last: then all calls of an update are made."""
    applicant = Applicant(simulator.person(first_name="Warga"), invented(0))
    confirmed: asyncio.Queue[int] = asyncio.Queue()
    heard: list[tuple[str, dict[str, Any]]] = []

    def hears(_chat: int, shown: dict[str, Any]) -> None:
        place = applicant.place(shown)
        if place is not None:
            heard.append((place, shown))

    simulator.on_sent(hears)
    simulator.telegram.queue.on_confirmed(confirmed.put_nowait)
    turns, at = [], "start"
    applicant.greets()
    while True:
        await confirmed.get()
        turns.append({"place": at, "calls": between.taken()})
        at, shown = heard[-1]
        if at == RECEIPT:
            return turns
        applicant.answers(at, shown)


def write(path: Path, folder: Path) -> None:
    """Record into a file; `folder` is for what the bot keeps meanwhile."""
    path.write_text(json.dumps(asyncio.run(record(folder)), ensure_ascii=False), "utf-8")
