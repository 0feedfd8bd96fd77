"""The network fails in the middle of calls, and nobody is lost, written to twice or left waiting."""

from bench.network import measured


async def test_whatever_happens_to_a_call_nothing_is_lost_or_doubled_and_the_bot_comes_back() -> None:
    """The short form of `python -m bench.network`: the whole bot, real sockets."""
    cells = await measured(short=True)

    assert [] == [f"{cell.do} at {cell.call}: {fault}" for cell in cells for fault in cell.faults]
    assert all(cell.back is not None for cell in cells)
