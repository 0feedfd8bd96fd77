"""How often the search finds the right village, and how fast: `python -m bench.villages --sample 300`."""

import argparse
import random
import resource
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rules import regions
from rules.refusal import Refused

SEED = 20261120
SLOWEST = 100.0
"""Milliseconds that 95 of 100 questions must stay under: one slow question makes everybody wait."""

CHANCE = 1.64
"""Standard errors below the bar that chance explains 19 times in 20."""

Ask = Callable[[str, random.Random], str]


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of question: how it is made from a village, of which villages, and the bar in percent."""

    name: str
    unique: bool
    ask: Ask
    first: int | None
    ten: int | None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the questions of a row: shares found first and within ten, and milliseconds."""

    row: Row
    asked: int
    first: float
    ten: float
    possible_first: float
    possible_ten: float
    p50: float
    p95: float

    @property
    def missed(self) -> bool:
        """Whether the row is under its bar by more than chance, or too slow."""
        return (
            self._under(self.first, self.row.first, self.possible_first)
            or self._under(self.ten, self.row.ten, self.possible_ten)
            or self.p95 >= SLOWEST
        )

    def _under(self, share: float, bar: int | None, possible: float) -> bool:
        if bar is None:
            return False
        error: float = CHANCE * (share * (100 - share) / self.asked) ** 0.5
        return share + error < min(bar - 0.5, possible)


def name_of(code: str) -> str:
    """Return the name of a place as people write it, without its kind."""
    name = regions.regions().place(code).name.lower()
    return name.split(" ", 1)[1] if len(code) == regions.REGENCY else name


def wrong_letter(text: str, chance: random.Random) -> str:
    """Return a text with one letter left out, put in, replaced or swapped with the next."""
    place = chance.choice([place for place, letter in enumerate(text) if letter.isalnum()])
    before, letter, after = text[:place], text[place], text[place + 1 :]
    other = chance.choice(string.ascii_lowercase)
    swapped = before + after[:1] + letter + after[1:]
    return chance.choice([before + after, before + other + text[place:], before + other + after, swapped])


def begun(text: str) -> str:
    """Return the first 60% of a text, three letters at least."""
    return text[: max(3, round(len(text) * 0.6))]


ROWS = (
    Row("unique name, exact", True, lambda code, _: name_of(code), 96, 100),
    Row("unique name, 1 typo", True, lambda code, chance: wrong_letter(name_of(code), chance), 88, 100),
    Row("spaces removed", True, lambda code, _: name_of(code).replace(" ", ""), 96, 100),
    Row("first 60% of the name", True, lambda code, _: begun(name_of(code)), 32, 74),
    Row("  the same, any name", False, lambda code, _: begun(name_of(code)), None, None),
    Row("any name alone, exact", False, lambda code, _: name_of(code), 79, 98),
    Row("name + kec, exact", False, lambda code, _: f"{name_of(code)} {name_of(code[:6])}", 97, 100),
    Row("name + kab, exact", False, lambda code, _: f"{name_of(code)} {name_of(code[:4])}", 97, 100),
    Row(
        "name (1 typo) + kab",
        False,
        lambda code, chance: f"{wrong_letter(name_of(code), chance)} {name_of(code[:4])}",
        91,
        99,
    ),
    Row(
        "both with 1 typo",
        False,
        lambda code, chance: (
            f"{wrong_letter(name_of(code), chance)} {wrong_letter(name_of(code[:4]), chance)}"
        ),
        90,
        97,
    ),
)


def found(question: str) -> tuple[list[str], float]:
    """Return the ten best codes for a question, and the milliseconds of work it took."""
    start = time.process_time()
    try:
        codes = [place.code for place in regions.find_places(question, limit=10).found]
    except Refused:
        codes = []
    return codes, 1000 * (time.process_time() - start)


def measure(row: Row, villages: Sequence[str], sample: int) -> Result:
    """Ask about a random sample of villages, the same sample at every run."""
    chance = random.Random(SEED)  # noqa: S311 - a sample, no secret
    codes = chance.sample(villages, sample)
    questions = [row.ask(code, chance) for code in codes]
    asked = [(code, text) for code, text in zip(codes, questions, strict=True) if len(text) >= 3]
    answers = [found(question) for _, question in asked]
    times = sorted(taken for _, taken in answers)
    ranks = [
        found.index(code) if code in found else 99
        for (code, _), (found, _) in zip(asked, answers, strict=True)
    ]
    possible = possible_ranks(row, [code for code, _ in asked], villages)
    return Result(
        row,
        len(asked),
        *(share(ranks, 1), share(ranks, 10), share(possible, 1), share(possible, 10)),
        p50=times[len(times) // 2],
        p95=times[int(len(times) * 0.95)],
    )


def share(ranks: Sequence[int], within: int) -> float:
    """Return how many of the ranks, in percent, are among the first so many."""
    return 100 * sum(rank < within for rank in ranks) / len(ranks)


def possible_ranks(row: Row, codes: Sequence[str], villages: Sequence[str]) -> list[int]:
    """Return where a perfect search would show each village: its namesakes come in the order of codes."""
    alike: dict[str, list[str]] = {}
    for code in villages:
        alike.setdefault(row.ask(code, random.Random(SEED)), []).append(code)  # noqa: S311
    return [alike[row.ask(code, random.Random(SEED))].index(code) for code in codes]  # noqa: S311


def table(results: Sequence[Result]) -> str:
    """Return the results as a table, each next to its bar."""
    lines = ["question                 asked  first/ten   bar       possible    p50 ms  p95 ms"]
    for result in results:
        bar = f"{result.row.first}/{result.row.ten}" if result.row.first else "-"
        lines.append(
            f"{result.row.name:24} {result.asked:5}  {result.first:4.0f} /{result.ten:4.0f}  {bar:8}"
            f"  {result.possible_first:4.0f} /{result.possible_ten:4.0f}"
            f"  {result.p50:6.1f}  {result.p95:6.1f}  {'MISSED' if result.missed else ''}".rstrip()
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=300, help="villages a row")
    sample = parser.parse_args(arguments).sample
    start = time.perf_counter()
    regions.warm()
    ready = time.perf_counter() - start
    every = [code for code in regions.regions().names if len(code) == regions.VILLAGE]
    bearers = Counter(map(name_of, every))
    unique = [code for code in every if bearers[name_of(code)] == 1]
    results = [measure(row, unique if row.unique else every, sample) for row in ROWS]
    sys.stdout.write(table(results) + "\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"ready in {ready:.1f} s; {memory} MB in the whole process at its highest\n")
    return int(any(result.missed for result in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
