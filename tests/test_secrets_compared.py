"""Secrets, marks and digests are compared in constant time: `==` tells by its time how much was right."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS: Final = (
    "bot.py",
    "settings.py",
    "handlers",
    "models",
    "post",
    "jobs",
    "command_line",
    "sheets",
    "papers",
)
GUARDED: Final = frozenset(
    {"secret", "token", "digest", "mac", "hmac", "mark", "signature", "tag", "sha256", "hash"}
)
"""Words in the names of what nobody may guess byte by byte."""

SHOWN: Final = ("handlers", "jobs")
"""Where a mark is no secret: there it tells whether a page still shows what it showed, to whom sees both."""


def compared(source: str, guarded: frozenset[str] = GUARDED) -> Iterator[int]:
    """Yield the lines where `==` or `!=` compares something that is named as what must stay secret.

    A digest looked up in a table (`Row.column == ...`) is compared by the database's index.
    """
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], ast.Eq | ast.NotEq):
            continue
        sides = [node.left, *node.comparators]
        if not any(map(_is_plain, sides)) and any(_names(side) & guarded for side in sides):
            yield node.lineno


def _is_plain(side: ast.expr) -> bool:
    """Whether it is written in the code, or a column of a table."""
    match side:
        case ast.Constant():
            return True
        case ast.Attribute(value=ast.Name(id=table)):
            return table[0].isupper()
        case ast.Name(id=name):
            return name.isupper()
        case _:
            return False


def _names(side: ast.expr) -> set[str]:
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return set(name.lower().removeprefix("hex").strip("_").split("_"))
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _names(inner)
        case _:
            return set()


def _guarded_in(path: Path) -> frozenset[str]:
    return GUARDED - {"mark"} if path.relative_to(ROOT).parts[0] in SHOWN else GUARDED


def files() -> list[Path]:
    """Return every file of ours that runs in production."""
    named = [ROOT / name for name in OURS]
    return [path for each in named for path in ([each] if each.is_file() else sorted(each.rglob("*.py")))]


@pytest.mark.parametrize(
    "source",
    [
        "given == self._secret",
        "if request.headers.get(HEADER) != secret: pass",
        "hmac.digest(key, value, 'sha256') == given",
        "token_hash == row.token_hash",
        "row.mark != expected",
    ],
)
def test_a_comparison_of_secrets_is_found(source: str) -> None:
    assert [1] == list(compared(source))


@pytest.mark.parametrize(
    "source",
    [
        "given == 'x'",
        "hmac.compare_digest(a, secret)",
        "market == other",
        "a is b",
        "Link.token_sha256 == digest(token)",
    ],
)
def test_what_is_no_comparison_of_secrets_is_left_alone(source: str) -> None:
    assert [] == list(compared(source))


def test_nothing_secret_of_ours_is_compared_in_telling_time() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files()
        for line in compared(path.read_text("utf-8"), _guarded_in(path))
    ]

    assert [] == found
    assert len(files()) > 100
