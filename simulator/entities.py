"""Text as Telegram understands it: HTML into entities, links and commands found, UTF-16 offsets."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any, Final

from simulator.refusals import bad

Entity = dict[str, Any]

TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s[^<>]*)?)\s*>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""")
_NAMED = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});")
_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<url>\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<mention>(?<!\w)@[a-zA-Z0-9_]{3,32}\b)"
)
_HINT = re.compile("[/@]")


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, as Telegram counts offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Reading:
    """An HTML text half read: what was understood so far, and the tags still open."""

    source: str
    text: list[str] = field(default_factory=list)
    at: int = 0
    open_tags: list[tuple[str, int, Entity]] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def take(self, raw: str) -> None:
        """Add plain text, named characters resolved."""
        plain = _NAMED.sub(lambda found: unescape(found.group()), raw)
        self.text.append(plain)
        self.at += units(plain)

    def offset(self, position: int) -> int:
        """Where a position is in bytes, as Telegram names it in its errors."""
        return len(self.source[:position].encode())

    def open(self, tag: str, attributes: str, position: int) -> None:
        """Begin an entity."""
        entity = _opened(tag, attributes)
        if entity is None:
            raise _unparsed(f'Unsupported start tag "{tag}" at byte offset {self.offset(position)}')
        self.open_tags.append((tag, self.at, entity))

    def close(self, tag: str, position: int) -> None:
        """End the entity begun last; it must be this one."""
        if not self.open_tags:
            raise _unparsed(f"Unexpected end tag at byte offset {self.offset(position)}")
        opened, start, entity = self.open_tags.pop()
        if opened != tag:
            where = self.offset(position)
            raise _unparsed(
                f'Unmatched end tag at byte offset {where}, expected "</{opened}>", found "</{tag}>"'
            )
        if self.at > start:
            self.entities.append({**entity, "offset": start, "length": self.at - start})


def _unparsed(reason: str) -> Exception:
    return bad("can't parse entities: " + reason)


def _opened(tag: str, attributes: str) -> Entity | None:
    """The entity a start tag begins, without its place; None when Telegram knows no such tag."""
    kind = TAGS.get(tag)
    if kind is None:
        return None
    given = {name.lower(): unescape(value.strip("\"'")) for name, value in _ATTRIBUTE.findall(attributes)}
    return _with_attributes(tag, kind, given)


def _with_attributes(tag: str, kind: str, given: dict[str, str]) -> Entity:
    match tag:
        case "a":
            return {"type": kind, "url": given.get("href", "")}
        case "span" if given.get("class") != "tg-spoiler":
            raise _unparsed('Tag "span" must have class "tg-spoiler"')
        case "blockquote" if "expandable" in given:
            return {"type": "expandable_blockquote"}
        case "tg-emoji":
            return {"type": kind, "custom_emoji_id": given.get("emoji-id", "")}
        case "tg-time":
            return {
                "type": kind,
                "unix_time": int(given.get("unix", "0")),
                "date_time_format": given.get("format", ""),
            }
        case _:
            return {"type": kind}


def read_html(source: str) -> tuple[str, list[Entity]]:
    """The plain text and its entities; refuses what Telegram refuses, in its words."""
    if "<" not in source:
        return (_NAMED.sub(lambda found: unescape(found.group()), source) if "&" in source else source), []
    reading = _Reading(source)
    position = 0
    while (mark := source.find("<", position)) >= 0:
        reading.take(source[position:mark])
        position = _read_tag(reading, mark)
    reading.take(source[position:])
    if reading.open_tags:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{reading.open_tags[-1][0]}"')
    entities = [entity for entity in reading.entities if entity.get("url") != ""]
    return "".join(reading.text), sorted(entities, key=lambda e: (e["offset"], -e["length"]))


def _read_tag(reading: _Reading, mark: int) -> int:
    found = _TAG.match(reading.source, mark)
    if found is None:
        raise _unparsed(_why_no_tag(reading, mark))
    closing, tag, attributes = found.groups()
    if closing:
        reading.close(tag.lower(), mark)
    else:
        reading.open(tag.lower(), attributes, mark)
    return found.end()


def _why_no_tag(reading: _Reading, mark: int) -> str:
    where = reading.offset(mark)
    if ">" not in reading.source[mark:]:
        side = "end" if reading.source.startswith("</", mark) else "start"
        return f"Unclosed {side} tag at byte offset {where}"
    name = re.split(r"[\s>]", reading.source[mark + 1 :], maxsplit=1)[0]
    return f'Unsupported start tag "{name}" at byte offset {where}'


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The text without the blanks around it, the entities moved along."""
    short = text.strip()
    if short == text or not entities:
        return short, entities
    before, end = units(text[: len(text) - len(text.lstrip())]), units(short)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - before, 0)
        stop = min(entity["offset"] + entity["length"] - before, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return short, kept


def found_in(text: str, entities: list[Entity]) -> list[Entity]:
    """The entities, with the commands, links, addresses and mentions Telegram finds by itself."""
    if _HINT.search(text) is None:
        return entities
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities]
    found = []
    for match in _FOUND.finditer(text):
        start = units(text[: match.start()])
        length = units(match.group())
        if all(start + length <= begin or start >= end for begin, end in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return sorted(entities + found, key=lambda entity: entity["offset"]) if found else entities
