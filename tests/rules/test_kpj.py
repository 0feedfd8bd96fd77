"""KPJ: 11 digits, whatever stands between them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import kpj
from rules.refusal import Refused


@pytest.mark.parametrize(
    "typed", ["99012345678", "990 1234 5678", "9901-2345-678", "٩٩٠١٢٣٤٥٦٧٨", " 99012345678\n"]
)
def test_a_kpj_is_eleven_digits(typed: str) -> None:
    assert "99012345678" == kpj.parse(typed)


@pytest.mark.parametrize(
    ("typed", "name", "got"),
    [
        ("9901234567", "kpj.wrong_length", 10),
        ("990123456789", "kpj.wrong_length", 12),
        ("9901014101909001", "kpj.is_nik", 16),
        ("9901234567O", "kpj.not_digits", 10),
        ("", "kpj.not_digits", 0),
    ],
)
def test_what_is_no_kpj_is_named(typed: str, name: str, got: int) -> None:
    with pytest.raises(Refused) as refusal:
        kpj.parse(typed)

    assert (name, got) == (refusal.value.name, refusal.value.values["got"])
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


@given(st.one_of(st.text(), st.text("0123456789 .-", min_size=11)))
@settings(deadline=None, database=None)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        digits = kpj.parse(typed)
    except Refused:
        return
    assert digits == kpj.parse(digits)
