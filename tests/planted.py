"""Planted values and the search for them, in every form in which a value may leak."""

import base64
import html
import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from models.storage.database import normalise_url

TELLING: Final = 7
"""A word of a name with fewer letters may stand in any text by chance."""


def spellings(value: str) -> set[str]:
    """Return what gives a value away: it, its telling words, and its digits whole, grouped and in part."""
    words = {word for word in re.findall(r"[^\W\d_]+", value) if len(word) >= TELLING}
    digits = re.sub(r"\D", "", value)
    if len(digits) == 16:
        return {value, digits, digits[:12], digits[-10:], *_grouped(digits, 4, 8, 12)}
    if digits.startswith(("08", "628")):
        own = digits.removeprefix("62").removeprefix("0")
        return {value, own, *_grouped(own, 3, 7), *_grouped(own, 3, 6), *words}
    return {value, *words}


def _grouped(digits: str, *cuts: int) -> set[str]:
    edges = (0, *cuts, len(digits))
    parts = [digits[start:end] for start, end in pairwise(edges)]
    return {sign.join(parts) for sign in " -."}


def encodings(spelling: str) -> set[bytes]:
    """Return the bytes a spelling may be written as; capitals are ignored on both sides."""
    written = {
        spelling,
        spelling.upper(),
        json.dumps(spelling)[1:-1],
        html.escape(spelling),
        quote(spelling, safe=""),
        quote_plus(spelling),
        *(form.encode().hex() for form in (spelling, spelling.lower(), spelling.upper())),
        *_base64(spelling.encode()),
    }
    wide = {spelling.encode(name) for name in ("utf-16-le", "utf-16-be")}
    return {form.lower() for form in {one.encode() for one in written} | wide}


def _base64(plain: bytes) -> set[str]:
    """Return what base64 makes of some bytes wherever they begin in the whole."""
    shifted = (base64.b64encode(b"\0" * shift + plain).decode().rstrip("=") for shift in range(3))
    inside = {form[(0, 2, 3)[shift] : -1] for shift, form in enumerate(shifted)}
    return {form for form in inside if len(form) >= 12}


def found(haystack: bytes, values: Iterable[str]) -> list[str]:
    """Return the values that can be read in some bytes, each with the form it was found in."""
    low = haystack.lower()
    return [
        f"{value!r} as {form!r}"
        for value in values
        for spelling in sorted(spellings(value))
        for form in sorted(encodings(spelling))
        if form in low
    ]


async def rows(database_url: str) -> bytes:
    """Return every value of every table, bytes as they are and all else as text."""
    engine = create_async_engine(normalise_url(database_url))
    whole: list[bytes] = []
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        for table in tables:
            for row in await connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608 - our own tables
                whole += [f"\n{table}\n".encode(), *(_bytes(value) + b"\n" for value in row)]
    await engine.dispose()
    return b"".join(whole)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def files(folder: Path) -> bytes:
    """Return the names and the bytes of all files below a folder."""
    below = sorted(path for path in folder.rglob("*") if path.is_file())
    return b"\n".join(
        part for path in below for part in (str(path.relative_to(folder)).encode(), path.read_bytes())
    )
