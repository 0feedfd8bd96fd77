"""What a contribution costs, per contribution month: brackets, dated relief, and who pays.

PP 44/2015 annex II and PP 46/2015 (tariff), PP 50/2025 (relief), both as dated rows in `data/`.
Amounts are whole rupiah; a month is its first day.
"""

import csv
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Bracket:
    """One row of the tariff: from which income it holds, the base, and the three contributions."""

    income_min: int
    base: int
    jkk: int
    jkm: int
    jht: int


@dataclass(frozen=True, slots=True)
class Relief:
    """A dated cut of JKK and JKM for one sector, by contribution month, both ends included."""

    sector: str
    valid_from: date
    valid_to: date
    jkk_factor: Decimal
    jkm_factor: Decimal
    excluded: frozenset[str]
    unsettled: frozenset[str]

    def covers(self, sector: str, month: date) -> bool:
        """Return whether the cut holds for this sector in this month, whoever pays."""
        return sector == self.sector and self.valid_from <= month <= self.valid_to


@dataclass(frozen=True, slots=True)
class Price:
    """The contribution of one month; `unsettled`: it is not known whether the cut holds for this money."""

    month: date
    jkk: int
    jkm: int
    jht: int
    relief: bool
    unsettled: bool

    def total(self, programmes: int) -> int:
        """Return the sum of two programmes (JKK, JKM) or three (with JHT)."""
        return self.jkk + self.jkm + (self.jht if programmes == 3 else 0)


@dataclass(frozen=True, slots=True)
class Quote:
    """The price of several months: each of them, their sum, and the sum without any cut.

    `mixed`: the cut begins or ends within these months. `estimate`: the table is unsure at this income.
    """

    months: tuple[Price, ...]
    prices: tuple[int, ...]
    total: int
    total_without_relief: int
    estimate: bool

    @property
    def mixed(self) -> bool:
        """Whether not all months cost the same."""
        return len(set(self.prices)) > 1

    @property
    def unsettled(self) -> bool:
        """Whether it is not known which of the two sums holds."""
        return any(price.unsettled for price in self.months)


@functools.cache
def brackets() -> tuple[Bracket, ...]:
    """Return the rows of the tariff, the lowest first."""
    return tuple(Bracket(**{name: int(cell) for name, cell in row.items()}) for row in _rows("tariff.csv"))


@functools.cache
def reliefs() -> tuple[Relief, ...]:
    """Return the dated cuts there are."""
    return tuple(
        Relief(
            sector=row["sector"],
            valid_from=_month(row["valid_from"]),
            valid_to=_month(row["valid_to"]),
            jkk_factor=Decimal(row["jkk_factor"]),
            jkm_factor=Decimal(row["jkm_factor"]),
            excluded=frozenset(filter(None, row["excluded_payers"].split(";"))),
            unsettled=frozenset(filter(None, row["unsettled_payers"].split(";"))),
        )
        for row in _rows("relief.csv")
    )


@functools.cache
def estimated_from() -> int:
    """Return the income from which the table rests on one source only: the price is called an estimate."""
    return min(int(row["income_min"]) for row in _rows("tariff_doubts.csv"))


def bracket(income: int) -> Bracket:
    """Return the last row whose lower bound is not above the income."""
    return next(row for row in reversed(brackets()) if row.income_min <= income)


def price(income: int, *, sector: str, money: str, month: date) -> Price:
    """Return the contribution of one month; where it is unsettled, the cut is applied and said so."""
    row, cut = bracket(income), _cut(sector, money, month)
    if cut is None:
        return Price(month, row.jkk, row.jkm, row.jht, relief=False, unsettled=False)
    jkk, jkm = _whole(row.jkk * cut.jkk_factor), _whole(row.jkm * cut.jkm_factor)
    return Price(month, jkk, jkm, row.jht, relief=True, unsettled=money in cut.unsettled)


def quote(income: int, *, programmes: int, sector: str, money: str, first: date, months: int) -> Quote:
    """Return the price of several months from `first` on: each month by its own rules, then added."""
    prices = tuple(price(income, sector=sector, money=money, month=month) for month in _months(first, months))
    sums = tuple(one.total(programmes) for one in prices)
    row = bracket(income)
    full = Price(first, row.jkk, row.jkm, row.jht, relief=False, unsettled=False).total(programmes)
    return Quote(prices, sums, sum(sums), full * months, income >= estimated_from())


def relief_end(sector: str, money: str, month: date) -> date | None:
    """Return the last month of the cut that holds in this month, or None."""
    cut = _cut(sector, money, month)
    return None if cut is None else cut.valid_to


def _cut(sector: str, money: str, month: date) -> Relief | None:
    held = (cut for cut in reliefs() if cut.covers(sector, month) and money not in cut.excluded)
    return next(held, None)


def _months(first: date, count: int) -> Iterator[date]:
    for number in range(first.month - 1, first.month - 1 + count):
        yield date(first.year + number // 12, number % 12 + 1, 1)


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _whole(amount: Decimal) -> int:
    if amount != amount.to_integral_value():
        raise ValueError("a cut must leave whole rupiah")
    return int(amount)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
