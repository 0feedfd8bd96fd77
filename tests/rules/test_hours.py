"""Working hours: read as people say them, the shorter working day where two are possible."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import hours
from rules.hours import Hours
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("08.00-17.00", "08.00–17.00"),
        ("08:00 - 17:00", "08.00–17.00"),
        ("0800-1700", "08.00–17.00"),
        ("08.00 WIB s/d 17.00 WIB", "08.00–17.00"),
        ("8-17", "08.00–17.00"),
        ("8-5", "08.00–17.00"),
        ("jam 8 pagi sampai 5 sore", "08.00–17.00"),
        ("dari jam 8 pagi sampai jam 5 sore", "08.00–17.00"),
        ("8 pagi 5 sore", "08.00–17.00"),
        ("8 - 5 sore", "08.00–17.00"),
        ("8am to 5pm", "08.00–17.00"),
        ("jam 8 esuk nganti jam 5 sore", "08.00–17.00"),
        ("8 isuk dugi ka 5 sonten", "08.00–17.00"),
        ("٨-١٧", "08.00–17.00"),
        ("8 pagi - 4", "08.00–16.00"),
        ("setengah 8 pagi - setengah 5 sore", "07.30–16.30"),
        ("7.30-16", "07.30–16.00"),
        ("5 subuh - 11 siang", "05.00–11.00"),
        ("3 dini hari - 9 pagi", "03.00–09.00"),
        ("1 siang - 9 malam", "13.00–21.00"),
        ("1 - 5 sore", "13.00–17.00"),
        ("13-5", "13.00–17.00"),
        ("6-6", "06.00–18.00"),
        ("10-10", "10.00–22.00"),
        ("12 siang - 12 malam", "12.00–00.00"),
        ("16.00-24.00", "16.00–00.00"),
        ("18.00-02.00", "18.00–02.00"),
        ("18-2", "18.00–02.00"),
        ("9 malam - 5 pagi", "21.00–05.00"),
        ("10 - 4 pagi", "22.00–04.00"),
    ],
)
def test_hours_are_read_however_they_are_written(typed: str, shown: str) -> None:
    assert shown == hours.parse(typed).shown


@pytest.mark.parametrize(
    ("typed", "overnight"),
    [("18.00-02.00", True), ("16-24", True), ("08.00-17.00", False), ("00.00-08.00", False)],
)
def test_work_may_pass_midnight(typed: str, overnight: bool) -> None:
    assert overnight == hours.parse(typed).overnight


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("jam 8", "hours.only_start"),
        ("8 pagi", "hours.only_start"),
        ("24 jam", "hours.all_day"),
        ("sehari semalam", "hours.all_day"),
        ("08.00-08.00", "hours.same"),
        ("1-5", "hours.ambiguous"),
        ("7 - 10 malam", "hours.ambiguous"),
        ("25-30", "hours.no_such_time"),
        ("8.75-17", "hours.no_such_time"),
        ("08.00-24.30", "hours.no_such_time"),
        ("17 pagi - 20 malam", "hours.no_such_time"),
        ("setengah 8.15 - 17", "hours.no_such_time"),
        ("", "hours.unclear"),
        ("tidak tentu", "hours.unclear"),
        ("8 jam sehari", "hours.unclear"),
        ("pagi sampai sore", "hours.unclear"),
    ],
)
def test_what_are_no_hours_is_named(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        hours.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


@given(st.times(), st.times())
@settings(deadline=None, database=None)
def test_hours_we_wrote_are_read_as_they_were(start: dt.time, end: dt.time) -> None:
    written = Hours(start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0))
    if written.start == written.end:
        return

    assert written == hours.parse(written.shown)


PIECES = (
    "8",
    "17",
    "08.00",
    "24",
    "12",
    "99",
    "3",
    "pagi",
    "malam",
    "dini hari",
    "setengah",
    "jam",
    "-",
    "sampai",
    ".",
    "am",
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=7).map(" ".join)))
@settings(deadline=None, database=None, max_examples=300)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        read = hours.parse(typed)
    except Refused:
        return
    assert read.start != read.end
    assert read == hours.parse(read.shown)
