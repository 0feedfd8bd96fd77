"""A role by a link: read and agreed to by the candidate, once, while its maker still is an administrator."""

import argparse

import pytest

from command_line.administration import offer
from command_line.parser import parser
from models.accounts import Grant, Role, revoke
from models.trust.audit import Act, AuditRow
from models.trust.role_links import RoleLink
from tests.handlers.chains import officer
from tests.handlers.test_administration import roles
from tests.handlers.test_step_up import news_to
from tests.town import LINK, Chat, Town


async def offers(ketut: Chat, until: str = "31 Maret 2027") -> str:
    """Let an administrator make a link for an officer of Jawa Barat; return what it carries."""
    await ketut.says("/atur")
    await ketut.taps("Beri peran")
    for act in ("Petugas", "Satu wilayah"):
        await ketut.taps(act)
    await ketut.says("cibiuk kaler garut")
    for act in ("Desa Cibiuk Kaler", "Jawa Barat"):
        await ketut.taps(act)
    await ketut.says(until)
    await ketut.taps("Tautan untuk orangnya")
    await ketut.taps("Beri peran")
    found = LINK.search("\n".join(ketut.heard))
    assert found, ketut.heard
    return found[1]


async def both(place: Town) -> tuple[Chat, Chat]:
    return await officer(place, "Ketut", Role.ADMINISTRATOR), place.person("Dewi")


async def test_a_candidate_reads_the_role_agrees_and_the_administrator_hears(place: Town) -> None:
    (ketut, dewi), made = await both(place), await officer(place, "Made", Role.ADMINISTRATOR)
    token = await offers(ketut)
    await dewi.says(f"/start {token}")
    asked = "\n".join(dewi.heard)
    before = await roles(place, dewi)
    await dewi.taps("Ya, saya setuju")
    taken = dewi.heard[-1]
    await dewi.taps("Ya, saya setuju")
    await news_to(ketut)
    await news_to(made)

    assert "ditawari peran Petugas" in asked
    assert "Jawa Barat" in asked
    assert "31 Maret 2027" in asked
    assert {Role.WORKER} == before
    assert "Anda sekarang Petugas" in taken
    assert "tidak berlaku" in dewi.heard[-1]
    assert Role.OFFICER in await roles(place, dewi)
    (grant,) = [one for one in await place.all(Grant) if one.account_id == dewi.id]
    assert (ketut.id, "32", "2027-03-31") == (grant.granted_by, grant.territory, str(grant.valid_until))
    assert f"Akun {dewi.id} menyetujui tautan Anda" in "\n".join(ketut.heard)
    assert "memberi peran" in "\n".join(made.heard)
    rows = [(row.act, row.by_account) for row in await place.all(AuditRow)]
    assert [(Act.OFFERED, ketut.id), (Act.GRANTED, ketut.id)] == rows
    (link,) = await place.all(RoleLink)
    assert token[1:].encode() not in link.token_sha256


@pytest.mark.parametrize("why", ["used", "declined", "turned off", "late", "lost", "unknown"])
async def test_a_link_that_gives_nothing_is_answered_alike(place: Town, why: str) -> None:
    ketut, dewi = await both(place)
    token = await offers(ketut)
    match why:
        case "used" | "declined":
            rina = place.person("Rina")
            await rina.says(f"/start {token}")
            await rina.taps("Ya, saya setuju" if why == "used" else "Tidak")
        case "turned off":
            await ketut.says("/atur")
            await ketut.taps("Tautan peran yang terbuka")
            await ketut.taps("Petugas")
        case "late":
            ketut.later(days=7)
        case "lost":
            async with place.database.begin() as db:
                await revoke(db, ketut.id, Role.ADMINISTRATOR, place.simulator.clock.now(), None)
        case "unknown":
            token = f"r{'A' * 22}"
    await dewi.says(f"/start {token}")
    opened = dewi.heard
    await dewi.presses(f"v1|t|as|yes|{token[1:]}")

    assert ["Tautan ini sudah tidak berlaku. Mintalah yang baru kepada yang mengirimnya."] == opened
    assert opened == dewi.heard
    assert {Role.WORKER} == await roles(place, dewi)


async def test_an_administrator_who_lost_the_role_after_it_was_opened_gives_nothing(place: Town) -> None:
    ketut, dewi = await both(place)
    await dewi.says(f"/start {await offers(ketut)}")
    async with place.database.begin() as db:
        await revoke(db, ketut.id, Role.ADMINISTRATOR, place.simulator.clock.now(), None)
    await dewi.taps("Ya, saya setuju")

    assert "tidak berlaku" in dewi.heard[-1]
    assert {Role.WORKER} == await roles(place, dewi)


async def test_nobody_takes_the_own_link_and_no_role_ends_in_the_past(place: Town) -> None:
    ketut, _ = await both(place)
    token = await offers(ketut)
    await ketut.says(f"/start {token}")
    own = ketut.heard[-1]
    await ketut.presses(f"v1|t|as|yes|{token[1:]}")
    await ketut.says("/atur")
    await ketut.taps("Beri peran")
    await ketut.taps("Petugas")
    await ketut.taps("Seluruh Indonesia")
    await ketut.says("1 Maret 2026")

    assert "buatan Anda sendiri" in own
    assert frozenset({Role.WORKER, Role.ADMINISTRATOR}) == await roles(place, ketut)
    assert "sudah lewat" in "\n".join(ketut.heard)


def given(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


async def test_the_operator_prints_a_link(place: Town) -> None:
    said: list[str] = []
    dewi, wanted = place.person("Dewi"), given("grant", "--link", "officer", "--territory", "32.05")
    await offer(place.database, wanted, "daftar_bpu_bot", place.simulator.clock.now(), said.append)
    found = LINK.search(said[0])
    assert found
    await dewi.says(f"/start {found[1]}")
    await dewi.taps("Ya, saya setuju")

    assert Role.OFFICER in await roles(place, dewi)
    assert [(Act.OFFERED, None), (Act.GRANTED, None)] == [
        (row.act, row.by_account) for row in await place.all(AuditRow)
    ]
