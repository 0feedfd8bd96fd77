"""What an operator does from the command line, besides running the bot."""

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from models.storage.database import Database

Open = Callable[..., AbstractAsyncContextManager[Database]]
"""Opens the database of the settings; `announce` hears what must be told meanwhile."""

Say = Callable[[str], None]


class CannotDo(Exception):
    """One plain sentence that says why a command does nothing."""


def warn(line: str) -> None:
    """Say something beside the output of a command, which another program may read."""
    sys.stderr.write(f"{line}\n")
