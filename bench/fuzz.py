"""Ten million runs over every parser of people's input: nothing but an answer or a refusal comes out.

    python -m bench.fuzz [--runs 10000000] [--seed 1] [--short] [--only NAME ...] [--keep FOLDER]

`bench/parsers.py` lists the parsers and what each promises. With atheris installed the runs are guided by
coverage, two processes side by side; without it they are changed by chance, and the figure says so. A find
is an exception, a broken promise, or an input that takes longer than five seconds; it is printed as it must
be given again. Ends with 1 then.
"""

import argparse
import concurrent.futures
import importlib
import importlib.util
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bench.parsers import Parser

CORPUS: Final = Path(__file__).parent / "corpus.json"
"""Interesting inputs of each parser, as texts in which a byte is a letter."""

LONG: Final = 10_000_000
SHORT: Final = 6_000
MOST: Final = 400
"""Bytes of one input."""

SECONDS: Final = 5
GUIDED: Final = importlib.util.find_spec("atheris") is not None
OURS: Final = ["rules", "conversations", "sheets", "handlers.reading", "handlers.arrivals", "settings"]
"""What is watched for new coverage."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one parser's runs."""

    name: str
    count: int
    seconds: float
    finds: tuple[str, ...]


def corpus(name: str) -> list[bytes]:
    """Return the inputs kept for a parser."""
    kept: Mapping[str, Sequence[str]] = json.loads(CORPUS.read_text("ascii"))
    return [one.encode("latin-1") for one in kept.get(name, ())]


def shares(runs: int, only: Sequence[str]) -> dict[str, int]:
    """Return how often each parser is run: slow ones less often."""
    from bench.parsers import PARSERS

    wanted = {name: parser.share for name, parser in PARSERS.items() if not only or name in only}
    whole = sum(wanted.values())
    return {name: max(1, round(runs * share / whole)) for name, share in wanted.items()}


def by_chance(name: str, parser: "Parser", runs: int, seed: int) -> Run:
    """Run a parser on changed inputs; the same for the same seed."""
    chance = random.Random(f"{name} {seed}")  # noqa: S311  chosen to be repeatable
    tokens = parser.tokens.encode("utf-8", "surrogatepass").split(b" ")
    pool = [*corpus(name), *tokens, b""]
    began, finds = time.monotonic(), list[str]()
    for number in range(runs):
        data = pool[number] if number < len(pool) else _changed(chance, pool, tokens)
        try:
            parser.once(data)
        except Exception as find:  # noqa: BLE001 - each is what is looked for
            finds.append(f"{name}: {data!r}: {traceback.format_exception_only(find)[-1].strip()[:200]}")
            if len(finds) == 5:
                return Run(name, number + 1, time.monotonic() - began, tuple(finds))
    return Run(name, runs, time.monotonic() - began, tuple(finds))


def _changed(chance: random.Random, pool: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    data = bytearray(chance.choice(pool))
    for _ in range(chance.choice((0, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(tokens)
            case 1:
                data[at:at] = chance.choice(ODD)
            case 2:
                del data[at : at + chance.randrange(1, 6)]
            case 3:
                data[at:at] = bytes([chance.randrange(256)])
            case 4:
                data[at:at] = data[at : at + chance.randrange(1, 20)] * chance.randrange(1, 9)
            case _:
                data[at:] = chance.choice(pool)
    return bytes(data[:MOST])


ODD: Final = tuple(
    one.encode("utf-8", "surrogatepass")
    for one in (
        *("\x00", "\t", "\n", "\u200b", "\u202e", "\u0301", "\ufdfa", "\u3164", "\ufeff", "\u0663", "\u00b2"),
        *(
            "\ud83d",
            "\u212b",
            "\u2028",
            "\uff11",
            "ß",
            "İ",
            "ﬁ",
            "½",
            "Ⅷ",
            "👩‍👩‍👧",
            *"<&{}%=+-@|/\\'\";,.019",
        ),
        *("99999999999999999999", "nan", "inf", "1e309", "-1"),
    )
)


def guided(name: str, runs: int, seed: int, keep: Path | None) -> Run:
    """Run a parser in a process of its own, guided by what its code does with the inputs."""
    with tempfile.TemporaryDirectory() as folder:
        there = keep / name if keep else Path(folder) / "corpus"
        there.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(corpus(name)):
            (there / f"kept{number}").write_bytes(data)
        told = (
            f"-runs={runs}",
            f"-seed={seed}",
            f"-max_len={MOST}",
            f"-timeout={SECONDS}",
            "-print_final_stats=1",
        )
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603 - ourselves
            [
                sys.executable,
                "-m",
                "bench.fuzz",
                "--inside",
                name,
                *told,
                f"-artifact_prefix={folder}/",
                str(there),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )
        return Run(name, _executed(done.stderr), time.monotonic() - began, _found(name, done, Path(folder)))


def _executed(told: str) -> int:
    found = re.search(r"stat::number_of_executed_units:\s*([0-9]+)", told)
    return int(found[1]) if found else 0


def _found(name: str, done: "subprocess.CompletedProcess[str]", folder: Path) -> tuple[str, ...]:
    if done.returncode == 0:
        return ()
    inputs = [path.read_bytes() for path in folder.iterdir() if path.is_file()]
    why = [line for line in done.stderr.splitlines() if "Error" in line or "timeout" in line][:1]
    return (f"{name}: {inputs[:1]!r}: {' '.join(why) or done.stderr[-300:]}",)


def inside(name: str, arguments: Sequence[str]) -> None:
    """Be the process that runs one parser; it ends when its runs are done, or at the first find."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=OURS):
        parsers = importlib.import_module("bench.parsers")
    parser: Parser = parsers.PARSERS[name]
    parser.once(b"")  # what is built once is built before the clock of the first input runs
    with tempfile.NamedTemporaryFile("w", suffix=".dict") as words:
        words.writelines(f'"{_escaped(token)}"\n' for token in parser.tokens.split(" ") if token)
        words.flush()
        atheris.Setup([sys.argv[0], *arguments, f"-dict={words.name}"], parser.once)
        atheris.Fuzz()


def _escaped(token: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in token.encode("utf-8", "surrogatepass"))


def fuzz(runs: int, seed: int, only: Sequence[str] = (), keep: Path | None = None) -> list[Run]:
    """Run every parser, two at a time where that is guided; return what came of it."""
    from bench.parsers import PARSERS

    counts = shares(runs, only)
    if not GUIDED:
        return [by_chance(name, PARSERS[name], count, seed) for name, count in counts.items()]
    with concurrent.futures.ThreadPoolExecutor(2) as two:
        return list(two.map(lambda each: guided(each[0], each[1], seed, keep), counts.items()))


def main() -> int:
    """Run it, print how often and how fast each was run and what was found, and return the exit code."""
    if sys.argv[1:2] == ["--inside"]:
        inside(sys.argv[2], sys.argv[3:])
    parser = argparse.ArgumentParser(prog="bench.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=LONG)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--short", action="store_true", help=f"{SHORT * 10} runs")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", type=Path, help="a folder that keeps the inputs that reached new code")
    parser.add_argument("--postgresql", default="", help="taken and not needed: no parser knows a database")
    given = parser.parse_args()
    began = time.monotonic()
    done = fuzz(SHORT * 10 if given.short else given.runs, given.seed, given.only, given.keep)
    for run in done:
        rate = run.count / max(run.seconds, 0.001)
        sys.stdout.write(f"{run.name:10}{run.count:12,} runs{rate:12,.0f} a second, {len(run.finds)} finds\n")
    for find in (find for run in done for find in run.finds):
        sys.stdout.write(f"  {find}\n")
    whole, finds = sum(run.count for run in done), sum(len(run.finds) for run in done)
    how = "guided by coverage" if GUIDED else "by chance, atheris not being installed"
    seconds = time.monotonic() - began
    sys.stdout.write(
        f"figure: fuzzing: {whole:,} runs over {len(done)} parsers in {seconds:.0f} s, {how}, {finds} finds\n"
    )
    return 1 if finds else 0


if __name__ == "__main__":
    sys.exit(main())
