"""Anything a person can do, in any order: the short form of `python -m bench.model`."""

import asyncio
import os

from bench.model import modelled

RUNS = int(os.environ.get("MODEL_RUNS", "12"))


async def test_any_sequence_leaves_what_the_model_says(database_url: str) -> None:
    runs, steps, fault = await asyncio.to_thread(modelled, RUNS, 20, 20261121, database_url)

    assert "" == fault
    assert RUNS <= runs
    assert 10 * RUNS < steps
