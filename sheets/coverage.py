"""The counts of a place and of those in it as a workbook: no name, no NIK, and no few people of a village."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from locales import say
from rules import coverage as rule
from rules.coverage import FEW, Figures, State, Workforce
from rules.dates import month_name
from rules.regions import VILLAGE
from sheets.safe import MADE, OPTIONS, cell_text

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

COLUMNS: Final = (
    "code",
    "place",
    "registered",
    "active",
    "paid",
    "current",
    "behind_1",
    "behind_2",
    "behind_3",
    "unseen",
    "lapsed",
    "expiring",
    "goal",
    "goal_share",
    "workers",
    "workers_share",
    "source",
    "as_of",
)
"""The columns, each with its words at `sheets.coverage.<name>`; the two shares are never mixed."""

SHARES: Final = ("goal_share", "workers_share")
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One place: its code, its name with the places around it, its counts, and the workers told."""

    code: str
    name: str
    figures: Figures
    workforce: Workforce | None = None


def workbook(
    place: Row,
    inside: Sequence[Row],
    shares: Sequence[tuple[str, Sequence[tuple[str, int | None]]]],
    as_of: str,
    language: str,
) -> bytes:
    """Return an XLSX: the place and those in it, its members by what they are, and its last twelve months.

    `shares` are headings with their lines, where None is a count too small to be told.
    """
    content = io.BytesIO()
    import xlsxwriter  # with the first workbook, not with every start of the bot

    with xlsxwriter.Workbook(content, OPTIONS) as book:
        book.set_properties(MADE)
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0.0%"})
        _places(book.add_worksheet(_word(language, "places")), [place, *inside], as_of, language, bold, share)
        _shares(book.add_worksheet(_word(language, "shares")), shares, bold)
        _trend(book.add_worksheet(_word(language, "trend")), place.figures, language, bold)
    return content.getvalue()


def _word(language: str, name: str) -> str:
    return cell_text(say(language, f"sheets.coverage.{name}"))


def _places(
    sheet: "Worksheet", rows: Sequence[Row], as_of: str, language: str, bold: "Format", share: "Format"
) -> None:
    sheet.write_string(0, 0, cell_text(as_of), bold)
    for at, name in enumerate(COLUMNS):
        sheet.write_string(2, at, _word(language, name), bold)
        sheet.set_column(at, at, 46 if name == "place" else 14)
    sheet.freeze_panes(3, 2)
    for number, row in enumerate(rows, start=3):
        cells = _cells(row)
        for at, name in enumerate(COLUMNS):
            _write(sheet, number, at, cells[name], share if name in SHARES else None)


def _write(sheet: "Worksheet", row: int, at: int, value: Cell, style: "Format | None") -> None:
    if isinstance(value, str):
        sheet.write_string(row, at, cell_text(value))
    elif value is not None:
        sheet.write_number(row, at, value, style)


def _cells(row: Row) -> dict[str, Cell]:
    figures, told = row.figures, row.workforce
    counts: dict[str, int] = {
        "registered": figures.registered,
        "active": figures.active,
        "paid": figures.paid_this_month,
        "expiring": figures.expiring,
    }
    states = {state.value: figures.states[state] for state in State}
    shown: dict[str, Any] = counts | states
    few = 0 < figures.active < FEW and len(row.code) == VILLAGE
    if len(row.code) == VILLAGE:
        shown = {name: _few(count) for name, count in counts.items()}
        shown |= {name: f"<{FEW}" if one is None else one for name, one in rule.protected(states).items()}
    return shown | {
        "code": row.code,
        "place": row.name,
        "goal": figures.goal,
        "goal_share": None if few else figures.share,
        "workers": told and told.workers,
        "workers_share": figures.active / told.workers if told and not few else None,
        "source": told and told.source,
        "as_of": told and told.as_of.isoformat(),
    }


def _few(count: int) -> int | str:
    return f"<{FEW}" if 0 < count < FEW else count


def _shares(
    sheet: "Worksheet", shares: Sequence[tuple[str, Sequence[tuple[str, int | None]]]], bold: "Format"
) -> None:
    sheet.set_column(0, 0, 40)
    at = 0
    for heading, lines in shares:
        sheet.write_string(at, 0, cell_text(heading), bold)
        for number, (words, count) in enumerate(lines, start=at + 1):
            sheet.write_string(number, 0, cell_text(words))
            _write(sheet, number, 1, f"<{FEW}" if count is None else count, None)
        at += len(lines) + 2


def _trend(sheet: "Worksheet", figures: Figures, language: str, bold: "Format") -> None:
    for at, name in enumerate(("month", "sent", "covered")):
        sheet.write_string(0, at, _word(language, name), bold)
        sheet.set_column(at, at, 24)
    for number, (month, sent, paid) in enumerate(figures.trend, start=1):
        sheet.write_string(number, 0, month_name(month, language))
        sheet.write_number(number, 1, sent)
        sheet.write_number(number, 2, paid)


def shares_of(
    counts: Mapping[str, Mapping[str, int | None]], words: Mapping[str, Mapping[str, str]]
) -> list[tuple[str, list[tuple[str, int | None]]]]:
    """Return headings with their lines, of counts by facet and value; `words` names both ("" the facet)."""
    return [
        (words[facet][""], [(words[facet][value], count) for value, count in values.items()])
        for facet, values in counts.items()
    ]
