"""A village from an empty list to a hundred confirmed places, with fifteen replacements, one tap each."""

from models.agency.programmes import Place
from tests.handlers.chains import officer
from tests.handlers.hall import BORN_TOO_EARLY, agent, fills, makes_list, registers, vouches
from tests.town import Chat, Town

QUOTA, FAILED = 100, 15


async def replaced(budi: Chat) -> int:
    """Replace every place that failed by the first reserve, page by page; return how many."""
    count = 0
    while True:
        label = next((each for each in budi.buttons if each.startswith("🔁 Ganti no.")), None)
        onward = next((each for each in budi.buttons if "Berikutnya" in each), None)
        if label is not None:
            await budi.taps(label)
            assert "diganti" in budi.heard[0]
            count += 1
        elif onward is not None:
            await budi.taps(onward)
        else:
            return count


async def test_a_hundred_places_are_filled_repaired_vouched_for_and_handed_on(place: Town) -> None:
    wulan, budi = await officer(place), await agent(place)
    for number in range(1, QUOTA + FAILED + 1):
        failing = number <= FAILED
        await registers(budi, 9000 + number, **({"birth_date": BORN_TOO_EARLY} if failing else {}))
        budi.later(seconds=1)
    await makes_list(budi, quota=str(QUOTA))
    await budi.says("/program")
    await budi.taps("Cibiuk Kaler")
    empty = budi.heard[-1]
    await fills(budi)
    filled = budi.heard[-1]
    await budi.taps("Lihat tempat")
    count = await replaced(budi)
    await budi.taps("Lihat daftarnya")
    whole = budi.heard[-1]
    head = await vouches(place, budi)
    await head.taps("saya sahkan")
    await budi.catches_up()
    await budi.taps("Lihat daftarnya")
    await budi.taps("Serahkan")
    await wulan.catches_up()
    out = [one for one in await place.all(Place) if one.replaced_by is not None]

    assert "0/100 sah" in empty
    assert "85/100 sah, 0 diperbaiki, 15 ganti" in filled
    assert (FAILED, FAILED) == (count, len(out))
    assert "100/100 sah, 0 diperbaiki, 0 ganti" in whole
    assert "sudah diserahkan ke petugas: 100/100 sah" in budi.heard[0]
    assert "diserahkan kepada petugas: 100/100 sah" in wulan.heard[-1]
