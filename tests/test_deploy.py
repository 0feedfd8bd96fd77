"""What is shipped to run the bot fits it: alarms name its metrics, units and image hold what they must."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parent.parent
DEPLOY: Final = ROOT / "deploy"
OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text("utf-8")
HARDENED: Final = (
    "NoNewPrivileges=yes", "ProtectSystem=strict", "LimitCORE=0", "UMask=0077", "CapabilityBoundingSet=\n",
)  # fmt: skip


def units() -> list[Path]:
    return sorted((DEPLOY / "systemd").glob("daftar-bpu*.service"))


def test_alarms_are_about_metrics_there_are() -> None:
    code = "".join((ROOT / name).read_text("utf-8") for name in ("measures.py", "health/figures.py"))
    there = set(re.findall(r'"(bpu_\w+)"', code))
    asked = re.findall(r"bpu_[a-z_]+", (DEPLOY / "alerts.yml").read_text("utf-8"))

    assert len(asked) > 12
    assert set() == {re.sub(r"_(bucket|total|count)$", "", name) for name in asked} - there


def test_every_alarm_has_its_line_in_the_runbook() -> None:
    table = OPERATIONS.partition("## Alarms")[2].partition("\n## ")[0]

    assert [] == [
        name
        for name in re.findall(r"alert: (\w+)", (DEPLOY / "alerts.yml").read_text("utf-8"))
        if f"`{name}`" not in table
    ]


@pytest.mark.parametrize(
    "unit", [unit for unit in units() if "@" not in unit.name], ids=lambda unit: unit.name
)
def test_units_give_the_bot_no_more_than_it_needs(unit: Path) -> None:
    text = unit.read_text("utf-8")

    assert [] == [line for line in HARDENED if line not in text]
    assert "User=daftar-bpu" in text


def test_the_service_manager_watches_the_bot() -> None:
    text = (DEPLOY / "systemd" / "daftar-bpu.service").read_text("utf-8")

    assert {"Type=notify", "WatchdogSec=60", "Restart=always"} <= set(text.splitlines())


def test_units_are_such_as_systemd_reads(tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        pytest.skip("no systemd here")
    for unit in (DEPLOY / "systemd").iterdir():
        text = unit.read_text("utf-8").replace("/opt/daftar-bpu/.venv/bin/python", sys.executable)
        (tmp_path / unit.name).write_text(text)
    names = [str(path) for path in tmp_path.iterdir()]
    said = subprocess.run([tool, "verify", *names], capture_output=True, text=True, check=False)  # noqa: S603

    assert [] == [line for line in said.stderr.splitlines() if "daftar-bpu" in line]


def imported_by(part: str) -> set[str]:
    """Return the files and folders of ours that a file or folder of ours imports."""
    files = [ROOT / part] if part.endswith(".py") else sorted((ROOT / part).rglob("*.py"))
    names = {name.partition(".")[0] for file in files for name in modules(ast.parse(file.read_text("utf-8")))}
    return {part for name in names for part in (name, f"{name}.py") if (ROOT / part).exists()}


def modules(tree: ast.Module) -> Iterator[str]:
    """Yield what a file imports, at once or when it needs it; the demonstration is not shipped."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "demo":
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def test_the_image_holds_every_module_and_no_more() -> None:
    image = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = set(re.findall(r"[\w.]+\.py", image)) | set(re.findall(r"^COPY (\w+) \1$", image, re.MULTILINE))
    wanted: set[str] = set()
    ahead = {"bot.py"}
    while ahead:
        wanted |= ahead
        ahead = set().union(*(imported_by(part) for part in ahead)) - wanted

    assert wanted == copied
    assert "--require-hashes" in image
    assert "USER bot" in image


def test_the_example_settings_are_settings() -> None:
    lines = (DEPLOY / "settings.example").read_text("utf-8").splitlines()

    assert [] == [
        name
        for name in (line.partition("=")[0] for line in lines if line and not line.startswith("#"))
        if f"`{name}`" not in OPERATIONS
    ]
