"""PINs: long enough, and none that is tried first."""

import pytest

from rules import pins
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("typed", "read"), [("294817", "294817"), (" 29 48 17 ", "294817"), ("٢٩٤٨١٧", "294817")]
)
def test_a_pin_is_read_as_it_is_typed(typed: str, read: str) -> None:
    assert read == pins.choose(typed)


@pytest.mark.parametrize("typed", ["29481", "2948173948571", "29481a", "", "-294817", "29.48.17"])
def test_what_is_no_pin_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        pins.parse(typed)

    assert "pins.digits" == refusal.value.name


@pytest.mark.parametrize(
    "typed",
    ["000000", "123456", "654321", "890123", "121212", "123123", "112233", "123321", "12341234", "111222"],
)
def test_what_is_tried_first_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as refusal:
        pins.choose(typed)

    assert "pins.trivial" == refusal.value.name
    assert typed == pins.parse(typed)
