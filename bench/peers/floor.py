"""The floor: what a bot must do in any case, and nothing else. It understands nothing of what it is told.

Raw updates by aiohttp, noted in SQLite, one durable commit a batch; then ready-made answers from a recording
($RECORDING), chats side by side; the next poll acknowledges. An update it knows is answered as before.
"""

import asyncio
import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import orjson
from yarl import URL

from bench.peers import rows
from models.references import new_reference

JSON: Final = {"Content-Type": "application/json"}
POLL: Final = 30
HEARD: Final = """\
CREATE TABLE IF NOT EXISTS heard (
    update_id INTEGER PRIMARY KEY, person INTEGER NOT NULL, turn INTEGER NOT NULL, answer TEXT NOT NULL
)
"""
NOTE: Final = "INSERT INTO heard VALUES (?, ?, ?, ?)"
WORDS: Final = "occupation_words"


@dataclass(frozen=True, slots=True)
class Call:
    """One call, ready but for the ids of whom it is for."""

    url: URL
    ids: tuple[str, ...]
    rest: bytes

    def body(self, ids: Mapping[str, object]) -> bytes:
        """Return its body for one person."""
        own = orjson.dumps({name: ids[name] for name in self.ids})
        return own if self.rest == b"{}" else own[:-1] + b"," + self.rest[1:]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a person is, and the calls that what they do there causes."""

    place: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One update: its number, whose it is, what was said or tapped, and the ids that calls about it need."""

    update_id: int
    person: int
    answer: str
    ids: Mapping[str, object]


def read_turns(path: str, base: str) -> list[Turn]:
    """Return the recorded turns, for the Bot API at `base`."""
    with open(path, encoding="utf-8") as file:
        turns = json.load(file)
    return [Turn(turn["place"], tuple(_call(base, call) for call in turn["calls"])) for turn in turns]


def _call(base: str, call: Mapping[str, Any]) -> Call:
    return Call(URL(f"{base}/{call['method']}"), tuple(call["ids"]), orjson.dumps(call["body"]))


def read_update(update: Mapping[str, Any]) -> Heard:
    """Return what is needed of an update."""
    query = update.get("callback_query")
    message = query["message"] if query else update["message"]
    said = query["data"] if query else message.get("text") or message["contact"]["phone_number"]
    ids = {"chat_id": message["chat"]["id"], "message_id": message["message_id"]}
    if query:
        ids["callback_query_id"] = query["id"]
    return Heard(update["update_id"], message["chat"]["id"], said, ids)


class Floor:
    """Notes updates and knows the ready-made answers."""

    def __init__(self, db: sqlite3.Connection, turns: Sequence[Turn]) -> None:
        self._db = db
        self._turns = turns
        self._known: dict[int, int] = {}
        self._told: dict[int, list[str]] = {}
        db.execute(HEARD)
        for update_id, person, turn, answer in db.execute("SELECT * FROM heard ORDER BY update_id"):
            self._known[update_id] = turn
            self._told.setdefault(person, []).append(answer)

    def note(self, batch: Iterable[Heard]) -> None:
        """Make a batch durable, and what was finished by it."""
        self._db.execute("BEGIN")
        for heard in batch:
            if heard.update_id not in self._known:
                self._note(heard)
        self._db.execute("COMMIT")

    def _note(self, heard: Heard) -> None:
        told = self._told.setdefault(heard.person, [])
        turn = self._known[heard.update_id] = min(len(told), len(self._turns) - 1)
        told.append(heard.answer)
        self._db.execute(NOTE, (heard.update_id, heard.person, turn, heard.answer))
        if turn == len(self._turns) - 1:
            self._db.execute(rows.INSERT, self._row(heard.person, told))

    def _row(self, person: int, told: Sequence[str]) -> rows.Row:
        """Return the row of whoever has finished: each answer as it came, unread."""
        said = dict(zip((turn.place for turn in self._turns), told, strict=False))
        chosen: dict[str, Any] = {
            place.rstrip("~"): answer.rpartition("|")[2] for place, answer in said.items()
        }
        chosen |= {
            "nik": said["nik"],
            "person": person,
            "reference": new_reference(),
            WORDS: said["occupation"],
        }
        return tuple(chosen[name] for name in rows.COLUMNS)

    def calls(self, heard: Heard) -> list[tuple[URL, bytes]]:
        """Return what is to be said to an update."""
        return [(call.url, call.body(heard.ids)) for call in self._turns[self._known[heard.update_id]].calls]


async def post(session: aiohttp.ClientSession, url: URL, body: bytes) -> Any:
    """Call a method and return its result, None when Telegram refuses."""
    async with session.post(url, data=aiohttp.BytesPayload(body), headers=JSON) as response:
        return orjson.loads(await response.read()).get("result")


async def speak(session: aiohttp.ClientSession, calls: Iterable[tuple[URL, bytes]]) -> None:
    """Say it all to one person, in order; what is refused was done before, by one who was killed."""
    for url, body in calls:
        await post(session, url, body)


async def run(floor: Floor, base: str) -> None:
    """Poll for ever: note, speak, acknowledge."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        poll, offset = URL(f"{base}/getUpdates"), 0
        while True:
            asked = orjson.dumps({"offset": offset, "timeout": POLL, "limit": 100})
            batch = [read_update(update) for update in await post(session, poll, asked)]
            if not batch:
                continue
            floor.note(batch)
            chats: dict[int, list[tuple[URL, bytes]]] = {}
            for heard in batch:
                chats.setdefault(heard.person, []).extend(floor.calls(heard))
            await asyncio.gather(*(speak(session, calls) for calls in chats.values()))
            offset = batch[-1].update_id + 1


def main() -> None:
    """Run until ended."""
    base = f"{os.environ['BOT_API_URL']}/bot{os.environ['BOT_TOKEN']}"
    db = rows.open_rows(os.environ["ROWS"])
    asyncio.run(run(Floor(db, read_turns(os.environ["RECORDING"], base)), base))


if __name__ == "__main__":
    main()
