"""Family members as people with rights: told of, declared for, and taken out alone."""

from models.applications import Application
from models.data_requests import DataRequest, Request
from models.privacy.corrections import Correction
from tests.handlers.walking import register
from tests.town import Town


async def test_a_family_member_is_taken_out_alone_and_nothing_of_them_is_kept(place: Town) -> None:
    siti = place.person()
    await register(siti)
    await siti.says("/data_saya")
    await siti.taps("Betulkan data")
    await siti.taps("Rahayu")
    await siti.taps("Catat keluarga")
    await siti.taps("Tidak sekarang")
    await siti.taps("Kirim")
    (application,) = await place.all(Application)
    (correction,) = await place.all(Correction)
    key = await place.key(application.worker_id)
    told = application.told(key)

    assert "none" == told["heirs"]
    assert [] == [name for name in told if name.startswith("heir") and name != "heirs"]
    assert "Kartika" not in str(correction.before(key))
    assert "Rahayu Lestari" == told["name"]
    assert [Request.CORRECT] == [row.request for row in await place.all(DataRequest)]


async def test_who_names_family_declares_for_them(place: Town) -> None:
    siti = place.person()
    await siti.says("/daftar")

    assert "untuk anak, Anda orang tua atau walinya" in siti.heard[-1]
