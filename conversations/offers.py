"""What the registration offers at a price: programmes and months, quoted from the answers so far."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.answers import AGAIN, YES, Choice
from conversations.engine import Answers, Draft, Half, Month, Option, Reply, Step, Value, Words
from rules import eligibility, occupations, tariff
from rules.money import rupiah
from rules.refusal import Refused
from rules.sectors import sectors_of

MONTHS = ("1", "2", "3", "6", "12")
"""How many months may be paid at once."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price: the quote by our reading, and every total that may hold where the law is not settled."""

    quote: tariff.Quote
    totals: tuple[int, ...]
    sector_in_doubt: bool

    @property
    def words(self) -> object:
        """The total in words: both totals where it is unsettled which one holds."""
        if len(self.totals) == 1:
            return rupiah(self.totals[0])
        return Words("offer.either", {"low": rupiah(self.totals[0]), "high": rupiah(self.totals[-1])})

    @property
    def notes(self) -> tuple[Words, ...]:
        """The honest sentences that belong to this price."""
        said = (
            (self.quote.unsettled, "offer.unsettled"),
            (self.sector_in_doubt, "offer.sector_in_doubt"),
            (self.quote.estimate, "offer.estimate"),
        )
        return tuple(Words(name) for applies, name in said if applies)


def offered(answers: Answers, programmes: int, months: int, today: date) -> Offer:
    """Return the price of the months paid at once, the month of `today` the first."""
    job, first = answers["occupation"]["id"], today.replace(day=1)
    return _offer(answers["income"], job, answers["payer"], programmes, months, first)


@functools.lru_cache(maxsize=4096)
def _offer(income: int, job: str, money: str, programmes: int, months: int, first: date) -> Offer:
    occupation = occupations.occupations()[job]
    quotes = [
        tariff.quote(income, programmes=programmes, sector=sector, money=money, first=first, months=months)
        for sector in sectors_of(occupation.id, occupation.sector)
    ]
    totals = {quote.total for quote in quotes}
    totals |= {quote.total_without_relief for quote in quotes if quote.unsettled}
    in_doubt = len({quote.total for quote in quotes}) > 1
    return Offer(quotes[0], tuple(sorted(totals)), in_doubt)


def programme_values(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the programmes question: the month, and what there is to say about its price."""
    offer = offered(draft.answers, 2, 1, today)
    said = (
        (offer.quote.months[0].relief, "offer.relieved"),
        (eligibility.jht_required(draft.answers["employs"] == "yes"), "offer.jht_required"),
        (draft.answers["income"] < eligibility.limits()["min_base"], "offer.lowest_base"),
    )
    return {
        "month": Month(today),
        "notes": (*(Words(name) for applies, name in said if applies), *offer.notes),
    }


def month_values(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the months question."""
    return {"month": Month(today)}


@dataclass(frozen=True, slots=True)
class Programmes(Choice):
    """Two programmes (JKK, JKM) or three (with JHT), each with the price of this month."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        return tuple(
            Option(value, Words(f".{step.stem}.{value}.offer", {"price": self._price(value, draft, today)}))
            for value in self.values
            if self.holds(value, draft.answers)
        )

    def _price(self, value: str, draft: Draft, today: date) -> object:
        return offered(draft.answers, int(value), 1, today).words

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        chosen = Choice.read(self, step, reply, draft)
        if not self.holds(chosen, draft.answers):
            raise Refused("offer.jht_required")
        return chosen

    def holds(self, value: Value, answers: Answers) -> bool:
        needs_jht = eligibility.jht_required(answers.get("employs") == "yes")
        return value in self.values and not (needs_jht and value == "2")


@dataclass(frozen=True, slots=True)
class Months(Choice):
    """How many months to pay, each with its total; month by month where the price changes in between."""

    def options(self, step: Step, draft: Draft, today: date) -> tuple[Option, ...]:
        programmes = int(draft.answers["programmes"])
        return tuple(
            Option(
                value, _months(value, {"total": offered(draft.answers, programmes, int(value), today).words})
            )
            for value in self.values
        )

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        chosen = str(Choice.read(self, step, reply, draft))
        offer = offered(draft.answers, int(draft.answers["programmes"]), int(chosen), reply.today)
        if offer.quote.mixed:
            return Half(chosen, Words("offer.mixed", _month_by_month(offer)), (YES, AGAIN))
        return chosen

    def shown(self, step: Step, value: Value) -> Words:
        return months_in_words(value)


def months_in_words(value: str) -> Words:
    """Return "3 months" in words."""
    return _months(value, {}, "offer.months")


def _months(value: str, values: Mapping[str, object], name: str = "offer.months_offer") -> Words:
    return Words(f"{name}.one" if value == "1" else name, {"months": value, **values})


def _month_by_month(offer: Offer) -> Mapping[str, object]:
    lines = tuple(
        Words("offer.month_line", {"month": Month(month.month), "price": rupiah(price)})
        for month, price in zip(offer.quote.months, offer.quote.prices, strict=True)
    )
    return {"lines": lines, "total": offer.words, "notes": offer.notes}
