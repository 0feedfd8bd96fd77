"""The pair of keys for backups: the public one seals and rests with the bot, the private one opens them.

What they seal is in the age format, which the program `age` opens too: `age -d -i PRIVATE_FILE BACKUP`.
"""

from typing import NoReturn, Protocol, Self

from pyrage import (
    DecryptError,
    EncryptError,
    IdentityError,
    RecipientError,
    decrypt_io,
    encrypt_io,
)
from pyrage.x25519 import Identity, Recipient

from models.storage.envelope import CannotOpen

REMARK = """\
# Whoever holds this key can read the backups. Without it no backup opens, and the data in them is lost.
# Keep it apart from the bot, its database and the backups, and a copy of it on paper.
"""


class BackupKeyWrong(Exception):
    """A text is not the key it should be; the message never repeats it."""


class Readable(Protocol):
    """What bytes come from."""

    def read(self, length: int = ..., /) -> bytes:
        """Return up to so many bytes; none at the end."""


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take bytes."""

    def flush(self) -> None:
        """Pass them on."""


class _Source:
    """Reads on, and keeps the error that stopped it, which comes out of the sealing as another one."""

    def __init__(self, source: Readable, target: Writable) -> None:
        self._source, self._target = source, target
        self.error: OSError | None = None

    def read(self, length: int = -1) -> bytes:
        try:
            return self._source.read(length)
        except OSError as error:
            self.error = error
            raise

    def write(self, data: bytes) -> int:
        try:
            return self._target.write(data)
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._target.flush()


class PublicBackupKey:
    """The key that only seals; it is no secret."""

    __slots__ = ("_recipient",)

    def __init__(self, recipient: Recipient) -> None:
        self._recipient = recipient

    def __str__(self) -> str:
        return str(self._recipient)

    def __repr__(self) -> str:
        return f"PublicBackupKey({self})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicBackupKey) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read `age1…`, or raise BackupKeyWrong."""
        try:
            return cls(Recipient.from_str(text.strip()))
        except RecipientError:
            raise BackupKeyWrong("A public backup key begins with age1.") from None

    def seal(self, source: Readable, target: Writable) -> None:
        """Seal all of `source` into `target`, in constant memory; what fails there comes out as OSError.

        It blocks: from a coroutine, in a thread.
        """
        both = _Source(source, target)
        try:
            encrypt_io(both, both, [self._recipient])
        except (EncryptError, OSError):
            raise both.error or OSError("a backup could not be sealed") from None


class PrivateBackupKey:
    """The key that opens backups. Its words never tell it."""

    __slots__ = ("_identity",)

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    def __repr__(self) -> str:
        return f"PrivateBackupKey(of {self.public})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not pickled")

    @classmethod
    def generate(cls) -> Self:
        """Return a new key."""
        return cls(Identity.generate())

    @classmethod
    def read(cls, text: str) -> Self:
        """Read the content of a private key's file: one key, and remarks; or raise BackupKeyWrong."""
        lines = [line.strip() for line in text.splitlines()]
        match [line for line in lines if line and not line.startswith("#")]:
            case [key]:
                try:
                    return cls(Identity.from_str(key))
                except IdentityError:
                    pass
        raise BackupKeyWrong("A private backup key is one line that begins with AGE-SECRET-KEY-1.")

    @property
    def public(self) -> PublicBackupKey:
        """The key that seals what this one opens."""
        return PublicBackupKey(self._identity.to_public())

    def text(self) -> str:
        """Return the content of this key's file."""
        return f"{REMARK}# It opens what was sealed for {self.public}\n{self._identity}\n"

    def open(self, source: Readable, target: Writable) -> None:
        """Open all of `source` into `target`, in constant memory; or raise CannotOpen.

        What `target` holds when that is raised may be cut short, and is to be thrown away.
        """
        both = _Source(source, target)
        try:
            decrypt_io(both, both, [self._identity])
        except (DecryptError, OSError):
            if both.error is not None:
                raise both.error from None
            raise CannotOpen("This is no backup of ours, is damaged, or has another key.") from None
