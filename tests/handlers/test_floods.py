"""One person's flood is refused kindly, and nobody else notices it."""

from handlers.flood import Flood
from models.dialogues import Dialogue
from models.seen import SeenUpdate
from tests.town import Chat, Town

PACE = 20


async def slow_down(place: Town) -> None:
    """Start the bot anew with the pace of production."""
    await place.close()
    await place.open(flood=Flood(burst=PACE, per_second=1))


def lines_of(place: Town, chat: Chat) -> list[int]:
    """The numbers of the calls that sent this person a message, in the order in which they were made."""
    sent = place.simulator.ledger.since()
    return [line.number for line in sent if line.person == chat.id and line.method == "sendMessage"]


async def test_a_thousand_messages_of_one_person_are_answered_twenty_times_and_refused_once(
    place: Town,
) -> None:
    await slow_down(place)
    budi, siti = place.person("Budi"), place.person("Siti")
    for number in range(1000):
        budi.phone.text(f"pesan {number}")
        if number in (5, 500, 990):
            siti.phone.text("/daftar")
    await place.settle()

    assert PACE + 1 == len(budi.said)
    assert 1 == len([text for text in budi.phone.heard if "pelan-pelan" in text])
    assert 3 == len(siti.said)
    assert 1003 == await place.rows(SeenUpdate)


async def test_the_others_are_answered_in_their_own_batch_not_behind_the_flood(place: Town) -> None:
    await slow_down(place)
    budi, siti = place.person("Budi"), place.person("Siti")
    for _ in range(60):
        budi.phone.text("halo")
    siti.phone.text("/daftar")
    for _ in range(300):
        budi.phone.text("halo")
    since = place.simulator.ledger.number
    await place.settle()

    (answer,) = lines_of(place, siti)
    polls = [line.number for line in place.simulator.ledger.since(since) if line.method == "getUpdates"]
    assert polls[0] < answer < polls[1]
    assert len([number for number in lines_of(place, budi) if number < answer]) <= PACE + 1


async def test_what_a_flooding_person_says_has_no_effect_and_they_are_told_so(place: Town) -> None:
    await slow_down(place)
    budi = place.person("Budi")
    for _ in range(PACE):
        budi.phone.text("halo")
    budi.phone.text("/daftar")
    said = await budi.hears()

    assert "belum saya baca" in said[-1]
    assert 0 == await place.rows(Dialogue)


async def test_they_are_heard_again_as_soon_as_they_slow_down(place: Town) -> None:
    await slow_down(place)
    budi = place.person("Budi")
    for _ in range(PACE + 30):
        budi.phone.text("halo")
    await place.settle()
    budi.later(seconds=1)
    await budi.says("/daftar")

    assert "Bolehkah kami" in budi.heard[-1]


async def test_they_are_told_again_after_a_minute_but_not_before(place: Town) -> None:
    await slow_down(place)
    budi = place.person("Budi")
    for _ in range(3):
        for _ in range(PACE * 4):
            budi.phone.text("halo")
        await place.settle()
        budi.later(seconds=31)

    assert 2 == len([text for text in budi.phone.heard if "pelan-pelan" in text])


async def test_copies_do_not_count(place: Town) -> None:
    await slow_down(place)
    budi = place.person("Budi")
    for _ in range(PACE - 1):
        budi.phone.text("halo")
    for _ in range(5):
        await place.office.intake.take(place.waiting())
    await budi.says("/daftar")

    assert "Bolehkah kami" in budi.heard[-1]
