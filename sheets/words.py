"""The words of headings and choices, in the one spelling that the tables and the files share."""

import csv
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rules.text import clean, without_accents
from sheets.limits import TEXT

DATA: Final = Path(__file__).parent / "data"

_PHONE: Final = "handphone telepon telp tlp tlpn telpon hape ponsel seluler"
SAME: Final = {
    **dict.fromkeys(("nomor", "nomer", "nmr", "num"), "no"),
    **dict.fromkeys(_PHONE.split(), "hp"),
    "whatsapp": "wa",
    "tgl": "tanggal",
    "kab": "kabupaten",
    "kec": "kecamatan",
    "kel": "kelurahan",
    "perbulan": "per bulan",
    "nohp": "no hp",
    "nowa": "no wa",
}
"""Words that say the same in a heading, each with the longer one: a slip is still like that."""

BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]?")


def plain(text: str) -> str:
    """Return the words of a text, small, without signs, accents and what stands in brackets."""
    bare = BRACKETS.sub(" ", without_accents(clean(text, TEXT)).casefold())
    return " ".join(re.findall("[a-z0-9]+", bare))


@functools.lru_cache(maxsize=4096)
def heading(text: str) -> str:
    """Return a heading in the one spelling: "Nomor HP/WA *" is "no hp wa"."""
    return " ".join(SAME.get(word, word) for word in plain(text).split())


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TABLES: Final = {"workers": "headings.csv", "results": "results.csv", "payments": "payments.csv"}
"""The table of headings for each kind of list."""


@functools.cache
def headings(kind: str = "workers") -> Mapping[str, str]:
    """Return for each written heading of a kind of list the column it names."""
    return {
        heading(written): row["column"]
        for row in _table(TABLES[kind])
        for written in row["written"].split(";")
    }


@functools.cache
def choices() -> Mapping[str, Mapping[str, str]]:
    """Return for each column with choices what may be written, and the choice it means."""
    found: dict[str, dict[str, str]] = {}
    for row in _table("choices.csv"):
        of_column = found.setdefault(row["column"], {})
        of_column |= dict.fromkeys(row["written"].split(";"), row["value"])
    return found
