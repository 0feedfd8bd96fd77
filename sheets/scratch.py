"""Scratch: a folder only we can look into, for a file in the making; it goes when the block ends.

Whoever is killed leaves one behind: the next one to come removes what nobody holds any more.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PREFIX: Final = "daftar-bpu-scratch-"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Yield a new folder of mode 0700, held while the block runs."""
    sweep()
    place = Path(tempfile.mkdtemp(prefix=PREFIX))
    held = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(held)


def sweep() -> None:
    """Remove the folders of the dead: those of ours that nobody holds."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if place.stat().st_uid == os.getuid() and not place.is_symlink():
                _remove_unless_held(place)


def _remove_unless_held(place: Path) -> None:
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(place, ignore_errors=True)
    finally:
        os.close(held)
