"""What the database knows of the keys: enough to refuse a wrong one, nothing to open a value with."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import LargeBinary, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from models.storage.base import Base
from models.storage.conflicts import insert_new
from models.storage.gate import StartRefused
from models.storage.key_files import INDEX
from models.storage.keys import Keys, KeysUnreadable

KeysSource = Path | str
"""Where the keys are: a file, or their content."""


class KeyCheck(Base):
    """One key that is in use here: its name, a value only that key gives, and when a rotation began with it.

    The index keys that are here are those every blind index was made with.
    """

    __tablename__ = "key_checks"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime | None]


async def obtain_keys(db: AsyncSession, source: KeysSource, announce: Callable[[str], None]) -> Keys:
    """Return the keys of this database; raise StartRefused when they are missing, unreadable or not its own.

    A database that no key has ever sealed for gets a new key file, and that is announced.
    """
    untouched = not await db.scalar(select(func.count()).select_from(KeyCheck))
    if untouched and isinstance(source, Path) and not source.exists():
        _create(source, announce)
    keys = read_keys(source)
    await _compare(db, keys)
    return keys


def _create(path: Path, announce: Callable[[str], None]) -> None:
    Keys.generate().write(path)
    announce(
        f"New keys were written to {path}. Copy them to a safe place now, apart from the database: "
        "without them nobody can ever read its data again."
    )


def read_keys(source: KeysSource) -> Keys:
    """Return the keys, or raise StartRefused with the sentence that says why not."""
    if isinstance(source, Path) and not source.exists():
        raise StartRefused(f"The key file {source} is missing, and this database cannot be read without it.")
    if isinstance(source, str) and not source.strip():
        raise StartRefused("No keys are set, and this database cannot be read without them.")
    try:
        return Keys.load(source) if isinstance(source, Path) else Keys.read(source)
    except KeysUnreadable as wrong:
        raise StartRefused(f"The keys cannot be read. {wrong}") from None


async def _compare(db: AsyncSession, keys: Keys) -> None:
    stored = await known(db)
    indexes = [number_of(name) for name in stored if name.startswith(INDEX)]
    fresh = [line.name for line in keys.lines if not (line.waiting or (line.role == INDEX and indexes))]
    ours = keys.check_values()
    await insert_new(db, KeyCheck, [{"name": name, "value": ours[name]} for name in fresh])
    stored = await known(db)
    for name, value in stored.items():
        if name not in ours:
            raise StartRefused(f"The key `{name}` is missing: this database has values sealed with it.")
        if ours[name] != value:
            raise StartRefused(f"The key `{name}` is not the one this database was sealed with.")
    if not keys.complete:
        raise StartRefused("The keys have no key for the audit log. Make one with: bot.py keys add audit")
    keys.index_up_to(max(number_of(name) for name in stored if name.startswith(INDEX)))


async def known(db: AsyncSession) -> dict[str, bytes]:
    """Return what the database keeps of each key it has used, by the key's name."""
    rows = await db.execute(select(KeyCheck.name, KeyCheck.value).order_by(KeyCheck.name))
    return {row.name: row.value for row in rows}


def number_of(name: str) -> int:
    """Return the number in a key's name."""
    return int(name.rpartition(" ")[2])
