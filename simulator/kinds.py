"""The kinds of parameters, and how each is read from a form, from JSON or from a multipart request."""

from collections.abc import Callable
from typing import Any

import orjson

from simulator.files import Upload
from simulator.refusals import bad

Read = Callable[[str, Any], Any]


def number(name: str, value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        raise bad(f'parameter "{name}" must be an Integer')
    try:
        return int(value)
    except (TypeError, ValueError):
        raise bad(f'parameter "{name}" must be an Integer') from None


def real(name: str, value: Any) -> float:
    """A number."""
    try:
        return float(value)
    except (TypeError, ValueError):
        raise bad(f'parameter "{name}" must be a Float') from None


def string(name: str, value: Any) -> str:
    """A string; numbers are taken as written."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise bad(f'parameter "{name}" must be a String')


def truth(name: str, value: Any) -> bool:
    """true, yes or 1; false, no or 0."""
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0", ""):
        return False
    raise bad(f'parameter "{name}" must be a Boolean')


def json_value(name: str, value: Any) -> Any:
    """Any JSON."""
    if not isinstance(value, str):
        return value
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None


def json_object(name: str, value: Any) -> dict[str, Any]:
    """A JSON object."""
    read = json_value(name, value)
    if not isinstance(read, dict):
        raise bad(f"object expected as {name.replace('_', ' ')}")
    return read


def json_list(name: str, value: Any) -> list[Any]:
    """A JSON array."""
    read = json_value(name, value)
    if not isinstance(read, list):
        raise bad(f'parameter "{name}" must be an Array')
    return read


def chat_id(name: str, value: Any) -> int:
    """A chat id; this world has no public usernames."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    word = str(value).strip()
    if not word:
        raise bad("chat_id is empty")
    if word.startswith("@"):
        raise bad("chat not found")
    return number(name, word)


def file_or_id(name: str, value: Any) -> Any:
    """An uploaded file, or the identifier of one."""
    if isinstance(value, Upload | str):
        return value
    raise bad(f'parameter "{name}" must be a file or a String')
