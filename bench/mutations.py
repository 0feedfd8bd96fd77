"""Safeguards taken away one by one: the test of each must turn red. `python -m bench.mutations [NAME ...]`.

Each is a change of one place in a copy of the source, or a switch of a measurement, and the command that must
then fail. A command that cannot be run at all counts as green: what must be red is the test.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
NOT_COPIED: Final = (".git", ".venv", "var", "__pycache__", ".*_cache")
PYTEST: Final = ("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly")
FAILED: Final = 1
"""What pytest and the measurements end with when something they look for is wrong, and nothing else."""


class Moved(Exception):
    """The text that a mutation changes is not, or not once, where it was."""


@dataclass(frozen=True, slots=True)
class Change:
    """One place of the source, and what stands there without the safeguard."""

    file: str
    old: str
    new: str

    def check(self, root: Path = ROOT) -> None:
        """Raise Moved unless the place is there, once."""
        count = (root / self.file).read_text().count(self.old)
        if count != 1:
            raise Moved(f"{self.file} has {count} times: {self.old!r}")

    def make(self, root: Path) -> None:
        """Take the safeguard away below `root`."""
        self.check(root)
        path = root / self.file
        path.write_text(path.read_text().replace(self.old, self.new))


@dataclass(frozen=True, slots=True)
class Mutation:
    """A safeguard taken away, and the arguments of the Python that must end with 1 then."""

    name: str
    must_fail: tuple[str, ...]
    change: Change | None = None

    def is_noticed(self) -> bool:
        """Return whether the command fails without the safeguard."""
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "without"
            shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*NOT_COPIED))
            if self.change is not None:
                self.change.make(root)
            command = [sys.executable, *self.must_fail]
            done = subprocess.run(command, cwd=root, capture_output=True)  # noqa: S603  our own words
        return done.returncode == FAILED


MUTATIONS: Final = (
    Mutation(
        "acknowledging last",
        ("-m", "bench.kills", "--kills", "10", "--without", "acknowledging-last"),
    ),
    Mutation(
        "the de-duplication of updates", ("-m", "bench.kills", "--kills", "10", "--without", "deduplication")
    ),
    Mutation(
        "the row a value is sealed for",
        (*PYTEST, "tests/models/test_envelope.py"),
        Change(
            "models/storage/envelope.py",
            'return f"{table}\\0{row}\\0{column}\\0{self.key_id}".encode()',
            'return f"{table}\\0{column}\\0{self.key_id}".encode()',
        ),
    ),
)


def chosen(mutations: Iterable[Mutation], names: Iterable[str]) -> list[Mutation]:
    """Return those whose name has one of these words in it; all of them for none."""
    words = tuple(names)
    return [each for each in mutations if not words or any(word in each.name for word in words)]


def main() -> int:
    """Take each safeguard away and print what came of it; 1 when one is not missed."""
    parser = argparse.ArgumentParser(prog="bench.mutations", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="only those with one of these words in their name")
    unseen = 0
    for mutation in chosen(MUTATIONS, parser.parse_args().names):
        noticed = mutation.is_noticed()
        unseen += not noticed
        sys.stdout.write(f"{'red' if noticed else 'GREEN':6} without {mutation.name}\n")
        sys.stdout.flush()
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
