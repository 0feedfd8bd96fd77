"""Tokens of links: 128 random bits as a deep link of Telegram may carry them, known here by their hash alone.

What a link is for differs from one table to the next, and so do its life and whom it goes with; what a token
is does not.
"""

import hashlib
import re
import secrets
from typing import Final

TOKEN_BYTES: Final = 16
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
"""128 random bits in base64url."""


def new_token() -> str:
    """Return a fresh token."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """Return what rests of a token: its SHA-256, 32 bytes. Who reads the database cannot use a link."""
    return hashlib.sha256(token.encode()).digest()
