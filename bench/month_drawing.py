"""A picture of months at two rates: `python -m bench.month_drawing RUN.json RUN.json --out docs/month.svg`.

A panel for each run that `bench.month --keep` noted: what was planned, sent and too late on each day. Below,
how many of those who owe the first month had heard of it by each evening. It is drawn to be read in grey and
on a phone: narrow, large letters, told apart by pattern and not by colour. `--png` makes a PNG of it too.
"""

import argparse
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

WIDTH: Final = 480
LEFT: Final = 62
RIGHT: Final = 470
PANEL: Final = 170
GAP: Final = 74
TOP: Final = 112
DARK: Final = "#222"
MIDDLE: Final = "#777"
LIGHT: Final = "#ddd"
TICKS: Final = (1, 5, 10, 15, 20, 25, 30)
DUE: Final = 15
HIGH: Final = 85
"""Percent above which a curve is named below itself."""

Month = Mapping[str, Any]
"""A run as `bench.month` noted it."""

PATTERN: Final = (
    '<defs><pattern id="late" width="5" height="5" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)">'
    '<rect width="5" height="5" fill="#fff"/><rect width="2" height="5" fill="#222"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A stretch of the picture: where its floor is, what its ceiling stands for, and how many days it has."""

    floor: float
    most: float
    days: int

    def x(self, place: float) -> float:
        """Return where a day begins; a broken place lies within it."""
        return LEFT + (RIGHT - LEFT) * place / self.days

    def y(self, value: float) -> float:
        """Return how high a value lies."""
        return self.floor - PANEL * min(1.0, value / self.most)

    def frame(self, title: str, ticks: Sequence[float], unit: str) -> Iterator[str]:
        """Draw title, axes and what stands beside them."""
        yield words(12, self.floor - PANEL - 14, title, 15, weight="bold")
        for value in ticks:
            y = self.y(value)
            yield line((LEFT, y), (RIGHT, y), LIGHT)
            yield words(LEFT - 7, y + 5, f"{value:g}{unit}", 14, anchor="end")
        yield line((LEFT, self.floor), (RIGHT, self.floor), DARK)
        for day in (each for each in TICKS if each <= self.days):
            yield words(self.x(day - 0.5), self.floor + 18, str(day), 14, anchor="middle")


def words(x: float, y: float, told: str, size: int, *, anchor: str = "start", weight: str = "normal") -> str:
    """Return a line of text."""
    style = f'font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="{DARK}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{told}</text>'


def line(start: tuple[float, float], end: tuple[float, float], colour: str, extra: str = "") -> str:
    """Return a straight line."""
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" {extra}/>'


def box(x: float, top: float, width: float, floor: float, fill: str, edge: str = "none") -> str:
    """Return a rectangle from its floor up."""
    height = max(0.0, floor - top)
    where = f'x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {where} fill="{fill}" stroke="{edge}"/>'


def drawing(runs: Sequence[Month]) -> str:
    """Return the picture (SVG)."""
    days = max(len(run["days"]) for run in runs)
    parts = [PATTERN, *_legend(runs[0])]
    for number, run in enumerate(runs):
        parts += _by_day(run, TOP + PANEL + number * (PANEL + GAP), days)
    floor = TOP + PANEL + len(runs) * (PANEL + GAP)
    parts += _reached(runs, floor, days)
    height = floor + 46
    parts.append(words((LEFT + RIGHT) / 2, height - 8, "day of December 2026", 14, anchor="middle"))
    size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="sans-serif"'
    everything = "\n".join(parts)
    white = f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n{white}\n{everything}\n</svg>\n'


def _legend(run: Month) -> Iterator[str]:
    yield words(12, 24, f"{run['participants'] / 1e6:g} million participants, one bot", 17, weight="bold")
    yield words(12, 45, f"simulated: one in {run['scale']:,} of them, the pace scaled alike", 13)
    for x, told, fill in ((12, "sent", DARK), (90, "too late, dropped", "url(#late)")):
        yield box(x, 57, 14, 71, fill, DARK)
        yield words(x + 20, 70, told, 14)
    yield box(250, 57, 14, 71, "#fff", MIDDLE)
    yield words(270, 70, "no longer needed", 14)


def _by_day(run: Month, floor: float, days: int) -> Iterator[str]:
    millions = run["scale"] / 1e6
    most = max(each["planned"] for each in run["days"]) * millions
    panel = Panel(floor, most, days)
    title = f"{run['rate']:g} messages a second: million a day"
    yield from panel.frame(title, _ticks(most), "")
    for place, each in enumerate(run["days"]):
        x, width = panel.x(place + 0.12), (RIGHT - LEFT) / days * 0.76
        sent, late = sum(each["sent"].values()) * millions, each["late"] * millions
        if planned := each["planned"] * millions:
            yield box(x, panel.y(planned), width, floor, "#fff", MIDDLE)
        if late:
            yield box(x, panel.y(sent + late), width, panel.y(sent), "url(#late)", DARK)
        yield box(x, panel.y(sent), width, floor, DARK)


def _reached(runs: Sequence[Month], floor: float, days: int) -> Iterator[str]:
    panel = Panel(floor, 100, days)
    yield from panel.frame("told of December by a message, of those who owe it", (0, 25, 50, 75, 100), " %")
    due = panel.x(DUE - 1)
    yield line((due, floor), (due, floor - PANEL), MIDDLE, 'stroke-dasharray="2 3"')
    yield words(due + 5, floor - 8, "the 15th", 14)
    for run, dashes in zip(runs, ("7 5", "none"), strict=False):
        shares = [100 * each["reached"] / max(1, run["owing"]) for each in run["days"]]
        way = " ".join(f"{panel.x(at + 1):.1f},{panel.y(share):.1f}" for at, share in enumerate(shares))
        style = f'fill="none" stroke="{DARK}" stroke-width="2.5" stroke-dasharray="{dashes}"'
        yield f'<polyline points="{way}" {style}/>'
        beside = panel.y(shares[-1]) + (19 if shares[-1] > HIGH else -7)
        yield words(RIGHT, beside, f"{run['rate']:g}/s", 15, anchor="end", weight="bold")


def _ticks(most: float) -> list[float]:
    """Return a few round values up to the most."""
    step = next(each for each in (1, 2, 5, 10, 20, 50, 100) if most / each <= 5)
    return [float(value) for value in range(0, int(most) + 1, step)]


def _png(svg: str, path: Path) -> None:
    """Let a browser paint the picture, twice as large as it says."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(device_scale_factor=2)
        page.set_content(f'<body style="margin:0">{svg}</body>')
        page.locator("svg").screenshot(path=path)
        browser.close()


def main() -> int:
    """Draw the runs."""
    parser = argparse.ArgumentParser(prog="bench.month_drawing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path, help="what `bench.month --keep` noted")
    parser.add_argument("--out", type=Path, required=True, help="where the picture goes (SVG)")
    parser.add_argument("--png", type=Path, help="where it goes as PNG")
    given = parser.parse_args()
    svg = drawing([orjson.loads(path.read_bytes()) for path in given.runs])
    given.out.write_text(svg, "utf-8")
    if given.png:
        _png(svg, given.png)
    return 0


if __name__ == "__main__":
    sys.exit(main())
