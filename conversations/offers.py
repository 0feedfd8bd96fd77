"""What the registration offers at a price: programmes and months, quoted from the answers so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conversations.answers import AGAIN, YES, Choice
from conversations.engine import Answers, Draft, Half, Month, Option, Reply, Step, Value, Words
from rules import eligibility, occupations, tariff
from rules.money import rupiah
from rules.refusal import Refused

MONTHS = ("1", "2", "3", "6", "12")
"""How many months may be paid at once."""


def quote(answers: Answers, programmes: int, months: int, today: date) -> tariff.Quote:
    """Return the price of the months paid at once, the month of `today` the first."""
    return tariff.quote(
        answers["income"],
        programmes=programmes,
        sector=occupations.occupations()[answers["occupation"]["id"]].sector,
        money=answers["payer"],
        first=today.replace(day=1),
        months=months,
    )


def amount(quoted: tariff.Quote) -> object:
    """Return the total in words: both totals where it is unsettled which one holds."""
    if quoted.total_without_relief != quoted.total and quoted.unsettled:
        values = {"low": rupiah(quoted.total), "high": rupiah(quoted.total_without_relief)}
        return Words("offer.either", values)
    return rupiah(quoted.total)


def notes(quoted: tariff.Quote) -> tuple[Words, ...]:
    """Return the honest sentences that belong to a price: unsettled, estimated."""
    unsettled = quoted.unsettled
    said = ((unsettled, "offer.unsettled"), (quoted.estimate, "offer.estimate"))
    return tuple(Words(name) for applies, name in said if applies)


def programme_values(draft: Draft, today: date) -> Mapping[str, object]:
    """Return the blanks of the programmes question: month, base, what is included."""
    quoted = quote(draft.answers, 2, 1, today)
    must = eligibility.jht_required(draft.answers["employs"] == "yes")
    relieved = (Words("offer.relieved"),) if quoted.months[0].relief else ()
    required = (Words("offer.jht_required"),) if must else ()
    return {"month": Month(today), "notes": (*relieved, *required, *notes(quoted))}


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
        return amount(quote(draft.answers, int(value), 1, today))

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
                value, _months(value, {"total": amount(quote(draft.answers, programmes, int(value), today))})
            )
            for value in self.values
        )

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped == "yes":
            return draft.understood(step.name)
        chosen = str(Choice.read(self, step, reply, draft))
        quoted = quote(draft.answers, int(draft.answers["programmes"]), int(chosen), reply.today)
        if quoted.mixed:
            return Half(chosen, Words("offer.mixed", _month_by_month(quoted)), (YES, AGAIN))
        return chosen

    def shown(self, step: Step, value: Value) -> Words:
        return months_in_words(value)


def months_in_words(value: str) -> Words:
    """Return "3 months" in words."""
    return _months(value, {}, "offer.months")


def _months(value: str, values: Mapping[str, object], name: str = "offer.months_offer") -> Words:
    return Words(f"{name}.one" if value == "1" else name, {"months": value, **values})


def _month_by_month(quoted: tariff.Quote) -> Mapping[str, object]:
    lines = tuple(
        Words("offer.month_line", {"month": Month(month.month), "price": rupiah(price)})
        for month, price in zip(quoted.months, quoted.prices, strict=True)
    )
    return {"lines": lines, "total": rupiah(quoted.total), "ends": Month(quoted.months[0].month)}
