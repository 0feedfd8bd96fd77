"""Each refusal and warning of the small rules has its words in every language, with the same blanks."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
RULES = ("nik", "kpj", "phone", "names", "money", "dates", "hours", "email")


def _words(language: str) -> dict[str, str]:
    with (ROOT / "locales" / language / "answers.po").open("rb") as file:
        return {
            str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id
        }


def _blanks(sentence: str) -> set[str]:
    return {blank for _, blank, _, _ in Formatter().parse(sentence) if blank is not None}


def _named() -> set[str]:
    sources = (ROOT / "rules" / f"{rule}.py" for rule in RULES)
    names = "|".join(RULES)
    return {
        name
        for source in sources
        for name in re.findall(rf'"((?:{names})\.[a-z_]+)"', source.read_text("utf-8"))
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_name_has_its_words_and_no_words_are_unused(language: str) -> None:
    assert _named() == set(_words(language))


def test_both_languages_leave_the_same_blanks() -> None:
    indonesian, english = _words("id"), _words("en")

    assert {name: _blanks(words) for name, words in indonesian.items()} == {
        name: _blanks(words) for name, words in english.items()
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_only_plain_tags_are_used_and_each_is_closed(language: str) -> None:
    for words in _words(language).values():
        assert re.findall("<(b|i|code)>", words) == re.findall("</(b|i|code)>", words)
        assert "<" not in re.sub("</?(b|i|code)>", "", words)
