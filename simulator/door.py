"""The door of the Bot API: one request in, one answer out; faults, limits and the ledger between."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from simulator.faults import Fault
from simulator.files import Upload
from simulator.methods import LIMITED, METHODS, SPELLING
from simulator.parameters import Arguments, read_arguments
from simulator.polling import Poller
from simulator.refusals import NO_METHOD, UNAUTHORIZED, Refusal, bad, too_large, too_many
from simulator.webhooks import Webhook
from simulator.world import Telegram

HOLD: Final = 60.0
JSON: Final = {"Content-Type": "application/json"}

Answer = tuple[int, dict[str, Any]]


class Door:
    """Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`."""

    def __init__(
        self, world: Telegram, token: str, poller: Poller, webhook: Webhook, strict: bool = True
    ) -> None:
        self._world = world
        self._token = token
        self._poller = poller
        self._webhook = webhook
        self._strict = strict

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One Bot API call."""
        route = request.match_info
        if route["token"] != self._token:
            return _response(UNAUTHORIZED.code, UNAUTHORIZED.answer())
        method = SPELLING.get(route["method"].lower())
        if method is None:
            self._write(route["method"], {}, (404, NO_METHOD.answer()))
            return _response(NO_METHOD.code, NO_METHOD.answer())
        try:
            given = await read_body(request)
        except Refusal as refusal:
            return _response(refusal.code, refusal.answer())
        answer = await self.carry_out(method, given)
        return _cut(request) if answer is None else _response(*answer)

    async def carry_out(self, method: str, given: Mapping[str, Any]) -> Answer | None:
        """Carry a call of a known method out, and return its answer; None when it is cut off instead."""
        fault = self._world.faults.strike(method)
        if fault is not None:
            return await self._struck(fault, method, given)
        answer = await self._answer(method, given)
        self._write(method, given, answer)
        return answer

    async def download(self, request: web.Request) -> web.StreamResponse:
        """One file."""
        if request.match_info["token"] != self._token:
            return _response(UNAUTHORIZED.code, UNAUTHORIZED.answer())
        kept = self._world.files.by_path(request.match_info["path"])
        if kept is None:
            return _response(404, {"ok": False, "error_code": 404, "description": "Not Found"})
        return web.Response(body=kept.content, content_type=kept.mime)

    async def _answer(self, method: str, given: Mapping[str, Any]) -> Answer:
        try:
            arguments = read_arguments(method, given, self._strict)
            self._check_limits(method, arguments)
            return 200, {"ok": True, "result": await self._run(method, arguments)}
        except Refusal as refusal:
            return refusal.code, refusal.answer()

    async def _run(self, method: str, arguments: Arguments) -> Any:
        run = METHODS.get(method)
        if run is not None:
            return run(self._world, arguments)
        match method:
            case "getUpdates":
                return await self._poller.get_updates(arguments, self._webhook.active)
            case "setWebhook":
                return await self._webhook.set(arguments)
            case "deleteWebhook":
                return await self._webhook.delete(arguments)
            case _:
                return self._webhook.info()

    def _check_limits(self, method: str, arguments: Arguments) -> None:
        limits = self._world.limits
        if limits is not None and method in LIMITED and "chat_id" in arguments:
            paid = bool(arguments.get("allow_paid_broadcast"))
            wait = limits.retry_after(arguments["chat_id"], self._world.clock.time(), paid=paid)
            if wait:
                raise too_many(wait)

    async def _struck(self, fault: Fault, method: str, given: Mapping[str, Any]) -> Answer | None:
        refusal = fault.refusal()
        if refusal is not None:
            refused = (refusal.code, refusal.answer())
            self._write(method, given, refused, fault=fault.do)
            return refused
        if fault.do == "delay":
            await self._world.clock.sleep(fault.seconds)
            answer = await self._answer(method, given)
            self._write(method, given, answer, fault=fault.do)
            return answer
        answer = await self._answer(method, given) if fault.do.endswith("_after") else (0, {"ok": False})
        self._write(method, given, answer, fault=fault.do)
        if fault.do.startswith("timeout"):
            await self._world.clock.sleep(fault.seconds or HOLD)
        return None

    def _write(self, method: str, given: Mapping[str, Any], answer: Answer, fault: str | None = None) -> None:
        code, body = answer
        cut = fault is not None and fault.startswith(("timeout", "cut"))
        result = body.get("result")
        self._world.ledger.write(
            method,
            _person(given),
            self._world.clock.time(),
            0 if cut else code,
            accepted=bool(body["ok"]),
            message_id=result.get("message_id") if isinstance(result, dict) else None,
            fault=fault,
            description=body.get("description"),
        )


def _person(given: Mapping[str, Any]) -> int | None:
    try:
        return int(given["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _response(code: int, body: dict[str, Any]) -> web.Response:
    wait = body.get("parameters", {}).get("retry_after") if code == 429 else None
    headers = JSON if wait is None else {**JSON, "Retry-After": str(wait)}
    return web.Response(status=code, body=orjson.dumps(body), headers=headers)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def read_body(request: web.Request) -> dict[str, Any]:
    """The parameters of a request: query, form, JSON or multipart; uploads as Upload."""
    given: dict[str, Any] = dict(request.query) if request.query_string else {}
    kind = request.headers.get("Content-Type", "")
    try:
        if kind.startswith("multipart/"):
            given |= await _multipart(request)
        elif request.can_read_body:
            given |= _plain(kind, await request.read())
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None
    return given


def _plain(kind: str, raw: bytes) -> dict[str, Any]:
    if not kind.startswith("application/json"):
        return dict(parse_qsl(raw.decode(), keep_blank_values=True))
    try:
        read = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        raise bad("can't parse request JSON object") from None
    if not isinstance(read, dict):
        raise bad("can't parse request JSON object")
    return read


async def _multipart(request: web.Request) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            given[name] = Upload(value.filename, value.file.read())
        elif isinstance(value, str):
            given[name] = value
    return _attached(given)


def _attached(given: dict[str, Any]) -> dict[str, Any]:
    """Put each file that is named by attach:// in the place that names it."""
    names = {
        name: value.removeprefix("attach://")
        for name, value in given.items()
        if isinstance(value, str) and value.startswith("attach://")
    }
    for name, attachment in names.items():
        if attachment not in given:
            raise bad(f'attached file "{attachment}" not found')
        given[name] = given[attachment]
    return {name: value for name, value in given.items() if name not in names.values() or name in names}
