"""What becomes of a row: answers that can be filed, or the reasons why not, each at its cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rules.refusal import Refused

Values = Mapping[str, str | int | float | list[str]]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell cannot be taken: its column, a message name, and the values for its blanks."""

    column: str
    name: str
    values: Values = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, column: str, refused: Refused) -> "Reason":
        """Return what was refused at a column; only what can be written down is kept of its values."""
        kept = {key: value for key, value in refused.values.items() if isinstance(value, str | int | float)}
        return cls(column, refused.name, kept)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one row, numbered as in the file: its answers if it is good, else its reasons."""

    row: int
    answers: Mapping[str, Any] | None = field(default=None, repr=False)
    reasons: tuple[Reason, ...] = ()
    cells: tuple[str, ...] = field(default=(), repr=False)

    @property
    def good(self) -> bool:
        """Whether the row can be filed."""
        return self.answers is not None
