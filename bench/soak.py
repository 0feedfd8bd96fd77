"""Every promise, its proof, the figure reached: `python -m bench.soak [--short] [--only WORD ...]`.

Each proof is a program of its own: a measurement that ends with 1 when something was lost, doubled, leaked or
stuck, or some tests. What came of each is kept as a line of `--results`, so that a long night can be cut into
several, and `--write` makes the table of the promises out of the newest of these lines.
"""

import argparse
import json
import os
import platform
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.mutations import MUTATIONS, PYTEST, ROOT, Mutation, chosen
from bench.promises import PROMISES, PROOFS, SERVER, Promise, Proof

RESULTS: Final = ROOT / "bench" / "soak.jsonl"
FIGURE: Final = "figure: "
TESTS: Final = re.compile(r"\d+ (passed|failed|skipped|error).*")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one proof or mutation: when, in which form, with what figure."""

    name: str
    form: str
    at: str
    commit: str
    seconds: float
    held: bool
    figure: str

    @classmethod
    def of(cls, name: str, form: str, seconds: float, held: bool, figure: str) -> "Result":
        """Return what came of something that ran just now, on this commit."""
        day = datetime.now(UTC).isoformat(timespec="minutes")
        return cls(name, form, day, commit(), round(seconds, 1), held, figure)


def commit() -> str:
    """Return the short name of the commit, with a + when files differ from it."""
    named = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"],  # noqa: S607  whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    return named.stdout.strip() or "unknown"


def figure_of(printed: str) -> str:
    """Return what a proof reached, as it said it last: its own line, or what pytest counted."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    own = [line.removeprefix(FIGURE) for line in lines if line.startswith(FIGURE)]
    counted = [found[0].strip(" =") for line in lines if (found := TESTS.search(line))]
    return (own or counted or ["said nothing"])[-1]


def prove(proof: Proof, *, short: bool) -> Result:
    """Run a proof in a process of its own, showing what it prints."""
    arguments = proof.short if short else proof.long or proof.short
    form = "short" if short and proof.long else "long"
    sys.stdout.write(f"== {proof.name}: python {' '.join(arguments)}\n")
    sys.stdout.flush()
    began, printed = time.monotonic(), []
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(  # noqa: S603  our own words
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        for line in process.stdout or ():
            printed.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    held = process.returncode == 0
    return Result.of(proof.name, form, time.monotonic() - began, held, figure_of("".join(printed)))


def take_away(mutation: Mutation) -> Result:
    """Run what must fail without a safeguard."""
    sys.stdout.write(f"== without {mutation.name}\n")
    sys.stdout.flush()
    began, noticed = time.monotonic(), mutation.is_noticed()
    return Result.of(
        mutation.name, "mutation", time.monotonic() - began, noticed, "red" if noticed else "GREEN"
    )


def newest(lines: Iterable[str]) -> dict[str, Result]:
    """Return the last result of each name; a short run never hides a long one of the same name."""
    results: dict[str, Result] = {}
    for line in lines:
        result = Result(**json.loads(line))
        before = results.get(result.name)
        if before is None or not (before.form == "long" and result.form == "short"):
            results[result.name] = result
    return results


def table(results: Mapping[str, Result]) -> str:
    """Return the page: each promise with its proofs, the proofs, and each safeguard taken away."""
    return PAGE.format(
        machine=_machine(),
        promises="\n".join(_row(promise, results) for promise in PROMISES),
        proofs="\n".join(
            f"| {each.name} | `{_said(each.long or each.short)}` | {_reached(results.get(each.name))} |"
            for each in PROOFS
        ),
        mutations="\n".join(
            f"| {each.name} | `{_said(each.must_fail)}` | {_reached(results.get(each.name))} |"
            for each in MUTATIONS
        ),
    )


def _row(promise: Promise, results: Mapping[str, Result]) -> str:
    proofs = [proof.name for proof in PROOFS if promise.number in proof.promises]
    return f"| {promise.number} | {promise.words} | {'; '.join(_marked(name, results) for name in proofs)} |"


def _marked(name: str, results: Mapping[str, Result]) -> str:
    result = results.get(name)
    if result is None:
        return f"{name} (not run)"
    if not result.held:
        return f"**{name}**"
    return f"{name} (short)" if result.form == "short" else name


def _said(arguments: Iterable[str]) -> str:
    left_out = {*PYTEST, "-n", "2"} - {"-m", "pytest"}
    words = " ".join(word for word in arguments if word not in left_out)
    return words.removeprefix("-m ").replace(SERVER, "SERVER")


def _reached(result: Result | None) -> str:
    if result is None:
        return "not run"
    form = " (short form)" if result.form == "short" else ""
    said = result.figure if result.held else f"**{result.figure}**"
    return f"{said}{form}; {result.seconds:.0f} s, {result.at[:10]}, {result.commit}".replace("|", "/")


def _machine() -> str:
    return (
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


PAGE: Final = """\
# The promises, proved

Written by `make soak`. A proof that did not hold stands in bold; "short" is the form that the gate has too.
`bench/README.md` says what each measurement does.

Machine: {machine}; PostgreSQL on the same machine.

| | Promise | Proved by |
|---|---|---|
{promises}

## The proofs

| Proof | `python -m` | Reached |
|---|---|---|
{proofs}

## Safeguards taken away

Each is removed from a copy of the source, and the command that then must fail is run. Red is right.

| Without | `python -m` | |
|---|---|---|
{mutations}
"""


def keep(results: Path, result: Result) -> None:
    """Add a line to the results."""
    results.parent.mkdir(parents=True, exist_ok=True)
    with results.open("a") as file:
        file.write(json.dumps(asdict(result)) + "\n")


def main() -> int:
    """Run what was asked for; 1 when a proof did not hold or a safeguard was not missed."""
    parser = argparse.ArgumentParser(prog="bench.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--short", action="store_true", help="the short form of each proof")
    parser.add_argument("--only", nargs="*", default=[], help="those with one of these words in their name")
    parser.add_argument("--no-proofs", action="store_true", help="only take safeguards away")
    parser.add_argument("--no-mutations", action="store_true", help="only the proofs")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--write", type=Path, help="make the table of all results: docs/promises.md")
    given = parser.parse_args()
    proofs = [each for each in PROOFS if not given.only or any(word in each.name for word in given.only)]
    done = []
    for proof in () if given.no_proofs else proofs:
        done.append(prove(proof, short=given.short))
        keep(given.results, done[-1])
    for mutation in () if given.no_mutations else chosen(MUTATIONS, given.only):
        done.append(take_away(mutation))
        keep(given.results, done[-1])
    if given.write:
        lines = given.results.read_text().splitlines() if given.results.exists() else []
        given.write.write_text(table(newest(lines)))
    failed = [each.name for each in done if not each.held]
    sys.stdout.write(
        f"{len(done)} ran, {len(failed)} did not hold{': ' if failed else ''}{', '.join(failed)}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
