"""What a send came to, and what follows from it for the message: by kind of failure and class of promise."""

from datetime import datetime, timedelta
from typing import Final

from models.owing.deliveries import Claimed, Fate, Promise
from models.owing.settlements import Settlement
from post.outcome import Broken, Gone, Halted, Later, Moved, Outcome, Sent, Uncertain, Unreachable

PATIENCE: Final = timedelta(seconds=30)
"""How long a message in doubt waits before it is sent again, if it may be; longer each time, to `LONGEST`."""

LONGEST: Final = timedelta(minutes=10)
"""No message waits longer than this between two tries, unless Telegram asks for it."""

UNCONNECTED: Final = timedelta(seconds=4)
"""No message that was never on its way waits longer: people wait for it when the network is back."""


def settlement(claimed: Claimed, outcome: Outcome, now: datetime) -> Settlement:
    """Return what follows: at least once is sent again when in doubt, at most once is left uncertain."""
    match outcome:
        case Sent(message_id):
            return Settlement(claimed, Fate.SENT, message_id=message_id)
        case Later(seconds, flood=True):
            return Settlement(claimed, Fate.QUEUED, now + timedelta(seconds=seconds), error="429")
        case Later(seconds):
            waits = min(_growing(timedelta(seconds=seconds), claimed.attempts), UNCONNECTED)
            return Settlement(claimed, Fate.QUEUED, now + waits, error="not sent")
        case Uncertain(reason) if claimed.promise is Promise.AT_LEAST_ONCE:
            return Settlement(claimed, Fate.QUEUED, now + _growing(PATIENCE, claimed.attempts), error=reason)
        case Uncertain(reason):
            return Settlement(claimed, Fate.UNCERTAIN, error=reason)
        case Halted(reason):
            return Settlement(claimed, Fate.QUEUED, now + PATIENCE, error=reason)
        case Moved(chat_id):
            return Settlement(claimed, Fate.QUEUED, error="moved", chat_id=chat_id)
        case Unreachable(reason):
            return Settlement(claimed, Fate.DEAD, error=reason)
        case Broken(reason) | Gone(reason):
            return Settlement(claimed, Fate.BROKEN, error=reason)


def released(claimed: Claimed, until: datetime | None = None) -> Settlement:
    """Return that a claimed message was not tried: it waits as before, or until a moment."""
    return Settlement(claimed, Fate.QUEUED, until)


def unwanted(claimed: Claimed) -> Settlement:
    """Return that a message is no longer wanted, or has nothing more to say."""
    return Settlement(claimed, Fate.CANCELLED)


def _growing(first: timedelta, attempts: int) -> timedelta:
    waits: timedelta = min(first * 2 ** min(attempts - 1, 10), LONGEST)
    return waits
