"""What may stand behind a command: Telegram ids, regions, days."""

import argparse
from datetime import date

from rules import regions


def user_id(text: str) -> int:
    """Return a Telegram user id; raises for what cannot be one."""
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**52):
        raise argparse.ArgumentTypeError("a Telegram id is a whole number, such as 123456789")
    return int(text)


def territory(text: str) -> str:
    """Return a region code without its points, such as 3205; raises for one that is not known."""
    code = text.replace(".", "")
    if code and not regions.regions().knows(code):
        raise argparse.ArgumentTypeError("a territory is the code of a region, such as 32.05 or 3205")
    return code


def day(text: str) -> date:
    """Return a day written YYYY-MM-DD; raises for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written 2026-12-31") from None
