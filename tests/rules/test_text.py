"""The sanitiser: hostile text comes out safe, and safe text comes out as it was."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.text import LIMIT, ascii_digits, clean, without_accents

HOSTILE = st.text(
    st.characters(categories=("Lu", "Ll", "Lo", "Mn", "Cf", "Cc", "Cs", "Co", "Zs", "Zl", "Sk", "Nd"))
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Siti Aminah", "Siti Aminah"),
        ("  Siti \t Aminah\r\n", "Siti Aminah"),
        ("Jalan Melati\nRT 03", "Jalan Melati RT 03"),
        ("Si\x00ti", "Siti"),
        ("Siti\x0b", "Siti"),
        ("\ud83dSiti", "Siti"),
        ("\u202eitiS\u202c", "itiS"),
        ("Si\u200bti\ufeff", "Siti"),
        ("Siti\ue000", "Siti"),
        ("Si\u00adti", "Siti"),
        ("Ｓｉｔｉ", "Siti"),
        ("e\u0301", "é"),
        ("e\u200d\u0301", "é"),
        ("\u3164", ""),
        ("1\ufe0f", "1"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_gone(typed: str, kept: str) -> None:
    assert kept == clean(typed)


def test_text_that_grows_eighteen_fold_is_still_cut() -> None:
    grown = clean("\ufdfa" * LIMIT)

    assert LIMIT - 1 <= len(grown) <= LIMIT


def test_a_limit_never_leaves_a_blank_at_the_end() -> None:
    assert "Siti" == clean("Siti Aminah", limit=5)


@given(st.one_of(st.text(), HOSTILE), st.integers(0, 30))
@settings(deadline=None, database=None, max_examples=300)
def test_clean_text_stays_as_it_is(typed: str, limit: int) -> None:
    once = clean(typed, limit)

    assert once == clean(once, limit)
    assert len(once) <= limit
    assert not any(unicodedata.category(char).startswith("C") for char in once)
    once.encode("utf-8")


def test_no_character_hides_an_invisible_one() -> None:
    every = (chr(code) for code in range(0x110000))
    changed = (char for char in every if unicodedata.normalize("NFKC", char) != char)

    assert [] == [char for char in changed if clean(clean(char)) != clean(char)]


@pytest.mark.parametrize(
    "typed", ["٠١٢٣٤٥٦٧٨٩", "０１２３４５６７８９", "۰۱۲۳۴۵۶۷۸۹", "꧐꧑꧒꧓꧔꧕꧖꧗꧘꧙", "᮰᮱᮲᮳᮴᮵᮶᮷᮸᮹"]
)
def test_digits_of_every_script_become_ours(typed: str) -> None:
    assert "0123456789" == ascii_digits(typed)


@given(st.text())
@settings(deadline=None, database=None)
def test_our_digits_stay_as_they_are(typed: str) -> None:
    assert ascii_digits(typed) == ascii_digits(ascii_digits(typed))


def test_accents_can_be_taken_away() -> None:
    assert "Nopember" == without_accents("Nopémber")
