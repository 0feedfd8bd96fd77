"""What the office works with, for administrators: texts of consent, channels, payers, layouts.

Texts and layouts are files: an installation changes them there, and not in a chat. Channels and payers are
added and retired here (handlers/office/own_tables.py).
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Final

from conversations.engine import Words
from handlers.batch import Context
from handlers.filing import VERSIONS
from handlers.office import own_tables
from handlers.render import Teller
from locales import languages, say
from models.office.own_rows import Table
from sheets.layouts import BadLayout, Shelf

OTHERS: Final = {"hand_over.ask": "-", "associations.ask_name": "-"}
"""Words people agree to outside a form: they are known by their mark alone."""

MARK: Final = 16
"""How many hexadecimal digits of a SHA-256 are shown."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text people agree to: its message name, and the mark that is kept with a consent."""

    name: str
    language: str
    version: str
    mark: str
    text: str


def consent_texts() -> Iterator[ConsentText]:
    """Yield the texts in force, in each language."""
    names = {f"{flow}.consent.ask": version for flow, version in VERSIONS.items()} | OTHERS
    for language in languages():
        for name, version in names.items():
            text = say(language, name)
            mark = hashlib.sha256(text.encode()).hexdigest()[:MARK]
            yield ConsentText(name, language, version, mark, text)


def checked(shelf: Shelf) -> Iterator[tuple[str, str, str]]:
    """Yield each layout: its name, the mark of its columns as they are now, and what is wrong with it."""
    for name in shelf.names():
        try:
            yield name, shelf.layout(name).sha256.hex()[:MARK], ""
        except BadLayout as bad:
            yield name, "", str(bad)


async def texts(context: Context, _: str) -> None:
    """Show the texts people agree to now, in each language, and the mark that is kept with a consent."""
    for one in consent_texts():
        values = {"version": one.version, "language": one.language, "mark": one.mark, "text": one.text}
        context.say(context.words("administration.text", **values))


async def payment_channels(context: Context, _: str) -> None:
    """Show the channels of payment that members are told, each a button."""
    await own_tables.show(context, Table.CHANNEL)


async def payers(context: Context, _: str) -> None:
    """Show who may pay for a village's list, each a button: the funding code and the kind of money."""
    await own_tables.show(context, Table.PAYER)


async def layouts(context: Context, _: str) -> None:
    """Show the columns files for the office can have, and the mark of each as it is now."""
    lines = [f"• {name}: {wrong or mark}" for name, mark, wrong in checked(context.batch.layouts)]
    values = {"lines": "\n".join(lines)}
    context.say(Teller(context.language).html(Words("administration.layouts_page", values)))


PAGES: Final[dict[str, Callable[[Context, str], Awaitable[None]]]] = {
    "texts": texts,
    "tables": payment_channels,
    "payers": payers,
    "layouts": layouts,
    "line": own_tables.see,
}
"""Pages of what is in force, by what their buttons carry."""
