"""Second factors: right and wrong tries, locks that grow, codes of an app that are taken once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from models.accounts import meet
from models.storage.database import Database
from models.trust import second_factors
from models.trust.second_factors import LONGEST, TRIES, VALID, SecondFactor, Verdict, attempt, code_step, of

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WULAN, PIN = 86_100, "294817"


async def tried(database: Database, said: str, now: datetime = NOW) -> Verdict:
    async with database.begin() as db:
        held = await of(db, WULAN)
        assert held is not None
        return await attempt(db, database.keys, held, said, now)


@pytest.fixture
async def with_pin(database: Database) -> Database:
    """A database in which Wulan has a PIN."""
    async with database.begin() as db:
        await meet(db, {WULAN: "id"}, NOW)
        assert not await second_factors.set_pin(db, database.keys, WULAN, PIN, NOW)
    return database


async def row(database: Database) -> SecondFactor:
    async with database.begin() as db:
        held = await of(db, WULAN)
    assert held is not None
    return held


async def test_a_right_pin_counts_for_hours_and_no_longer(with_pin: Database) -> None:
    before = await row(with_pin)
    verdict = await tried(with_pin, PIN)
    after = await row(with_pin)

    assert (False, Verdict.RIGHT) == (before.confirmed(NOW), verdict)
    assert after.confirmed(NOW + VALID - timedelta(seconds=1))
    assert not after.confirmed(NOW + VALID)


async def test_wrong_tries_lock_longer_each_time_and_a_right_one_is_not_looked_at(with_pin: Database) -> None:
    now, locks = NOW, []
    for _ in range(9):
        verdicts = [await tried(with_pin, "999990", now) for _ in range(TRIES)]
        assert [Verdict.WRONG] * (TRIES - 1) + [Verdict.TOO_OFTEN] == verdicts
        assert Verdict.LOCKED == await tried(with_pin, PIN, now)
        until = (await row(with_pin)).locked_until
        assert until is not None
        locks.append(until - now)
        now = until
    right = await tried(with_pin, PIN, now)

    assert [15, 30, 60] == [lock / timedelta(minutes=1) for lock in locks[:3]]
    assert LONGEST == locks[-1]
    assert (Verdict.RIGHT, 0) == (right, (await row(with_pin)).wrong)


async def test_a_pin_rests_sealed_and_hashed(with_pin: Database) -> None:
    held = await row(with_pin)
    opened = with_pin.keys.open("second_factors", held.id, "secret", held.secret)

    assert opened.startswith(b"$argon2id$v=19$m=19456,t=2,p=1$")
    assert PIN.encode() not in held.secret + opened


async def test_a_new_pin_takes_the_place_of_the_old_one_and_is_not_confirmed(with_pin: Database) -> None:
    await tried(with_pin, PIN)
    async with with_pin.begin() as db:
        assert await second_factors.set_pin(db, with_pin.keys, WULAN, "518293", NOW)

    assert not (await row(with_pin)).confirmed(NOW)
    assert (Verdict.WRONG, Verdict.RIGHT) == (await tried(with_pin, PIN), await tried(with_pin, "518293"))


async def test_a_code_of_an_app_is_taken_once(database: Database) -> None:
    secret = second_factors.new_totp()
    code, later = pyotp.TOTP(secret).at(NOW), NOW + timedelta(seconds=31)
    async with database.begin() as db:
        await meet(db, {WULAN: "id"}, NOW)
        await second_factors.set_totp(db, database.keys, WULAN, secret, NOW)
    verdicts = [await tried(database, code), await tried(database, code), await tried(database, code, later)]

    assert [Verdict.RIGHT, Verdict.WRONG, Verdict.WRONG] == verdicts
    assert Verdict.RIGHT == await tried(database, pyotp.TOTP(secret).at(later), later)


def test_codes_of_clocks_that_differ_a_little_are_right_and_older_ones_wrong() -> None:
    secret = second_factors.new_totp()
    moments = [NOW + timedelta(seconds=30 * offset) for offset in (-2, -1, 0, 1, 2)]
    steps = [code_step(secret, pyotp.TOTP(secret).at(moment), NOW) for moment in moments]

    assert [False, True, True, True, False] == [step is not None for step in steps]
