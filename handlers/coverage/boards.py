"""The board of gaps: villages nearest to their goal, those furthest from it, and those with nobody yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import Final

from conversations.engine import Words
from handlers.coverage.views import View, as_of_words, label
from handlers.render import Teller, tidy
from models.counting.coverage import Counted
from rules import coverage as rule
from rules.quantities import grouped, percent

SHOWN: Final = 5
"""How many villages stand at either end."""


@dataclass(frozen=True, slots=True)
class Village:
    """A village with a goal: its active members, and the goal."""

    code: str
    active: int
    goal: int

    @property
    def share(self) -> float:
        """The active members as a share of the goal."""
        return self.active / self.goal


@dataclass(frozen=True, slots=True)
class Board:
    """Villages with a goal: those who reached it, the nearest, the furthest of those begun, and the rest."""

    reached: int
    nearest: Sequence[Village]
    furthest: Sequence[Village]
    without: int


def board_of(view: View, villages: Sequence[Counted]) -> Board:
    """Return the board of a place; `villages` are those of which anything is counted."""
    begun = [village for each in villages if (village := _begun(each, view.today)) is not None]
    short = [each for each in begun if each.active < each.goal]
    nearest = nsmallest(SHOWN, short, key=lambda each: (-each.share, each.code))
    others = [each for each in short if each not in nearest]
    return Board(
        reached=len(begun) - len(short),
        nearest=nearest,
        furthest=nsmallest(SHOWN, others, key=lambda each: (each.share, each.code)),
        without=rule.desas(view.code) - sum(rule.is_desa(each.code) for each in begun),
    )


def _begun(counted: Counted, today: date) -> Village | None:
    active, goal = rule.progress(counted.code, counted.tally, today)
    return Village(counted.code, active, goal) if active and goal else None


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


def _lines(villages: Sequence[Village], language: str) -> tuple[Words, ...] | Words:
    lines = tuple(
        Words(
            "coverage.board.line",
            {
                "place": label(each.code),
                "count": grouped(each.active, language),
                "whole": grouped(each.goal, language),
                "share": percent(each.share, language),
            },
        )
        for each in villages
    )
    return lines or Words("coverage.nobody")
