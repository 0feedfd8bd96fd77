"""The queue of updates: what Telegram keeps until the bot confirms it, and for how long."""

import random
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from simulator.clock import Clock

DAY: Final = 86_400.0
TAP_LIFE: Final = 150.0
WEEK: Final = 7 * DAY
FURTHEST_AHEAD: Final = 10
FURTHEST_BACK: Final = 2_000_000
LEFT_OUT_BY_DEFAULT: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update not yet confirmed; `lane` is the webhook lane it travels in."""

    update_id: int
    kind: str
    content: dict[str, Any]
    expires: float
    lane: tuple[str, int]

    def api(self) -> dict[str, Any]:
        """The Update object."""
        return {"update_id": self.update_id, self.kind: self.content}


@dataclass(frozen=True, slots=True)
class Redelivery:
    """A share of updates that arrives a second time, in batches out of order."""

    share: float
    chance: random.Random


class Queue:
    """Updates in the order they arose; confirmed ones leave, old ones fall out."""

    def __init__(self, clock: Clock, chance: random.Random) -> None:
        self._clock = clock
        self._chance = chance
        self._waiting: OrderedDict[int, Waiting] = OrderedDict()
        self._again: list[Waiting] = []
        self._pushed_at = clock.time()
        self._next_id = self._any_id()
        self._on_new: list[Callable[[Waiting], None]] = []
        self._on_confirmed: list[Callable[[int], None]] = []
        self.allowed: Collection[str] | None = None
        self.redelivery: Redelivery | None = None
        self.created = self.confirmed = self.expired = self.dropped = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def _any_id(self) -> int:
        return self._chance.randrange(FURTHEST_BACK + 1, 2**30)

    def on_new(self, listener: Callable[[Waiting], None]) -> None:
        """Call the listener with each new update."""
        self._on_new.append(listener)

    def on_confirmed(self, listener: Callable[[int], None]) -> None:
        """Call the listener with the id of each update the bot confirmed."""
        self._on_confirmed.append(listener)

    def allow(self, kinds: Collection[str] | None) -> None:
        """Which kinds are kept from now on; an empty list means the default, None changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def wants(self, kind: str) -> bool:
        """Whether the bot asked for this kind."""
        if self.allowed is None:
            return kind not in LEFT_OUT_BY_DEFAULT
        return kind in self.allowed

    def push(self, kind: str, content: dict[str, Any], life: float, lane: tuple[str, int]) -> int | None:
        """Add an update that lives so many seconds; its id, None when the bot does not want the kind."""
        if not self.wants(kind):
            self.dropped += 1
            return None
        now = self._clock.time()
        if now - self._pushed_at > WEEK:
            self._forget_expired(now)
            self._next_id = self._any_id()
        self._pushed_at = now
        update = Waiting(self._next_id, kind, content, now + life, lane)
        self._next_id += 1
        self.created += 1
        self._waiting[update.update_id] = update
        for listener in self._on_new:
            listener(update)
        return update.update_id

    def confirm_below(self, offset: int) -> None:
        """Confirm every update with a smaller id; offsets far off are ignored, as Telegram does."""
        if offset > self._next_id + FURTHEST_AHEAD or offset < self._next_id - FURTHEST_BACK:
            return
        while self._waiting and next(iter(self._waiting)) < offset:
            self._left_confirmed(self._waiting.popitem(last=False)[1])

    def confirm(self, update: Waiting) -> None:
        """Confirm one update, wherever it stands (webhooks)."""
        if self._waiting.pop(update.update_id, None) is not None:
            self._left_confirmed(update)

    def _left_confirmed(self, update: Waiting) -> None:
        self.confirmed += 1
        for listener in self._on_confirmed:
            listener(update.update_id)

    def expire(self, update: Waiting) -> None:
        """Drop one update past its life."""
        if self._waiting.pop(update.update_id, None) is not None:
            self.expired += 1

    def keep_last(self, count: int) -> None:
        """Delete all but the last updates."""
        while len(self._waiting) > count:
            self._waiting.popitem(last=False)
            self.dropped += 1

    def take(self, limit: int) -> list[Waiting]:
        """The first updates still alive; they stay until confirmed."""
        now = self._clock.time()
        batch: list[Waiting] = []
        stale = False
        for update in self._waiting.values():
            if update.expires < now:
                stale = True
            elif len(batch) < limit:
                batch.append(update)
            else:
                break
        if stale:
            self._forget_expired(now)
        return batch if self.redelivery is None else self._disturbed(batch, limit, self.redelivery)

    def all_waiting(self) -> list[Waiting]:
        """Every update not yet confirmed, expired ones left out."""
        self._forget_expired(self._clock.time())
        return list(self._waiting.values())

    def _forget_expired(self, now: float) -> None:
        for update in [update for update in self._waiting.values() if update.expires < now]:
            self.expire(update)

    def _disturbed(self, batch: list[Waiting], limit: int, plan: Redelivery) -> list[Waiting]:
        waiting = {update.update_id for update in batch}
        ready = [update for update in self._again if update.update_id not in waiting]
        self._again = [update for update in self._again if update.update_id in waiting]
        self._again += [update for update in batch if plan.chance.random() < plan.share]
        mixed = ready + batch
        if plan.chance.random() < plan.share:
            plan.chance.shuffle(mixed)
        return mixed[:limit] if len(mixed) > limit else mixed
