"""Box: what is sealed opens in its own place and nowhere else."""

import pickle

import pytest

from models.storage.envelope import Box, CannotOpen

KEY = bytes(range(32))
NIK = b"9901014101909001"


def test_what_is_sealed_opens_in_its_place() -> None:
    box = Box(KEY, 1)
    sealed = box.seal("workers", 7, "nik", NIK)

    assert NIK == box.open("workers", 7, "nik", sealed)
    assert NIK not in sealed


@pytest.mark.parametrize("place", [("workers", 8, "nik"), ("workers", 7, "name"), ("accounts", 7, "nik")])
def test_a_value_moved_to_another_place_does_not_open(place: tuple[str, int, str]) -> None:
    box = Box(KEY, 1)
    sealed = box.seal("workers", 7, "nik", NIK)

    with pytest.raises(CannotOpen):
        box.open(*place, sealed)


def test_another_key_does_not_open() -> None:
    sealed = Box(KEY, 1).seal("workers", 7, "nik", NIK)

    with pytest.raises(CannotOpen):
        Box(bytes(32), 1).open("workers", 7, "nik", sealed)
    with pytest.raises(CannotOpen):
        Box(KEY, 2).open("workers", 7, "nik", sealed)


@pytest.mark.parametrize("position", [0, 1, 5, 20, -1])
def test_a_flipped_bit_is_found(position: int) -> None:
    box = Box(KEY, 1)
    sealed = bytearray(box.seal("workers", 7, "nik", NIK))
    sealed[position] ^= 1

    with pytest.raises(CannotOpen):
        box.open("workers", 7, "nik", bytes(sealed))


def test_the_same_value_never_looks_the_same() -> None:
    box = Box(KEY, 1)

    assert box.seal("workers", 7, "nik", NIK) != box.seal("workers", 7, "nik", NIK)


def test_a_box_never_tells_its_key() -> None:
    assert "Box(key 1)" == repr(Box(KEY, 1))
    with pytest.raises(TypeError):
        pickle.dumps(Box(KEY, 1))


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Box(b"short", 1)
