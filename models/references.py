"""Receipt numbers: eight random characters that survive being read aloud, and say nothing about anybody."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
HEARD_AS = str.maketrans("ILO", "110")
PREFIX = "BPU"
LENGTH = 8


def new_reference(prefix: str = PREFIX) -> str:
    """Return a fresh number such as BPU-7K3M-92QX: that of a receipt, or what else the prefix stands for."""
    return _written(prefix, "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def reference_of(seed: bytes) -> str:
    """Return the number that some bytes of chance make; the same bytes make the same number."""
    return _written(PREFIX, "".join(ALPHABET[byte % len(ALPHABET)] for byte in seed[:LENGTH]))


def read_reference(text: str, prefix: str = PREFIX) -> str | None:
    """Return the number somebody typed, however they spaced it, or None when it is none."""
    marks = re.sub(r"[\s.-]", "", text.upper()).removeprefix(prefix).translate(HEARD_AS)
    if len(marks) != LENGTH or not set(marks) <= set(ALPHABET):
        return None
    return _written(prefix, marks)


def _written(prefix: str, marks: str) -> str:
    return f"{prefix}-{marks[:4]}-{marks[4:]}"
