"""Lines into a sealed file and out of it again: packed, sealed to the backup key, never plain on any disk."""

import contextlib
import os
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from models.backups.layout import Unreadable
from models.storage.backup_keys import PrivateBackupKey, PublicBackupKey
from models.storage.envelope import CannotOpen

PORTION: Final = 256 * 1024
LONGEST: Final = 64 * 1024 * 1024
"""Bytes of a line that is still one of ours."""


class _Packed:
    """Lines as a file to read from: packed as they come."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._packing = zlib.compressobj(1)
        self._ready = bytearray()
        self._over = False

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; nothing at the end."""
        while not self._over and (size < 0 or len(self._ready) < size):
            self._pack()
        taken = bytes(self._ready if size < 0 else self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _pack(self) -> None:
        plain = bytearray()
        for line in self._lines:
            plain += line + b"\n"
            if len(plain) >= PORTION:
                self._ready += self._packing.compress(bytes(plain))
                return
        self._ready += self._packing.compress(bytes(plain)) + self._packing.flush()
        self._over = True


def write(path: Path, lines: Iterable[bytes], key: PublicBackupKey) -> None:
    """Write lines into a new file, sealed, that only its owner reads: whole and durable, or not at all."""
    half = path.with_name(f".{path.name}.part")
    half.unlink(missing_ok=True)
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            key.seal(_Packed(lines), file)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)
    _sync(path.parent)


@contextlib.contextmanager
def opened(path: Path, key: PrivateBackupKey) -> Iterator[Iterator[bytes]]:
    """Yield the lines of a sealed file as they are opened; raise Unreadable when it does not open to its end.

    It is opened in a thread beside, through a pipe: nothing of it is written anywhere.
    """
    out, into = os.pipe()
    wrong: list[Exception] = []

    def open_all() -> None:
        try:
            with path.open("rb") as sealed, os.fdopen(into, "wb") as target:
                key.open(sealed, target)
        except (CannotOpen, OSError) as error:
            wrong.append(error)

    opening = threading.Thread(target=open_all, name="backup", daemon=True)
    opening.start()
    with contextlib.ExitStack() as stack:
        stack.callback(opening.join)
        source = stack.enter_context(os.fdopen(out, "rb"))
        yield _lines(source, opening, wrong)


def _lines(source: BinaryIO, opening: threading.Thread, wrong: list[Exception]) -> Iterator[bytes]:
    """Split what comes into lines; at the end say whether it was the end."""
    unpacking, rest = zlib.decompressobj(), b""
    try:
        while portion := source.read(PORTION):
            *whole, rest = (rest + unpacking.decompress(portion)).split(b"\n")
            if len(rest) > LONGEST:
                raise Unreadable("The backup has a line that is too long to be one of ours.")
            yield from whole
    except zlib.error:
        raise Unreadable("The backup is not packed as ours are.") from None
    opening.join()
    if wrong:
        raise Unreadable(f"The backup does not open: {_reason(wrong[0])}")
    if rest or not unpacking.eof:
        raise Unreadable("The backup ends in the middle.")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.strerror}."
    return "it was sealed to another backup key, cut off or changed."


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
