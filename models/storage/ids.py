"""Row ids made by the application: 63 bits, in the order of time, saying nothing but when.

They are made before the insert, because sealing binds a value to its row.
"""

import secrets
from datetime import UTC, datetime, timedelta
from threading import Lock

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
RANDOM_BITS = 22
STEP_BITS = 8
RUN_BITS = 42

_lock = Lock()
_last = (-1, 0)


def first_id(moment: datetime) -> int:
    """Return the least id that can be made at a moment: ids are in the order of time."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1)) << RANDOM_BITS


def first_of_run(moment: datetime) -> int:
    """Return where the ids of many rows begin that one statement numbers itself, each after the last.

    It is a random place within the next quarter of an hour, so that runs do not meet.
    """
    milliseconds = (moment - EPOCH) // timedelta(milliseconds=1)
    return (milliseconds << RANDOM_BITS) + secrets.randbits(RUN_BITS)


def new_id(now: datetime) -> int:
    """Return a fresh id: 41 bits of milliseconds since 2026, then 22 random bits.

    Within one millisecond each id is a random step after the last one, so that an import of thousands
    of rows at one `now` never meets itself; a very long run borrows from the milliseconds to come.
    """
    global _last
    moment = (now - EPOCH) // timedelta(milliseconds=1)
    if moment < 0:
        raise ValueError("the clock stands before 2026")
    with _lock:
        if moment == _last[0]:
            fresh = _last[1] + 1 + secrets.randbits(STEP_BITS)
        else:
            fresh = moment << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
        _last = (moment, fresh)
    return fresh
