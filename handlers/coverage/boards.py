"""The board of gaps: villages nearest to their goal, those furthest from it, and those with nobody yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from conversations.engine import Words
from handlers.coverage.views import View, as_of_words, label
from handlers.render import Teller, tidy
from models.coverage import Counted
from rules import coverage as rule
from rules.coverage import Figures
from rules.quantities import grouped, percent
from rules.regions import VILLAGE, regions

SHOWN: Final = 5
"""How many villages stand at either end."""


@dataclass(frozen=True, slots=True)
class Board:
    """Villages with a goal: those who reached it, the nearest, the furthest of those begun, and the rest."""

    reached: int
    nearest: Sequence[tuple[str, Figures]]
    furthest: Sequence[tuple[str, Figures]]
    without: int


def board_of(view: View, villages: Sequence[Counted]) -> Board:
    """Return the board of a place; `villages` are those of which anything is counted."""
    found = [(each.code, rule.figures(each.code, each.tally, view.today)) for each in villages]
    begun = [(code, figures) for code, figures in found if figures.goal and figures.active]
    short = sorted((each for each in begun if each[1].active < (each[1].goal or 0)), key=_nearness)
    begun_desas = sum(rule.is_desa(code) for code, figures in begun)
    return Board(
        reached=len(begun) - len(short),
        nearest=short[:SHOWN],
        furthest=short[::-1][: min(SHOWN, max(0, len(short) - SHOWN))],
        without=rule.desas(view.code) - begun_desas,
    )


def _nearness(each: tuple[str, Figures]) -> tuple[float, str]:
    return -(each[1].share or 0.0), each[0]


def board_page(view: View, board: Board, language: str) -> str:
    """Return the board as HTML."""
    values = {
        "place": label(view.code),
        "as_of": as_of_words(view),
        "reached": grouped(board.reached, language),
        "without": grouped(board.without, language),
        "nearest": _lines(board.nearest, language),
        "furthest": _lines(board.furthest, language),
    }
    return tidy(Teller(language).html(Words("coverage.board", values)))


def _lines(villages: Sequence[tuple[str, Figures]], language: str) -> tuple[Words, ...] | Words:
    lines = tuple(
        Words(
            "coverage.board.line",
            {
                "place": regions().path(code) if regions().knows(code) else code,
                "count": grouped(figures.active, language),
                "whole": grouped(figures.goal or 0, language),
                "share": percent(figures.share or 0.0, language),
            },
        )
        for code, figures in villages
        if len(code) == VILLAGE
    )
    return lines or Words("coverage.nobody")
