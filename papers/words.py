"""What stands on more than one paper, in words: which months, and who pays."""

from datetime import date

from locales import say
from rules.calendar import month_after
from rules.dates import month_name


def months_of(language: str, first: date, count: int) -> str:
    """Return contribution months: "Desember 2026 sampai Mei 2027 (6 bulan)"."""
    if count == 1:
        return say(language, "papers.month", first=month_name(first, language))
    last = month_name(month_after(first, count - 1), language)
    return say(language, "papers.months", first=month_name(first, language), last=last, count=count)


def payer_of(language: str, payer: str) -> str:
    """Return who pays, by the name of the money in `rules/`."""
    return say(language, f"papers.payer.{payer}")
