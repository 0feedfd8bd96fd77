"""E-mail addresses: an ordinary check, and one spelling of the domain."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import email
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("siti@contoh.id", "siti@contoh.id"),
        (" Siti.Aminah@Contoh.CO.ID\n", "Siti.Aminah@contoh.co.id"),
        ("siti+bpu@contoh.id", "siti+bpu@contoh.id"),
        ("siti_9@sub-bagian.contoh.id", "siti_9@sub-bagian.contoh.id"),
        ("ｓｉｔｉ＠contoh.id", "siti@contoh.id"),
    ],
)
def test_an_address_keeps_its_name_and_gets_a_small_domain(typed: str, kept: str) -> None:
    assert kept == email.parse(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", "email.no_at"),
        ("siti.contoh.id", "email.no_at"),
        ("siti@contoh", "email.not_whole"),
        ("siti@contoh,id", "email.not_whole"),
        ("siti aminah@contoh.id", "email.not_whole"),
        ("siti@@contoh.id", "email.not_whole"),
        ("siti..a@contoh.id", "email.not_whole"),
        (".siti@contoh.id", "email.not_whole"),
        ("=siti@contoh.id", "email.not_whole"),
        ("siti@-contoh.id", "email.not_whole"),
        (f"siti@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 20}.id", "email.not_whole"),
    ],
)
def test_what_is_no_address_is_named(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        email.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name) for language in ("id", "en"))


@given(st.one_of(st.text(), st.text("abC.@-_+ 9"), st.emails()))
@settings(deadline=None, database=None)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        address = email.parse(typed)
    except Refused:
        return
    assert address == email.parse(address)
