"""Channels and payers of an installation's own: added and retired from a phone and by the operator."""

import argparse

import pytest
from sqlalchemy import select

from command_line import CannotDo, tables
from command_line.parser import parser
from models.accounts import Role
from models.agency.programmes import Programme
from models.office.own_rows import OwnRow, Table
from models.trust.audit import Act, AuditRow
from tests.handlers.chains import house, officer
from tests.handlers.hall import agent
from tests.handlers.test_step_up import stranger
from tests.town import Chat, Town

SOURCE = "surat kantor cabang"


async def adds_channel(ketut: Chat, name: str) -> None:
    await ketut.says("/atur")
    await ketut.taps("Kanal pembayaran")
    await ketut.taps("Tambah kanal")
    await ketut.says(name)
    await ketut.says(SOURCE)
    await ketut.taps("Tambahkan")


async def adds_payer(ketut: Chat, code: str, name: str) -> None:
    await ketut.says("/atur")
    await ketut.taps("Pembayar")
    await ketut.taps("Tambah pembayar")
    for said in (code, name):
        await ketut.says(said)
    await ketut.taps("Donatur")
    await ketut.says(SOURCE)
    await ketut.taps("Tambahkan")


async def retires(ketut: Chat, table: str, line: str) -> None:
    await ketut.says("/atur")
    await ketut.taps(table)
    await ketut.taps(line)
    await ketut.taps("Hentikan mulai sekarang")


async def configured(place: Town) -> list[str]:
    return [row.details for row in await place.all(AuditRow) if row.act == Act.CONFIGURED]


async def test_a_channel_is_told_to_members_from_the_moment_it_is_added_until_it_is_retired(
    place: Town,
) -> None:
    there, ketut = await house(place), await officer(place, "Ketut", Role.ADMINISTRATOR)
    await adds_channel(ketut, "Kantor Pos")
    await there.siti.says("/iuran")
    with_it = there.siti.heard[-1]
    await adds_channel(ketut, "kantor pos")
    twice = "\n".join(ketut.heard)
    await retires(ketut, "Kanal pembayaran", "Alfamart")
    await retires(ketut, "Kanal pembayaran", "Kantor Pos")
    await there.siti.says("/iuran")

    assert "Alfamart" in with_it
    assert "Kantor Pos" in with_it
    assert "sudah berlaku" in twice
    assert "Kantor Pos" not in there.siti.heard[-1]
    assert "Alfamart" not in there.siti.heard[-1]
    assert "ShopeePay" in there.siti.heard[-1]
    assert 3 == len(await configured(place))
    own, shipped = await place.all(OwnRow)
    assert (ketut.id, ketut.id, SOURCE) == (own.begun_by, own.ended_by, own.source)
    assert (Table.CHANNEL, "shop", "") == (shipped.kind, shipped.code, shipped.name)


async def to_the_review(budi: Chat) -> None:
    await budi.says("/program")
    await budi.taps("Daftar baru")
    await budi.says("cibiuk kaler garut")
    for act in ("Cibiuk Kaler", "2026", "Lewati", "Baznas", "November 2026", "6", "100"):
        await budi.taps(act)


async def test_a_list_is_made_with_a_payer_of_ones_own_and_keeps_its_name(place: Town) -> None:
    ketut, budi = await officer(place, "Ketut", Role.ADMINISTRATOR), await agent(place)
    await adds_payer(ketut, "sz", "Baznas <Garut>")
    await to_the_review(budi)
    await budi.taps("Buat daftar")
    made = "\n".join(budi.heard)
    await to_the_review(budi)
    await retires(ketut, "Pembayar", "SZ")
    await budi.taps("Buat daftar")
    gone, offered = "\n".join(budi.heard), budi.buttons
    await budi.taps("Bank")
    await budi.taps("Buat daftar")

    assert "Baznas <Garut>" in made
    assert "baru saja dihentikan" in gone
    assert not [label for label in offered if "Baznas" in label]
    assert [("SZ", "Baznas <Garut>"), ("SB", None)] == [
        (one.funding, one.payer_name) for one in await place.all(Programme)
    ]


async def test_a_payer_needs_a_pin_a_code_and_an_administrator(place: Town) -> None:
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    wulan = await officer(place, "Wulan")
    await ketut.says("/atur")
    await ketut.taps("Pembayar")
    await ketut.taps("Tambah pembayar")
    await ketut.says("Dana Desa")
    wrong = "\n".join(ketut.heard)
    refused = await wulan.presses("v1|t|own|end|channel.bank")
    made = await stranger(place, "Made", Role.ADMINISTRATOR)
    await made.presses("v1|t|own|end|channel.bank")

    assert "2 sampai 8 huruf" in wrong
    assert "hanya untuk administrator" in refused
    assert "buat dulu" in "\n".join(made.heard)
    assert [] == await place.all(OwnRow)


def given(*words: str) -> argparse.Namespace:
    return parser().parse_args(words)


async def test_the_operator_adds_lists_and_retires(place: Town) -> None:
    said: list[str] = []
    now, database = place.simulator.clock.now(), place.database
    wanted = given("payers", "add", "SZ", "Baznas", "--money", "donor", "--source", SOURCE)
    await tables.add(database, Table.PAYER, wanted, now, said.append)
    with pytest.raises(CannotDo, match="SZ"):
        await tables.add(database, Table.PAYER, wanted, now, said.append)
    await tables.retire(database, Table.PAYER, "SD", SOURCE, now, said.append)
    again = await tables.retire(database, Table.PAYER, "SD", SOURCE, now, said.append)
    await tables.show(database, Table.PAYER, said.append)

    assert ["SZ is in force.", "SD is retired.", "SD is not in force."] == said[:3]
    assert 1 == again
    assert f"SZ                   Baznas (donor): {SOURCE}; since 2026-11-20 by command line" == said[-1]
    assert not [line for line in said[3:] if line.startswith("SD")]
    assert 2 == len(await configured(place))


def test_texts_and_layouts_are_printed() -> None:
    said: list[str] = []
    tables.texts(said.append)

    assert {"id", "en"} <= {one.split(", ")[1] for one in said}
    assert [one for one in said if "registration.consent.ask, id, version 2026-12, mark " in one]
    assert [one for one in said if "hand_over.ask, id" in one]


async def test_a_row_that_was_ended_is_kept(place: Town) -> None:
    now, database, said = place.simulator.clock.now(), place.database, list[str]()
    wanted = given("channels", "add", "Kantor Pos", "--source", SOURCE)
    for _ in range(2):
        await tables.add(database, Table.CHANNEL, wanted, now, said.append)
        await tables.retire(database, Table.CHANNEL, "kantorpos", "", now, said.append)
    async with database.begin() as db:
        rows = list(await db.scalars(select(OwnRow)))

    assert ["Kantor Pos", "Kantor Pos"] == [row.name for row in rows]
    assert all(row.ended_at for row in rows)
    assert [] == await place.all(Programme)
