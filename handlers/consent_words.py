"""The words somebody agrees to: what stood on the screen and, behind it, every point in full."""

from conversations import privacy
from handlers.render import Teller, tidy
from locales import say


def agreed_to(language: str, flow: str) -> str:
    """Return the whole text of a consent, whose SHA-256 is kept: the screen, then the points in full."""
    teller = Teller(language)
    asked = say(language, f"{flow}.consent.ask", points=teller.html(privacy.short()))
    return f"{tidy(asked)}\n\n{in_full(language)}"


def in_full(language: str) -> str:
    """Return every point in full, as /privasi says it."""
    return say(language, "commands.privacy", points=Teller(language).html(privacy.full()))
