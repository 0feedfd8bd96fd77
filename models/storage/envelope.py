"""Box: AES-256-GCM bound to the place where the sealed value rests, so that a moved value does not open.

Envelope: version (1 byte) ‖ key id (2) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
Bound to: table ‖ row id ‖ column ‖ key id.
"""

import os
import struct
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
HEADER = struct.Struct(">BH")


class CannotOpen(Exception):
    """A sealed value does not open: it was moved, changed, or sealed with another key."""


class Box:
    """One key, and what it seals. Its words never tell the key."""

    __slots__ = ("_cipher", "_header", "key_id")

    def __init__(self, key: bytes, key_id: int) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        self.key_id = key_id
        self._cipher = AESGCM(key)
        self._header = HEADER.pack(VERSION, key_id)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(key {self.key_id})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    def seal(self, table: str, row: int, column: str, data: bytes) -> bytes:
        """Seal a value for one row and column."""
        nonce = os.urandom(NONCE_BYTES)
        return self._header + nonce + self._cipher.encrypt(nonce, data, self._place(table, row, column))

    def open(self, table: str, row: int, column: str, sealed: bytes) -> bytes:
        """Open a value of one row and column, or raise CannotOpen."""
        start = HEADER.size + NONCE_BYTES
        if sealed[: HEADER.size] != self._header:
            raise CannotOpen(f"{table}.{column} was sealed with another key")
        try:
            return self._cipher.decrypt(
                sealed[HEADER.size : start], sealed[start:], self._place(table, row, column)
            )
        except InvalidTag:
            raise CannotOpen(f"{table}.{column} does not belong here") from None

    def _place(self, table: str, row: int, column: str) -> bytes:
        return f"{table}\0{row}\0{column}\0{self.key_id}".encode()


def key_id_of(sealed: bytes) -> int:
    """Return the id of the key that sealed a value, or raise CannotOpen on anything else."""
    if len(sealed) < HEADER.size or sealed[0] != VERSION:
        raise CannotOpen("not an envelope of ours")
    key_id: int = HEADER.unpack_from(sealed)[1]
    return key_id
