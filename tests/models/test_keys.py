"""Keys: a ring that is kept in a file, seals, and makes blind indexes."""

import hashlib
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from models.storage.envelope import CannotOpen
from models.storage.keys import Keys, KeysUnreadable, KeyThere

NIK = "9901014101909001"


def test_a_key_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    keys = Keys.generate()
    keys.write(tmp_path / "keys")

    assert keys.check_values() == Keys.load(tmp_path / "keys").check_values()


def test_a_key_file_is_for_its_owner_alone_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    Keys.generate().write(tmp_path / "keys")

    assert 0o600 == stat.S_IMODE((tmp_path / "keys").stat().st_mode)
    assert [tmp_path / "keys"] == list(tmp_path.iterdir())


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    first = Keys.generate()
    first.write(tmp_path / "keys")

    with pytest.raises(FileExistsError):
        Keys.generate().write(tmp_path / "keys")
    assert first.check_values() == Keys.load(tmp_path / "keys").check_values()
    assert [tmp_path / "keys"] == list(tmp_path.iterdir())


def test_keys_fit_into_one_line_of_a_setting() -> None:
    keys = Keys.generate()
    line = ";".join(line for line in keys.text().splitlines() if not line.startswith("#"))

    assert keys.check_values() == Keys.read(line).check_values()


@pytest.mark.parametrize(
    "text",
    ["", "master 1 AAAA", "master 1", "hello", "index 1 " + "A" * 43 + "=", "master x " + "A" * 43 + "="],
)
def test_wrong_keys_are_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(KeysUnreadable) as refusal:
        Keys.read(text)

    assert "AAAA" not in str(refusal.value)


def older(keys: Keys) -> str:
    """The content of a key file of a release that had no key for the audit log."""
    return "# Ours\n" + "\n".join(line for line in keys.text().splitlines() if not line.startswith("audit"))


def test_an_older_file_gets_an_audit_key_and_keeps_what_it_holds(tmp_path: Path) -> None:
    keys, path = Keys.generate(), tmp_path / "keys"
    path.write_text(older(keys))
    path.chmod(0o600)
    Keys.add_audit(path)
    added, kept = Keys.load(path), keys.check_values()

    assert path.read_text().startswith("# Ours\n")
    assert added.complete
    assert not Keys.read(older(keys)).complete
    assert {"master 1", "index 1"} == {
        name for name, value in added.check_values().items() if kept[name] == value
    }
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [path] == list(tmp_path.iterdir())


def test_an_audit_key_is_never_replaced_also_by_two_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(older(Keys.generate()))
    path.chmod(0o600)

    def add() -> bool:
        try:
            Keys.add_audit(path)
        except KeyThere:
            return False
        return True

    with ThreadPoolExecutor(4) as several:
        done = list(several.map(lambda _: add(), range(4)))

    assert 1 == done.count(True)
    assert 1 == sum(line.startswith("audit") for line in path.read_text().splitlines())


def test_the_audit_log_has_a_key_of_its_own() -> None:
    keys, others = Keys.generate(), Keys.generate()
    swapped = Keys.read(
        "\n".join(line for line in [*older(keys).splitlines(), *others.text().splitlines()[-1:]] if line)
    )

    assert keys.nik_index(NIK) == swapped.nik_index(NIK)
    assert keys.audit_mark(b"1") != swapped.audit_mark(b"1")


def test_a_key_given_twice_is_refused() -> None:
    text = Keys.generate().text()

    with pytest.raises(KeysUnreadable, match="twice"):
        Keys.read(text + text)


def test_the_newest_master_seals_and_the_old_one_still_opens() -> None:
    old = Keys.generate()
    sealed = old.seal("quarantine", 1, "update", b"{}")
    new = old.with_new_master()

    assert b"{}" == new.open("quarantine", 1, "update", sealed)
    assert 2 == new.sealing_id
    with pytest.raises(CannotOpen):
        old.open("quarantine", 1, "update", new.seal("quarantine", 1, "update", b"{}"))


def test_the_blind_index_of_a_nik_is_the_same_each_time_and_no_bare_hash() -> None:
    keys = Keys.generate()

    assert keys.nik_index(NIK) == keys.nik_index(NIK)
    assert keys.nik_index(NIK) != keys.nik_index("9901014101909002")
    assert keys.nik_index(NIK) != hashlib.sha256(NIK.encode()).digest()
    assert keys.nik_index(NIK) != Keys.generate().nik_index(NIK)


def test_the_index_of_a_sender_never_meets_the_index_of_a_nik() -> None:
    keys = Keys.generate()

    assert keys.sender_index(int(NIK)) != keys.nik_index(NIK)


def test_keys_never_tell_themselves() -> None:
    assert "Keys(masters 1)" == repr(Keys.generate())
