"""A disk as it may be found after a power cut: what was synced is there, of the rest anything may be."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.recorded_sqlite import Event

SECTOR: Final = 512
"""Bytes that are written whole or not at all."""

KEPT: Final = ("nothing", "everything", "first ones", "any of them", "any sectors", "each file its own way")
"""What a cut may leave of what was not synced."""


@dataclass(slots=True)
class File:
    """One name on the disk: what of it is durable (None: it is not there), and what waits since.

    `ghost` is what the name held before a deletion that was not synced: it may come back.
    """

    durable: bytes | None = None
    waiting: list[Event] = field(default_factory=list)
    ghost: bytes | None = None

    def sync(self) -> None:
        """Make durable what waits."""
        self.durable = _applied(self.durable or b"", self.waiting)
        self.waiting = []
        self.ghost = None

    def delete(self, synced: bool) -> None:
        """Take the name away."""
        self.ghost = None if synced else (self.durable if self.durable is not None else self.ghost)
        self.durable = None
        self.waiting = []

    def found(self, kept: str, chance: random.Random) -> bytes | None:
        """Return what is there after a cut."""
        if kept == KEPT[-1]:
            kept = chance.choice(KEPT[:-1])
        survivors = _survivors(self.waiting, kept, chance)
        if self.durable is None and not survivors:
            back = kept != "everything" and chance.random() < 0.5
            return self.ghost if back else None
        return _applied(self.durable or b"", survivors)


class Disk:
    """Files by name, as the events leave them one after the other."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = {name: File(content) for name, content in files.items()}

    def happens(self, event: Event) -> None:
        """Let one event happen."""
        file = self._files.setdefault(event.file, File())
        match event.what:
            case "sync":
                file.sync()
            case "delete":
                file.delete(bool(event.at))
            case _:
                file.waiting.append(event)

    def cut(self, kept: str, chance: random.Random) -> dict[str, bytes]:
        """Return what is found after a power cut now."""
        found = {name: file.found(kept, chance) for name, file in self._files.items()}
        return {name: content for name, content in found.items() if content is not None}


def _survivors(waiting: Sequence[Event], kept: str, chance: random.Random) -> list[Event]:
    match kept:
        case "nothing":
            return []
        case "everything":
            return list(waiting)
        case "first ones":
            many = chance.randint(0, len(waiting))
            torn = [part for event in waiting[many : many + 1] for part in _sectors(event)]
            return [*waiting[:many], *torn[: chance.randint(0, len(torn))]]
        case "any of them":
            return [event for event in waiting if chance.random() < 0.5]
        case _:
            return [part for event in waiting for part in _sectors(event) if chance.random() < 0.5]


def _sectors(event: Event) -> list[Event]:
    """Return a write as the sectors it touches; anything else stays as it is."""
    if event.what != "write":
        return [event]
    end = event.at + len(event.data)
    edges = (event.at, *range((event.at // SECTOR + 1) * SECTOR, end, SECTOR), end)
    return [
        Event("write", event.file, start, event.data[start - event.at : stop - event.at])
        for start, stop in itertools.pairwise(edges)
    ]


def _applied(content: bytes, events: Sequence[Event]) -> bytes:
    if not events:
        return content
    made = bytearray(content)
    for event in events:
        match event.what:
            case "write":
                made.extend(bytes(max(0, event.at + len(event.data) - len(made))))
                made[event.at : event.at + len(event.data)] = event.data
            case "truncate":
                made = made[: event.at].ljust(event.at, b"\0")
    return bytes(made)
