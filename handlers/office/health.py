"""/kesehatan: how the sending goes, in words an officer reads on a phone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from telegram import Update

from conversations.engine import Words
from handlers.batch import Context
from handlers.render import Teller, tidy
from models.owing import buckets
from models.owing.buckets import Pause
from models.owing.deliveries import Fate, Lane
from models.owing.figures import Doubtful, Figures, Waiting, figures
from models.watching import alarms, watch

CAME_TO: Final = (Fate.SENT, Fate.UNCERTAIN, Fate.DEAD, Fate.EXPIRED, Fate.CANCELLED, Fate.BROKEN)
"""What sends come to, in the order in which it is told."""

BECAUSE: Final = {
    "429": "flood",
    "too many failed": "failed",
    "bot frozen": "frozen",
    "token refused": "token",
    "conflict": "conflict",
}
"""How the reason of a pause begins, and its words."""


async def report(update: Update, context: Context) -> None:
    """Tell which lanes are paused and why, what waits, what sends came to, and what is in doubt."""
    batch = context.batch
    pauses = await buckets.paused(batch.db, batch.now)
    told = _Told(batch.now, batch.zone, context.language)
    raised = alarms(await watch(batch.db, batch.now), batch.now)
    words = told.report(await figures(batch.db, batch.now), pauses, raised)
    context.say(tidy(Teller(context.language).html(words)))


class _Told:
    """Figures in words, at a moment, in the office's zone."""

    def __init__(self, now: datetime, zone: ZoneInfo, language: str) -> None:
        self._now = now
        self._zone = zone
        self._language = language

    def report(self, found: Figures, pauses: Mapping[Lane, Pause], raised: Sequence[str]) -> Words:
        nothing = (Words("health.nothing"),)
        alarm = tuple(Words(f"health.alarm.{kind}") for kind in raised)
        counts = dict(found.fates)
        fates = tuple(
            Words(f"health.fate.{fate}", {"count": self._number(counts[fate])})
            for fate in CAME_TO
            if fate in counts
        )
        return Words(
            "health.report",
            {
                "verdict": Words("health.look" if pauses or raised else "health.fine"),
                "alarms": Words("health.alarms", {"lines": alarm}) if alarm else "",
                "paused": self._paused(pauses),
                "waiting": tuple(line for each in found.waiting for line in self._waiting(each)) or nothing,
                "fates": fates or nothing,
                "doubtful": self._doubtful(found),
            },
        )

    def _paused(self, pauses: Mapping[Lane, Pause]) -> object:
        """One line for the lanes that are paused together."""
        together: dict[tuple[datetime, str], list[Lane]] = defaultdict(list)
        for lane, pause in sorted(pauses.items()):
            together[pause.until, pause.reason].append(lane)
        lines = tuple(self._pause(lanes, *pause) for pause, lanes in together.items())
        return Words("health.paused", {"lines": lines}) if lines else ""

    def _pause(self, lanes: list[Lane], until: datetime, reason: str) -> Words:
        teller = Teller(self._language)
        return Words(
            "health.pause",
            {
                "lanes": ", ".join(teller.plain(_name(lane)) for lane in lanes),
                "until": self._clock(until),
                "left": self._span(until - self._now),
                "reason": _because(reason),
            },
        )

    def _waiting(self, one: Waiting) -> list[Words]:
        lines = []
        if one.oldest is not None:
            due = {"count": self._number(one.due), "age": self._span(self._now - one.oldest)}
            lines.append(Words("health.waits", {"lane": _name(one.lane), **due}))
        if one.next_at is not None:
            later = {"count": self._number(one.later), "at": self._clock(one.next_at)}
            lines.append(Words("health.waits_later", {"lane": _name(one.lane), **later}))
        return lines

    def _doubtful(self, found: Figures) -> object:
        if not found.doubtful:
            return ""
        rest = found.doubtful - len(found.newest_doubtful)
        more = Words("health.doubtful_more", {"count": self._number(rest)}) if rest else ""
        lines = tuple(self._doubt(each) for each in found.newest_doubtful)
        return Words("health.doubtful", {"count": self._number(found.doubtful), "lines": lines, "more": more})

    def _doubt(self, one: Doubtful) -> Words:
        of = Words("health.doubtful_of", {"reference": one.reference}) if one.reference else ""
        return Words(
            "health.doubtful_line", {"lane": _name(one.lane), "at": self._clock(one.at), "reference": of}
        )

    def _clock(self, moment: datetime) -> object:
        """The hour where the office is, with the day unless it is today."""
        there, here = moment.astimezone(self._zone), self._now.astimezone(self._zone)
        hour = f"{there:%H.%M}"
        if there.date() == here.date():
            return hour
        return Words("health.on", {"day": there.date(), "hour": hour})

    def _span(self, span: timedelta) -> Words:
        minutes = int(span.total_seconds() // 60)
        if minutes < 1:
            return Words("health.age.now")
        if minutes < 60:
            return Words("health.age.minutes", {"minutes": minutes})
        hours, minutes = divmod(minutes, 60)
        if hours < 24:
            return Words("health.age.hours", {"hours": hours, "minutes": minutes})
        return Words("health.age.days", {"days": hours // 24, "hours": hours % 24})

    def _number(self, number: int) -> str:
        """A number with the language's own points: 12.345."""
        return format_decimal(number, locale=self._language)


def _name(lane: Lane) -> Words:
    return Words(f"health.lane.{lane.name.lower()}")


def _because(reason: str) -> Words:
    """Return the reason of a pause in words; what is behind it, where it says so."""
    known = next((words for beginning, words in BECAUSE.items() if reason.startswith(beginning)), "other")
    detail = reason.partition(": ")[2] if known == "failed" else reason
    return Words(f"health.because.{known}", {"detail": detail})
