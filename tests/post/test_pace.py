"""How fast we may speak, and what makes it slower."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from post.outcome import Broken, Later, Outcome, Sent, Uncertain, Unreachable
from post.pace import Beat, Breaker, Line, Rates, Replies, Tolerance, unexpected
from post.sayings import Answer, Message, Saying

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
SITI = 86_001


class Watch:
    """A clock that moves when somebody sleeps, and can be late."""

    def __init__(self) -> None:
        self.time = NOON
        self.late = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds + self.late)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_an_empty_line_has_room_for_a_quarter_of_a_second() -> None:
    line = Line(Rates(per_second=40 / 0.99, bulk_per_second=20), 0.0)

    assert (10, 5) == (line.room(bulk=False), line.room(bulk=True))


def test_the_slowest_line_has_room_for_one() -> None:
    line = Line(Rates(per_second=1 / 60, bulk_per_second=1 / 60), 0.0)
    first = line.room(bulk=True)
    line.take(1, bulk=True)

    assert (1, 0) == (first, line.room(bulk=True))
    assert 0 == Line(Rates(per_second=1 / 60, bulk_per_second=1 / 60), line.ahead).room(bulk=True)


def test_moments_lie_evenly_behind_those_given_out_already() -> None:
    line = Line(Rates(per_second=10 / 0.99, bulk_per_second=10), 0.5)

    assert pytest.approx([0.5, 0.6, 0.7]) == line.take(3, bulk=True)
    assert pytest.approx(0.8) == line.ahead


def test_a_line_that_is_given_out_has_no_room() -> None:
    line = Line(Rates(), 0.25)

    assert (0, 0) == (line.room(bulk=False), line.room(bulk=True))


def test_bulk_goes_slower_than_everything_else() -> None:
    urgent, bulk = Line(Rates(), 0.0), Line(Rates(), 0.0)
    urgent.take(10, bulk=False)
    bulk.take(10, bulk=True)

    assert pytest.approx((10 / 29.7, 0.4)) == (urgent.ahead, bulk.ahead)


def test_while_a_lane_is_paused_the_others_go_at_a_fifth() -> None:
    usual, slow = Line(Rates(), 0.0), Line(Rates(), 0.0, slow=True)
    usual.take(5, bulk=False)
    slow.take(1, bulk=False)

    assert pytest.approx(usual.ahead) == slow.ahead


def test_a_clock_that_went_back_a_day_does_not_stop_the_line() -> None:
    assert 0.0 == Line(Rates(), 86_400.0).ahead


@pytest.mark.parametrize(("replies", "seconds"), [(0, 0.0), (5, 0.0), (11, 6 / 29.7), (1000, 0.8)])
def test_bulk_gives_way_to_replies_beyond_its_reserve_but_never_stops(replies: int, seconds: float) -> None:
    line = Line(Rates(), 0.0)
    line.yield_to(replies, 1.0)

    assert pytest.approx(seconds) == line.ahead


def test_groups_are_spoken_to_three_seconds_apart() -> None:
    assert (1, 3) == tuple(Rates().apart(chat).total_seconds() for chat in (SITI, -SITI))


async def test_each_moment_is_waited_for() -> None:
    watch = Watch()
    beat = Beat(watch.now, watch.sleep)
    for moment in (0.0, 0.04, 0.08):
        await beat.wait(at(moment))

    assert pytest.approx([0.04, 0.04]) == watch.slept


async def test_what_waited_does_not_go_out_in_one_heap() -> None:
    watch = Watch()
    beat = Beat(watch.now, watch.sleep)
    watch.time = at(0.5)
    for moment in (0.0, 0.04, 0.08):
        await beat.wait(at(moment))

    assert pytest.approx([0.04, 0.04]) == watch.slept


async def test_waking_a_little_late_moves_nothing() -> None:
    watch = Watch()
    watch.late = 0.004
    beat = Beat(watch.now, watch.sleep)
    for moment in (0.1, 0.2, 0.3):
        await beat.wait(at(moment))

    assert pytest.approx(0.304) == (watch.time - NOON).total_seconds()


async def test_a_clock_set_back_an_hour_holds_nobody_up_for_an_hour() -> None:
    watch = Watch()
    await Beat(watch.now, watch.sleep).wait(at(3600))

    assert [5.0] == watch.slept


async def test_replies_are_counted_and_their_floods_remembered() -> None:
    async def send(saying: Saying) -> Outcome:
        return Later(7, flood=True) if isinstance(saying, Message) and saying.text == "too fast" else Sent(1)

    replies = Replies()
    say = replies.counting(send)
    await say(Message(SITI, "Siapa nama Anda?"))
    await say(Answer("1"))
    await say(Message(SITI, "too fast"))

    assert (2, 7) == (replies.count, replies.flood)


def test_what_was_taken_into_account_is_forgotten_and_nothing_else() -> None:
    replies = Replies()
    replies.count, replies.flood = 5, 9.0
    replies.forget(3, 7.0)

    assert (2, 9.0) == (replies.count, replies.flood)


async def passes(replies: Replies, order: list[str]) -> None:
    await replies.let_pass()
    order.append("bulk")


async def test_bulk_waits_until_every_batch_in_hand_is_committed() -> None:
    replies, order = Replies(passing=3600), list[str]()
    with replies.in_hand():
        with replies.in_hand():
            bulk = asyncio.create_task(passes(replies, order))
            await asyncio.sleep(0)
        for _ in range(3):
            await asyncio.sleep(0)
        order.append("batch")
    await bulk

    assert ["batch", "bulk"] == order


async def test_bulk_goes_on_beside_batches_without_end() -> None:
    replies, order = Replies(passing=0.0), list[str]()
    with replies.in_hand():
        await passes(replies, order)

    assert ["bulk"] == order


async def test_a_batch_that_failed_holds_nothing_up() -> None:
    replies, order = Replies(passing=3600), list[str]()
    with pytest.raises(ValueError, match="poison"), replies.in_hand():
        raise ValueError("poison")
    await passes(replies, order)

    assert ["bulk"] == order


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Sent(1), None),
        (Later(3, flood=True), None),
        (Unreachable("blocked"), None),
        (Later(1), None),
        (Uncertain("connection cut"), "connection cut"),
        (Broken("text is empty"), "text is empty"),
        (Unreachable("chat not found"), "chat not found"),
    ],
)
def test_blocks_and_floods_are_daily_life_and_other_failures_are_not(
    outcome: Outcome, reason: str | None
) -> None:
    assert reason == unexpected(outcome)


def test_more_than_one_in_twenty_of_two_hundred_is_too_much() -> None:
    breaker = Breaker(Tolerance())
    calm = [breaker.trips(outcome) for outcome in [Uncertain("cut")] * 10 + [Sent(1)] * 190]
    one_more = [breaker.trips(Sent(1)), *(breaker.trips(Broken("empty")) for _ in range(20))]

    assert not any(calm)
    assert any(one_more)


def test_after_it_stopped_it_counts_anew_and_says_why() -> None:
    breaker = Breaker(Tolerance(of=4))
    for outcome in (Uncertain("cut"), Broken("empty"), Uncertain("cut"), Sent(1)):
        breaker.trips(outcome)

    assert {"cut": 2, "empty": 1} == breaker.begin_anew()
    assert not breaker.trips(Broken("empty"))
