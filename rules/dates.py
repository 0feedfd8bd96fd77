"""Dates as people write them here, read against a birth-year rule; ages, and dates as we write them."""

import calendar
import datetime as dt
import re

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from rules.refusal import Refused
from rules.text import ascii_digits, clean, without_accents

OLDEST = 100
"""Years: nobody who registers is older, and no other date we are told is farther away."""

MONTHS = (
    ("januari", "january"),
    ("februari", "pebruari", "febuari", "february"),
    ("maret", "march", "mrt"),
    ("april",),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("agustus", "august", "agt", "ags", "agst"),
    ("september",),
    ("oktober", "october"),
    ("november", "nopember"),
    ("desember", "december"),
)
"""Month names of id, jv, su and en without accents; any beginning of three letters is understood too."""

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")

_BESIDE = (
    "tanggal tgl tg lahir ttl pada tahun thn bulan bln hari of the st nd rd th born on"
    " senin selasa rabu kamis jumat sabtu minggu ahad"
    " monday tuesday wednesday thursday friday saturday sunday"
)
BESIDE = frozenset(_BESIDE.split())
"""Words that may stand beside a date and say nothing about it."""


def parse(text: str, *, today: dt.date, birth: bool = True) -> dt.date:
    """Return the date a person wrote, day first as is the custom; Refused where it leaves a doubt.

    With `birth` the date is not in the future and a year of two digits is the latest past one.
    Without it such a year is 20YY.
    """
    day, month, year = _read(_words(text))
    if len(year) not in (2, 4):
        raise Refused("dates.year_digits", year=year)
    whole = _whole_year(day, month, year, today, birth)
    last = _last_day(whole, month)
    if not 1 <= day <= last:
        raise Refused("dates.no_such_day", day=day, month=month, year=whole, last=last)
    return _near(whole, month, day, today, birth)


def age(born: dt.date, today: dt.date) -> int:
    """Return full years of life; who is born on 29 February turns on 1 March in an ordinary year."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def long(date: dt.date, language: str) -> str:
    """Return a date for reading: "17 Agustus 1990"."""
    return format_date(date, "d MMMM y", locale=_locale(language))


def short(date: dt.date, language: str) -> str:
    """Return a near date for a button: "Sen, 14 Des"."""
    return format_date(date, "EEE, d MMM", locale=_locale(language))


def month_name(date: dt.date, language: str) -> str:
    """Return the month of a date for reading: "November 2026"."""
    return format_date(date, "MMMM y", locale=_locale(language))


def month_short(date: dt.date, language: str) -> str:
    """Return the short name of a month: `Nov`."""
    return format_date(date, "LLL", locale=_locale(language))


def _locale(language: str) -> Locale:
    """Languages without locale data of their own are written the Indonesian way."""
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("id")


def _words(text: str) -> list[str]:
    """Split into numbers and words, leaving out the birthplace ("Garut, 17-08-1990") and bare company."""
    said = without_accents(ascii_digits(clean(text, 128))).casefold()
    said = re.sub(r"^[^0-9,]*,(?=.*[0-9].*[0-9])", "", said).replace("jum'at", "jumat")
    words = [word for word in re.findall("[0-9]+|[a-z]+", said) if word not in BESIDE]
    while len(words) > 3 and words[0].isalpha():
        del words[0]
    return words


def _read(words: list[str]) -> tuple[int, int, str]:
    """Return day and month, and the year as it was written."""
    match words:
        case [run] if run.isdigit() and len(run) in (6, 8):
            return _read_run(run)
        case [first, second, third] if all(word.isdigit() for word in words):
            return _read_numbers(first, second, third)
        case [day, month, year] if day.isdigit() and year.isdigit():
            day, year = (year, day) if len(day) == 4 else (day, year)
            return int(day), _month(month), year
        case [month, day, year] if day.isdigit() and year.isdigit():
            return int(day), _month(month), year
    raise _incomplete(words)


def _read_run(run: str) -> tuple[int, int, str]:
    """Read 17081990, 170890 or 19900817: a year of this century or the last stands in one place only."""
    if len(run) == 8 and run[:2] in ("19", "20") and "01" <= run[4:6] <= "12":
        return _read_numbers(run[:4], run[4:6], run[6:])
    return _read_numbers(run[:2], run[2:4], run[4:])


def _read_numbers(first: str, second: str, third: str) -> tuple[int, int, str]:
    day, year = (third, first) if len(first) == 4 else (first, third)
    if int(second) > 12 and 1 <= int(day) <= 12:
        raise Refused("dates.month_first", month=int(second), guess=f"{int(second)}-{int(day)}-{year}")
    return int(day), _month(second), year


def _month(word: str) -> int:
    if word.isdigit():
        if 1 <= int(word) <= 12:
            return int(word)
        raise Refused("dates.no_such_month", month=int(word))
    if word in ROMAN:
        return ROMAN.index(word) + 1
    meant = {at for at, names in enumerate(MONTHS, 1) for name in names if name.startswith(word)}
    if len(word) < 3 or len(meant) != 1:
        raise Refused("dates.unknown_month", word=word)
    return meant.pop()


def _incomplete(words: list[str]) -> Refused:
    """Name the part that is missing."""
    match words:
        case [year] if re.fullmatch("(?:19|20)[0-9]{2}", year):
            return Refused("dates.only_year", year=year)
        case [month, year] if re.fullmatch("[0-9]{4}", year):
            return Refused("dates.no_day", year=year)
        case [day, month] if len(day if day.isdigit() else month) <= 2:
            return Refused("dates.no_year")
        case _:
            return Refused("dates.unclear")


def _whole_year(day: int, month: int, year: str, today: dt.date, birth: bool) -> int:
    if len(year) == 4:
        return int(year)
    this_century = 2000 + int(year)
    future = (this_century, month, day) > (today.year, today.month, today.day)
    return this_century - 100 if birth and future else this_century


def _last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1] if year else 31


def _near(year: int, month: int, day: int, today: dt.date, birth: bool) -> dt.date:
    """Return the date where it can be meant."""
    if year < dt.MINYEAR:
        raise Refused("dates.too_long_ago", year=year, years=OLDEST)
    date = dt.date(year, month, day)
    if birth and date > today:
        raise Refused("dates.future", year=year)
    if age(date, today) > OLDEST:
        raise Refused("dates.too_long_ago", year=year, years=OLDEST)
    if age(today, date) > OLDEST:
        raise Refused("dates.too_far", year=year, years=OLDEST)
    return date
