"""Rupiah as people write it: "1,5 juta", "50rb sehari", "100 ribu per hari x 25", "dua juta"."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from rules.numerals import Doubtful, Unreadable, total
from rules.refusal import Refused
from rules.text import ascii_digits, clean, without_accents

HIGHEST = 10_000_000_000
"""Rupiah: nobody here earns or pays more; a slip of the finger does."""

DAILY = 500_000
"""Rupiah: a month's income below it is probably a day's."""

SMALLEST_PLAIN = 1_000
"""Rupiah: a bare number below it has lost its "ribu" or "juta"."""

Per = Literal["month", "day", "week", "unsaid"]

_EACH = r"(?:\bse|\bsa|(?:\b(?:per|tiap|setiap|saben|unggal|satu|an|each)\b|\bper|/|(?<![0-9.,])1)\s*|\ba\s+)"
_UNITS: dict[Per, str] = {
    "day": "hari|hr|dino|dinten|poe|day|dai",
    "week": "minggu|mgg|pekan|week",
    "month": "bulan|bln|wulan|sasih|month",
}
PERIODS = {
    per: re.compile(rf"{_EACH}(?:{units})\b|\b(?:{units})(?:an|ly)\b") for per, units in _UNITS.items()
}
"""What a sum is for: "sehari", "per hari", "/hari", "harian"."""

OTHER_PERIOD = re.compile(rf"{_EACH}(?:tahun|thn|jam|year|hour|trip|rit)\b|\b(?:tahunan|yearly|hourly)\b")

_COUNT = r"(?P<{0}>[0-9]{{1,2}})(?![0-9.,])"
_COUNTED = r"\s*(?:(?:hari|hr|minggu|days?|weeks?)\b(?:\s*kerja\b)?)"
TIMES = re.compile(
    rf"(?:[x×*]|\bkali\b|@)\s*{_COUNT.format('after')}(?!\s*(?:rb|ribu|jt|juta|k)\b){_COUNTED}?"
    rf"|(?<![0-9.,]){_COUNT.format('counted')}{_COUNTED}\s*(?:[x×*@]|\bkali\b)?"
    rf"|^\s*{_COUNT.format('before')}\s*[x×*@]"
)
"""How many days (or weeks): "x 25", "25 hari kerja", "25 x" in front."""

RANGE = re.compile(
    r"[0-9a-z.,]\s*(?:-|–|—|~|\bs\s*/?\s*d\b|\bs\.\s*d\.?|\bsampai\b|\bhingga\b|\batau\b|\bto\b|\bor\b)"
    r"\s*(?:rp\.?\s*)?(?:[0-9]|(?:se|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)[a-z]*\b)"
    r"|\b(?:antara|between)\b"
)
NEGATIVE = re.compile(r"^\s*(?:rp\.?\s*)?(?:[-−–—]\s*(?:rp\.?\s*)?[0-9]|(?:minus|negatif)\b)")
NOTHING = re.compile(
    r"(?:rp\.?\s*)?0+(?:\s*(?:rupiah|rb|ribu|jt|juta))?"
    r"|nol|nihil|kosong|none|(?:tidak|belum|gak|ga|ngga?k?) ada.*"
)

RUPIAH_MARK = re.compile(r"\b(?:rp|idr)\b\.?|\brp\.?(?=[0-9])|\bidr(?=[0-9])|\brupiah\b")
BESIDE = re.compile(
    r"\b(?:kurang lebih|kurleb|sekitar|kira-?\s?kira|rata-?\s?rata|perkiraan|paling|gaji|penghasilan"
    r"|pendapatan|upah|saya|dapat|bersih|kotor|uang|about|around|kerja)\b|[.,]\s*-+|=|[±~():!]"
)
"""What stands beside a sum and does not change it; "1.500.000,-" among it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in rupiah, the time it is for, and how many such times make a month, where that was said."""

    rupiah: int
    per: Per = "unsaid"
    days: int | None = None

    @property
    def monthly(self) -> int | None:
        """Rupiah a month, or None where the days or weeks a month must be asked first."""
        if self.per in ("month", "unsaid"):
            return self.rupiah
        return None if self.days is None else self.rupiah * self.days


def parse(text: str) -> Amount:
    """Read one sum of rupiah, and what it is for; Refused where two readings are possible.

    `money.ambiguous` carries `candidates`, the sums it can be in rupiah, and the same as `low` and `high`.
    """
    said = without_accents(ascii_digits(clean(text, 128))).casefold()
    if NEGATIVE.search(said):
        raise Refused("money.negative")
    if NOTHING.fullmatch(said.strip(" .")):
        raise Refused("money.zero")
    said, per, days = _period(said)
    if RANGE.search(said):
        raise Refused("money.range")
    return Amount(_sum(said, per), per, days)


def maybe_daily(rupiah: int) -> bool:
    """Say whether an income a month is so low that a day's was probably meant."""
    return rupiah < DAILY


def rupiah(amount: int) -> str:
    """Return an amount for reading: `Rp16.800`."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def _period(said: str) -> tuple[str, Per, int | None]:
    """Take out what the sum is for and how often: "100 ribu per hari x 25 sebulan" is for a day."""
    if OTHER_PERIOD.search(said):
        raise Refused("money.period")
    named: list[Per] = [per for per, pattern in PERIODS.items() if pattern.search(said)]
    for per in named:
        said = PERIODS[per].sub(" ", said)
    found = TIMES.search(said)
    if found is None:
        return said, _one_period(named, None), None
    days = int(next(count for count in found.groups() if count))
    weekly = "week" in named or "minggu" in found[0] or "week" in found[0]
    per = _one_period(named, "week" if weekly else "day")
    if not 1 <= days <= (5 if weekly else 31):
        raise Refused("money.days", days=days)
    return f"{said[: found.start()]} {said[found.end() :]}", per, days


def _one_period(named: list[Per], counted: Per | None) -> Per:
    """Return the period a sum is for; a month beside counted days only says what is counted."""
    if counted:
        named = [per for per in named if per != "month"] or [counted]
    if len(named) > 1:
        raise Refused("money.unclear")
    return named[0] if named else "unsaid"


def _sum(said: str, per: Per) -> int:
    marked = RUPIAH_MARK.search(said) is not None
    bare = BESIDE.sub(" ", RUPIAH_MARK.sub(" ", said)).strip(" .,?")
    try:
        amount, scaled = total(bare)
    except Doubtful as doubt:
        return _possible(doubt.low, doubt.high)
    except Unreadable:
        raise Refused("money.unclear") from None
    if not scaled:
        _check_plain(amount, bare, certain=marked or per in ("day", "week"))
    return _checked(amount)


def _checked(amount: Fraction) -> int:
    if amount > HIGHEST:
        raise Refused("money.too_much", highest=rupiah(HIGHEST))
    if amount.denominator != 1:
        raise Refused("money.unclear")
    return int(amount)


def _check_plain(amount: Fraction, typed: str, *, certain: bool) -> None:
    """Ask where "ribu" or "juta" may be missing: 1.500, 16.800 and 1500, not Rp16.800 nor 50.000."""
    if amount == 0:
        raise Refused("money.zero")
    if amount < SMALLEST_PLAIN:
        raise Refused("money.no_unit", said=typed)
    short = re.fullmatch(r"[0-9]{2}[.,](?!000)[0-9]{3}", typed)
    if not certain and (amount < 10 * SMALLEST_PLAIN or short):
        _possible(amount, amount * 1000)


def _possible(low: Fraction, high: Fraction) -> int:
    """Return the one of two readings that is possible; Refused, with both, where both are."""
    lower = _checked(low)
    if high > HIGHEST:
        return lower
    candidates = [lower, _checked(high)]
    raise Refused("money.ambiguous", low=rupiah(lower), high=rupiah(candidates[1]), candidates=candidates)
