"""Reading a catalogue: the part of the `.po` format that ours keep to, in a fiftieth of the time.

A name and its words, each a text in quotation marks or several lines of them: no plurals, no contexts. Babel,
which reads all of the format, is what the tests hold this against, file by file.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

LINE: Final = re.compile(r'(?:#.*|(?:(?P<keyword>msgid|msgstr) )?"(?P<text>(?:[^"\\]|\\.)*)")?\s*')
"""A remark, a text with or without the word before it, or nothing."""

ESCAPED: Final = re.compile(r"\\(.)")
MEANT: Final = {"n": "\n", "t": "\t", "r": "\r"}


def messages(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each name with its words, the head of the file under no name; ValueError for anything else."""
    name, part = "", {"msgid": "", "msgstr": ""}
    for line in lines:
        found = LINE.fullmatch(line)
        if found is None:
            raise ValueError(f"not a line of our catalogues: {line!r}")
        keyword, text = found["keyword"], found["text"]
        if keyword == "msgid" and name == "msgstr":
            yield part["msgid"], part["msgstr"]
        if keyword:
            name, part[keyword] = keyword, ""
        if text:
            part[name] += ESCAPED.sub(_meant, text)
    if name == "msgstr":
        yield part["msgid"], part["msgstr"]


def _meant(found: re.Match[str]) -> str:
    return MEANT.get(found[1], found[1])
