"""The bench of the dialogue: both programs reach the receipt, with the same words and the same buttons."""

from pathlib import Path

import pytest

from bench.dialogue import OURS, PEER, measure


@pytest.mark.kill
async def test_the_peer_says_what_this_bot_says(tmp_path: Path) -> None:
    looks = []
    for number, program in enumerate((OURS, PEER)):
        folder = tmp_path / str(number)
        folder.mkdir()
        looks.append((await measure(program, 1, 1, folder)).looks)

    assert looks[0]
    assert looks[0] == looks[1]
