"""The time zone of a place, by its code (Keppres 41/1987)."""

import pytest

from rules.calendar import zone_of


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("1101012001", "Asia/Jakarta"),
        ("1871041010", "Asia/Jakarta"),
        ("3205402002", "Asia/Jakarta"),
        ("61", "Asia/Jakarta"),
        ("6271", "Asia/Jakarta"),
        ("5103042003", "Asia/Makassar"),
        ("52", "Asia/Makassar"),
        ("5307012021", "Asia/Makassar"),
        ("6310", "Asia/Makassar"),
        ("64", "Asia/Makassar"),
        ("65", "Asia/Makassar"),
        ("7371141002", "Asia/Makassar"),
        ("8171052003", "Asia/Jayapura"),
        ("82", "Asia/Jayapura"),
        ("9403012011", "Asia/Jayapura"),
        ("96", "Asia/Jayapura"),
    ],
)
def test_a_place_keeps_the_time_of_its_province(code: str, zone: str) -> None:
    assert zone_of(code) == zone


def test_a_retired_code_of_papua_keeps_eastern_time() -> None:
    assert zone_of("9104") == "Asia/Jayapura"
