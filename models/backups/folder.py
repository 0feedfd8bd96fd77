"""The folder of the backups: names that say when and nothing else, and how long each file is kept."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

KEEP: Final = timedelta(days=30)
KEEP_APART: Final = timedelta(days=7)
"""The people's keys are kept no longer: who was erased cannot be read any more once these are gone."""

NAME: Final = re.compile(r"backup-(\d{8}T\d{6}\d{3}Z)\.(keys|data)\.age")
STAMP: Final = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """A file's name: the moment of the backup in UTC, and which part it is."""

    at: datetime
    apart: bool

    def __str__(self) -> str:
        utc = self.at.astimezone(UTC)
        return f"backup-{utc:{STAMP}}{utc.microsecond // 1000:03}Z.{'keys' if self.apart else 'data'}.age"

    @classmethod
    def read(cls, name: str) -> "Name | None":
        """Return what a file's name says, or None when it is not one of ours."""
        if not (parts := NAME.fullmatch(name)):
            return None
        at = datetime.strptime(f"{parts[1][:-1]}000", f"{STAMP}%f").replace(tzinfo=UTC)
        return cls(at, parts[2] == "keys")


def found(folder: Path) -> list[tuple[Name, Path]]:
    """Return the backups of a folder, the oldest first; other files are left alone."""
    named = ((Name.read(path.name), path) for path in folder.iterdir())
    return sorted((name, path) for name, path in named if name is not None)


def newest(folder: Path, *, apart: bool) -> Path | None:
    """Return the newest file of a part."""
    return max(((n, path) for n, path in found(folder) if n.apart == apart), default=(None, None))[1]


def prune(folder: Path, now: datetime, keep: timedelta, keep_apart: timedelta) -> list[Path]:
    """Remove what is older than it may be, and what a killed backup left; the newest of each part stays."""
    kept = {newest(folder, apart=True), newest(folder, apart=False)}
    gone = [
        path
        for name, path in found(folder)
        if path not in kept and now - name.at > (keep_apart if name.apart else keep)
    ]
    _unlink([*gone, *folder.glob(".backup-*.age.part")])
    return gone


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def newest_at(folder: Path, *, apart: bool) -> datetime | None:
    """Return when the newest backup of a part was made; None without any, or without a folder."""
    if not folder.is_dir():
        return None
    return max((name.at for name, _ in found(folder) if name.apart == apart), default=None)
