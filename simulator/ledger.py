"""The ledger: every call of the Bot API with its time and answer, never the token."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One call: `code` 0 means no answer was sent, `accepted` that Telegram did it, whatever it answered."""

    number: int
    method: str
    person: int | None
    time: float
    code: int
    accepted: bool
    message_id: int | None
    fault: str | None
    description: str | None


class Ledger:
    """The last calls, and counts of all of them by method and code."""

    def __init__(self, keep: int | None = None) -> None:
        self._lines: deque[Line] = deque(maxlen=keep)
        self.counts: Counter[tuple[str, int]] = Counter()
        self.number = 0

    def write(
        self,
        method: str,
        person: int | None,
        time: float,
        code: int,
        *,
        accepted: bool,
        message_id: int | None = None,
        fault: str | None = None,
        description: str | None = None,
    ) -> None:
        """Add a line."""
        self.number += 1
        self.counts[method, code] += 1
        self._lines.append(
            Line(self.number, method, person, time, code, accepted, message_id, fault, description)
        )

    def since(self, number: int = 0) -> list[Line]:
        """The kept lines after that number."""
        skip = max(0, number - (self.number - len(self._lines)))
        return list(self._lines)[skip:]

    def shown(self, number: int = 0) -> list[dict[str, Any]]:
        """The lines after that number as JSON."""
        return [
            {**asdict(line), "time": datetime.fromtimestamp(line.time, UTC).isoformat()}
            for line in self.since(number)
        ]
