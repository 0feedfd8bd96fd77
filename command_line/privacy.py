"""What the law on personal data asks of an operator: what is kept how long, who a breach touches."""

import argparse
import asyncio
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from command_line import CannotDo, Open, Say
from command_line.kinds import territory, user_id
from locales import languages
from locales import say as words
from models.privacy import breaches, retention
from models.privacy.breaches import Breach, Touched
from models.storage.database import Database
from models.trust.audit import Act, Entry, note
from settings import Settings

COMMANDS: Final = ("retention", "breach")
BLANK: Final = "[ISI"
"""What the operator has to fill in, in every language."""

BOLD: Final = re.compile(r"<b>([^<]*)</b>")
LONGEST: Final = 4096
"""Letters of a message at Telegram."""


def moment(text: str) -> datetime:
    """Return a moment such as 2026-11-20T09:00."""
    return datetime.fromisoformat(text)


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    commands.add_parser("retention", help="print what is kept, since when, and what the last run destroyed")
    leak = commands.add_parser("breach", help="list who a breach touches and draft the notices")
    leak.add_argument("--since", type=moment, required=True, help="when it began: 2026-11-20T09:00")
    leak.add_argument("--until", type=moment, required=True, help="when it ended (office's zone, as all)")
    leak.add_argument("--found", type=moment, help="when it was found: the clock begins")
    leak.add_argument("--accounts", type=user_id, nargs="*", default=[], help="only what these ids filed")
    leak.add_argument("--exports", type=int, nargs="*", default=[], help="only who is in these exports")
    leak.add_argument("--territory", type=territory, default="", help="only who lives there")
    leak.add_argument("--audit-by", type=user_id, help="only whom this id looked at or changed")
    leak.add_argument("--out", type=Path, default=Path("breach"), help="a new folder for list and drafts")
    leak.add_argument("--send", type=Path, help="owe everybody touched the notices of this folder, as edited")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Print what is kept, or see to a breach; return the exit code."""
    async with opened(settings) as database:
        if given.command == "retention":
            return await kept(database, now(), say)
        return await breach(database, given, settings, now(), say)


async def kept(database: Database, now: datetime, say: Say) -> int:
    """Print each kind; 1 when something is past its time by more than a run."""
    async with database.begin() as db:
        held = await retention.report(db, now)
    late = 0
    for one in held:
        time = f"{one.rule.days} days" if one.rule.days is not None else "no time of its own"
        oldest = "" if one.oldest is None else f", oldest {one.oldest:%Y-%m-%d}"
        run = (
            one.run
            and f", last run {one.run.ran_at:%Y-%m-%d %H:%M}Z: {one.run.destroyed} of {one.run.in_all}"
        )
        say(f"{one.rule.name}: {one.count} rows, {time}{oldest}, {one.due} due{run or ''}")
        say(f"    [{one.rule.certainty}] {one.rule.source}")
        late += one.due if one.rule.name != "chat" else 0
    say(f"{late} rows wait for the next run of housekeeping.")
    return 0


async def breach(
    database: Database, given: argparse.Namespace, settings: Settings, now: datetime, say: Say
) -> int:
    """List who is touched and draft the notices, or owe them as they were edited since."""
    found = _breach(given, settings, now)
    texts = None if given.send is None else await asyncio.to_thread(_edited, given.send)
    async with database.begin() as db:
        touched = await breaches.touched(db, found)
    people = {each.person_id for each in touched}
    say(f"{len(touched)} registrations of {len(people)} people are touched; "
        f"{len(breaches.accounts_of(touched))} accounts can be told.")  # fmt: skip
    say(f"Notify people and the authority by {found.due:%Y-%m-%d %H:%M} UTC (3 x 24 hours, art. 46).")
    if texts is None:
        files = await asyncio.to_thread(_write, given.out, found, touched)
        say(f"Written, readable by you alone: {', '.join(str(file) for file in files)}")
        say(f"Nothing was sent. Fill in the drafts, then say the same with --send {given.out}")
        return 0
    async with database.begin() as db:
        owed = await breaches.owe(db, database.keys, found, touched, texts, now)
        details = {"registrations": len(touched), "told": owed}
        await note(db, database.keys, [Entry(Act.BREACHED, None, None, f"breach:{found.name}", details)], now)
    say(f"{owed} notices are owed; the running bot sends them.")
    return 0


def _breach(given: argparse.Namespace, settings: Settings, now: datetime) -> Breach:
    def there(told: datetime) -> datetime:
        return (told if told.tzinfo else told.replace(tzinfo=settings.timezone)).astimezone(UTC)

    since, until = there(given.since), there(given.until)
    if until <= since:
        raise CannotDo("--until must lie behind --since.")
    found_at = now if given.found is None else there(given.found)
    return Breach(
        since,
        until,
        found_at,
        frozenset(given.accounts),
        frozenset(given.exports),
        given.territory,
        given.audit_by,
    )


def _write(folder: Path, found: Breach, touched: list[Touched]) -> list[Path]:
    """Write the list and the drafts into a new folder that only its owner may read."""
    texts = {
        "touched.json": orjson.dumps([each.row() for each in touched], option=orjson.OPT_INDENT_2).decode()
    }
    for language in languages():
        texts[f"people.{language}.txt"] = words(language, "breach.notice", **found.values())
        count = len({each.person_id for each in touched})
        texts[f"authority.{language}.txt"] = words(
            language, "breach.authority", people=count, registrations=len(touched), **found.values()
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=False)
        return [_private(folder / name, text) for name, text in texts.items()]
    except FileExistsError:
        raise CannotDo(f"{folder} is there already: name a new folder with --out.") from None
    except OSError as error:
        raise CannotDo(f"{error.filename}: {error.strerror}.") from None


def _edited(folder: Path) -> dict[str, str]:
    """Return what people are to be told, by language, or raise CannotDo for what cannot be sent."""
    texts = {}
    for language in languages():
        file = folder / f"people.{language}.txt"
        try:
            texts[language] = file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise CannotDo(f"{file} cannot be read: --send takes the folder with the drafts.") from None
        plain = BOLD.sub(r"\1", texts[language])
        if not 0 < len(plain) <= LONGEST or "<" in plain or BLANK in plain:
            raise CannotDo(
                f"{file} must have no {BLANK}…] left, at most {LONGEST} letters, and only <b>…</b>."
            )
    return texts


def _private(path: Path, text: str) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return path
