"""What the database holds at the end: one application for everybody who sent one, with their own answers."""

from collections import Counter
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import func, select

from bench.applicant import Told
from bench.witnesses import Witness
from models.applications import Application, key_of
from models.dialogues import Dialogue
from models.quarantine import Quarantine
from models.storage.database import Database, open_database


class Crowd(Protocol):
    """Whose applications are looked at: everybody by account id, and who is known to have sent one."""

    everybody: dict[int, Witness]

    def sent_off(self, person: int) -> bool:
        """Say whether this person's tap on "send" was acknowledged."""


async def mistakes(url: str, keys: Path, witnesses: Crowd) -> list[str]:
    """Return a line for each application that is lost, doubled, nobody's or not what its sender told."""
    database = await open_database(url, keys, announce=lambda _: None)
    try:
        filed = await _filed(database)
        left = await _left_behind(database)
    finally:
        await database.close()
    counts = Counter(sender for sender, _, _ in filed)
    wrong = [
        f"application {_wrong(count, witnesses.sent_off(person), witness)}: person {person}"
        for person, witness in witnesses.everybody.items()
        if _wrong(count := counts[person], witnesses.sent_off(person), witness)
    ]
    mixed = [
        f"application holds other answers than were given: person {sender}"
        for sender, answers, duplicate in filed
        if duplicate or not _same(answers, witnesses.everybody[sender].applicant.told)
    ]
    return [*wrong, *mixed, *left]


def _wrong(count: int, sent: bool, witness: Witness) -> str:
    if count > 1:
        return "doubled"
    if count == 0 and (sent or witness.done):
        return "lost"
    return "of somebody who sent none" if count and "review" not in witness.answered else ""


def _same(answers: dict[str, Any], told: Told) -> bool:
    given = {
        "nik": told.nik,
        "name": told.name,
        "birth_date": told.born.isoformat(),
        "sex": told.sex,
        "address": told.address,
        "income": told.income,
    }
    same = {name: answers[name] for name in given} == given
    return same and bool(answers["occupation"]["words"] == told.work)


async def _filed(database: Database) -> list[tuple[int, dict[str, Any], bool]]:
    async with database.begin() as db:
        return [
            (one.account_id, one.told(await key_of(db, database.keys, one.worker_id)), one.duplicate)
            for one in await db.scalars(select(Application))
        ]


async def _left_behind(database: Database) -> list[str]:
    """Return what should not be there when everybody has finished: open forms, quarantined updates."""
    async with database.begin() as db:
        found = {
            "forms still open": await db.scalar(select(func.count()).select_from(Dialogue)),
            "updates in quarantine": await db.scalar(select(func.count()).select_from(Quarantine)),
        }
    return [f"{count} {what}" for what, count in found.items() if count]
