"""What the bot stands on is pinned, named with its licence and its reason, and allowed."""

import re

import pytest

from bench.dependencies import ALLOWED, PAGE, ROOT, WHY, direct, page, pinned, rows, words_of


def test_the_page_lists_what_is_pinned() -> None:
    assert page() == PAGE.read_text("utf-8")


def test_every_licence_is_allowed() -> None:
    assert [] == [(name, terms) for name, _, terms, _ in rows() if not words_of(terms) <= ALLOWED]


def test_everything_we_ask_for_has_a_reason() -> None:
    assert set(direct()) == set(WHY)
    assert set(direct()) <= set(pinned())


@pytest.mark.parametrize("name", ["run", "dev"])
def test_everything_is_pinned_with_a_hash_and_from_nowhere_named(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).strip())

    assert len(entries) > 40
    assert [] == [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry or "==" not in entry]
    assert "://" not in text
    assert "--index-url" not in text
