"""PINs: six digits or more, and none that is among the first anybody would try."""

from itertools import pairwise
from typing import Final

from rules.refusal import Refused
from rules.text import ascii_digits

SHORTEST: Final = 6
LONGEST: Final = 12
CODE: Final = 6
"""How many digits the code of an authenticator app has."""


def parse(text: str) -> str:
    """Return the digits of a PIN or code as it was typed, spaces left out, or raise Refused."""
    digits = ascii_digits(text).replace(" ", "")
    if not (digits.isascii() and digits.isdecimal() and SHORTEST <= len(digits) <= LONGEST):
        raise Refused("pins.digits", least=SHORTEST, most=LONGEST)
    return digits


def choose(text: str) -> str:
    """Return a new PIN, or raise Refused, also for one that is easily guessed."""
    digits = parse(text)
    if is_trivial(digits):
        raise Refused("pins.trivial")
    return digits


def is_trivial(digits: str) -> bool:
    """Say whether a PIN is one of those tried first: few digits, a row up or down, a repeated pattern."""
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
    doubled = digits[::2] == digits[1::2]
    repeated = any(digits == (digits[:size] * len(digits))[: len(digits)] for size in (1, 2, 3, 4))
    return len(set(digits)) < 3 or len(steps) == 1 or doubled or repeated or digits == digits[::-1]
