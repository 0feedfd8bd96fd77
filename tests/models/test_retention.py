"""Retention: every table has a rule with a reason, the runs are counted, the consent text says the same."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from handlers.consent_words import agreed_to
from jobs.housekeeping import Housekeeping
from locales import languages
from models.applications import Application, move
from models.privacy import retention
from models.quarantine import put
from models.states import State
from models.storage.base import Base
from models.storage.database import Database
from models.tables import TABLES
from rules.retention import kept, rules

Files = Callable[..., Awaitable[Application]]
SITI = 86_001


def test_every_table_has_a_rule_and_every_rule_a_table() -> None:
    assert {table.__tablename__ for table in TABLES} == {rule.table for rule in rules().values()}


def test_each_rule_has_a_time_or_says_why_not() -> None:
    timed = [rule for rule in rules().values() if rule.days is not None]
    others = [rule for rule in rules().values() if rule.days is None]

    assert 13 == len(timed)
    assert all(rule.moment in Base.metadata.tables[rule.table].c for rule in timed)
    assert all(rule.certainty in "ABCX" and len(rule.source) > 10 for rule in rules().values())
    assert [] == [
        one.name for one in others if not one.source.startswith(("goes", "for ever", "as long", "until"))
    ]


def test_the_consent_text_promises_the_same() -> None:
    for language in languages():
        text = agreed_to(language, "registration")
        assert f"{kept('forms').days} " in text, language
        assert f"{kept('closed').days} " in text, language


async def test_a_run_counts_what_it_destroys_and_the_report_what_is_left(
    database: Database, files: Files, now: datetime
) -> None:
    old = await files(SITI)
    await files(SITI, "9901014101909002")
    async with database.begin() as db:
        await move(db, database.keys, old.id, State.WITHDRAWN, by=SITI, now=now)
        await put(db, database.keys, 1, 7, b"{}", "KeyError", SITI, now)
    later = now + timedelta(days=91)
    async with database.begin() as db:
        before = {held.rule.name: held for held in await retention.report(db, later)}
    for _ in range(2):
        await Housekeeping(database, lambda: later).forget()
    async with database.begin() as db:
        after = {held.rule.name: held for held in await retention.report(db, later)}

    assert (2, 1) == (before["closed"].count, before["closed"].due)
    assert (1, 0) == (after["closed"].count, after["closed"].due)
    run = after["closed"].run
    assert run is not None
    assert (0, 1, later) == (run.destroyed, run.in_all, run.ran_at)
    assert (1, 0) == (before["quarantine"].due, after["quarantine"].count)
