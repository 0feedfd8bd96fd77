"""Working hours as people say them: "08.00-17.00", "jam 8 pagi sampai 5 sore", "18-2"."""

import datetime as dt
import re
from dataclasses import dataclass

from rules.refusal import Refused
from rules.text import ascii_digits, clean, without_accents

DAY = 24 * 60
"""Minutes."""

PARTS_OF_DAY = {
    "subuh": range(3, 7),
    "fajar": range(3, 7),
    "dini hari": range(5),
    "dini": range(5),
    "pagi": range(12),
    "siang": range(10, 17),
    "sore": range(14, 20),
    "petang": range(16, 20),
    "malam": (*range(18, 24), *range(5)),
    "esuk": range(12),
    "isuk": range(12),
    "awan": range(10, 17),
    "beurang": range(10, 17),
    "sonten": range(14, 20),
    "burit": range(14, 20),
    "bengi": (*range(18, 24), *range(5)),
    "wengi": (*range(18, 24), *range(5)),
    "peuting": (*range(18, 24), *range(5)),
    "am": range(12),
    "pm": range(12, 24),
}
"""What people call the hours of a day, in id, jv, su and en."""

EARLY = range(1, 5)
"""Hours nobody means without saying which half of the day."""

MORNING = range(5, 12)
EVENING = range(18, 24)

_TIME = r"""(?:(?:jam|pukul|pkl|jm|at)\b\.?)?\s*
    (?P<time{0}>(?P<half{0}>setengah\s+)?(?P<hour{0}>[0-9]{{1,2}}?)(?:[.:,]?(?P<minute{0}>[0-9]{{2}}))?(?:\s*(?P<part{0}>{1})\b)?)(?:\s*(?:wib|wita|wit)\b)?"""
_TO = r"""\s*(?:-+|–|—|~|/|s\s*[/.]?\s*d\.?|sampai\s+dengan|sampai|sampe|hingga|to|until
    |nganti|tekan|dugi\s+ka|nepi\s+ka)\s*"""
_NAMES = "|".join(sorted(PARTS_OF_DAY, key=len, reverse=True)).replace(" ", r"\s+")
SPAN = re.compile(
    rf"\s*(?:jam\s+kerja|kerja|dari|mulai|saka|from|ti)?\s*:?\s*{_TIME.format(1, _NAMES)}"
    rf"(?:{_TO}|(?(part1)\s+|(?!))){_TIME.format(2, _NAMES)}\s*\.?\s*",
    re.VERBOSE,
)
ONE = re.compile(rf"\s*(?:dari|mulai)?\s*{_TIME.format(1, _NAMES)}\s*", re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours somebody usually works; an end before the start is on the next day."""

    start: dt.time
    end: dt.time

    @property
    def overnight(self) -> bool:
        """Whether the work passes midnight."""
        return self.end < self.start

    @property
    def shown(self) -> str:
        """The hours for reading: `08.00–17.00`."""
        return f"{self.start:%H.%M}–{self.end:%H.%M}"


@dataclass(frozen=True, slots=True)
class _Said:
    """One time as it was said: the minutes of the day it can mean, as typed first."""

    meant: tuple[int, ...]
    part: bool

    @property
    def sure(self) -> bool:
        return len(self.meant) == 1


def parse(text: str) -> Hours:
    """Return the hours somebody wrote; Refused where one is missing, impossible or in doubt.

    A bare hour up to 12 is read so that the working day is the shorter one: "8 pagi - 4" ends at 16.00.
    """
    said = without_accents(ascii_digits(clean(text, 128))).casefold()
    if re.fullmatch(r"24\s*(?:jam|hours)|sehari\s+semalam|seharian", said):
        raise Refused("hours.all_day")
    if (found := SPAN.fullmatch(said)) is None:
        raise Refused("hours.only_start" if ONE.fullmatch(said) else "hours.unclear")
    start, end = _chosen(_said(found, 1), _said(found, 2))
    if start == end:
        raise Refused("hours.same")
    return Hours(dt.time(*divmod(start, 60)), dt.time(*divmod(end, 60)))


def _said(found: re.Match[str], which: int) -> _Said:
    """Return what one of the two times can mean."""
    typed, minute, part, half = (found[f"{name}{which}"] for name in ("hour", "minute", "part", "half"))
    part = part and " ".join(part.split())
    hour, minutes = int(typed), int(minute or 0)
    meant = [at for at in _hours(typed, bool(minute), part) if part is None or at in PARTS_OF_DAY[part]]
    if not meant or minutes > 59 or hour * 60 + minutes > DAY or (half and minute):
        raise Refused("hours.no_such_time", time=found[f"time{which}"].strip())
    shift = minutes - (30 if half else 0)
    return _Said(tuple((at * 60 + shift) % DAY for at in meant), part is not None)


def _hours(typed: str, has_minutes: bool, part: str | None) -> tuple[int, ...]:
    """Return the hours a number can mean; two digits with minutes are read on the 24-hour clock."""
    hour = int(typed)
    on_24 = part is None and (typed.startswith("0") or (len(typed) == 2 and has_minutes))
    if hour in range(1, 13) and not on_24:
        return hour, (hour + 12) % 24
    return (hour % 24,)


def _chosen(start: _Said, end: _Said) -> tuple[int, int]:
    """Return start and end in minutes of the day: the shorter working day where two are meant."""
    first = start.meant[0] // 60
    if not start.sure and not end.part:
        if first in EARLY and not end.sure:
            raise Refused("hours.ambiguous")
        start = _Said(start.meant[:1], start.part)
    if not start.sure and first in MORNING and end.meant[0] // 60 in EVENING:
        raise Refused("hours.ambiguous")
    pairs = [(begins, ends) for begins in start.meant for ends in end.meant]
    return min(pairs, key=lambda pair: (pair[1] - pair[0]) % DAY or DAY)
