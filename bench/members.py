"""A country of members, made by the database itself: people, accounts, agents, and months paid or not.

Who somebody is follows from their number alone, so that what a planner must find can be counted without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import URL, NullPool, text

from models.storage.engine import new_engine, normalise_url

CHUNK: Final = 50_000
"""People made in one statement."""

PAID_MONTHS: Final = (4, 4, 4, 4, 4, 4, 4, 5, 3, 2)
"""How many months from August on are paid, by the last digit of the number: seven of ten owe December."""

NEVER_PAID, SNOOZED, STOPPED, BLOCKED, OVER = 3, 5, 7, 11, 13
"""Remainders by 100 of the few who are different."""

AGENT_OF: Final = 400
"""Every fourth is somebody an agent registered; an agent has a hundred."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the planner must come to: reminders of one's own, and digests."""

    reminders: int
    digests: int


def expected(people: int) -> Expected:
    """Count, person by person, who is to be reminded of December 2026 and through whom."""
    due = [number for number in range(people) if _is_due(number)]
    own = sum(number % 4 != 0 for number in due)
    return Expected(own, len({number // AGENT_OF for number in due if number % 4 == 0}))


def _is_due(number: int) -> bool:
    rare = number % 100
    if rare in (NEVER_PAID, SNOOZED, STOPPED, OVER) or (rare == BLOCKED and number % 4 != 0):
        return False
    return PAID_MONTHS[number % 10] == 4


async def fill(url: str | URL, people: int) -> None:
    """Fill an empty database with so many members."""
    engine = new_engine(normalise_url(url), statement_timeout="0", silence=None, poolclass=NullPool)
    try:
        for first, last in _chunks(people):
            async with engine.begin() as connection:
                for statement in _statements(engine.dialect.name):
                    await connection.execute(text(statement), {"first": first, "last": last})
        async with engine.connect() as connection:
            raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await raw.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    finally:
        await engine.dispose()


def _chunks(people: int) -> Iterator[tuple[int, int]]:
    for first in range(0, people, CHUNK):
        yield first, min(first + CHUNK, people) - 1


def _statements(dialect: str) -> list[str]:
    """Return the statements for an engine, every word of ours replaced by what it stands for."""
    statements = [" ".join(each.split()) for each in STATEMENTS.split(";") if each.strip()]
    for word, meaning in (*MEANINGS.items(), *DIALECTS[dialect].items()):
        statements = [each.replace(word, meaning) for each in statements]
    return statements


STATEMENTS: Final = """
    INSERT INTO accounts (id, language, unreachable, created_at, seen_at) PEOPLE
        SELECT OWN, 'id', CASE WHEN i % 100 = BLOCKED THEN 'blocked' END, MOMENT, MOMENT
          FROM person WHERE i % 4 <> 0;
    INSERT INTO accounts (id, language, created_at, seen_at) PEOPLE
        SELECT DISTINCT AGENT, 'id', MOMENT, MOMENT FROM person WHERE i % 4 = 0 ON CONFLICT DO NOTHING;
    INSERT INTO person_keys PEOPLE SELECT NUMBER, NOTHING_SEALED, 1 FROM person;
    INSERT INTO consents (id, person_id, account_id, text_version, text_sha256, language, given_at,
                          channel, basis) PEOPLE
        SELECT NUMBER, NUMBER, CASE WHEN i % 4 = 0 THEN AGENT ELSE OWN END, '1', NOTHING_SEALED, 'id',
               MOMENT, 'telegram', 'self' FROM person;
    INSERT INTO workers (id, consent_id, nik, nik_index, name, birth_date, village_code, village_name,
                         region_version, created_at) PEOPLE
        SELECT NUMBER, NUMBER, NOTHING_SEALED, DIGEST, NOTHING_SEALED, NOTHING_SEALED, '3201012001', 'Desa',
               '2026', MOMENT FROM person;
    INSERT INTO memberships (id, worker_id, nik_index, first_month, programmes, sector, money, village_code,
                             zone, income, state, started_at) PEOPLE
        SELECT NUMBER, NUMBER, nik_index, DATE'2026-08-01', 2, 'other', 'own', '3201012001',
               CASE WHEN i % 20 = 1 THEN 'Asia/Jayapura' WHEN i % 20 IN (2, 3, 6) THEN 'Asia/Makassar'
                    ELSE 'Asia/Jakarta' END,
               NOTHING_SEALED, CASE WHEN i % 100 = OVER THEN 'ended' ELSE 'active' END, MOMENT
          FROM person JOIN workers ON workers.id = NUMBER;
    INSERT INTO contacts (membership_id, position, account_id, relation) PEOPLE
        SELECT NUMBER, 0, CASE WHEN i % 4 = 0 THEN AGENT ELSE OWN END,
               CASE WHEN i % 4 = 0 THEN 'registrant' ELSE 'self' END FROM person;
    INSERT INTO contributions (id, membership_id, month, amount, money, programmes, relief, sign, known_by,
                               at) PEOPLE, month(first, nth) AS (MONTHS)
        SELECT (NUMBER) * 16 + nth, NUMBER, month.first, 8400, 'own', 2, true, 1, 'reported_worker', MOMENT
          FROM person JOIN month ON month.nth <= PAID WHERE i % 100 <> NEVER;
    INSERT INTO snoozes (membership_id, month, until) PEOPLE
        SELECT NUMBER, DATE'2026-12-01', DATE'2026-12-20' FROM person WHERE i % 100 = SNOOZED;
    INSERT INTO opt_outs (nik_index, stopped_at) PEOPLE
        SELECT nik_index, MOMENT FROM person JOIN workers ON workers.id = NUMBER WHERE i % 100 = STOPPED;
"""
"""What makes the people from :first to :last; the words in capitals that are no SQL stand below."""

MEANINGS: Final = {
    "BLOCKED": str(BLOCKED),
    "NEVER": str(NEVER_PAID),
    "SNOOZED": str(SNOOZED),
    "STOPPED": str(STOPPED),
    "OVER": str(OVER),
    "PAID": f"CASE i % 10 {' '.join(f'WHEN {at} THEN {paid}' for at, paid in enumerate(PAID_MONTHS))} END",
    "MONTHS": " UNION ALL ".join(f"SELECT DATE'2026-{7 + nth:02}-01', {nth}" for nth in range(1, 6)),
    "NUMBER": "i + 1000000",
    "AGENT": f"1000000000 + i / {AGENT_OF}",
    "OWN": "2000000000 + (i * 982451653) % 1999999973",  # in no order, as Telegram's are
}
DIALECTS: Final = {
    "sqlite": {
        "PEOPLE": "WITH RECURSIVE person(i) AS "
        "(VALUES (:first) UNION ALL SELECT i + 1 FROM person WHERE i < :last)",
        "MOMENT": "'2026-11-10 02:00:00.000000'",
        "DIGEST": "randomblob(32)",
        "NOTHING_SEALED": "x'00'",
        "DATE'": "'",
    },
    "postgresql": {
        "PEOPLE": "WITH person(i) AS (SELECT generate_series(CAST(:first AS bigint), CAST(:last AS bigint)))",
        "MOMENT": "timestamptz '2026-11-10 02:00:00+00'",
        "DIGEST": "sha256(int8send(i))",
        "NOTHING_SEALED": "'\\x00'::bytea",
    },
}
