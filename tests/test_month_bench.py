"""The month in short: a few people, counted; and its picture, read as XML."""

from pathlib import Path
from xml.etree import ElementTree

from bench.members import expected
from bench.month import Day, Pace, month
from bench.month_drawing import drawing

PEOPLE = 40
AMPLE = Pace(per_second=1.0)
SHORT = Pace(per_second=0.0006)
"""Twenty reminders a day."""


async def lived(folder: Path, pace: Pace, days: int) -> list[Day]:
    """Live through the first days of December; the eighth is the seventh before the 15th."""
    return [day async for day in month(folder, PEOPLE, pace, days)]


async def test_at_an_ample_pace_everybody_is_told_on_the_day_and_nothing_is_late(tmp_path: Path) -> None:
    days = await lived(tmp_path, AMPLE, 8)

    assert [0] * 8 == [day.late for day in days]
    assert [day.sent.total() for day in days] == [day.planned for day in days]
    assert (0, expected(PEOPLE).reminders) == (days[-2].reached, days[-1].reached)
    assert 0 < days[-1].paid < days[-1].sent["before_7"]


async def test_at_a_short_pace_it_begins_six_days_before_and_what_is_late_is_counted(tmp_path: Path) -> None:
    days = await lived(tmp_path, SHORT, 3)

    assert [0, 0] == [days[0].reached, days[0].sent["before_7"]]
    assert 0 < days[1].reached <= days[2].reached <= expected(PEOPLE).reminders
    assert 0 < days[0].late
    assert all(day.planned == day.sent.total() + day.late for day in days)
    assert all(day.sent.total() <= 20 for day in days)


def test_the_picture_names_the_rates_and_stays_within_its_frame() -> None:
    day = {"day": "2026-12-01", "planned": 40, "sent": {"due": 20}, "late": 15, "reached": 20}
    run = {"participants": 46_000_000, "scale": 20_000, "owing": 40, "days": [day] * 31}
    picture = ElementTree.fromstring(drawing([run | {"rate": 30}, run | {"rate": 1000}]))  # noqa: S314
    told = {each.text or "" for each in picture.iter("{http://www.w3.org/2000/svg}text")}
    width = float(picture.get("width", "0"))

    assert {"30/s", "1000/s", "the 15th", "day of December 2026"} <= told
    for box in picture.iter("{http://www.w3.org/2000/svg}rect"):
        assert float(box.get("x", "0")) + float(box.get("width", "0")) <= width
