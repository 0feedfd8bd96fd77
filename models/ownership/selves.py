"""Selves: accounts that are known to be the worker of a NIK. They hear when somebody else registers them.

Known is who filed for oneself the registration of a NIK that counts, or took one over by a link, while it
goes on. What is owed names the registration and has no payload: one statement writes it for a whole list, the
same for a NIK that nobody knows and for one that somebody does.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.accounts import Account
from models.applications import Application
from models.consents import Basis, Consent
from models.owing.deliveries import Delivery, Fate, Lane, Promise
from models.states import ACTIVE
from models.storage.among import among
from models.storage.base import Id, Moment
from models.storage.conflicts import insertion
from models.storage.ids import first_of_run

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

TOLD: Final = "registered_by"
"""The kind of message that tells a worker who registered them; `subject_id` is the application."""

COLUMNS: Final = (
    *("id", "lane", "promise", "dedupe", "account_id", "chat_id", "kind", "subject_id", "payload"),
    *("not_before", "state", "attempts", "created_at"),
)

own, fresh = aliased(Application), aliased(Application)
worker: Final[ColumnElement[int]] = func.coalesce(own.worker_account_id, own.account_id)


async def tell(db: AsyncSession, application_ids: Iterable[int], now: datetime) -> None:
    """Owe the workers who are known the news that these applications were filed for them by somebody else."""
    rows = _rows().where(among(fresh.id, application_ids))
    insert: postgresql.Insert | sqlite.Insert = insertion(db, Delivery).from_select(list(COLUMNS), rows)
    await db.execute(
        insert.on_conflict_do_nothing(index_elements=["dedupe"]), {"base": first_of_run(now), "now": now}
    )


async def is_about(db: AsyncSession, application_id: int, account_id: int) -> bool:
    """Return whether an application somebody else filed is about the worker this account is known to be."""
    query = _pairs(select(fresh.id)).where(fresh.id == application_id, worker == account_id)
    return (await db.execute(query)).first() is not None


def _rows() -> Select[*tuple[Any, ...]]:
    now = bindparam("now", type_=Moment)
    name = literal("told:", String) + cast(fresh.id, String) + literal(":", String) + cast(worker, String)
    columns = (
        bindparam("base", type_=Id) + func.row_number().over(),
        literal(int(Lane.TRANSACTION)),
        literal(Promise.AT_LEAST_ONCE.value),
        name,
        worker,
        worker,
        literal(TOLD),
        fresh.id,
        literal(b"", LargeBinary),
        now,
        literal(Fate.QUEUED.value),
        literal(0),
        now,
    )
    return _pairs(select(*columns)).join(Account, Account.id == worker).where(Account.stopped_at.is_(None))


def _pairs(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join applications with those of the same NIK that are known to be the worker's own, filed by others."""
    counts = and_(Consent.basis == Basis.SELF, ~own.duplicate)
    known = or_(own.worker_account_id.is_not(None), counts)
    return (
        query.select_from(fresh)
        .join(own, and_(own.nik_index == fresh.nik_index, own.id != fresh.id))
        .join(Consent, Consent.id == own.consent_id)
        .where(known, own.state.in_(ACTIVE), own.frozen_at.is_(None), worker != fresh.account_id)
    )


async def filed_by_others(db: AsyncSession, account_id: int) -> list[Application]:
    """Return what others filed of a NIK this account is known to be the worker of, the newest first."""
    query = _pairs(select(fresh.id)).where(worker == account_id).distinct()
    ids = list(await db.scalars(query))
    found = select(Application).where(among(Application.id, ids)).order_by(Application.id.desc())
    return list(await db.scalars(found))
