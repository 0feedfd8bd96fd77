"""What the bot stands on: `python -m bench.dependencies` writes docs/dependencies.md, `--check` compares it.

Every package that is pinned for running, its licence as its own makers name it, and why it is there.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "dependencies.md"
PINNED: Final = re.compile(r"^([a-z0-9-]+)==([^\s;\\]+)", re.MULTILINE)

ALLOWED: Final = frozenset(
    {
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "LGPL-3.0-only",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-2.0",
        "PSF-2.0",
        "Zlib",
    }
)
"""Licences under which a package may be used beside code of any licence, unchanged and named."""

WRITTEN: Final[Mapping[str, str]] = {
    "apache 2.0": "Apache-2.0",
    "psfl": "PSF-2.0",
    "mit license": "MIT",
    "bsd license": "BSD-3-Clause",
    "python software foundation license": "PSF-2.0",
    "apache software license": "Apache-2.0",
    "dual license": "Apache-2.0 OR BSD-3-Clause",
}
"""Other ways in which makers write a licence."""

BY_HAND: Final[Mapping[str, str]] = {"pyrage": "MIT", "pysqlite3": "Zlib", "reportlab": "BSD-3-Clause"}
"""Licences that stand in the package's own files but not in what it says of itself."""

WHY: Final[Mapping[str, str]] = {
    "aiohappyeyeballs": "reaches whichever address of Telegram answers",
    "aiohttp": "files to Telegram and the library's own calls, the demonstration's page, health and webhooks",
    "aiosqlite": "SQLite without holding up the loop",
    "alembic": "migrations",
    "apscheduler": "the clock that knocks",
    "argon2-cffi": "PINs rest as Argon2id",
    "babel": "numbers, dates and plurals in each language",
    "cryptography": "AES-256-GCM",
    "defusedxml": "lists that are sent are read without XML bombs",
    "holidays": "days off",
    "httptools": "reads Telegram's answers",
    "openpyxl": "reads lists that are sent",
    "orjson": "JSON, several times as fast",
    "phonenumbers": "which phone numbers can be",
    "pillow": "pictures of programmes and counts",
    "prometheus-client": "the metrics, as Prometheus reads them",
    "psycopg": "PostgreSQL",
    "pyotp": "codes of authenticator apps",
    "pyrage": "backups are sealed in the age format",
    "pysqlite3": "SQLite of a build that loses nothing in a write-ahead log",
    "python-telegram-bot": "Telegram's types, handlers and Bot",
    "rapidfuzz": "finds the village that was meant",
    "reportlab": "slips and lists to print",
    "segno": "QR codes",
    "sqlalchemy": "tables and questions on both databases",
    "structlog": "log lines as JSON",
    "tzdata": "time zones, wherever the bot runs",
    "uvloop": "a faster loop",
    "xlsxwriter": "writes lists and exports, where no text becomes a formula",
    "yarl": "addresses, parsed once",
}


def direct() -> list[str]:
    """Return what we ask for ourselves, by the names in run.in."""
    lines = (ROOT / "requirements" / "run.in").read_text("utf-8").splitlines()
    return [re.split(r"[\[~=<>; ]", line, maxsplit=1)[0].lower() for line in lines if line.strip()]


def pinned() -> dict[str, str]:
    """Return every package that runs with the bot, with its version."""
    return dict(PINNED.findall((ROOT / "requirements" / "run.txt").read_text("utf-8")))


def licence(name: str) -> str:
    """Return the licence of an installed package, in the words of SPDX."""
    if name in BY_HAND:
        return BY_HAND[name]
    about = metadata.metadata(name)
    classifiers = (
        each.split(" :: ")[-1] for each in about.get_all("Classifier") or [] if "License ::" in each
    )
    for told in (*_said(about, "License-Expression"), *_said(about, "License"), *classifiers):
        if told:
            return WRITTEN.get(told.lower(), told)
    return "unknown"


def _said(about: metadata.PackageMetadata, field: str) -> list[str]:
    return [about[field]] if field in about else []


def words_of(told: str) -> set[str]:
    """Return the single licences of an expression."""
    return set(re.findall(r"[A-Za-z0-9.+-]+", told)) - {"AND", "OR", "WITH"}


def needed_by(names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return for each package which others of ours ask for it."""
    asked: dict[str, list[str]] = {name: [] for name in names}
    for name in sorted(names):
        for line in metadata.requires(name) or []:
            found = re.match(r"[A-Za-z0-9._-]+", line)
            wanted = re.sub(r"[._]", "-", found[0].lower()) if found else ""
            if wanted in asked and "extra ==" not in line and name not in asked[wanted]:
                asked[wanted].append(name)
    return asked


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Return name, version, licence and reason of each package."""
    names = pinned()
    askers, ours = needed_by(names), set(direct())
    for name, version in sorted(names.items()):
        why = WHY[name] if name in ours else f"for {', '.join(askers[name]) or 'psycopg'}"
        yield name, version, licence(name), why


def page() -> str:
    """Return the page."""
    lines = "\n".join(f"| {name} | {version} | {terms} | {why} |" for name, version, terms, why in rows())
    return f"""# What the bot stands on

Written by `make licences`; a test compares it with `requirements/run.txt`. Every package is pinned with its
hashes, and all licences allow use beside code of any other licence; those under LGPL are used as they come.

| Package | Version | Licence | Why |
|---|---|---|---|
{lines}

Known weaknesses of these versions: `pip-audit --require-hashes -r requirements/run.txt`, on a machine that
may ask the advisory service; before each release and once a week.
"""


def main() -> int:
    """Write the page, or with --check return 1 when it is not the one there is."""
    given = argparse.ArgumentParser()
    given.add_argument("--check", action="store_true")
    if given.parse_args().check:
        return 0 if PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
