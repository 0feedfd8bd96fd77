"""PersonKey: the key all of one person's columns are sealed with. To erase the person, delete the key."""

import secrets
from typing import Any, Self

import orjson

from models.storage.envelope import KEY_BYTES, Box
from models.storage.keys import Keys

GENERATION = 1
"""The key id in a person's envelopes; it grows when one person is sealed anew."""


class PersonKey(Box):
    """A person's own data key; wrapped by the master key when it rests."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, GENERATION)
        self._raw = raw

    @classmethod
    def generate(cls) -> Self:
        """Return a new key."""
        return cls(secrets.token_bytes(KEY_BYTES))

    @classmethod
    def unwrap(cls, keys: Keys, person_id: int, wrapped: bytes) -> Self:
        """Open a person's key as it rests in `person_keys`."""
        return cls(keys.open("person_keys", person_id, "wrapped", wrapped))

    def wrapped(self, keys: Keys, person_id: int) -> bytes:
        """Return the key as it may rest, bound to its person."""
        return keys.seal("person_keys", person_id, "wrapped", self._raw)

    def seal_text(self, table: str, row: int, column: str, text: str) -> bytes:
        """Seal a text for one row and column."""
        return self.seal(table, row, column, text.encode())

    def open_text(self, table: str, row: int, column: str, sealed: bytes) -> str:
        """Open a text of one row and column."""
        return self.open(table, row, column, sealed).decode()

    def seal_json(self, table: str, row: int, column: str, value: Any) -> bytes:
        """Seal texts, numbers, lists and maps for one row and column."""
        return self.seal(table, row, column, orjson.dumps(value))

    def open_json(self, table: str, row: int, column: str, sealed: bytes) -> Any:
        """Open texts, numbers, lists and maps of one row and column."""
        return orjson.loads(self.open(table, row, column, sealed))
