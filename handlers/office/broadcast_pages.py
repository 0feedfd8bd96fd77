"""The pages of a broadcast: whom it is for, its choices as buttons, when it goes, and where it stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from babel.numbers import format_decimal

from conversations.agency import path_of
from conversations.engine import Words
from handlers.render import Teller, base36, rows
from locales import languages, say
from models.broadcasting.broadcasts import Broadcast, Stage
from models.broadcasting.segments import SEGMENTS, Term
from models.states import State
from post.keyboards import Button, Inline, Style
from rules import broadcasts as rules
from rules import occupations
from rules.sectors import SECTORS

PAYERS: Final = ("own", "household", "association", "donor", "apbdes", "apbd")
STATES: Final = (State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.REGISTERED)
ARREARS: Final = ("1", "2", "3")
ALONE: Final = ("drafts", "everyone")
"""Segments that have no value to choose."""

Choices = Sequence[tuple[str, str]]
"""Values of a segment, each with its words in the reader's language."""


def about(action: str, held: Broadcast, *more: str) -> str:
    """Return what a button of a broadcast carries: nothing personal."""
    return "|".join(("v1", "b", action, base36(held.id), *more))


def choices(language: str, segment: str) -> Choices:
    """Return the values of a segment that are the same for everybody."""
    match segment:
        case "status":
            return [(state.value, say(language, f"commands.state.{state.value}")) for state in STATES]
        case "arrears":
            return [(count, say(language, f"broadcasts.arrears.{count}")) for count in ARREARS]
        case "payer":
            return [(payer, say(language, f"registration.payer.{payer}")) for payer in PAYERS]
        case "occupation":
            return [(group, say(language, f"occupations.group.{group}")) for group in occupations.groups()]
        case "sector":
            return [(sector, say(language, f"broadcasts.sector.{sector}")) for sector in SECTORS]
        case "language":
            return [(code, say(code, "commands.language_name")) for code in languages()]
    return []


def term_words(language: str, term: Term) -> str:
    """Return a term in words: "Pembayar: Uang sendiri"."""
    known = dict(choices(language, term.name))
    value = known.get(term.value) or term.label or ""
    name = say(language, f"broadcasts.segment.{term.name}")
    return f"{name}: {value}" if value else name


def whom(language: str, held: Broadcast) -> tuple[Words, ...]:
    """Return whom a broadcast is for, a line a term, the exceptions last."""
    terms = sorted(held.terms, key=lambda term: term.excepted)
    lines = [
        Words(f"broadcasts.{'except' if term.excepted else 'and'}", {"term": term_words(language, term)})
        for term in terms
    ]
    if all(term.excepted for term in terms):
        lines.insert(0, Words("broadcasts.and", {"term": Words("broadcasts.segment.everyone")}))
    if "" not in held.territories:
        places = ", ".join(path_of(code) for code in held.territories)
        lines.append(Words("broadcasts.within", {"places": places}))
    return tuple(lines)


def draft(language: str, held: Broadcast, now: datetime) -> tuple[str, Inline]:
    """Return the page on which a draft is made: whom it is for, how many, when, and what can be done."""
    values = {
        "kind": Words(f"broadcasts.kind.{held.kind}"),
        "whom": whom(language, held),
        "when": when(held, now),
        "count": _count(language, held),
    }
    return Teller(language).html(Words("broadcasts.draft", values)), _draft_buttons(language, held)


def _count(language: str, held: Broadcast) -> Words:
    if held.counted is None:
        return Words("broadcasts.not_counted")
    return Words("broadcasts.counted", {"count": number(language, held.counted)})


def _draft_buttons(language: str, held: Broadcast) -> Inline:
    def button(words: str, action: str, *more: str, style: Style | None = None) -> Button:
        return Button(say(language, words), data=about(action, held, *more), style=style)

    whom_buttons = (
        button("broadcasts.button.whom", "whom"),
        button("broadcasts.button.not_whom", "whom", "x"),
    )
    middle = (button("broadcasts.button.test", "test"), button("broadcasts.button.when", "when"))
    clear = ((button("broadcasts.button.clear", "clear"),),) if held.segments else ()
    if held.counted:
        onwards = button("broadcasts.button.send", "send", str(held.counted), style="success")
    else:
        onwards = button("broadcasts.button.count", "count", style="primary")
    drop = button("broadcasts.button.drop", "drop", style="danger")
    return Inline((whom_buttons, *clear, middle, (onwards,), (drop,)))


def segments(language: str, held: Broadcast, excepted: str) -> Inline:
    """Return a button for each segment."""
    names = [name for name in SEGMENTS if name != "everyone"]
    buttons = [
        Button(say(language, f"broadcasts.segment.{name}"), data=about("pick", held, name, excepted))
        for name in names
    ]
    return Inline((*rows(buttons), back(language, held)))


def values(language: str, held: Broadcast, segment: str, excepted: str, offered: Choices) -> Inline:
    """Return a button for each value of a segment."""
    buttons = [Button(words, data=about("add", held, segment, value, excepted)) for value, words in offered]
    return Inline((*rows(buttons), back(language, held)))


def days(language: str, held: Broadcast, now: datetime) -> Inline:
    """Return a button for each day a broadcast can begin on, and one for now."""
    at_once = Button(say(language, "broadcasts.button.now"), data=about("at", held))
    offered = [
        Button(Teller(language).plain(day), data=about("day", held, day.isoformat()))
        for day in rules.days_offered(now)
    ]
    return Inline(((at_once,), *rows(offered), back(language, held)))


def hours(language: str, held: Broadcast, day: date, now: datetime) -> Inline:
    """Return a button for each hour of a day at which a broadcast can begin."""
    offered = [
        Button(f"{hour:02}.00", data=about("at", held, day.isoformat(), str(hour)))
        for hour in rules.hours_offered(day, now)
    ]
    return Inline((*rows(offered), back(language, held)))


def back(language: str, held: Broadcast) -> tuple[Button, ...]:
    """Return the button that leads back to the broadcast."""
    return (Button(say(language, "dialogue.back"), data=about("see", held)),)


def when(held: Broadcast, now: datetime) -> Words:
    """Return when a broadcast is to begin."""
    if held.wanted_at is None or held.wanted_at <= now:
        return Words("broadcasts.at_once", {"minutes": rules.limits()["hold_seconds"] // 60})
    there = held.wanted_at.astimezone(rules.WIB)
    return Words("broadcasts.at", {"day": there.date(), "hour": f"{there:%H.%M}"})


def status(language: str, held: Broadcast) -> tuple[str, Inline | None]:
    """Return where a broadcast stands that was let go, and what its author can do."""
    actions = {
        Stage.HELD: ("stop",),
        Stage.PLANNING: ("stop",),
        Stage.RUNNING: ("pause", "stop"),
        Stage.PAUSED: ("go", "stop"),
        Stage.ASKED: ("stop",),
    }.get(held.stage, ())
    values = {
        "stage": Words(f"broadcasts.stage.{held.stage.value}"),
        "whom": whom(language, held),
        "count": number(language, held.recipients or held.counted or 0),
    }
    buttons = tuple(
        (Button(say(language, f"broadcasts.button.{action}"), data=about(action, held)),)
        for action in actions
    )
    text = Teller(language).html(Words("broadcasts.status", values))
    return text, Inline(buttons) if buttons else None


def listing(language: str, theirs: Iterable[Broadcast]) -> Inline:
    """Return a button for each broadcast, and one for a new one."""
    new = Button(say(language, "broadcasts.button.new"), data="v1|b|new", style="primary")
    return Inline((*((_line(language, one),) for one in theirs), (new,)))


def _line(language: str, held: Broadcast) -> Button:
    day = held.created_at.astimezone(rules.WIB)
    stage: Mapping[str, object] = {"day": f"{day:%d-%m %H.%M}", "stage": _stage(held)}
    return Button(Teller(language).plain(Words("broadcasts.line", stage)), data=about("see", held))


def _stage(held: Broadcast) -> Words:
    return Words(f"broadcasts.stage.{held.stage.value}")


def number(language: str, count: int) -> str:
    """Return a number with the language's own points."""
    return format_decimal(count, locale=language)
