"""What months of use leave behind, made by the database itself beside the members of `bench/members.py`.

Open forms, registrations, updates that were seen, messages that were sent, and looks of officers. Nothing in
them can be opened: no measurement here opens a stranger's record.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import URL, NullPool, text

from bench.members import DIALECTS, MEANINGS
from models.storage.engine import new_engine, normalise_url
from models.storage.ids import first_id

CHUNK: Final = 50_000
"""Rows made in one statement."""

MONTH: Final = 30

DRAFTS: Final = """
    INSERT INTO dialogues (id, account_id, flow, form_version, version, person_id, sealed, created_at,
                           updated_at, asked_at) PEOPLE
        SELECT BEGUN + i, OWN, 'registration', 1, 3, NUMBER, OPAQUE, MOMENT, MOMENT, MOMENT
          FROM person WHERE i % 4 <> 0
"""
"""The open form of each person who talks to the bot, three of four."""

FILED: Final = """
    INSERT INTO applications (id, reference, worker_id, account_id, consent_id, state, nik_index,
                              duplicate, payer, money, programmes, months, first_month, sector,
                              occupation_id, village_code, flags, form_version, answers, submitted_at,
                              updated_at) PEOPLE
        SELECT NUMBER, 'BPU-' || (NUMBER), NUMBER,
               CASE WHEN i % 4 = 0 THEN AGENT ELSE OWN END, NUMBER,
               'registered', nik_index, false, 'self', 'own', 2, 1, DATE'2026-08-01', 'other', 'other',
               '3201012001', '[]', 1, OPAQUE, MOMENT, MOMENT
          FROM person JOIN workers ON workers.id = NUMBER
"""
"""The registration of each, and it counts."""

SEEN: Final = """
    INSERT INTO seen_updates (bot_id, update_id, seen_at) PEOPLE SELECT 1, i, LATELY FROM person
"""
"""Updates of the last days: what is older was forgotten."""

SENT: Final = """
    INSERT INTO deliveries (id, lane, promise, dedupe, account_id, chat_id, kind, subject_id, payload,
                            not_before, state, attempts, message_id, created_at) PEOPLE
        SELECT (NUMBER) * 64 + :round, 2, 'A', 'past:' || (NUMBER) || ':' || :round, OWN, OWN, 'reminder',
               NUMBER, NOTHING_SEALED, MOMENT, 'sent', 1, i, MOMENT
          FROM person WHERE i % 4 <> 0
"""
"""A message to each who talks to the bot, once a round."""

PAID: Final = """
    INSERT INTO contributions (id, membership_id, month, amount, money, programmes, relief, sign, known_by,
                               at) PEOPLE
        SELECT (NUMBER) * 64 + 32 + :round, NUMBER, PAID_MONTH, 8400, 'own', 2, true, 1, 'reported_worker',
               MOMENT
          FROM person
"""
"""A month that each member paid, once a round; the months lie before those of `bench/members.py`."""

DONE: Final = """
    INSERT INTO audit_log (number, at, by_account, act, person_id, subject, details, mark) PEOPLE
        SELECT NUMBER + :round * 100000000, MOMENT, NULL, 'application_seen', NUMBER, NULL, '{}', DIGEST
          FROM person WHERE i % 10 = 0
"""
"""A look of an officer at one in ten, once a round."""

BEGUN: Final = first_id(datetime(2026, 11, 10, 2, tzinfo=UTC))
"""The first id of the moment at which everything here was: ids are in the order of time."""

WORDS: Final = {
    "sqlite": {
        "OPAQUE": "randomblob(600)",
        "LATELY": "'2026-12-06 02:00:00.000000'",
        "PAID_MONTH": "date('2026-08-01', '-' || :round || ' months')",
        ":round": "CAST(:round AS integer)",
    },
    "postgresql": {
        "OPAQUE": "decode(repeat(md5(i::text), 37), 'hex')",
        "LATELY": "timestamptz '2026-12-06 02:00:00+00'",
        "PAID_MONTH": "CAST(DATE'2026-08-01' - make_interval(months => CAST(:round AS integer)) AS date)",
        ":round": "CAST(:round AS integer)",
    },
}


async def add(url: str | URL, what: str, people: int, rounds: int = 1, first: int = 0) -> None:
    """Make what a statement says of so many people from the first on, as many times over."""
    engine = new_engine(normalise_url(url), statement_timeout="0", silence=None, poolclass=NullPool)
    statement = text(_worded(what, engine.dialect.name))
    try:
        for turn in range(1, rounds + 1):
            for begin, end in _chunks(first, people):
                async with engine.begin() as connection:
                    given = {"first": begin, "last": end, "round": turn}
                    wanted = {name: given[name] for name in statement.compile().params}
                    await connection.execute(statement, wanted)
    finally:
        await engine.dispose()


async def count(url: str | URL) -> None:
    """Let the database count what it holds, as it does by itself in time."""
    engine = new_engine(normalise_url(url), statement_timeout="0", silence=None, poolclass=NullPool)
    async with engine.connect() as connection:
        raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await raw.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    await engine.dispose()


def _worded(what: str, dialect: str) -> str:
    statement = " ".join(what.split())
    for word, meaning in (
        ("BEGUN", str(BEGUN)),
        *WORDS[dialect].items(),
        *MEANINGS.items(),
        *DIALECTS[dialect].items(),
    ):
        statement = statement.replace(word, meaning)
    return statement


def _chunks(first: int, people: int) -> Iterator[tuple[int, int]]:
    for begin in range(first, first + people, CHUNK):
        yield begin, min(begin + CHUNK, first + people) - 1
