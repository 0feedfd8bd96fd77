"""How a process of the bot runs: what it is made of, what it offers to others, how it stops."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
Announce = Callable[[str], None]


class CannotStart(Exception):
    """One plain sentence that says why the bot does not start."""


def now() -> datetime:
    """Return the machine's own time."""
    return datetime.now(UTC)


def say(line: str) -> None:
    """Print a line for the operator, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
