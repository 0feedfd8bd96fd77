"""The catalogues: the same names and blanks in every language, none missing, none unused, none fuzzy."""

import ast
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from conversations.flows import FLOWS
from locales import HERE, SOURCE, languages, say
from locales.reading import messages as read

ROOT = Path(__file__).parent.parent
CODE = ("rules", "conversations", "models", "sheets", "papers", "handlers", "jobs", "command_line")
ABOUT = {"who", "whose"}
"""Blanks that any message of a flow may use or leave: languages need them in different places."""


def catalogue(path: Path) -> Catalog:
    """Return a file as Babel reads it."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (HERE / language).glob("*.po"):
        found.update(read(path.read_text("utf-8").splitlines()))
    return {name: words for name, words in found.items() if name}


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name} - ABOUT


@pytest.mark.parametrize(
    "path", sorted(HERE.glob("*/*.po")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_catalogue_is_read_as_babel_reads_it(path: Path) -> None:
    theirs = {message.id: message.string for message in catalogue(path) if message.id}
    ours = dict(read(path.read_text("utf-8").splitlines(keepends=True)))

    assert ours.pop("")
    assert ours == theirs


@pytest.mark.parametrize(
    "line",
    ['msgctxt "here"', 'msgid_plural "some"', 'msgstr[0] "one"', 'msgid "half', "words", '"too" many"'],
)
def test_what_our_catalogues_never_hold_is_not_guessed_at(line: str) -> None:
    with pytest.raises(ValueError, match="not a line"):
        list(read(['msgid "name"', 'msgstr "words"', line]))


OTHERS = [language for language in languages() if language != SOURCE]


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_names_of_the_source(language: str) -> None:
    assert messages(SOURCE).keys() == messages(language).keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_has_the_blanks_of_the_source(language: str) -> None:
    ours, theirs = messages(SOURCE), messages(language)

    assert {name: blanks(text) for name, text in ours.items()} == {
        name: blanks(text) for name, text in theirs.items()
    }


@pytest.mark.parametrize("language", languages())
def test_no_message_is_empty_fuzzy_or_said_twice(language: str) -> None:
    parts = sorted((ROOT / "locales" / language).glob("*.po"))
    names = [name for part in parts for name in re.findall(r'^msgid "(.+)"$', part.read_text("utf-8"), re.M)]

    assert not [m.id for part in parts for m in catalogue(part) if m.id and (m.fuzzy or not m.string)]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


@pytest.mark.parametrize("language", languages())
def test_messages_use_only_the_tags_we_allow(language: str) -> None:
    tags = {tag for text in messages(language).values() for tag in re.findall("</?([^<>]*)>", text)}

    assert tags <= {"b", "i", "code"}


def used() -> list[str]:
    """Return patterns of every message name that the code may say."""
    found = [
        pattern for folder in CODE for path in (ROOT / folder).rglob("*.py") for pattern in patterns(path)
    ]
    steps = [
        rf"{flow.wording}\.{re.escape(step.stem)}\.(ask|why|label)"
        for flow in FLOWS.values()
        for step in flow.steps
    ]
    return found + steps


def patterns(path: Path) -> list[str]:
    """Return the texts of a file that look like names, and their f-strings as patterns."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.append(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".+" for p in node.values]
            pattern = "".join(str(part) for part in parts)
            if re.search("[a-z]{3}|^\\\\\\.", pattern):
                found.append(f"({'|'.join(FLOWS)})" + pattern if pattern.startswith("\\.") else pattern)
    return found


def test_no_message_is_unused() -> None:
    every = re.compile("|".join(f"(?:{pattern})" for pattern in set(used()) if "." in pattern))

    assert not [name for name in messages(SOURCE) if not every.fullmatch(name)]


def test_every_question_and_every_choice_has_its_words() -> None:
    known = messages(SOURCE)
    missing = [
        name
        for flow in FLOWS.values()
        for step in flow.steps
        for name in (f"{flow.wording}.{step.stem}.{part}" for part in ("ask", "why", "label"))
        if name not in known
    ]

    assert not missing


def test_every_refusal_and_literal_name_in_the_code_has_its_words() -> None:
    known = messages(SOURCE)
    areas = {name.split(".")[0] for name in known}
    literal = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)+")
    said = {
        node.value
        for folder in ("rules", "conversations", "sheets", "papers", "handlers")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {
        name
        for name in said
        if literal.fullmatch(name) and name.split(".")[0] in areas and not name.endswith((".csv", ".gz"))
    }

    assert not {
        name for name in named if name not in known and not any(k.startswith(f"{name}.") for k in known)
    }


def test_a_missing_message_falls_back_to_the_source() -> None:
    assert say(SOURCE, "dialogue.yes") == say("xx", "dialogue.yes")
