"""What an operator does with the keys: look, add, rotate, retire, compare a copy, make those of backups."""

import argparse
import asyncio
import hmac
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from command_line import Open, Say
from models.storage.backup_keys import PrivateBackupKey
from models.storage.database import Database, StartRefused, normalise_url
from models.storage.engine import new_engine
from models.storage.key_checks import known, number_of
from models.storage.key_files import (
    AUDIT,
    BACKUP,
    INDEX,
    MASTER,
    KeysUnreadable,
    Line,
    change_file,
    read_lines,
    settled,
    write_new,
)
from models.storage.keys import Keys, KeyThere, check_value
from models.trust import index_rotation, rotation
from models.trust.audit import HEAD, AuditHead, note, rekeyed
from models.trust.rotation import NotYet
from models.trust.sealed_columns import uses
from settings import Settings

ROTATED: Final = (MASTER, INDEX, AUDIT)
TOLD_EACH: Final = 50_000
"""After how many values a rotation says how far it is."""

Lines = tuple[Line, ...]


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    keys = commands.add_parser(
        "keys", help="look at the keys, rotate them, make those of backups: keys status"
    )
    acts = keys.add_subparsers(dest="act", required=True)
    acts.add_parser("status", help="which keys there are, what each is for and how many values need it")
    add = acts.add_parser("add", help="add the key of the audit log to the key file of an older release")
    add.add_argument("role", choices=[AUDIT])
    prepare = acts.add_parser(
        "prepare", help="add the next key without using it: for bots on several machines"
    )
    rotate = acts.add_parser("rotate", help="begin with a new key, or go on where a rotation stopped")
    for one in (prepare, rotate):
        one.add_argument("role", choices=ROTATED, nargs="?", default=MASTER)
    retire = acts.add_parser("retire", help="take an old master key out of the key file: keys retire 1")
    retire.add_argument("number", type=int)
    retire.add_argument("--now", action="store_true", help="do not keep it for backups of the last 30 days")
    check = acts.add_parser("check", help="compare a copy of the keys with the database; nothing is kept")
    check.add_argument(
        "file", nargs="?", type=Path, help="the copy; without it, type its lines, and a blank one"
    )
    backup = acts.add_parser("backup", help="make the keys of backups; the private one goes into FILE")
    backup.add_argument("file", type=Path)


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Do what the command line says; return the exit code."""
    match given.act:
        case "check":
            return await check(settings, given.file, say)
        case "status":
            async with opened(settings) as database:
                return await status(database, say)
    path = _file_of(settings)
    with _plainly(path):
        match given.act:
            case "add":
                return await asyncio.to_thread(add_audit, path, say)
            case "prepare":
                return await asyncio.to_thread(prepare, path, given.role, say)
            case "backup":
                return await asyncio.to_thread(make_backup_keys, path, given.file, say)
        async with opened(settings) as database:
            if given.act == "retire":
                return await retire(database, path, given.number, now(), say, at_once=given.now)
            return await ROTATE[given.role](database, path, now(), say)


def _file_of(settings: Settings) -> Path:
    if settings.keys is not None:
        raise StartRefused(
            "KEYS is set, and is not a file: write the keys into a file, and name it with KEYS_FILE."
        )
    return settings.keys_file


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise StartRefused(f"The key file {path} is missing.") from None
    except (KeysUnreadable, UnicodeDecodeError) as wrong:
        raise StartRefused(f"The keys cannot be read. {wrong}") from None
    except NotYet as why:
        raise StartRefused(str(why)) from None


def add_audit(path: Path, say: Say) -> int:
    """Add the audit key to the key file; nothing in it is ever replaced."""
    try:
        Keys.add_audit(path)
    except KeyThere:
        raise StartRefused(f"{path} has a key for the audit log already; it stays as it is.") from None
    say(f"A key for the audit log was added to {path}. Copy the file to a safe place again.")
    return 0


def prepare(path: Path, role: str, say: Say) -> int:
    """Add a key that waits; one that waits already stays alone."""
    change_file(path, lambda lines: _with_waiting(lines, role))
    say(
        f"A {role} key waits in {path}. Copy the file to every machine where a bot runs and to a safe place, "
        f"then run there, once: bot.py keys rotate {role}"
    )
    return 0


def _with_waiting(lines: Lines, role: str) -> Iterable[Line]:
    if any(line.role == role and line.waiting for line in lines):
        return lines
    return [*lines, Line.new(role, _next(lines, role), waiting=True)]


def _next(lines: Lines, role: str) -> int:
    return max((line.number for line in lines if line.role == role), default=0) + 1


def _settled(lines: Iterable[Line], role: str) -> Iterable[Line]:
    return [settled(line) if line.role == role else line for line in lines]


async def rotate_master(database: Database, path: Path, now: datetime, say: Say) -> int:
    """Seal everything with a new master key, or go on with the one that a rotation began with."""
    keys = database.keys
    async with database.begin() as db:
        counts = await uses(db)
    unfinished = any(number != keys.sealing_id for number in counts)
    if not unfinished or any(line.role == MASTER and line.waiting for line in keys.lines):
        await asyncio.to_thread(
            change_file, path, lambda lines: _settled(_with_waiting(lines, MASTER), MASTER)
        )
    async with database.begin() as db:
        await rotation.begin_with(db, keys, now)
    say(f"master {keys.sealing_id} seals now. Copy {path} to a safe place again.")
    done, told = 0, TOLD_EACH
    async for count in rotation.rewrap(database):
        done += count
        if done >= told:
            say(f"{done} values were sealed anew.")
            told += TOLD_EACH
    await database.scrub()
    say(f"Nothing needs an older master key any more: {done} values were sealed anew.")
    return 0


async def rotate_index(database: Database, path: Path, now: datetime, say: Say) -> int:
    """Put a new key upon every blind index; the bot must not run."""
    await index_rotation.alone(database)
    async with database.begin() as db:
        used = max(number_of(name) for name in await known(db) if name.startswith(INDEX))
    if not any(line.role == INDEX and line.number > used for line in database.keys.lines):
        await asyncio.to_thread(change_file, path, lambda lines: _with_waiting(lines, INDEX))
    async with database.begin() as db:
        number = min(line.number for line in database.keys.lines if line.role == INDEX if line.number > used)
        count = await index_rotation.reindex(db, database.keys, number, now)
    database.keys.index_up_to(number)
    await asyncio.to_thread(change_file, path, lambda lines: _settled(lines, INDEX))
    await database.scrub()
    say(f"index {number} is upon {count} indexes. The older keys stay. Copy {path} to a safe place again.")
    return 0


async def rotate_audit(database: Database, path: Path, now: datetime, say: Say) -> int:
    """Go on in the audit log with a new key, which seals all that is there."""
    keys = database.keys
    async with database.begin() as db:
        head = await db.get(AuditHead, HEAD)
        used = keys.audit_id if head is None else max(keys.audit_id, head.key_id)
    if used == keys.audit_id:
        await asyncio.to_thread(change_file, path, lambda lines: _with_waiting(lines, AUDIT))
        async with database.begin() as db:
            used = max(line.number for line in keys.lines if line.role == AUDIT)
            await note(db, keys, [rekeyed(used)], now)
    await asyncio.to_thread(change_file, path, lambda lines: _settled(lines, AUDIT))
    say(f"audit {used} marks from now on. The older audit keys stay. Copy {path} to a safe place again.")
    return 0


ROTATE: Final = {MASTER: rotate_master, INDEX: rotate_index, AUDIT: rotate_audit}


async def retire(
    database: Database, path: Path, number: int, now: datetime, say: Say, *, at_once: bool
) -> int:
    """Take a master key out of the key file, if nothing needs it."""
    if not any(line.role == MASTER and line.number == number for line in database.keys.lines):
        raise StartRefused(f"The keys have no line `master {number}`.")
    async with database.begin() as db:
        await rotation.retire(db, database.keys, number, now, at_once=at_once)
    gone = f"{MASTER} {number}"
    await asyncio.to_thread(change_file, path, lambda lines: [line for line in lines if line.name != gone])
    say(f"master {number} was taken out of {path}. Burn its copies; backups of its time open no more.")
    return 0


async def status(database: Database, say: Say) -> int:
    """Say which keys there are, what each does and how many values need it."""
    keys = database.keys
    async with database.begin() as db:
        counts, names = await uses(db), await known(db)
    for line in sorted(keys.lines, key=lambda line: (line.role, line.number)):
        say(f"{line.name:<10} {_does(line, keys, counts, names)}")
    if keys.backup is None:
        say("There is no key for backups. Make one with: bot.py keys backup FILE")
    return 0


def _does(line: Line, keys: Keys, counts: dict[int, int], names: Iterable[str]) -> str:
    if line.role == BACKUP:
        return f"seals backups: {line.key.decode()}"
    if line.waiting:
        return "waits"
    if line.role == MASTER:
        act = "seals" if line.number == keys.sealing_id else "opens"
        return f"{act}, {counts.get(line.number, 0)} values"
    if line.role == INDEX:
        return "indexes" if line.name in names else "waits"
    return "marks" if line.number == keys.audit_id else "verifies"


async def check(settings: Settings, file: Path | None, say: Say) -> int:
    """Compare a copy of the keys with what the database knows; 1 unless every key is there and right."""
    try:
        copy = read_lines(
            await asyncio.to_thread(_typed if file is None else lambda: file.read_text("ascii"))
        )
    except (KeysUnreadable, UnicodeDecodeError) as wrong:
        raise StartRefused(f"The copy cannot be read. {wrong}") from None
    except OSError as wrong:
        raise StartRefused(f"The copy {file} cannot be read: {wrong.strerror}.") from None
    engine = new_engine(normalise_url(settings.database_url))
    try:
        async with AsyncSession(engine) as db:
            stored = await known(db)
    finally:
        await engine.dispose()
    return _compared(copy, stored, say)


def _typed() -> str:
    return "".join(iter(sys.stdin.readline, "\n")) if sys.stdin.isatty() else sys.stdin.read()


def _compared(copy: Lines, stored: dict[str, bytes], say: Say) -> int:
    ours = {line.name: check_value(line) for line in copy}
    right = True
    for name in sorted(stored.keys() | ours.keys()):
        if name not in stored:
            say(f"{name}: this database does not know it.")
        elif name not in ours:
            right = False
            say(f"{name}: missing in the copy.")
        else:
            same = hmac.compare_digest(stored[name], ours[name])
            right = right and same
            say(f"{name}: {'right' if same else 'WRONG'}.")
    say("The copy would do." if right else "The copy would not do.")
    return 0 if right else 1


def make_backup_keys(path: Path, private: Path, say: Say) -> int:
    """Make the pair; the private key goes into a file of its own, which is never replaced."""
    key = PrivateBackupKey.generate()
    try:
        write_new(private, key.text())
    except FileExistsError:
        raise StartRefused(f"{private} is there already; it stays as it is.") from None
    public = str(key.public).encode()
    change_file(path, lambda lines: [*lines, Line(BACKUP, _next(lines, BACKUP), public)])
    say(
        f"Backups are sealed for {key.public} from now on. Take {private} off this machine, and copy it on "
        "paper: without it no backup opens."
    )
    return 0
