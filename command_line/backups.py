"""Backups for operators: made while the bot runs, tried out in a drill, restored into an empty database."""

import argparse
import asyncio
import contextlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom
from time import monotonic
from typing import Final

from sqlalchemy.exc import DBAPIError

from command_line import CannotDo, Open, Say
from models.backups import dumping, folder
from models.backups.layout import Unreadable
from models.backups.restoring import Files, Outcome, open_sample, restore
from models.storage.backup_keys import BackupKeyWrong, PrivateBackupKey
from models.storage.database import open_database
from models.storage.envelope import CannotOpen
from models.storage.key_checks import KeysSource, read_keys
from settings import Settings

DRILL: Final = ".backup-drill-"
"""How the folder begins in which the throw-away database of a drill lies."""


def span(text: str) -> timedelta:
    """Return a span written as days, such as 30d; raises for anything else."""
    if not (found := re.fullmatch(r"([1-9]\d{0,3})d", text)):
        raise argparse.ArgumentTypeError("a span is a number of days, such as 30d")
    return timedelta(days=int(found[1]))


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands to the command line."""
    make = commands.add_parser("backup", help="back the database up while the bot runs, or try a backup out")
    make.add_argument("--to", type=Path, help="the folder of the backups; BACKUP_FOLDER unless given")
    make.add_argument("--keep", type=span, default=folder.KEEP, help="how long, such as 30d")
    make.add_argument(
        "--keep-keys", type=span, default=folder.KEEP_APART, help="how long the people's keys are kept: 7d"
    )
    make.add_argument(
        "--keys-only",
        action="store_true",
        help="only the people's keys and who was erased: small, do it often",
    )
    make.add_argument(
        "--verify",
        action="store_true",
        help="restore the newest into a throw-away database and compare",
    )
    back = commands.add_parser("restore", help="restore a backup into the empty database of DATABASE_URL")
    back.add_argument("--from", dest="to", type=Path, help="the folder of the backups")
    back.add_argument("--data", type=Path, help="the file of data; the newest of the folder unless given")
    back.add_argument("--keys", type=Path, help="the file of keys; the newest of the folder unless given")
    for one in (make, back):
        one.add_argument("--key", type=Path, help="the file with the private backup key")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Do what the command line says; return the exit code."""
    where: Path = given.to or settings.backup_folder
    source: KeysSource = settings.keys if settings.keys is not None else settings.keys_file
    with _plainly():
        if given.command == "restore":
            key = _private(given.key)
            files = _files(where, given.keys, given.data)
            return await bring_back(settings, source, files, key, now(), say)
        if given.verify:
            return await drill(source, where, _private(given.key), now(), say)
        return await make(settings, source, given, where, now(), say)


async def make(
    settings: Settings, source: KeysSource, given: argparse.Namespace, where: Path, now: datetime, say: Say
) -> int:
    """Make a backup and let go of those that are too old."""
    keys = read_keys(source)
    if keys.backup is None:
        raise CannotDo("There is no backup key yet. Make one: bot.py keys backup FILE")
    whole, key = not given.keys_only, keys.backup
    made = await asyncio.to_thread(dumping.dump, settings.database_url, keys, key, where, now, whole=whole)
    gone = await asyncio.to_thread(folder.prune, where, now, given.keep, given.keep_keys)
    for path in made:
        say(f"{path} {path.stat().st_size}")
    if gone:
        say(f"{len(gone)} files that were too old were removed.")
    return 0


async def bring_back(
    settings: Settings, source: KeysSource, files: Files, key: PrivateBackupKey, now: datetime, say: Say
) -> int:
    """Restore into the database of the settings."""
    begun = monotonic()
    came = await restore(settings.database_url, source, files, key, now)
    say(_told(came, monotonic() - begun))
    return 0


async def drill(source: KeysSource, where: Path, key: PrivateBackupKey, now: datetime, say: Say) -> int:
    """Restore the newest backup into a throw-away database, compare every row and open people's data."""
    files, begun = _files(where, None, None), monotonic()
    with _thrown_away(where) as url:
        came = await restore(url, source, files, key, now)
        database = await open_database(url, source, announce=lambda _: None)
        try:
            opened = await open_sample(database, SystemRandom())
        finally:
            await database.close()
    say(_told(came, monotonic() - begun))
    say(f"The data of {opened} people by chance could be read. The throw-away database is gone again.")
    return 0


def _told(came: Outcome, seconds: float) -> str:
    rows, tables = sum(came.restored.rows.values()), len(came.restored.rows)
    return (
        f"The backup of {came.restored.at:%Y-%m-%d %H:%M:%S}Z was restored in {seconds:.1f} s: {rows} rows "
        f"of {tables} tables compared, none missing or changed; {came.erased} people erased again; "
        f"{came.doubtful} messages that may have been sent since are left uncertain."
    )


def _files(where: Path, apart: Path | None, data: Path | None) -> Files:
    if (apart is None or data is None) and not where.is_dir():
        raise CannotDo(f"{where} is no folder of backups.")
    apart = apart or folder.newest(where, apart=True)
    data = data or folder.newest(where, apart=False)
    if apart is None or data is None:
        raise CannotDo(f"{where} holds no backup: a file of keys and one of data are needed.")
    return Files(apart, data)


def _private(path: Path | None) -> PrivateBackupKey:
    if path is None:
        raise CannotDo("The private backup key is needed: --key FILE")
    try:
        return PrivateBackupKey.read(path.read_text("ascii"))
    except (BackupKeyWrong, UnicodeDecodeError):
        raise CannotDo(f"{path} holds no private backup key.") from None


@contextlib.contextmanager
def _thrown_away(where: Path) -> Iterator[str]:
    """Yield the address of a database of its own, in a folder that goes whatever happens."""
    for left in where.glob(f"{DRILL}*"):
        shutil.rmtree(left, ignore_errors=True)  # of a drill that was killed
    place = Path(tempfile.mkdtemp(prefix=DRILL, dir=where.resolve()))
    try:
        yield f"sqlite:///{place / 'drill.sqlite3'}"
    finally:
        shutil.rmtree(place)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Say in one sentence why a backup or a restore could not be done."""
    try:
        yield
    except Unreadable as wrong:
        raise CannotDo(f"{wrong} Nothing was restored.") from None
    except CannotOpen as wrong:
        raise CannotDo(f"Somebody's data do not open: {wrong}") from None
    except OSError as error:
        raise CannotDo(f"{error.filename}: {error.strerror}.") from None
    except DBAPIError as error:
        raise CannotDo(f"The database refuses: {str(error.orig).partition(chr(10))[0]}") from None
