"""`bot.py backup` and `bot.py restore`, as an operator types them, while a bot has the database open."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from command_line import CannotDo, backups
from command_line.parser import parser
from models.storage.backup_keys import PrivateBackupKey
from models.storage.database import Database, StartRefused
from models.storage.keys import Keys
from running.office import opened
from settings import Settings

Types = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def key_file(tmp_path: Path, keys: Keys) -> Path:
    """The private key in its file, and the public one beside the other keys."""
    key = PrivateBackupKey.generate()
    (tmp_path / "private.key").write_text(key.text())
    (tmp_path / "private.key").chmod(0o600)
    (tmp_path / "keys").write_text(f"{keys.text()}backup 1 {key.public}\n")
    (tmp_path / "keys").chmod(0o600)
    return tmp_path / "private.key"


@pytest.fixture
def types(tmp_path: Path, database_url: str) -> Types:
    """Types a command; returns what it says, or raises what it refuses with."""

    async def command(*words: str, **settings: str) -> list[str]:
        given = parser().parse_args(words)
        usual = {
            "DATABASE_URL": database_url,
            "KEYS_FILE": str(tmp_path / "keys"),
            "BACKUP_FOLDER": str(tmp_path / "backups"),
        }
        said: list[str] = []
        whole = Settings.read(usual | settings)
        assert 0 == await backups.obey(given, whole, opened, lambda: datetime.now(UTC), said.append)
        return said

    return command


async def test_a_database_in_use_is_backed_up_tried_out_and_restored(
    database: Database, types: Types, tmp_path: Path, key_file: Path
) -> None:
    made = await types("backup")
    often = await types("backup", "--keys-only")
    [drilled, people] = await types("backup", "--verify", "--key", str(key_file))
    anew = f"sqlite:///{tmp_path / 'new.db'}"
    [restored] = await types("restore", "--key", str(key_file), DATABASE_URL=anew)

    assert ([".keys.age", ".data.age"], 1) == ([line.split()[0][-9:] for line in made], len(often))
    assert "none missing or changed" in drilled
    assert "0 people by chance" in people
    assert "was restored in" in restored
    with pytest.raises(StartRefused, match="not empty"):
        await types("restore", "--key", str(key_file))
    assert [] == [path.name for path in tmp_path.rglob(".*")]  # noqa: ASYNC240 - nothing waits for this loop


async def test_what_cannot_be_done_is_said_in_one_sentence(
    database: Database, types: Types, tmp_path: Path, keys: Keys, key_file: Path
) -> None:
    (tmp_path / "no.key").write_text("nothing")
    for words, sentence in (
        (("backup", "--verify"), "The private backup key is needed"),
        (("restore", "--key", str(tmp_path / "no.key")), "holds no private backup key"),
        (("restore", "--key", str(tmp_path / "away.key")), "away.key: No such file"),
        (("restore", "--key", str(key_file)), "is no folder of backups"),
    ):
        with pytest.raises(CannotDo, match=sentence):
            await types(*words)
    with pytest.raises(CannotDo, match="There is no backup key yet"):
        await types("backup", KEYS=keys.text())
