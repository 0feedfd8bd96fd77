"""What people tell in the tests, looked for after each test in what it logged at DEBUG and in its database.

The people of the tests are invented in one way: a NIK of region 99, a phone number that begins with 0860,
names from one list. Whatever reads like one of them outside a sealed column is a leak, in any test there is.
"""

import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import logs

NAMES: Final = (
    "Siti Aminah", "Slamet Riyadi", "Dewi Lestari", "Budi Santoso", "Wulan Sari", "Dewi Anggraini",
    "Agus Salim", "Kusumaningtyas", "Kartosentono", "Tunggaldewi", "Kênangajaya", "Kenarilaut",
    "a-token-that-opens-nothing", "AAE-Tanpa_Rahasia",
)  # fmt: skip
PLAIN: Final = (
    rb"(?<![0-9a-f])99[0-9]{14}(?![0-9a-f])"
    rb"|(?<![0-9a-f])(?:\+?62[ -]?|0)860(?:[ -]?[0-9]){6,9}(?![0-9a-f])"
)
"""Not within digits in base 16, which are no number of anybody."""

BYTES_OF_A_ROW: Final = re.compile(rb"\\+x([0-9a-f]+)")
IN_HEX: Final = rb"3939(?:3[0-9]){14}|(?:3632|30)383630(?:3[0-9]){6}"
PAGE: Final = 4096


def _written(name: str) -> set[bytes]:
    plain, low = name.encode(), name.lower().encode()
    return {re.escape(form) for form in (plain, low, name.upper().encode())} | {
        form.hex().encode() for form in (plain, low)
    }


WANTED: Final = re.compile(
    b"|".join([PLAIN, IN_HEX, *sorted(form for name in NAMES for form in _written(name))])
)


class Watch:
    """What was found since it was last asked; it is off unless the run was told to look."""

    def __init__(self) -> None:
        self.on = False
        self.looked = 0
        self._found: list[str] = []
        self._known: set[bytes] = set()

    def look(self, where: str, content: bytes) -> None:
        """Look through some bytes."""
        self.looked += len(content)
        self._found += [f"{where}: …{_around(content, hit)}…" for hit in WANTED.finditer(content)]

    def look_through_sqlite(self, path: Path, template: Path) -> None:
        """Look through a SQLite file and its logs; not through pages that are as they were made."""
        self._known = self._known or set(_pages(template))
        self.look(path.name, b"".join(page for page in _pages(path) if page not in self._known))
        for log in sorted(path.parent.glob(f"{path.name}-*")):
            self.look(log.name, log.read_bytes())

    def look_through_row(self, row: str) -> None:
        """Look through a row of PostgreSQL as it writes one; bytes are read as the bytes they are."""
        self.look("row", BYTES_OF_A_ROW.sub(lambda found: bytes.fromhex(found[1].decode()), row.encode()))

    def look_through_folder(self, folder: Path) -> None:
        """Look through the names and the bytes of all files that are left in a folder."""
        for path in sorted(folder.rglob("*")):
            self.look("file name", path.name.encode())
            if path.is_file():
                self.look("temporary file", path.read_bytes())

    def found(self) -> list[str]:
        """Return what was found, and forget it."""
        found, self._found = self._found, []
        return found


WATCH: Final = Watch()


def _around(content: bytes, hit: re.Match[bytes]) -> str:
    return content[max(0, hit.start() - 60) : hit.end() + 20].decode("utf-8", "replace")


def _pages(path: Path) -> Iterator[bytes]:
    whole = path.read_bytes() if path.exists() else b""
    return (whole[start : start + PAGE] for start in range(0, len(whole), PAGE))


def must_be_empty(found: list[str]) -> None:
    """Fail with what was found."""
    if found:
        pytest.fail("somebody can read what people told:\n" + "\n".join(found), pytrace=False)


@pytest.fixture(scope="session")
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of this run's own for temporary files, looked through at its end."""
    folder = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        patch.setenv("TMPDIR", str(folder))
        yield folder
    WATCH.look_through_folder(folder)
    must_be_empty(WATCH.found())


@pytest.fixture(autouse=True)
def no_canary_sings(request: pytest.FixtureRequest, logging_as_it_was: None) -> Iterator[None]:
    """Log at DEBUG as the bot does, with no secret cut out, and look afterwards; with `--canaries` only."""
    WATCH.on = bool(request.config.getoption("--canaries"))
    if not WATCH.on:
        yield
        return
    request.getfixturevalue("temporary_files")
    log = io.StringIO()
    logs.configure(level="DEBUG", stream=log)
    yield
    WATCH.look("log", log.getvalue().encode())
    found = WATCH.found()
    if request.node.get_closest_marker("plants") is None:
        must_be_empty(found)
