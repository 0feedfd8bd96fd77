"""An update that comes again changes nothing, and its person is shown where they stand."""

from models.applications import Application
from models.consents import Consent
from tests.handlers.walking import WALK, go_to, register
from tests.town import Chat, Town


async def again(place: Town, times: int = 1) -> None:
    """Have everything that waits taken in, as often as that; nothing is confirmed."""
    for _ in range(times):
        await place.office.intake.take(place.waiting())


async def heard(chat: Chat, batches: list[list[dict[str, object]]]) -> list[str]:
    """What a person hears when these batches are taken in."""
    before = chat.said
    for batch in batches:
        await chat.town.office.intake.take(batch)
    return [text for number, text in chat.said.items() if number not in before]


async def test_the_same_batch_ten_times_has_one_effect_and_ten_answers(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    said = await heard(siti, [place.waiting()] * 10)

    assert 1 == await place.rows(Consent)
    assert ["consent"] == list(await siti.answers())
    assert 10 == len([text for text in said if "Siapa yang akan didaftarkan?" in text])


async def test_a_person_is_shown_where_they_stand_once_however_much_comes_again(place: Town) -> None:
    siti, budi = place.person("Siti"), place.person("Budi")
    for act in ("/start", "/daftar", "halo", "apa kabar"):
        siti.phone.text(act)
    budi.phone.text("/start")
    await again(place)
    said = await heard(siti, [place.waiting()])

    assert 1 == len(said)
    assert "Bolehkah kami" in said[0]
    assert "Tidak ada pertanyaan yang menunggu" in budi.phone.heard[-1]


async def test_a_new_update_beside_old_ones_is_answered_and_the_place_is_not_shown_twice(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    await again(place)
    siti.tap("Saya sendiri")
    said = await heard(siti, [place.waiting()])

    assert 1 == len(said)
    assert "Berapa NIK" in said[0]


async def test_after_filing_the_receipt_is_shown_again_and_nothing_is_filed_twice(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "review")
    siti.tap("Kirim")
    first = (await heard(siti, [place.waiting()]))[-1]
    await place.restart()
    (second,) = await siti.hears()

    assert "Pendaftaran sudah kami terima" in first
    assert first == second
    assert 1 == await place.rows(Application)
    assert "BPU-" in second


async def test_copies_and_disorder_during_a_whole_registration_file_it_once(place: Town) -> None:
    place.simulator.poller.redeliver(0.5, seed=7)
    siti = place.person()
    receipt = await register(siti)

    assert "Pendaftaran sudah kami terima" in receipt
    (filed,) = await place.all(Application)
    assert set(filed.told(await place.key(filed.worker_id))) >= {step for step, *_ in WALK[:-1]} - {
        "occupation2"
    }


async def test_a_copy_within_one_batch_counts_once(place: Town) -> None:
    siti = place.person()
    siti.phone.text("/start")
    (raw,) = place.waiting()
    said = await heard(siti, [[raw, dict(raw), dict(raw)]])

    assert 1 == len(said)


async def test_updates_out_of_order_are_taken_in_the_order_of_their_numbers(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.tap("Ya, saya setuju")
    siti.phone.text("diri sendiri?")
    said = await heard(siti, [list(reversed(place.waiting()))])

    assert "Siapa yang akan didaftarkan?" in said[0]
    assert ["consent"] == list(await siti.answers())


async def test_after_a_quiet_week_update_numbers_start_anew_and_are_still_answered(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")
    siti.later(days=9)
    await siti.taps("Ya, saya setuju")

    assert "Siapa yang akan didaftarkan?" in siti.heard[-1]
