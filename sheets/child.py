"""The process that reads what strangers send: `python -m sheets.child`, limited before it looks at anything.

It takes one line of JSON, the order, and then bytes. It gives lines of JSON for a list to be judged, and the
bytes of a file for an answer.
"""

import io
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from sheets import limits

AHEAD = 50
"""Rows looked at together to know what a whole column has suffered."""

Order = Mapping[str, Any]


def main() -> int:
    """Do what the order says; a bomb ends this process, and nothing else."""
    limits.confine()
    from rules.refusal import Refused

    order = _json(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    try:
        for line in DO[order["do"]](order, content):
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    except Refused as refused:
        _say({"refused": refused.name, "values": refused.values})
    except (MemoryError, RecursionError):
        _say({"refused": "sheets.file.too_heavy", "values": {}})
    return 0


def judge(order: Order, content: bytes) -> Iterator[bytes]:
    """Yield what the list is, then a verdict for every row behind `after`, then the end."""
    from datetime import date

    from sheets import judging, reading

    sheet = reading.opened(content)
    top = list(islice(sheet.rows, AHEAD))
    columns = sheet.headings.columns
    judge = judging.Judge(
        columns,
        judging.Declared(**order["declared"]),
        date.fromisoformat(order["today"]),
        order["language"],
        judging.rounded([cells for _, cells in top], columns["nik"]),
    )
    yield _line({"list": _headed(sheet), "about": sheet.about})
    yield from _verdicts(judge, chain(top, sheet.rows), order["after"], _written)


def _verdicts(judge: Any, rows: Iterator[Any], after: int, written: Callable[[Any], Any]) -> Iterator[bytes]:
    for count, (number, cells) in enumerate(rows, start=1):
        if count > limits.ROWS:
            yield _line({"end": True, "left_from": number})
            return
        if count % limits.PART == 0:
            limits.grant()
        if number <= after:
            judge.pass_over(number, cells)
        else:
            yield _line(written(judge.judge(number, cells)))
    yield _line({"end": True})


def office(order: Order, content: bytes) -> Iterator[bytes]:
    """Yield what a file of the office is, then what each row behind `after` says, then the end."""
    from datetime import date

    from sheets import judging, reading
    from sheets.office_rows import OfficeJudge

    sheet = reading.opened(content, order["kind"])
    top = list(islice(sheet.rows, AHEAD))
    columns = sheet.headings.columns
    rounded = "nik" in columns and judging.rounded([cells for _, cells in top], columns["nik"])
    judge = OfficeJudge(order["kind"], columns, date.fromisoformat(order["today"]), rounded)
    yield _line({"list": _headed(sheet), "about": sheet.about})
    yield from _verdicts(judge, chain(top, sheet.rows), order["after"], lambda line: line)


def _headed(sheet: Any) -> dict[str, Any]:
    """Return how a list came: its kind, its headings and which column is where."""
    return {
        "kind": sheet.kind,
        "delimiter": sheet.delimiter,
        "rows": sheet.headings.rows,
        "columns": sheet.headings.columns,
    }


def _written(verdict: Any) -> dict[str, Any]:
    if verdict.good:
        return {"row": verdict.row, "answers": verdict.answers}
    reasons = [[reason.column, reason.name, reason.values] for reason in verdict.reasons]
    return {"row": verdict.row, "cells": verdict.cells, "reasons": reasons}


def answer(order: Order, content: bytes) -> Iterator[bytes]:
    """Yield the file that goes back: the rows that could not be taken, each with its reasons."""
    from sheets import answering

    width = max((len(_json(line)["cells"]) for line in io.BytesIO(content)), default=0)
    rows = map(_json, io.BytesIO(content))
    yield answering.file_of(order["list"], width, rows, order["language"], jobs=order.get("jobs", True))


def _json(line: bytes) -> Any:
    import orjson

    return orjson.loads(line)


def _line(value: Mapping[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(value) + b"\n"


def _say(value: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(_line(value))


DO: Mapping[str, Callable[[Order, bytes], Iterator[bytes]]] = {
    "judge": judge,
    "office": office,
    "answer": answer,
}
"""What can be ordered."""

if __name__ == "__main__":
    sys.exit(main())
