"""The short form of `bench.one_nik`: many file one NIK at the same instant, and one application counts."""

from bench.one_nik import meet_all
from models.storage.keys import Keys


async def test_of_all_who_file_a_nik_at_once_one_counts(empty_url: str) -> None:
    assert [] == await meet_all(empty_url, Keys.generate().text(), niks=6, senders=12)
