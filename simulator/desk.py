"""The person's side over HTTP: what the chat page, demos and test tools call under /sim."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import orjson
from aiohttp import web

from simulator.limits import Limits
from simulator.people import FIRST_GROUP
from simulator.phone import Phone
from simulator.polling import Poller
from simulator.recording import Recorder
from simulator.refusals import Impossible
from simulator.verbs import do, known
from simulator.world import Telegram

LIMITS = {"per_chat", "chat_burst", "overall", "paid", "group_per_minute"}

HARMLESS = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
"""A file somebody sent runs nothing in the page's name, whatever it holds."""

Answering = Callable[[web.Request], Awaitable[Any]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def json(answer: Answering) -> Handler:
    """A handler whose answer is JSON; what a person cannot do becomes {"error": ...}."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return _json(200, await answer(request))
        except Impossible as refused:
            return _json(refused.status, {"error": refused.reason})
        except (KeyError, ValueError) as wrong:
            return _json(400, {"error": f"{type(wrong).__name__}: {wrong}"})

    return handle


def _json(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


async def body_of(request: web.Request) -> dict[str, Any]:
    """The JSON object of a request; an empty body is an empty object."""
    read = orjson.loads(await request.read() or b"{}")
    if not isinstance(read, dict):
        raise Impossible("a JSON object is expected")
    return read


class Desk:
    """Every route under /sim."""

    def __init__(self, world: Telegram, poller: Poller) -> None:
        self._world = world
        self._recorder = Recorder(world)
        self._poller = poller

    def routes(self) -> list[web.RouteDef]:
        """The routes, to be added to the application."""
        get = {
            "/sim/state": self.state,
            "/sim/people/{id}/chat": self.chat,
            "/sim/callback/{callback}": self.callback,
            "/sim/ledger": self.ledger,
            "/sim/updates": self.updates,
            "/sim/record": self.recorded,
        }
        post = {
            "/sim/people": self.add_person,
            "/sim/people/{id}/file": self.file,
            "/sim/people/{id}/{verb}": self.verb,
            "/sim/group/{verb}": self.group,
            "/sim/clock": self.clock,
            "/sim/faults": self.faults,
            "/sim/limits": self.limits,
            "/sim/redeliver": self.redeliver,
            "/sim/record": self.record,
            "/sim/replay": self.replay,
        }
        routes = [web.get(path, json(answer)) for path, answer in get.items()]
        routes += [web.post(path, json(answer)) for path, answer in post.items()]
        return [*routes, web.get("/sim/events", self.events), web.get("/sim/files/{file_id}", self.kept_file)]

    def _phone(self, request: web.Request) -> Phone:
        return Phone(self._world, self._world.person(int(request.match_info["id"])))

    async def state(self, _request: web.Request) -> dict[str, Any]:
        """The clock, the bot, the people."""
        profile, clock = self._world.profile, self._world.clock
        bot = {
            "username": profile.user["username"],
            "first_name": profile.text("name", ""),
            "commands": profile.commands.get((("default", 0, 0), ""), []),
            "description": profile.text("description", ""),
        }
        people = [person.shown() for person in self._world.people.values()]
        now = clock.now().isoformat()
        return {"now": now, "offset_seconds": clock.offset_seconds, "bot": bot, "people": people}

    async def chat(self, request: web.Request) -> dict[str, Any]:
        """One person's chat."""
        return self._phone(request).chat()

    async def callback(self, request: web.Request) -> dict[str, Any]:
        """What the bot answered to a tap."""
        tap = self._world.taps.get(request.match_info["callback"])
        if tap is None:
            raise Impossible("there is no such tap", 404)
        return tap.shown()

    async def ledger(self, request: web.Request) -> list[dict[str, Any]]:
        """The calls of the bot after a number."""
        return self._world.ledger.shown(int(request.query.get("since", 0)))

    async def updates(self, _request: web.Request) -> dict[str, int]:
        """How many updates arose, wait, were confirmed, expired or were dropped."""
        queue = self._world.queue
        return {
            "created": queue.created,
            "waiting": len(queue),
            "confirmed": queue.confirmed,
            "expired": queue.expired,
            "dropped": queue.dropped,
        }

    async def add_person(self, request: web.Request) -> dict[str, Any]:
        """A new person."""
        given = await body_of(request)
        person_id = given.get("id")
        person = self._world.add_person(
            str(given["first_name"]),
            None if person_id is None else int(person_id),
            str(given.get("last_name") or ""),
            str(given.get("language_code", "id")),
            str(given.get("label") or ""),
        )
        return person.shown()

    async def verb(self, request: web.Request) -> dict[str, Any]:
        """Everything a person does but send files."""
        phone, given = self._phone(request), await body_of(request)
        verb = request.match_info["verb"]
        self._recorder.note(phone, verb, given)
        return do(phone, verb, given)

    async def file(self, request: web.Request) -> dict[str, Any]:
        """A person sends a file."""
        form = await request.post()
        upload = form.get("file")
        if not isinstance(upload, web.FileField):
            raise Impossible("a file is expected")
        kind, caption = str(form.get("kind", "document")), str(form.get("caption", ""))
        return self._phone(request).file(kind, upload.file.read(), upload.filename, caption)

    async def group(self, request: web.Request) -> dict[str, Any]:
        """Upgrade the group to a supergroup, or throw the bot out of it."""
        if FIRST_GROUP not in self._world.chats:
            raise Impossible("there is no group yet", 404)
        chat = self._world.group()
        match request.match_info["verb"]:
            case "upgrade":
                return {"chat_id": self._world.upgrade(chat).chat_id}
            case "kick":
                by = self._world.person(next(iter(chat.members))).user
                return {"update_id": self._world.member_changed(chat, by, "member", "kicked")}
            case other:
                raise Impossible(f"a group cannot {other}", 404)

    async def clock(self, request: web.Request) -> dict[str, Any]:
        """Move the clock."""
        given = await body_of(request)
        clock = self._world.clock
        if "to" in given:
            moment = datetime.fromisoformat(given["to"])
        else:
            moment = clock.now() + timedelta(seconds=float(given["advance_seconds"]))
        now = await clock.travel(moment)
        return {"now": now.isoformat(), "offset_seconds": clock.offset_seconds}

    async def faults(self, request: web.Request) -> dict[str, Any]:
        """Replace the fault plan."""
        given = await body_of(request)
        self._world.faults.plan(given["faults"], int(given.get("seed", 0)))
        return {"faults": len(given["faults"])}

    async def limits(self, request: web.Request) -> dict[str, Any]:
        """Turn the flood limits on; {"off": true} turns them off."""
        given = await body_of(request)
        self._world.limits = None if given.pop("off", False) else Limits(**known(given, LIMITS))
        return {"on": self._world.limits is not None}

    async def redeliver(self, request: web.Request) -> dict[str, Any]:
        """Deliver a share of the updates twice and out of order."""
        given = await body_of(request)
        share = float(given["share"])
        self._poller.redeliver(share, int(given.get("seed", 0)))
        return {"share": share}

    async def record(self, _request: web.Request) -> dict[str, Any]:
        """Begin a new recording of what people do over HTTP."""
        self._recorder.begin()
        return {"recording": True}

    async def recorded(self, _request: web.Request) -> dict[str, Any]:
        """What was recorded so far, ready for /sim/replay."""
        return {"deeds": self._recorder.deeds}

    async def replay(self, request: web.Request) -> dict[str, Any]:
        """Do recorded deeds again, each once the bot has answered as far as it had then."""
        deeds = (await body_of(request))["deeds"]
        return {"done": await self._recorder.replay(deeds)}

    async def kept_file(self, request: web.Request) -> web.StreamResponse:
        """A file of a message, for the page."""
        kept = self._world.files.by_id(request.match_info["file_id"])
        if kept is None:
            return _json(404, {"error": "there is no such file"})
        return web.Response(body=kept.content, content_type=kept.mime, headers=HARMLESS)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The stream of events."""
        stream = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        queue = self._world.events.listen()  # first: what happens while the stream opens is heard too
        try:
            await stream.prepare(request)
            await stream.write(b": listening\n\n")
            while (event := await queue.get()) is not None:
                await stream.write(b"data: " + orjson.dumps(event) + b"\n\n")
        except ConnectionError:
            pass
        finally:
            self._world.events.leave(queue)
        return stream
