"""Asks a second person before a file with many people is made, and gives up when nobody answers in time."""

from datetime import datetime
from typing import Any

from models.office import export_members, exports
from models.office.exports import ASKED, NEWS, Export, Making
from models.owing import deliveries
from models.storage.database import Database
from models.trust import audit, second_person
from models.trust.audit import Act, Entry
from rules.exports import needs_second, waits_for


async def is_let_go(database: Database, export: Export, now: datetime) -> bool:
    """Return whether an export may be made; where a second person must agree first, they are asked."""
    if export.agreed_by is not None or not needs_second(export.members):
        return True
    async with database.begin() as db:
        await exports.note(db, export, asked_at=now, stage=Making.WAITING, tries=0)
        able = await second_person.able(db, export.account_id, [export.territory], now)
        owed = [_owed(each, ASKED, export, {}, now) for each in sorted(able)]
        if export.account_id is not None:
            news = {"news": "waits" if able else "nobody", "count": export.members}
            owed.append(_owed(export.account_id, NEWS, export, news, now))
        await deliveries.owe(db, database.keys, owed, now)
        await exports.let_go(db, export)
    return False


async def call_off_late(database: Database, now: datetime) -> None:
    """Call off what nobody agreed to in time, and tell whoever asked for it."""
    async with database.begin() as db:
        for export in await exports.unanswered(db, now - waits_for()):
            await export_members.call_off(db, export, now)
            entry = Entry(Act.STOPPED, None, None, f"exports:{export.id}", {"why": "expired"})
            await audit.note(db, database.keys, [entry], now)
            if export.account_id is not None:
                owed = _owed(export.account_id, NEWS, export, {"news": "expired"}, now)
                await deliveries.owe(db, database.keys, [owed], now)


def _owed(account: int, kind: str, export: Export, more: dict[str, Any], now: datetime) -> deliveries.Owed:
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"{kind}:{export.id}:{account}:{more.get('news', '')}:{now:%Y%m%d%H%M%S%f}",
        chat_id=account,
        kind=kind,
        payload={"export": export.id, **more},
        not_before=now,
        account_id=account,
    )
