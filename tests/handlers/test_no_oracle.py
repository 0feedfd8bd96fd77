"""Whether a NIK is on file is told to nobody but the office."""

import re

import pytest

from models.applications import Application
from models.states import State
from tests.handlers.walking import register
from tests.town import Chat, Town


def seen(chat: Chat, since: set[int]) -> list[str]:
    """Everything on a person's screen since then, the receipt's number left out."""
    texts = [text for number, text in chat.said.items() if number not in since]
    return [re.sub(r"BPU-[0-9A-Z]{4}-[0-9A-Z]{4}", "BPU-…", text) for text in texts]


async def account_of(place: Town, name: str) -> tuple[list[str], list[str], list[str | None]]:
    """What somebody sees when they register this NIK and ask for its status, and the calls that made it."""
    chat = place.person(name)
    start, calls = set(chat.said), place.simulator.ledger.number
    await register(chat)
    first = seen(chat, start)
    known = set(chat.said)
    await chat.says("/status")
    lines = [line.method for line in place.simulator.ledger.since(calls) if line.method != "getUpdates"]
    return first, seen(chat, known), [*lines]


async def test_the_second_sender_of_a_nik_sees_what_the_first_one_saw(place: Town) -> None:
    siti = await account_of(place, "Siti")
    stranger = await account_of(place, "Penyelidik")
    first, second = await place.all(Application)

    assert [False, True] == [first.duplicate, second.duplicate]
    assert siti == stranger


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.REGISTERED])
async def test_also_when_the_office_is_further_with_the_first(place: Town, state: State) -> None:
    siti = await account_of(place, "Siti")
    async with place.database.begin() as db:
        (filed,) = await place.all(Application)
        (await db.get_one(Application, filed.id)).state = state
    stranger = await account_of(place, "Penyelidik")

    assert siti == stranger


async def test_a_nik_that_was_erased_leaves_no_trace_in_the_answer(place: Town) -> None:
    siti = place.person()
    first = await account_of(place, "Budi")
    await register(siti)
    await siti.says("/hapus_data")
    await siti.taps("Hapus semua")
    await siti.taps("Ya, hapus semuanya")
    after = await account_of(place, "Penyelidik")

    assert first == after
