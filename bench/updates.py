"""Updates as the Bot API describes them, and what becomes of them when nobody keeps to it.

The description is the one that aiogram carries as types. A valid update of any kind is made from it first;
then fields go missing, hold the wrong type, grow without measure, nest, or are ones nobody knows.
"""

import copy
import enum
import json
import random
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from aiogram.types import Update
from pydantic import BaseModel
from pydantic.fields import FieldInfo

Json = Any
Spoil = Callable[["Maker", Json], None]

DATE: Final = 1_795_143_600
DEEPEST: Final = 4
USUAL: Final = ("message", "callback_query", "edited_message", "my_chat_member")
"""Kinds that the bot asks for: half of all updates are of one of them."""

SAID: Final = (
    *("/start", "/daftar", "/lanjut", "/status", "/slip", "/hari_ini", "/iuran", "/rumah", "/asosiasi"),
    *("/ingatkan", "/batal", "/bantuan", "/bahasa", "/privasi", "/hapus_data", "/jadi_agen", "/latihan"),
    *("/start s_x", "/start k_" + "A" * 60, "/start " + "\u202e" * 40, "/cekagen 999", "/siar", "/ekspor"),
    *("/periksa BPU-000000", "/terdaftar x 2026-13", "/bayar ' OR 1=1 --", "/koreksi", "/program", "/atur"),
    *("/hasil", "/cakupan", "/kartu 123456", "/audit", "/pin 1", "/templat", "/impor", "halo", "0", "ya"),
    *("9901014101909001", "Siti <b>Aminah", "=HYPERLINK(1)", "\x00", "\ud83d", "a" * 5_000, "\ufdfa" * 400),
    *("e\u0301" * 900, "{0} %s {who}", "\u202e\u200b", "\n" * 50, "/", "/" * 200, "@daftar_bpu_bot", "?"),
)
TAPPED: Final = (
    *("v1|c|daftar|", "v1|c|daftar|new", "v1|c|hapus_data|all", "v1|c|lanjut|1", "v1|c|batal|keep", "", "|"),
    *("v1|0|nik|yes", "v1|zzzzzzzzzzzzz|consent|agree", "v1|r|paid|1|202611", "v1|i|paid|1|202611", "v0|a|b"),
    *("v1|k|yes|1", "v1|m|until|1", "v1|a|yes|1", "v1|p|one|1", "v1|d|full|1", "v1|g|new", "v1|f|yes|1"),
    *("v1|h|no|1", "v1|u|1", "v1|w|a|1", "v1|w|t|1", "v1|b|go|1", "v1|x|go|1", "v1|v|0", "v1|q|set"),
    *("v1|s|role|1", "v1|y|1", "v1|j|all", "\x00", "\ud83d", "a" * 9_000, "v1|" * 40),
)
ODD: Final = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**63, -(2**63) - 1, 2**70, 10**400, 0.5, -0.0, 1e308),
    *(float("nan"), float("inf"), "", " ", "7", "\x00", "\ud83d", "x" * 70_000, "null", [], {}, [[]], [None]),
    *({"id": 1}, [{"id": {}}], {"": ""}, ["a", 1, None], "-1", "1e9", "2026-11-21"),
)
"""What stands where something else should."""

UNKNOWN: Final = ("telepathy", "future_field", "", "from_user", "__class__", "chat_id", "\u202e", "update")


class Maker:
    """Makes updates, the same for the same `chance`; `senders` write them, `others` are only spoken of."""

    def __init__(self, chance: random.Random, senders: Sequence[int], others: Sequence[int]) -> None:
        self.chance = chance
        self._senders = senders
        self._others = others
        self.sender = senders[0]

    def updates(self, count: int, first: int) -> Iterator[Json]:
        """Yield so many updates, numbered from `first`: one in six is as it should be, the others are not."""
        for number in range(first, first + count):
            update = self._update(number)
            while writers([update]) & set(self._others):  # they write nothing, whatever was spoilt
                update = self._update(number)
            yield update

    def _update(self, number: int) -> Json:
        self.sender = self.chance.choice(self._senders)
        update = {"update_id": number, **self._content()}
        for _ in range(self.chance.choice((0, 1, 1, 2, 3, 6))):
            self.chance.choice(SPOILS)(self, update)
        return json.loads(json.dumps({**update, "update_id": number}))

    def _content(self) -> Json:
        usual = self.chance.random() < 0.5
        names = USUAL if usual else [name for name in Update.model_fields if name != "update_id"]
        name = self.chance.choice(names)
        content = self.value(Update.model_fields[name].annotation, 1)
        if isinstance(content, dict) and self.chance.random() < 0.8:
            self._in_private(content)
        return {name: content}

    def _in_private(self, content: Json) -> None:
        """Let somebody say or tap it in their own chat, as nearly all updates are."""
        person = {"id": self.sender, "is_bot": False, "first_name": "Siti", "language_code": "id"}
        chat = {"id": self.sender, "type": "private", "first_name": "Siti"}
        content["from"] = person
        if "chat" in content:
            content["chat"] = chat
            if "date" in content and self.chance.random() < 0.6:
                content |= _spoken(self.chance.choice(SAID))
        if "chat_instance" in content:
            content["data"] = self.chance.choice(TAPPED)
            content["message"] = {"message_id": self.chance.randint(1, 99), "date": DATE, "chat": chat}

    def value(self, kind: Any, depth: int) -> Json:
        """Return a value of a type of the description; None where the type has none in JSON."""
        origin = typing.get_origin(kind)
        if origin is typing.Annotated:
            return self.value(typing.get_args(kind)[0], depth)
        if origin is typing.Literal:
            return _plain(self.chance.choice(typing.get_args(kind)))
        if origin in (typing.Union, types.UnionType):
            arms = [arm for arm in typing.get_args(kind) if arm is not type(None)]
            return self.value(self.chance.choice(arms), depth)
        if origin is list:
            return [self.value(typing.get_args(kind)[0], depth + 1) for _ in range(self.chance.randint(0, 2))]
        return self._simple(kind, depth)

    def _simple(self, kind: Any, depth: int) -> Json:
        if not isinstance(kind, type):
            return None
        if issubclass(kind, BaseModel):
            return self._model(kind, depth)
        if issubclass(kind, enum.Enum):
            return _plain(self.chance.choice(list(kind)))
        if kind is bool:
            return self.chance.random() < 0.5
        if issubclass(kind, int):
            return self.chance.choice((1, 7, 99, 4_096, self.sender, *self._others, -1_001_000_000_001))
        if issubclass(kind, datetime | timedelta):
            return DATE
        if issubclass(kind, float):
            return self.chance.uniform(-180.0, 180.0)
        return self.chance.choice(SAID) if issubclass(kind, str) else None

    def _model(self, kind: type[BaseModel], depth: int) -> Json:
        """Return one thing of the description with what it must have and some of what it may."""
        fields = {name: field for name, field in kind.model_fields.items() if not name.startswith("_")}
        needed = [name for name, field in fields.items() if field.is_required()]
        optional = [name for name in fields if name not in needed]
        most = (0, 5, 2, 1)[depth] if depth < DEEPEST else 0
        taken = self.chance.sample(optional, min(len(optional), self.chance.randint(0, most)))
        if depth > 2 * DEEPEST:
            return {}
        made = {_named(name, fields[name]): self._field(name, fields[name], depth) for name in needed + taken}
        return {name: value for name, value in made.items() if value is not None}

    def _field(self, name: str, field: FieldInfo, depth: int) -> Json:
        if name == "data":
            return self.chance.choice(TAPPED)
        if name == "type" and field.annotation is str:
            return self.chance.choice(("private", "group", "supergroup", "channel", "sender", "bot_command"))
        return self.value(field.annotation, depth + 1)

    def odd(self) -> Json:
        """Return what stands where something else should."""
        return copy.deepcopy(self.chance.choice(ODD))

    def other(self) -> int:
        """Return the id of somebody who does not write."""
        return self.chance.choice(self._others)

    def spots(self, update: Json) -> list[tuple[Any, Any]]:
        """Return every place in an update: what holds it, and its name or number there."""
        found: list[tuple[Any, Any]] = []
        waiting = [update]
        while waiting and len(found) < 300:
            held = waiting.pop()
            places = list(held) if isinstance(held, dict) else range(len(held))
            for place in places:
                found.append((held, place))
                if isinstance(held[place], dict | list):
                    waiting.append(held[place])
        return found

    def spot(self, update: Json) -> tuple[Any, Any]:
        """Return any place in an update."""
        return self.chance.choice(self.spots(update))


def writers(updates: Iterable[Json]) -> set[int]:
    """Return everybody whom these updates name as the one they come from."""
    parts = [part for update in updates for part in update.values() if isinstance(part, dict)]
    people = [part.get(name) for part in parts for name in ("from", "user")]
    ids = [person.get("id") for person in people if isinstance(person, dict)]
    return {one for one in ids if isinstance(one, int) and not isinstance(one, bool) and 0 < one < 2**52}


def _spoken(text: str) -> Json:
    """Return what a message says, its command marked as Telegram marks it."""
    length = len(text.split(maxsplit=1)[0]) if text.startswith("/") and text.strip("/ ") else 0
    entities = [{"type": "bot_command", "offset": 0, "length": length}] if length else []
    return {"text": text, "entities": entities}


def _plain(value: object) -> Json:
    return value.value if isinstance(value, enum.Enum) else value


def _named(name: str, field: FieldInfo) -> str:
    return field.alias or name


def _drop(maker: Maker, update: Json) -> None:
    held, place = maker.spot(update)
    del held[place]
    if not update:
        update["message"] = None


def _mistype(maker: Maker, update: Json) -> None:
    held, place = maker.spot(update)
    held[place] = maker.odd()


def _nest(maker: Maker, update: Json) -> None:
    held, place = maker.spot(update)
    inner = json.loads(json.dumps(held[place]))
    for _ in range(maker.chance.choice((1, 20, 120))):
        inner = {"reply_to_message": inner, "message": inner if maker.chance.random() < 0.01 else 1}
    held[place] = inner


def _unknown(maker: Maker, update: Json) -> None:
    held, _ = maker.spot(update)
    if isinstance(held, dict):
        held[maker.chance.choice(UNKNOWN)] = maker.odd()


def _grow(maker: Maker, update: Json) -> None:
    held, place = maker.spot(update)
    if isinstance(held[place], str):
        held[place] = held[place] * 200 + "x" * 4_096
    elif isinstance(held[place], list):
        held[place] = held[place] * 300
    else:
        held[place] = [held[place]] * 300


def _swap(maker: Maker, update: Json) -> None:
    """Put one part of the update where another is."""
    (held, place), (other, there) = maker.spot(update), maker.spot(update)
    held[place] = json.loads(json.dumps(other[there]))


def _name_another(maker: Maker, update: Json) -> None:
    """Name somebody else where an id stands, though not as the one who wrote."""
    spots = [(held, place) for held, place in maker.spots(update) if place in ("id", "user_id", "chat_id")]
    if spots:
        held, place = maker.chance.choice(spots)
        held[place] = maker.other()


def _second_kind(maker: Maker, update: Json) -> None:
    """Let it be of two kinds at once."""
    name = maker.chance.choice([name for name in Update.model_fields if name != "update_id"])
    update[name] = maker.value(Update.model_fields[name].annotation, 3)


SPOILS: Final[tuple[Spoil, ...]] = (
    *(_drop, _drop, _mistype, _mistype, _mistype, _nest, _unknown, _grow, _swap),
    *(_name_another, _name_another, _second_kind),
)
