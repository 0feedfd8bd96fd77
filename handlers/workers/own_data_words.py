"""What we hold about somebody in plain words: a section for each kind, a line for each value."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from conversations.engine import Words
from conversations.registration import addressed, full, registration
from handlers.render import Teller
from locales import say
from papers.own_data import Section

Entry = list[tuple[str, str]]

INSIDE: Final = ("consent", "history", "corrections", "sent_to_office", "on_lists", "papers", "contributions",
                 "contacts", "snoozes")  # fmt: skip
"""What hangs on a registration or membership and is told below it."""


class Telling:
    """Puts what is held into words, in one language and in the office's time."""

    def __init__(self, language: str, zone: ZoneInfo) -> None:
        self._language = language
        self._zone = zone
        self._teller = Teller(language, registration.wording)

    def made(self, held: Mapping[str, Any]) -> str:
        """Return the line under the title."""
        return say(self._language, "own_data.made", at=self._value("made_at", held["made_at"]))

    def sections(self, held: Mapping[str, Any]) -> list[Section]:
        """Return every section that has something in it, and who looked last."""
        return [
            Section(say(self._language, f"own_data.section.{name}"), self._entries(rows))
            for name, rows in held.items()
            if isinstance(rows, list) and (rows or name == "looks")
        ]

    def _entries(self, rows: Sequence[Mapping[str, Any]]) -> list[Entry]:
        if not rows:
            return [[("", say(self._language, "own_data.nothing"))]]
        return [self._entry(row) for row in rows]

    def _entry(self, row: Mapping[str, Any]) -> Entry:
        lines: Entry = []
        for name, value in row.items():
            if name == "answers":
                lines += self._answers(value)
            elif name in INSIDE:
                lines += self._inside(name, value)
            elif value not in (None, "", [], {}):
                lines.append((self._label(name), self._value(name, value)))
        return lines

    def _inside(self, name: str, value: Any) -> Entry:
        """Return what hangs on a record: each of its rows in one line."""
        rows: Iterable[Mapping[str, Any]] = [value] if isinstance(value, dict) else value
        told = [
            ", ".join(f"{self._label(key)} {self._value(key, one)}" for key, one in row.items() if one)
            for row in rows
        ]
        return [(self._label(name), line) for line in told]

    def _answers(self, answers: Mapping[str, Any]) -> Entry:
        """Return the answers of a form under the names of its questions, others as they are."""
        about = addressed(answers) if "who" in answers else {}
        known = {step.name: step for step in registration.steps}
        lines: Entry = []
        for name, value in answers.items():
            step = known.get(name)
            if step is None or name in ("consent", "review") or value is None:
                continue
            label = Words(f".{step.stem}.label", {"n": step.number, **about})
            lines.append((self._teller.plain(label), self._shown(step, value)))
        return lines

    def _shown(self, step: Any, value: Any) -> str:
        if isinstance(value, str) and step.name == "nik" and "*" in value:
            return value
        try:
            return self._teller.plain(full(step, value))
        except (KeyError, TypeError, ValueError, AttributeError):  # of a form of a former release
            return str(value)

    def _label(self, name: str) -> str:
        return say(self._language, f"own_data.field.{name}")

    def _value(self, name: str, value: Any) -> str:
        match value:
            case bool():
                return say(self._language, "own_data.yes" if value else "own_data.no")
            case dict() | list():
                return self._nested(name, value)
        text = str(value)
        worded = _worded(name, text)
        if worded is not None:
            return self._said(worded, text)
        moment = _moment(text)
        if moment is not None:
            return f"{moment.astimezone(self._zone):%d-%m-%Y %H:%M}"
        return text

    def _nested(self, name: str, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self._value(name, one) for one in value)
        return ", ".join(f"{one[0]} {one[1]}" for one in self._answers(value)) or str(value)

    def _said(self, name: str, text: str) -> str:
        try:
            return say(self._language, name)
        except KeyError:
            return text


def _moment(text: str) -> datetime | None:
    if len(text) < 20 or text[10:11] != "T":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _worded(name: str, text: str) -> str | None:
    """Return the message that says a value in words, by the name of what it is."""
    match name:
        case "state" | "from" | "to":
            return f"commands.state.{text}"
        case "act":
            return f"audit.act.{text}"
        case "role":
            return f"own_data.role.{text}"
        case "by" | "filed_by":
            return f"own_data.by.{text}"
        case "relation":
            return f"own_data.relation.{text}"
        case "request":
            return f"own_data.request.{text}"
    return None
