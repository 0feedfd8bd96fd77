"""What somebody earns: whole rupiah a month, asked back where a day's or a week's is likely meant."""

from dataclasses import dataclass

from conversations.answers.plain import AGAIN, YES, Plain, text_of
from conversations.engine import Draft, Half, Option, Reply, Step, Value, Words
from rules import money
from rules.refusal import Refused

WEEKS = 4
"""Weeks in a month, when somebody names a week's earnings; it is read back before it counts."""


@dataclass(frozen=True, slots=True)
class Income(Plain):
    """Whole rupiah a month. What looks like a day's or a week's earnings is asked back."""

    days: tuple[int, ...] = (20, 25, 26, 30)

    def read(self, step: Step, reply: Reply, draft: Draft) -> Value | Half:
        if reply.tapped is not None:
            return self._tapped(reply.tapped, draft.understood(step.name))
        try:
            amount = money.parse(text_of(reply))
        except Refused as refusal:
            return _which_sum(refusal)
        if amount.per == "week":
            return _sum(
                amount.rupiah * (amount.days or WEEKS),
                Words("dialogue.income_weekly", {"week": money.rupiah(amount.rupiah)}),
            )
        if amount.days is not None:
            values = {"day": money.rupiah(amount.rupiah), "days": amount.days}
            return _sum(amount.rupiah * amount.days, Words("dialogue.income_days", values))
        daily = amount.per == "day"
        if daily or (amount.per == "unsaid" and money.maybe_daily(amount.rupiah)):
            return self._ask_days(amount.rupiah, sure=daily)
        return amount.rupiah

    def _ask_days(self, daily: int, *, sure: bool) -> Half:
        days = tuple(
            Option(str(count), Words("dialogue.days", {"days": count, "month": money.rupiah(daily * count)}))
            for count in self.days
        )
        monthly = (
            () if sure else (Option("month", Words("dialogue.really_month", {"month": money.rupiah(daily)})),)
        )
        words = Words("dialogue.income_daily", {"day": money.rupiah(daily)})
        return Half({"daily": daily}, words, (*days, *monthly, AGAIN))

    def _tapped(self, tapped: str, understood: Value) -> Value:
        if isinstance(understood, int) and tapped == "yes":
            return understood
        if isinstance(understood, list) and tapped in ("sum.0", "sum.1"):
            return understood[int(tapped[-1])]
        if isinstance(understood, dict) and tapped == "month":
            return understood["daily"]
        if isinstance(understood, dict) and tapped in map(str, self.days):
            return understood["daily"] * int(tapped)
        raise Refused("dialogue.choose")

    def shown(self, step: Step, value: Value) -> object:
        return Words("dialogue.a_month", {"month": money.rupiah(value)})


def _which_sum(refusal: Refused) -> Half:
    """Ask which of two sums was meant; a refusal that names none is raised again."""
    candidates = refusal.values.get("candidates")
    if not isinstance(candidates, list):
        raise refusal
    options = tuple(
        Option(f"sum.{place}", Words("dialogue.a_month", {"month": money.rupiah(sum_)}))
        for place, sum_ in enumerate(candidates)
    )
    return Half(candidates, Words(refusal.name, refusal.values), (*options, AGAIN))


def _sum(monthly: int, words: Words) -> Half:
    values = {**words.values, "month": money.rupiah(monthly)}
    return Half(monthly, Words(words.name, values), (YES, AGAIN))
