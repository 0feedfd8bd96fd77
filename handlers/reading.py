"""Telegram's update into a Reply: read once at the door, so that nothing behind it knows Telegram."""

import functools
from datetime import date

from telegram import Message

from conversations.engine import Contact, Option, Reply
from handlers.render import WORDS, Teller
from locales import languages, say
from rules.text import clean

AGREEING = ("yes", "agree", "send", "add")
DECLINING = ("no", "none", "enough", "nobody", "!back")


def bare(text: str) -> str:
    """Return the letters and digits of a text, so that signs and capitals make no difference."""
    return "".join(filter(str.isalnum, text.casefold()))


def control(text: str) -> str | None:
    """Return the control (`!back`, `!stop` …) whose words these are, in any language."""
    return _controls().get(bare(text))


@functools.cache
def _controls() -> dict[str, str]:
    skip = dict.fromkeys(_spoken("dialogue.said.skip"), "!skip")
    named = {bare(say(language, words)): name for name, words in WORDS.items() for language in languages()}
    return skip | named


def chosen(text: str, options: tuple[Option, ...], flow: str) -> str | None:
    """Return the option somebody typed: its value, its words in any language, or a plain yes or no."""
    said = bare(text)
    for option in options:
        if text == option.value.partition("~")[0]:
            return option.value
        if any(said == bare(Teller(language, flow).plain(option.words)) for language in languages()):
            return option.value
    for names, words in ((AGREEING, "dialogue.said.yes"), (DECLINING, "dialogue.said.no")):
        fitting = [option.value for option in options if option.value.partition("~")[0] in names]
        if len(fitting) == 1 and said in _spoken(words):
            return fitting[0]
    return None


@functools.cache
def _spoken(name: str) -> frozenset[str]:
    return frozenset(word for language in languages() for word in say(language, name).split())


def is_question(text: str) -> bool:
    """Return whether a text is a question to us; no answer ends with a question mark."""
    return text.rstrip().endswith("?")


def reply_of(message: Message, today: date, options: tuple[Option, ...], flow: str) -> Reply:
    """Return what a text or a contact card says."""
    card = message.contact
    if card is not None:
        sender = message.from_user.id if message.from_user else None
        own = card.user_id is not None and card.user_id == sender and message.forward_origin is None
        return Reply(today, contact=Contact(card.phone_number, own))
    text = clean(message.text or "")
    return Reply(today, text, tapped=chosen(text, options, flow) if options else None)
