"""What the office works with, for administrators to read: texts of consent, channels, payers, layouts.

They are dated data and files: an installation changes them there, with a source, and not in a chat.
"""

import hashlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from conversations.engine import Words
from handlers.batch import Context
from handlers.filing import VERSIONS
from handlers.render import Teller
from locales import languages, say
from rules.channels import channels
from rules.programmes import fundings
from sheets.layouts import BadLayout


async def texts(context: Context, _: str) -> None:
    """Show the texts people agree to now, in each language, and the mark that is kept with a consent."""
    for language in languages():
        for flow, version in VERSIONS.items():
            text = say(language, f"{flow}.consent.ask")
            mark = hashlib.sha256(text.encode()).hexdigest()[:16]
            values = {"version": version, "language": language, "mark": mark, "text": text}
            context.say(context.words("administration.text", **values))


async def payment_channels(context: Context, _: str) -> None:
    """Show the channels of payment that members are told."""
    _list(context, "administration.tables_page", channels())


async def payers(context: Context, _: str) -> None:
    """Show who may pay for a village's list: the funding code, and what kind of money it is for the price."""
    teller = Teller(context.language)
    money = {code: teller.plain(Words(f"registration.payer.{kind}")) for code, kind in fundings().items()}
    _list(context, "administration.payers_page", (f"{code}: {kind}" for code, kind in money.items()))


async def layouts(context: Context, _: str) -> None:
    """Show the columns files for the office can have, and the mark of each as it is now."""
    shelf, lines = context.batch.layouts, []
    for name in shelf.names():
        try:
            lines.append(f"{name}: {shelf.layout(name).sha256.hex()[:16]}")
        except BadLayout as bad:
            lines.append(f"{name}: {bad}")
    _list(context, "administration.layouts_page", lines)


def _list(context: Context, words: str, lines: Iterable[str]) -> None:
    values = {"lines": "\n".join(f"• {line}" for line in lines)}
    context.say(Teller(context.language).html(Words(words, values)))


PAGES: Final[dict[str, Callable[[Context, str], Awaitable[None]]]] = {
    "texts": texts,
    "tables": payment_channels,
    "payers": payers,
    "layouts": layouts,
}
"""Pages of what is in force, by what their buttons carry."""
