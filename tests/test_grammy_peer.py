"""The grammY peer of the dialogue's measurement, as far as it can be judged without Node."""

import json
import re
from pathlib import Path
from typing import Any, Final

from locales import catalogue

PEER: Final = Path(__file__).resolve().parent.parent / "bench" / "grammy"
NAMED: Final = re.compile(
    r"(?:\bsay|\bRefused)\(\s*\"([a-z_]+\.[a-z_0-9.]+)\"|\"((?:nik|eligibility)\.[a-z_]+)\""
)


def packages() -> dict[str, dict[str, Any]]:
    """Return what the lock file installs, by folder."""
    lock = json.loads((PEER / "package-lock.json").read_text("utf-8"))
    return {folder: package for folder, package in lock["packages"].items() if folder}


def named() -> set[str]:
    """Return the names of messages that its modules say."""
    sources = [*PEER.glob("*.js"), *(PEER / "checks").glob("*.js")]
    found = (match for path in sources for match in NAMED.findall(path.read_text("utf-8")))
    return {one or other for one, other in found}


def test_every_package_is_known_by_its_content_and_by_no_address() -> None:
    assert len(packages()) > 5
    assert [folder for folder, package in packages().items() if "integrity" not in package] == []
    assert [folder for folder, package in packages().items() if "resolved" in package] == []


def test_its_packages_are_pinned_to_one_version() -> None:
    wanted = json.loads((PEER / "package.json").read_text("utf-8"))["dependencies"]
    assert wanted == {name: packages()[f"node_modules/{name}"]["version"] for name in wanted}


def test_it_says_our_messages_and_no_others() -> None:
    assert len(named()) > 50
    assert named() - catalogue("id").keys() == set()
