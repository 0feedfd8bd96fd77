"""Rows of files that come back from the office: results of an export, and payments received.

What a row says is read here; whom it is about is found beside the database.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from rules import kpj
from rules.nik import Nik
from rules.refusal import Refused
from sheets import months, repairing, words
from sheets.cells import Cell, is_number, text_of, texts_of
from sheets.columns import ANSWERED
from sheets.verdicts import Reason

CODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z .-]{2,38}[0-9A-Za-z]")
"""A payment code: 4 to 40 letters or digits."""

AMOUNT: Final = re.compile(
    r"(?:rp\.?\s*)?([0-9]{1,3}(?:[. ][0-9]{3})+|[0-9]{1,9})(?:,(?:00|-))?", re.IGNORECASE
)
ENOUGH: Final = 200
"""Letters of a reason; a receipt number and a channel have at most a third of it."""

Told = dict[str, Any]


@dataclass(slots=True)
class OfficeJudge:
    """Reads row after row of one file; it remembers the row of each NIK a results file has named."""

    kind: str
    columns: Mapping[str, int]
    today: date
    rounded: bool = False
    _seen: dict[str, int] = field(default_factory=dict)

    def pass_over(self, number: int, cells: Sequence[Cell]) -> None:
        """Remember the NIK of a row that was read before."""
        self.judge(number, cells)

    def judge(self, number: int, cells: Sequence[Cell]) -> dict[str, Any]:
        """Return what a row says, or its reasons; its cells in either case: nobody may be found for it."""
        held = {name: cells[at] for name, at in self.columns.items() if at < len(cells) and name != ANSWERED}
        told: Told = {}
        reasons: list[Reason] = []
        for name, read in READ[self.kind].items():
            try:
                told[name] = read(self, held.get(name), told)
            except Refused as refused:
                reasons.append(Reason.of(name, refused))
        if not reasons:
            reasons.extend(self._twice(told, number) or CHECKED[self.kind](told))
        line = {"row": number, "cells": texts_of(cells)}
        if reasons:
            return line | {"reasons": [[each.column, each.name, each.values] for each in reasons]}
        return line | {"told": told}

    def _twice(self, told: Told, number: int) -> list[Reason]:
        if self.kind != "results":
            return []
        first = self._seen.setdefault(told["nik"], number)
        return [] if first == number else [Reason("nik", "sheets.reason.twice", {"row": first})]

    def nik(self, cell: Cell, _: Told) -> str | None:
        """Read a NIK; an empty cell is none."""
        if not text_of(cell):
            return None
        digits = repairing.nik(cell)
        if self.rounded and digits.endswith("0"):
            raise Refused("sheets.reason.nik_number")
        return Nik.parse(digits).digits

    def needed_nik(self, cell: Cell, told: Told) -> str:
        """Read a NIK that must be there."""
        digits = self.nik(cell, told)
        if digits is None:
            raise Refused("sheets.reason.empty")
        return digits

    def kpj(self, cell: Cell, _: Told) -> str | None:
        """Read the member number; an empty cell is none."""
        text = text_of(cell)
        return kpj.parse(text) if text else None

    def code(self, cell: Cell, _: Told) -> str | None:
        """Read a payment code; an empty cell is none."""
        text = text_of(cell)
        if text and (repairing.SCIENTIFIC.fullmatch(text) or not CODE.fullmatch(text)):
            raise Refused("sheets.reason.code")
        return text or None

    def status(self, cell: Cell, _: Told) -> str | None:
        """Read whether somebody was registered or refused; an empty cell leaves it to the others."""
        text = text_of(cell)
        found = words.choices()["status"].get(words.plain(text)) if text else None
        if text and found is None:
            raise Refused("sheets.reason.status", written=text[:ENOUGH])
        return found

    def refused(self, cell: Cell, _: Told) -> bool:
        """Read a column that only says who was refused."""
        text = text_of(cell)
        found = words.choices()["refused"].get(words.plain(text)) if text else "no"
        if found is None:
            raise Refused("sheets.reason.status", written=text[:ENOUGH])
        return found == "yes"

    def text(self, cell: Cell, _: Told) -> str | None:
        """Read words that are kept as they are."""
        return text_of(cell)[:ENOUGH] or None

    def short(self, cell: Cell, _: Told) -> str | None:
        """Read a receipt number or the name of a channel."""
        text = text_of(cell)
        if len(text) > ENOUGH // 3:
            raise Refused("sheets.reason.long", most=ENOUGH // 3)
        return text or None

    def month(self, cell: Cell, _: Told) -> str | None:
        """Read one month; an empty cell is none."""
        text = text_of(cell)
        return months.one(text, self.today).isoformat() if text else None

    def months(self, cell: Cell, _: Told) -> list[str]:
        """Read the months paid for."""
        text = text_of(cell)
        if not text:
            raise Refused("sheets.reason.empty")
        return [month.isoformat() for month in months.read(text, self.today)]

    def amount(self, cell: Cell, _: Told) -> int | None:
        """Read whole rupiah; an empty cell is none."""
        text = text_of(cell)
        if not text:
            return None
        found = AMOUNT.fullmatch(text)
        if found is None or (is_number(cell) and not text.isdecimal()):
            raise Refused("sheets.reason.amount")
        return int(re.sub("[. ]", "", found[1]))


def _result(told: Told) -> list[Reason]:
    """Return what is wrong with a result as a whole."""
    said_so = told["refused"] or told["status"] == "refused"
    if said_so or (told["status"] is None and told["refusal"]):
        if not told["refusal"]:
            return [Reason("refusal", "sheets.reason.why")]
        both = told["kpj"] or (told["refused"] and told["status"] == "registered")
        return [Reason("kpj", "sheets.reason.both")] if both else []
    if told["refusal"]:
        return [Reason("refusal", "sheets.reason.both")]
    paid = any(told[name] for name in ("receipt", "channel", "amount"))
    if paid and not told["first_month"]:
        return [Reason("first_month", "sheets.reason.empty")]
    told_something = any(told[name] for name in ("status", "kpj", "payment_code", "first_month"))
    return [] if told_something else [Reason("kpj", "sheets.reason.nothing")]


def _payment(told: Told) -> list[Reason]:
    return [] if told["nik"] or told["reference"] else [Reason("nik", "sheets.reason.empty")]


CHECKED: Final = {"results": _result, "payments": _payment}
"""What is asked of a row as a whole, by the kind of file."""

_PAID: Final[Mapping[str, "Read"]] = {
    "receipt": OfficeJudge.short,
    "channel": OfficeJudge.short,
    "amount": OfficeJudge.amount,
}
Read = Callable[[OfficeJudge, Cell, Told], Any]
READ: Final[Mapping[str, Mapping[str, Read]]] = {
    "results": {
        "nik": OfficeJudge.needed_nik,
        "kpj": OfficeJudge.kpj,
        "payment_code": OfficeJudge.code,
        "status": OfficeJudge.status,
        "refused": OfficeJudge.refused,
        "refusal": OfficeJudge.text,
        "first_month": OfficeJudge.month,
        **_PAID,
    },
    "payments": {
        "nik": OfficeJudge.nik,
        "reference": OfficeJudge.short,
        "months": OfficeJudge.months,
        **_PAID,
    },
}
"""How each column is read, by the kind of file."""
