"""Receipt numbers: eight random characters that survive being read aloud, and say nothing about anybody."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
HEARD_AS = str.maketrans("ILO", "110")
PREFIX = "BPU"
LENGTH = 8


def new_reference() -> str:
    """Return a fresh receipt number such as BPU-7K3M-92QX."""
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def read_reference(text: str) -> str | None:
    """Return the receipt number somebody typed, however they spaced it, or None when it is none."""
    marks = re.sub(r"[\s.-]", "", text.upper()).removeprefix(PREFIX).translate(HEARD_AS)
    if len(marks) != LENGTH or not set(marks) <= set(ALPHABET):
        return None
    return _written(marks)


def _written(marks: str) -> str:
    return f"{PREFIX}-{marks[:4]}-{marks[4:]}"
