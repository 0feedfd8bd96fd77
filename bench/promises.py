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


def bench(name: str, *more: str) -> tuple[str, ...]:
    """Return the arguments that run a measurement."""
    return ("-m", f"bench.{name}", *more)


def here_and_there(
    name: str, promises: tuple[int, ...], program: str, *more: str, there: str = "--postgresql"
) -> tuple["Proof", "Proof"]:
    """Return the proof that a measurement is on SQLite, and the one on PostgreSQL; both have a short form."""
    at_server = (there, SERVER)
    return (
        Proof(f"{name}, SQLite", promises, bench(program, *more, "--short"), bench(program, *more)),
        Proof(
            f"{name}, PostgreSQL",
            (*promises, 26),
            bench(program, *more, *at_server, "--short"),
            bench(program, *more, *at_server),
        ),
    )


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
    Promise(25, "a backup is proven by a restore that compares rows"),
    Promise(26, "SQLite and PostgreSQL keep the same promises"),
)

PROOFS: Final = (
    *here_and_there("kills, polling", (1, 2, 3, 4, 5, 6), "kills", "--kills", "1000"),
    *here_and_there("kills, webhook", (1, 2, 3, 4, 5, 6), "kills", "--kills", "1000", "--webhook"),
    Proof("power cuts", (1,), bench("power_cuts", "--short"), bench("power_cuts")),
    *here_and_there("copies and disorder", (2, 5), "shuffled"),
    *here_and_there("old taps in disorder", (2, 6), "shuffled", "--stale"),
    Proof(
        "crashes of PostgreSQL, cut connections",
        (1, 26),
        bench("postgresql_crashes", "--short"),
        bench("postgresql_crashes"),
    ),
    Proof("a full disk", (1,), bench("disk_full", "--short"), bench("disk_full")),
    Proof("transactions in each other's way", (1, 2), bench("contended", "--short"), bench("contended")),
    Proof(
        "troubles of the network",
        (1, 3, 13),
        bench("network", "--short"),
        bench("network", "--postgresql", SERVER),
    ),
    Proof("copies, and what died while it spoke", (3, 4), on_both("redelivery", "owed_replies", "one_batch")),
    Proof("taps: twice, old, forged", (6,), on_both("forged_taps")),
    *here_and_there("forged buttons", (6,), "buttons"),
    *here_and_there("any sequence, against a model", (2, 5, 6), "model"),
    *here_and_there("malformed updates", (7,), "malformed"),
    Proof("parsers fuzzed", (7,), bench("fuzz", "--short"), bench("fuzz")),
    Proof("poison", (7,), on_both("poison")),
    Proof("floods", (8,), bench("floods", "--short"), bench("floods")),
    *here_and_there("load, 200 a second", (3, 8), "load"),
    Proof("a million updates: memory", (24,), bench("endurance", "--short"), bench("endurance")),
    Proof(
        "one NIK, many senders, SQLite",
        (9,),
        bench("one_nik", "--niks", "10", "--at-once", "10"),
        bench("one_nik"),
    ),
    Proof(
        "one NIK, many senders, PostgreSQL",
        (9, 26),
        bench("one_nik", "--niks", "10", "--at-once", "10", "--postgresql", SERVER),
        bench("one_nik", "--postgresql", SERVER),
    ),
    Proof("known and unknown: the bytes", (10,), on_both("no_oracle")),
    Proof("known and unknown: the time", (10,), bench("oracle", "--people", "50"), bench("oracle")),
    Proof("nothing is filed or kept without a consent", (11,), tests("models/test_filing.py")),
    Proof("rows that are wrong, files that are bombs", (12,), tests("sheets", "jobs/test_imports.py")),
    Proof(
        "hostile names in words, pictures and pages",
        (12,),
        tests("test_hostile_names.py", "handlers/test_hostile_names.py"),
    ),
    Proof(
        "killed senders",
        (13, 17),
        bench("delivery_kills", "--kills", "4", "--messages", "200"),
        bench("delivery_kills", "--server", SERVER),
    ),
    *here_and_there("clocks that jump, five schedulers", (14,), "clock_jumps"),
    Proof(
        "payment, withdrawal, erasure: nothing is sent",
        (15,),
        tests("models/test_owing.py", "models/test_withdrawing.py", "jobs/test_reminders.py"),
    ),
    Proof("outages of half an hour and of a day", (3, 16), bench("outage", "--short"), bench("outage")),
    Proof(
        "the pace and what Telegram says",
        (17,),
        bench("pace", "--deliveries", "500", "--only", "faults"),
        bench("pace", "--only", "faults"),
    ),
    Proof(
        "replies during a broadcast",
        (18,),
        bench("pace", "--only", "replies", "--seconds", "10"),
        bench("pace", "--only", "replies"),
    ),
    Proof(
        "what a whole run wrote, searched",
        (19, 20),
        tests("test_nothing_leaks.py", "models/test_at_rest.py", "test_secrets.py"),
    ),
    *here_and_there("keys rotated under load and kills", (19,), "rotation"),
    Proof(
        "access, correction, erasure, withdrawal",
        (21,),
        tests(
            "handlers/test_own_data.py",
            "handlers/test_corrections.py",
            "handlers/test_erasing.py",
            "models/test_reached.py",
            "models/test_withdrawing.py",
            "models/test_replaying.py",
        ),
    ),
    Proof("every message of every story leaves if it must", (22,), tests("test_stories.py")),
    Proof(
        "the gate at the start",
        (23,),
        tests("test_start_gate.py", "models/test_sqlite.py", "models/test_postgresql.py"),
    ),
    Proof(
        "a rolling restart",
        (24,),
        bench("rolling", "--short", "--postgresql", SERVER),
        bench("rolling", "--rounds", "20", "--postgresql", SERVER),
    ),
    Proof(
        "backup and restore, SQLite",
        (25,),
        bench("backups", "--short"),
        bench("backups"),
    ),
    Proof(
        "backup and restore, PostgreSQL",
        (25, 26),
        bench("backups", "--short", "--postgresql", SERVER),
        bench("backups", "--postgresql", SERVER),
    ),
    *here_and_there("migrations while the former release writes", (24, 25), "migrations"),
)
