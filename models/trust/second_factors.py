"""Second factors: the PIN or app's codes by which officers show that it is them, before what is dangerous.

A PIN rests as its Argon2id hash and an app's secret as it is, both sealed with the master key: who has the
database alone cannot even begin to guess.
"""

import asyncio
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base, Id, one_of, table_of
from models.storage.ids import new_id
from models.storage.keys import Keys

VALID: Final = timedelta(hours=12)
"""How long a PIN or code that was given counts."""

TRIES: Final = 5
"""After so many wrong ones in a row nothing is taken for a while; after as many again, twice as long."""

LOCKED: Final = timedelta(minutes=15)
LONGEST: Final = timedelta(days=1)

STEP: Final = 30
"""Seconds an app's code lives; the one before and the one after are taken too, since clocks differ."""

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Argon2id as OWASP's cheat sheet has it: about 25 ms here, beside the loop, while a transaction is open."""


class Factor(StrEnum):
    """What somebody shows: a PIN, or the code of an authenticator app (RFC 6238)."""

    PIN = "pin"
    TOTP = "totp"


class Verdict(StrEnum):
    """What came of a try: right, wrong, or wrong once too often; nothing is even looked at while locked."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_OFTEN = "too_often"
    LOCKED = "locked"


class SecondFactor(Base):
    """An account's second factor; `wrong` counts the tries since the last right one.

    `confirmed_at` is when it was last given, None once that was taken back; `last_code` the number of the
    last code taken from an app: each is taken once.
    """

    __tablename__ = "second_factors"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(Id, ForeignKey("accounts.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[Factor] = mapped_column(one_of(Factor))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    set_at: Mapped[datetime]
    wrong: Mapped[int]
    locked_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    last_code: Mapped[int | None] = mapped_column(Id)

    def confirmed(self, now: datetime, within: timedelta = VALID) -> bool:
        """Return whether it was given not long ago."""
        return self.confirmed_at is not None and now < self.confirmed_at + within

    def locked(self, now: datetime) -> bool:
        """Return whether it was tried wrong too often just now."""
        return self.locked_until is not None and now < self.locked_until


async def of(db: AsyncSession, account_id: int) -> SecondFactor | None:
    """Return the second factor of an account, held until the transaction ends."""
    query = select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    found: SecondFactor | None = await db.scalar(query, execution_options={"populate_existing": True})
    return found


async def confirmed(db: AsyncSession, account_id: int, now: datetime) -> bool:
    """Return whether an account has given its PIN or code not long ago."""
    found = await of(db, account_id)
    return found is not None and found.confirmed(now)


async def set_pin(db: AsyncSession, keys: Keys, account_id: int, pin: str, now: datetime) -> bool:
    """Set a PIN; return whether it took the place of something."""
    hashed = await asyncio.to_thread(HASHER.hash, pin)
    return await _set(db, keys, account_id, Factor.PIN, hashed, now)


async def set_totp(db: AsyncSession, keys: Keys, account_id: int, secret: str, now: datetime) -> bool:
    """Set an app's secret, in base32; return whether it took the place of something."""
    return await _set(db, keys, account_id, Factor.TOTP, secret, now)


async def _set(
    db: AsyncSession, keys: Keys, account_id: int, kind: Factor, secret: str, now: datetime
) -> bool:
    former = await forget(db, account_id)
    number = new_id(now)
    db.add(
        SecondFactor(
            id=number,
            account_id=account_id,
            kind=kind,
            secret=keys.seal("second_factors", number, "secret", secret.encode()),
            set_at=now,
            wrong=0,
        )
    )
    await db.flush()
    return former


async def forget(db: AsyncSession, account_id: int) -> bool:
    """Take a PIN or codes away; return whether there were any."""
    mine = SecondFactor.account_id == account_id
    gone = await db.execute(delete(table_of(SecondFactor)).where(mine).returning(SecondFactor.id))
    return gone.first() is not None


async def attempt(db: AsyncSession, keys: Keys, held: SecondFactor, said: str, now: datetime) -> Verdict:
    """Try a PIN or code against a factor that is held, and count what came of it."""
    if held.locked(now):
        return Verdict.LOCKED
    secret = keys.open("second_factors", held.id, "secret", held.secret).decode()
    if held.kind is Factor.PIN:
        right = await asyncio.to_thread(_same, secret, said)
    else:
        step = code_step(secret, said, now, held.last_code)
        right, held.last_code = step is not None, held.last_code if step is None else step
    verdict = _count(held, right, now)
    await db.flush()
    return verdict


def _count(held: SecondFactor, right: bool, now: datetime) -> Verdict:
    if right:
        held.wrong, held.locked_until, held.confirmed_at = 0, None, now
        return Verdict.RIGHT
    held.wrong += 1
    if held.wrong % TRIES:
        return Verdict.WRONG
    held.confirmed_at = None
    held.locked_until = now + min(LOCKED * 2 ** (held.wrong // TRIES - 1), LONGEST)
    return Verdict.TOO_OFTEN


def _same(hashed: str, said: str) -> bool:
    try:
        return HASHER.verify(hashed, said)
    except VerifyMismatchError:
        return False


def new_totp() -> str:
    """Return a new secret for an app: 160 random bits in base32."""
    return pyotp.random_base32()


def enrolment(secret: str, name: str) -> str:
    """Return the address by which an app takes a secret up, as its QR code holds it."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Daftar BPU")


def code_step(secret: str, said: str, now: datetime, last: int | None = None) -> int | None:
    """Return the number of the code that was said, None for a wrong one or one not newer than the last.

    Every code that could be right is compared, in constant time.
    """
    present, totp, found = int(now.timestamp()) // STEP, pyotp.TOTP(secret), None
    for step in (present - 1, present, present + 1):
        same = hmac.compare_digest(totp.generate_otp(step).encode(), said.encode())
        if same and (last is None or step > last):
            found = step
    return found
