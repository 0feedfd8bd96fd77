"""The promises, and what proves each."""

from dataclasses import dataclass
from typing import Final

from bench.mutations import PYTEST


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
    Proof(
        "kills, SQLite, polling",
        (1, 2, 3, 4, 5, 6),
        ("-m", "bench.kills", "--kills", "5"),
        ("-m", "bench.kills", "--kills", "1000"),
    ),
    Proof("an oracle of nothing", (10,), tests("handlers/test_no_oracle.py")),
)
