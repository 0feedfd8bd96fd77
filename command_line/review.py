"""The desk's queue for scripts: what waits, and decisions in an officer's name, by receipt number."""

import argparse
from collections.abc import Callable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from command_line import CannotDo, Open, Say
from command_line.kinds import user_id
from handlers.batch import Batch
from handlers.office.deciding import Decision, follow
from handlers.office.reach import DESK
from handlers.status_news import ACCEPTED, REFUSED, RETURNED
from locales import SOURCE, say
from models.accounts import territories_of
from models.applications import Application
from models.office import decisions, reviews
from models.office.returned import Given
from models.references import read_reference
from models.storage.database import Database
from models.trust import audit
from models.trust.audit import Act
from rules import regions, returns
from rules.refusal import Refused
from settings import Settings
from sheets import telling

MOST: Final = 1000
"""How many of the queue are listed at most."""

DONE: Final = {"accept": "accepted", "return": "returned", "refuse": "refused"}
NOT_FOR_THEM: Final = (
    "not decided: it is not waiting, lies elsewhere, is held, or is in another officer's hands"
)


def reference(text: str) -> str:
    """Return a receipt number; raises for what is none."""
    read = read_reference(text)
    if read is None:
        raise argparse.ArgumentTypeError("a receipt number is BPU-7K3M-92QX")
    return read


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    desk = commands.add_parser(
        "review",
        help="what waits for a decision, and deciding it: review accept BPU-7K3M-92QX --by 123456789",
    )
    acts = desk.add_subparsers(dest="act", required=True)
    whole = {
        "list": "print what waits in the officer's territory: receipt number, day, village, warnings",
        "accept": "accept; it waits for the next file to the office",
        "return": "send back to its sender, who answers exactly the questions of the reasons",
        "refuse": "refuse for good",
    }
    for name, what in whole.items():
        act = acts.add_parser(name, help=what)
        act.add_argument("--by", type=user_id, required=True, help="in whose name, the officer's Telegram id")
        if name != "list":
            act.add_argument("reference", type=reference, nargs="+", help="receipt numbers")
    reasons = {"return": returns.returning(), "refuse": returns.refusing()}
    for name, known in reasons.items():
        acts.choices[name].add_argument(
            "--reason", choices=list(known), action="append", default=[], help="why; several for return"
        )
    acts.choices["return"].add_argument("--words", default="", help="the officer's own words beside them")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], tell: Say
) -> int:
    """List what waits, or decide each named application in a transaction of its own; 1 when one was not."""
    why = _why(given)
    async with opened(settings) as database:
        async with database.begin() as db:
            where = await territories_of(db, given.by, DESK, now())
        if not where:
            raise CannotDo(f"{given.by} is neither officer nor administrator.")
        if given.act == "list":
            return await listed(database, given.by, where, settings.timezone, tell)
        failed = 0
        for one in given.reference:
            said = await decide(database, given, one, why, where, now(), settings.timezone)
            tell(f"{one}: {said or DONE[given.act]}.")
            failed += said is not None
    return 1 if failed else 0


def _why(given: argparse.Namespace) -> Given | None:
    """Return the reasons of a decision that needs some; CannotDo where they are missing."""
    if given.act not in ("return", "refuse"):
        return None
    words = getattr(given, "words", "").strip()
    if not given.reason and not words:
        raise CannotDo(f"{given.act} needs --reason.")
    if given.act == "refuse" and len(given.reason) != 1:
        raise CannotDo("refuse needs one --reason.")
    return Given(tuple(given.reason), returns.steps_of(given.reason), words)


async def listed(database: Database, by: int, where: frozenset[str], zone: ZoneInfo, tell: Say) -> int:
    """Print what waits, the oldest first: no name, no NIK."""
    async with database.begin() as db:
        found = await reviews.waiting(db, by, where, MOST)
    for one in found:
        tell(_row(one, zone))
    if not found:
        tell("Nothing waits.")
    return 0


def _row(one: Application, zone: ZoneInfo) -> str:
    day = one.submitted_at.astimezone(zone) if one.submitted_at else None
    place = regions.regions().path(one.village_code)
    warned = ", ".join([*(["duplicate"] if one.duplicate else []), *one.flags])
    return "  ".join(
        part for part in (one.reference, f"{day:%Y-%m-%d}" if day else "", place, warned) if part
    )


async def decide(
    database: Database,
    given: argparse.Namespace,
    named: str,
    why: Given | None,
    where: frozenset[str],
    now: datetime,
    zone: ZoneInfo,
) -> str | None:
    """Decide one application, whose sender hears of it; return why that was not done, None when it was."""
    try:
        async with database.begin() as db:
            batch = Batch(db, database.keys, now, zone)
            found = await reviews.take_named(db, database.keys, named, given.by, where, now)
            if found is None:
                return NOT_FOR_THEM
            await follow(batch, found, await _decided(batch, found, given, why), given.by)
            await audit.note(db, database.keys, batch.audited, now)
    except Refused as refused:
        return f"not decided: {telling.plain(say(SOURCE, refused.name, **refused.values))}"
    return None


async def _decided(
    batch: Batch, application: Application, given: argparse.Namespace, why: Given | None
) -> Decision:
    db, keys, now = batch.db, batch.keys, batch.now
    match given.act, why:
        case "return", Given():
            await decisions.send_back(db, keys, application, why, given.by, now)
            return Decision(Act.RETURNED, RETURNED, why)
        case "refuse", Given():
            await decisions.close(db, keys, application, why, given.by, now)
            return Decision(Act.REFUSED, REFUSED, why)
    await decisions.accept(db, keys, application, given.by, now)
    return Decision(Act.ACCEPTED, ACCEPTED)
