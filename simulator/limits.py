"""Flood limits: how much Telegram lets through per chat, per group and overall, on the simulated clock."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

SWEEP: Final = 100_000


@dataclass(slots=True)
class Limits:
    """Messages a second per chat (with a burst) and overall, and a minute per group; 0 means no limit.

    `paid` is the limit over all for messages that allow a paid broadcast; the others do not count those.
    """

    per_chat: float = 1.0
    chat_burst: int = 3
    overall: int = 30
    paid: int = 1000
    group_per_minute: int = 20
    _chats: dict[int, float] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _recent: deque[float] = field(default_factory=deque)
    _paid: deque[float] = field(default_factory=deque)

    def retry_after(self, chat_id: int, now: float, *, paid: bool = False) -> int:
        """0 when a message may pass (it is then counted), otherwise the whole seconds to wait."""
        recent, most = (self._paid, self.paid) if paid else (self._recent, self.overall)
        waits = (
            self._chat_wait(chat_id, now),
            _window_wait(recent, most, 1.0, now),
            self._group_wait(chat_id, now),
        )
        wait = max(waits)
        if wait > 0:
            return max(1, math.ceil(wait))
        recent.append(now)
        self._count(chat_id, now)
        return 0

    def _chat_wait(self, chat_id: int, now: float) -> float:
        if self.per_chat <= 0:
            return 0.0
        gap = 1.0 / self.per_chat
        return max(0.0, self._chats.get(chat_id, 0.0) - now - gap * (self.chat_burst - 1))

    def _group_wait(self, chat_id: int, now: float) -> float:
        if chat_id >= 0:
            return 0.0
        return _window_wait(self._groups.setdefault(chat_id, deque()), self.group_per_minute, 60.0, now)

    def _count(self, chat_id: int, now: float) -> None:
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque()).append(now)
        if self.per_chat > 0:
            self._chats[chat_id] = max(self._chats.get(chat_id, 0.0), now) + 1.0 / self.per_chat
            if len(self._chats) > SWEEP:
                self._chats = {chat: free for chat, free in self._chats.items() if free > now}


def _window_wait(times: deque[float], most: int, span: float, now: float) -> float:
    while times and times[0] <= now - span:
        times.popleft()
    if most <= 0 or len(times) < most:
        return 0.0
    return times[0] + span - now
