"""Rules about our own code that no linter has: what logs may say, how SQL is made, what is never used."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import logs

ROOT: Final = Path(__file__).resolve().parent.parent
NOBODYS: Final = {"tick.name"}
"""What is called like something of a person and is none: the name of a job."""

OURS: Final = (
    "rules", "conversations", "models", "locales", "sheets", "papers", "handlers", "post", "jobs", "health",
    "command_line",
)  # fmt: skip
LOUD: Final = {"debug", "info", "warning", "error", "critical", "exception"}
IDENTITY: Final = frozenset(
    {
        "address",
        "answers",
        "birth_date",
        "caption",
        "contact",
        "document",
        "email",
        "first_name",
        "full_name",
        "heirs",
        "kpj",
        "last_name",
        "name",
        "nik",
        "password",
        "phone",
        "phone_number",
        "pin",
        "secret",
        "text",
        "token",
        "username",
    }
)
"""What people are known by, and what opens something: no line of a log holds the value of such a field."""

MADE_OF_PARTS: Final = {
    "models/dialogues.py": "one of two ways to unfold a list, both written there",
    "models/migrations/gently.py": "names of our own tables",
    "models/owing/deliveries.py": "numbers of a closed list",
    "models/seen.py": "one of two ways to unfold a list, both written there",
    "models/storage/base.py": "a value of a closed list",
    "models/storage/mending.py": "names of our own indexes",
    "models/storage/migrating.py": "a constant",
}
"""Where a statement is put together, and of what; nothing a person says is ever part of one."""


@cache
def sources() -> dict[str, ast.Module]:
    """Return our modules by their paths."""
    paths = [*ROOT.glob("*.py"), *(path for folder in OURS for path in (ROOT / folder).rglob("*.py"))]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in sorted(paths)}


def calls(tree: ast.AST) -> Iterator[tuple[str, str, ast.Call]]:
    """Return every call: on what, of what."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Attribute(ast.Name(owner), called):
                    yield owner, called, node
                case ast.Attribute(_, called) | ast.Name(called):
                    yield "", called, node


def logged(tree: ast.AST) -> Iterator[ast.Call]:
    """Return the calls that write a line of the log."""
    return (call for owner, called, call in calls(tree) if owner in ("log", "logger") and called in LOUD)


def fields(value: ast.AST) -> set[str]:
    """Return the names by which a value is got."""
    found: set[str] = set()
    for node in ast.walk(value):
        match node:
            case ast.Attribute(ast.Call(ast.Name("type")), "__name__"):
                continue
            case ast.Attribute() if ast.unparse(node) in NOBODYS:
                continue
            case ast.Attribute(_, name) | ast.Name(name) | ast.Subscript(_, ast.Constant(str(name))):
                found.add(name)
    return found


def leaks(tree: ast.AST) -> list[int]:
    """Return the lines of log calls with other keys than are allowed, texts put together, people's fields."""
    wrong = []
    for call in logged(tree):
        [event, *more] = call.args
        plain = isinstance(event, ast.Constant) and not more
        keys = {keyword.arg for keyword in call.keywords} <= logs.ALLOWED | {"exc_info"}
        values = [each.value for each in call.keywords if each.arg != "exc_info"]
        if not (plain and keys) or any(fields(value) & IDENTITY for value in values):
            wrong.append(call.lineno)
    return wrong


def statements_made_of_parts(tree: ast.AST) -> list[int]:
    """Return the lines where SQL is put together instead of being given parameters."""
    return [
        call.lineno
        for _, called, call in calls(tree)
        if called in ("text", "exec_driver_sql", "literal_column", "DDL")
        and any(isinstance(part, ast.JoinedStr | ast.BinOp) or _formats(part) for part in call.args)
    ]


def _formats(part: ast.AST) -> bool:
    return isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "format"


def imported(tree: ast.AST) -> set[str]:
    """Return the packages a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(aliases):
                names |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                names.add(module.partition(".")[0])
    return names


def test_the_log_is_told_nothing_of_a_person() -> None:
    assert {} == {path: wrong for path, tree in sources().items() if (wrong := leaks(tree))}


def test_statements_are_given_parameters() -> None:
    made = {path for path, tree in sources().items() if statements_made_of_parts(tree)}
    known = tuple(MADE_OF_PARTS)

    assert [] == [path for path in made if not path.startswith(known)]
    assert [] == [part for part in known if not any(path.startswith(part) for path in made)]


def test_what_runs_code_is_not_used() -> None:
    never = {"pickle", "marshal", "shelve", "dill"}
    shells = [
        (path, call.lineno)
        for path, tree in sources().items()
        for _, called, call in calls(tree)
        if called in ("eval", "exec", "system", "popen") or any(each.arg == "shell" for each in call.keywords)
    ]

    assert {} == {path: found for path, tree in sources().items() if (found := imported(tree) & never)}
    assert [] == shells


@pytest.mark.parametrize(
    "line",
    [
        'log.info("x", nik=1)',
        'log.info("x", count=person.nik)',
        'log.info("x", reason=told["name"])',
        'log.warning(f"x {y}")',
        'log.error("x %s", y)',
        'log.error("x", reason=str(worker.opened(key).phone))',
    ],
)
def test_the_rule_of_the_log_finds_what_it_is_for(line: str) -> None:
    assert [1] == leaks(ast.parse(line))


@pytest.mark.parametrize(
    "line",
    ['text(f"SELECT {x}")', 'db.execute(sa.text("SELECT " + x))', 'c.exec_driver_sql("a {}".format(x))'],
)
def test_the_rule_of_statements_finds_what_it_is_for(line: str) -> None:
    assert [1] == statements_made_of_parts(ast.parse(line))


def test_the_rules_let_pass_what_is_right() -> None:
    fine = 'log.info("x", kind=type(error).__name__, count=len(rows), exc_info=bug)\ntext("SELECT :a")'

    assert [] == leaks(ast.parse(fine)) + statements_made_of_parts(ast.parse(fine))
