"""Judging: the cells of a row answer the questions of the registration itself, by its own kinds of answer.

So a row yields exactly what the dialogue would have stored, and is filed by the same path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from conversations.registration import CONSENT_VERSION
from rules.nik import Nik
from rules.refusal import Refused
from sheets import repairing
from sheets.cells import Cell, text_of, texts_of
from sheets.columns import ANSWERED
from sheets.rows import Cells, Row
from sheets.verdicts import Reason, Verdict

ENOUGH: Final = 5
"""So many NIKs, all ending in 0: the column was once saved as numbers."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender declares once for everybody on the list, as the dialogue asks it of each."""

    relation: str
    agreement_how: str
    agreement: str = "self"

    @property
    def answers(self) -> dict[str, Any]:
        """The answers the dialogue begins with."""
        told = {"relation": self.relation, "agreement": self.agreement, "agreement_how": self.agreement_how}
        return {"consent": CONSENT_VERSION, "who": "other", **told}


@dataclass(slots=True)
class Judge:
    """Judges row after row of one list; it remembers each NIK's first row."""

    columns: Mapping[str, int]
    declared: Declared
    today: date
    language: str
    rounded: bool = False
    _seen: dict[str, int] = field(default_factory=dict)

    def pass_over(self, number: int, cells: Sequence[Cell]) -> None:
        """Remember the NIK of a row that was judged before."""
        nik = _nik_digits(self._named(cells).get("nik"))
        if nik:
            self._seen.setdefault(nik, number)

    def judge(self, number: int, cells: Sequence[Cell]) -> Verdict:
        """Return the verdict on a row."""
        row = Row(self._named(cells), self.today, self.language, self.rounded)
        answers = row.answered(self.declared.answers)
        reasons = [*self._twice(row, number), *row.reasons]
        if reasons:
            return Verdict(number, None, tuple(reasons), texts_of(cells))
        return Verdict(number, answers)

    def _named(self, cells: Sequence[Cell]) -> Cells:
        return {name: cells[at] for name, at in self.columns.items() if at < len(cells) and name != ANSWERED}

    def _twice(self, row: "Row", number: int) -> list[Reason]:
        nik = _nik_digits(row.cells.get("nik"))
        first = self._seen.setdefault(nik, number) if nik else number
        return [] if first == number else [Reason("nik", "sheets.reason.twice", {"row": first})]


def _nik_digits(cell: Cell) -> str | None:
    try:
        return Nik.parse(repairing.nik(cell)).digits
    except Refused:
        return None


def rounded(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    """Say whether the NIKs of a list lost their last digit before it was saved as text."""
    told = [text_of(row[column]) for row in rows if column < len(row)]
    whole = [text for text in told if len(text) == repairing.NIK_DIGITS and text.isdecimal()]
    return len(whole) >= ENOUGH and all(text.endswith("0") for text in whole)
