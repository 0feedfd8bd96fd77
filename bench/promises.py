"""The promises, and what proves each."""

import os
from dataclasses import dataclass
from typing import Final

from bench.mutations import PYTEST

SERVER: Final = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/test")


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise, by its number."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves some promises: the arguments of Python, in a short form and a long one if they differ."""

    name: str
    promises: tuple[int, ...]
    short: tuple[str, ...]
    long: tuple[str, ...] = ()


def tests(*files: str) -> tuple[str, ...]:
    """Return the arguments that run these files of tests, on every database there is."""
    return (*PYTEST, "-n", "2", *(f"tests/{file}" for file in files))


def on_both(*names: str) -> tuple[str, ...]:
    """Return the arguments that run tests of the whole bot, each on both databases."""
    return tests(*(f"handlers/test_{name}.py" for name in names))


PROMISES: Final = (
    Promise(1, "no acknowledged answer is lost"),
    Promise(2, "one effect per update"),
    Promise(3, "after each acknowledged update the person has an answer, or is owed one"),
    Promise(4, "a redelivered update shows the person where they stand"),
    Promise(5, "nothing is asked twice after a restart, a deploy, or thirty days"),
    Promise(6, "a tap counts when the bot has answered it; every prompt can be shown again"),
    Promise(7, "a poison update delays nobody else"),
    Promise(8, "one person's flood does not slow the others"),
    Promise(9, "no duplicate registration"),
    Promise(10, "the bot is no oracle: a known and an unknown NIK are answered alike"),
    Promise(11, "no identity data is stored before consent"),
    Promise(12, "one bad row stops neither an import nor an export"),
    Promise(13, "each message is at least once or at most once, and says which"),
    Promise(14, "no reminder twice, whatever the clocks and processes do"),
    Promise(15, "a reminder stops at once at payment, withdrawal, death or erasure"),
    Promise(16, "late is dropped or merged, never blasted"),
    Promise(17, "a 429 is obeyed to the second; a 403 stops that chat"),
    Promise(18, "replies do not wait for broadcasts"),
    Promise(19, "a NIK is never readable outside its place"),
    Promise(20, "the token appears in no output"),
    Promise(21, "access within a minute; correction, withdrawal and erasure at once"),
    Promise(22, "messages with identity data leave the chat within a day"),
    Promise(23, "durability is asserted at the start"),
    Promise(24, "a stop ends within ten seconds and loses nothing; so does a deploy"),
    Promise(26, "SQLite and PostgreSQL keep the same promises"),
)

PROOFS: Final = (
    Proof(
        "kills, polling, SQLite",
        (1, 2, 3, 4, 5, 6),
        ("-m", "bench.kills", "--kills", "5"),
        ("-m", "bench.kills", "--kills", "1000"),
    ),
    Proof(
        "kills, polling, PostgreSQL",
        (1, 2, 3, 4, 5, 6, 26),
        ("-m", "bench.kills", "--kills", "5", "--postgresql", SERVER),
        ("-m", "bench.kills", "--kills", "1000", "--postgresql", SERVER),
    ),
    Proof("copies, and what died while it spoke", (3, 4), on_both("redelivery", "owed_replies", "one_batch")),
    Proof("taps: twice, old, forged", (6,), on_both("forged_taps")),
    Proof("poison", (7,), on_both("poison")),
    Proof("floods", (8,), on_both("floods")),
    Proof(
        "one NIK, many senders, SQLite",
        (9,),
        ("-m", "bench.one_nik", "--niks", "10", "--at-once", "10"),
        ("-m", "bench.one_nik"),
    ),
    Proof(
        "one NIK, many senders, PostgreSQL",
        (9, 26),
        ("-m", "bench.one_nik", "--niks", "10", "--at-once", "10", "--postgresql", SERVER),
        ("-m", "bench.one_nik", "--postgresql", SERVER),
    ),
    Proof("known and unknown: the bytes", (10,), on_both("no_oracle")),
    Proof(
        "known and unknown: the time", (10,), ("-m", "bench.oracle", "--people", "50"), ("-m", "bench.oracle")
    ),
    Proof("nothing is filed or kept without a consent", (11,), tests("models/test_filing.py")),
    Proof("rows that are wrong, files that are bombs", (12,), tests("sheets", "jobs/test_imports.py")),
    Proof(
        "killed senders",
        (13, 17),
        ("-m", "bench.delivery_kills", "--kills", "4", "--messages", "200"),
        ("-m", "bench.delivery_kills", "--server", SERVER),
    ),
    Proof("reminders over months", (14, 15, 16), tests("jobs/test_reminders.py", "jobs/test_deliveries.py")),
    Proof(
        "the pace and what Telegram says",
        (17,),
        ("-m", "bench.pace", "--deliveries", "500", "--only", "faults"),
        ("-m", "bench.pace", "--only", "faults"),
    ),
    Proof(
        "replies during a broadcast",
        (18,),
        ("-m", "bench.pace", "--only", "replies", "--seconds", "10"),
        ("-m", "bench.pace", "--only", "replies"),
    ),
    Proof(
        "what a whole run wrote, searched", (19, 20), tests("test_nothing_leaks.py", "models/test_at_rest.py")
    ),
    Proof("erasure and withdrawal", (21,), on_both("erasing")),
    Proof("what leaves the chat", (22,), tests("jobs/test_housekeeping.py", "handlers/test_review.py")),
    Proof("a stop", (24,), (*tests("test_command_line.py"), "-k", "stop")),
    Proof(
        "the gate at the start",
        (23,),
        tests("models/test_database.py", "models/test_sqlite.py", "models/test_postgresql.py"),
    ),
)
