"""Administration from a phone: roles are given and taken back, each time on record and told."""

from models.accounts import Role, roles_of
from models.trust.audit import AuditRow
from tests.handlers.chains import officer
from tests.handlers.test_step_up import PIN, news_to, stranger
from tests.town import Chat, Town


async def gives(ketut: Chat, account: int, *where: str) -> None:
    await ketut.says("/atur")
    await ketut.taps("Beri peran")
    await ketut.taps("Petugas")
    for act in where or ("[Seluruh Indonesia]",):
        await (ketut.taps(act.strip("[]")) if act.startswith("[") else ketut.says(act))
    await ketut.taps("6 bulan")
    await ketut.says(str(account))
    await ketut.taps("Beri peran")


async def roles(place: Town, chat: Chat) -> frozenset[Role]:
    async with place.database.begin() as db:
        return (await roles_of(db, [chat.id], place.simulator.clock.now()))[chat.id]


async def test_a_role_is_given_for_a_territory_and_taken_back_and_everybody_concerned_hears(
    place: Town,
) -> None:
    ketut, made = [await officer(place, name, Role.ADMINISTRATOR) for name in ("Ketut", "Made")]
    dewi = place.person("Dewi")
    await dewi.says("/siapa")
    told = "\n".join(dewi.heard)
    await gives(ketut, dewi.id, "[Satu wilayah]", "cibiuk kaler garut", "[Desa Cibiuk Kaler]", "[Jawa Barat]")
    given = await roles(place, dewi)
    await news_to(dewi)
    hears_given = "\n".join(dewi.heard)
    await ketut.says("/atur")
    await ketut.taps("Siapa memegang peran")
    listed = ketut.buttons
    await ketut.taps(str(dewi.id))
    page = ketut.heard[-1]
    await ketut.taps("Cabut peran")
    await news_to(dewi)
    await news_to(made)

    assert str(dewi.id) in told
    assert Role.OFFICER in given
    assert "Anda sekarang Petugas" in hears_given
    assert any(line.startswith(f"{dewi.id} · Petugas") and "Jawa Barat" in line for line in listed)
    assert "31 Mei 2027" in page
    assert Role.OFFICER not in await roles(place, dewi)
    assert "sudah dicabut" in "\n".join(dewi.heard)
    assert ["memberi peran", "mencabut peran"] == [
        part for part in ("memberi peran", "mencabut peran") if part in "\n".join(made.heard)
    ]
    assert ["granted", "revoked"] == [row.act for row in await place.all(AuditRow)]


async def test_without_a_pin_no_role_is_given_also_when_it_runs_out_on_the_way(place: Town) -> None:
    ketut, dewi = await stranger(place, "Ketut", Role.ADMINISTRATOR), place.person("Dewi")
    await ketut.says("/atur")
    await ketut.taps("Beri peran")
    asked = "\n".join(ketut.heard)
    await ketut.says(PIN)
    await ketut.says(PIN)
    await ketut.taps("Beri peran")
    for label in ("Administrator", "Seluruh Indonesia", "Tanpa batas"):
        await ketut.taps(label)
    await ketut.says(str(dewi.id))
    ketut.later(hours=12)
    await ketut.taps("Beri peran")

    assert "buat dulu" in asked
    assert "belum diberikan" in ketut.heard[-1]
    assert {Role.WORKER} == await roles(place, dewi)


async def test_nobody_changes_the_own_role_and_a_forgotten_pin_is_taken_away(place: Town) -> None:
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    wulan = await place.officer()
    await ketut.says("/atur")
    await ketut.taps("Siapa memegang peran")
    await ketut.taps(str(ketut.id))
    await ketut.taps("Cabut peran")
    own = ketut.heard[-1]
    await ketut.taps(str(wulan.id))
    await ketut.taps("Hapus PIN")
    await wulan.says("/pin")

    assert "sendiri tidak bisa" in own
    assert Role.ADMINISTRATOR in await roles(place, ketut)
    assert "belum punya PIN" in wulan.heard[-1]


async def test_texts_and_channels_are_shown(place: Town) -> None:
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    await ketut.says("/atur")
    await ketut.taps("Teks persetujuan")
    texts = "\n".join(ketut.heard)
    await ketut.taps("Kanal pembayaran")

    assert "Versi 2026-12" in texts
    assert any("Alfamart" in button for button in ketut.buttons)
