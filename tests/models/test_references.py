"""Receipt numbers: random, and read back however they are typed."""

import re

import pytest

from models.references import new_reference, read_reference


def test_a_receipt_number_looks_like_one() -> None:
    assert re.fullmatch(r"BPU-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", new_reference())


def test_receipt_numbers_differ() -> None:
    assert 1000 == len({new_reference() for _ in range(1000)})


@pytest.mark.parametrize("typed", ["BPU-7K3M-92QX", "bpu 7k3m 92qx", "7k3m92qx", " BPU7K3M92QX "])
def test_a_receipt_number_is_read_however_it_is_typed(typed: str) -> None:
    assert "BPU-7K3M-92QX" == read_reference(typed)


def test_letters_heard_for_digits_are_understood() -> None:
    assert "BPU-1100-AAAA" == read_reference("bpu-iLoO-aaaa")


@pytest.mark.parametrize("typed", ["", "BPU-7K3M", "BPU-7K3M-92QU", "halo"])
def test_anything_else_is_no_receipt_number(typed: str) -> None:
    assert read_reference(typed) is None


def test_every_receipt_number_reads_as_itself() -> None:
    for reference in (new_reference() for _ in range(200)):
        assert reference == read_reference(reference)
