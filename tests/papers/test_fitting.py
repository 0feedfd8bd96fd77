"""Text in its box: wrapped between words, made smaller, and cut only at last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.fitting import CUT, fitted, wrapped
from papers.typeface import BOLD, PLAIN, drawable, width_of


def test_a_short_text_keeps_its_size() -> None:
    found = fitted("Siti Aminah", PLAIN, (11, 9, 7), 200, 30)

    assert (11, ("Siti Aminah",)) == (found.size, found.lines)


def test_a_longer_one_is_wrapped_and_then_made_smaller() -> None:
    found = fitted("Siti Aminah Kusumaningtyas binti Haji Abdul Karim", PLAIN, (11, 9, 7), 100, 30)

    assert found.size < 11
    assert "Siti Aminah Kusumaningtyas binti Haji Abdul Karim" == " ".join(found.lines)


def test_what_is_too_long_even_so_is_cut_and_says_so() -> None:
    found = fitted("kata " * 100, PLAIN, (11, 7), 100, 20)

    assert 7 == found.size
    assert found.lines[-1].endswith(CUT)
    assert found.height <= 20


@pytest.mark.parametrize("face", [PLAIN, BOLD])
@given(text=st.text(max_size=120), width=st.floats(12, 200), height=st.floats(9, 80))
def test_no_text_is_wider_or_higher_than_its_box(face: str, text: str, width: float, height: float) -> None:
    found = fitted(text, face, (12, 9, 7), width, height)

    assert all(width_of(line, face, found.size) <= width + 1e-6 for line in found.lines)
    assert found.height <= height + 1e-6


def test_lines_of_a_text_stay_lines() -> None:
    assert ("1. satu", "2. dua") == wrapped("1. satu\n2. dua", PLAIN, 8, 500)


def test_letters_the_typeface_has_not_lose_their_marks() -> None:
    assert "Dewi O'Ara é Š ?" == drawable("Ḍewi O'Ara é Š \u1b98")
