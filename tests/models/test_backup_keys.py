"""Backup keys: the public one seals, only the private one opens, and a damaged backup opens for nobody."""

import errno
import io
import pickle
import resource
from pathlib import Path

import pytest

from models.storage.backup_keys import BackupKeyWrong, PrivateBackupKey, PublicBackupKey
from models.storage.envelope import CannotOpen
from models.storage.key_files import Line
from models.storage.keys import Keys

BACKUP = b"rows of people " * 20_000


def sealed(key: PrivateBackupKey, content: bytes = BACKUP) -> bytes:
    target = io.BytesIO()
    key.public.seal(io.BytesIO(content), target)
    return target.getvalue()


def opened(key: PrivateBackupKey, content: bytes) -> bytes:
    target = io.BytesIO()
    key.open(io.BytesIO(content), target)
    return target.getvalue()


def test_what_the_public_key_seals_opens_with_the_private_one_read_from_its_file() -> None:
    key = PrivateBackupKey.generate()
    again = PrivateBackupKey.read(key.text())

    assert BACKUP == opened(again, sealed(key))
    assert again.public == key.public == PublicBackupKey.read(f" {key.public}\n")
    assert b"rows of people" not in sealed(key)
    assert sealed(key).startswith(b"age-encryption.org/v1")


@pytest.mark.parametrize("harm", [lambda whole: whole[:-1], lambda whole: whole[:70_000], lambda whole: b"",
    lambda whole: whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:], lambda whole: whole + b"1",
    lambda whole: b"-- no backup"])  # fmt: skip
def test_a_damaged_backup_does_not_open(harm) -> None:  # type: ignore[no-untyped-def]
    key = PrivateBackupKey.generate()

    with pytest.raises(CannotOpen):
        opened(key, harm(sealed(key)))


def test_another_key_does_not_open_a_backup() -> None:
    with pytest.raises(CannotOpen):
        opened(PrivateBackupKey.generate(), sealed(PrivateBackupKey.generate()))


class Full(io.BytesIO):
    """A disk with no room."""

    def write(self, data: object, /) -> int:
        raise OSError(errno.ENOSPC, "full")


def test_a_full_disk_is_said_to_be_full() -> None:
    key = PrivateBackupKey.generate()
    with pytest.raises(OSError, match="full") as refusal:
        key.public.seal(io.BytesIO(BACKUP), Full())
    with pytest.raises(OSError, match="full"):
        key.open(io.BytesIO(sealed(key)), Full())

    assert refusal.value.errno == errno.ENOSPC


def test_memory_does_not_grow_with_the_backup(tmp_path: Path) -> None:
    key, plain = PrivateBackupKey.generate(), tmp_path / "plain"
    with plain.open("wb") as file:
        file.truncate(200 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with plain.open("rb") as source, (tmp_path / "sealed").open("wb") as target:
        key.public.seal(source, target)

    assert (tmp_path / "sealed").stat().st_size > 200 << 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("text", ["", "AGE-SECRET-KEY-1QQQ", "age1qqq", "one\ntwo"])
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    for kind in (PrivateBackupKey, PublicBackupKey):
        with pytest.raises(BackupKeyWrong) as refusal:
            kind.read(text)
        assert not text or text not in str(refusal.value)


def test_a_private_key_never_tells_itself() -> None:
    key = PrivateBackupKey.generate()

    assert "SECRET" not in repr(key) + str(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_the_key_file_holds_the_newest_public_key() -> None:
    first, second = PrivateBackupKey.generate().public, PrivateBackupKey.generate().public
    lines = [Line("backup", number, str(key).encode()) for number, key in ((1, first), (2, second))]
    keys = Keys([*Keys.generate().lines, *lines])

    assert second == Keys.read(keys.text()).backup
    assert Keys.generate().backup is None
