"""The measurement of the sending, short: what is owed is what the server counts, and settled."""

from bench.sending import measured


async def test_what_is_owed_is_sent_once_each_and_settled() -> None:
    run = await measured(300, 5000, "")

    assert (300, 300, 300) == (run.calls, run.chats, run.closed)
    assert run.is_whole
