"""Who may do what: every route has a rule, and the whole matrix role x route x ownership is walked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from handlers.authority import ADMINISTRATORS, OFFICE, RULES, Whose
from handlers.routes import BUTTONS, COMMANDS, TAPS, routes
from handlers.workers.ticks import FEW
from locales import say
from models.accounts import Grant, Role, grant, revoke
from models.agency.agents import Agent
from models.agency.associations import AssociationLink, AssociationMember
from models.agency.imports import Import
from models.agency.programmes import Programme
from models.agency.treasurers import Treasurer
from models.application_events import ApplicationEvent
from models.applications import Application
from models.broadcasting.broadcasts import Broadcast
from models.contributions import Contribution
from models.dialogues import Dialogue
from models.memberships import Contact, Membership, Relation
from models.office.exports import Export
from models.office.own_rows import OwnRow
from models.ownership.hand_overs import HandOver
from models.ownership.invitations import Invitation
from models.reminding.continuations import Continuation
from models.reminding.opt_outs import OptOut
from models.reminding.snoozes import Snooze
from models.states import State
from models.storage.base import Base
from models.trust import role_links
from models.trust.audit import Act, AuditRow, Entry, note
from models.trust.role_links import RoleLink
from models.workers import Worker
from tests.handlers.chains import officer
from tests.handlers.groups import coordinator
from tests.handlers.hall import VILLAGE, agent, makes_list, registers
from tests.handlers.test_agents import asks
from tests.handlers.walking import TOLD, go_to, register
from tests.members import Members
from tests.town import Chat, Town

HELD: tuple[type[Base], ...] = (
    Agent,
    Application,
    ApplicationEvent,
    AssociationLink,
    AssociationMember,
    AuditRow,
    Broadcast,
    Contact,
    Continuation,
    Contribution,
    Dialogue,
    Export,
    Grant,
    HandOver,
    Import,
    Invitation,
    Membership,
    OptOut,
    OwnRow,
    Programme,
    RoleLink,
    Snooze,
    Treasurer,
    Worker,
)
"""Everything that somebody who may not could look at or change."""

BY_THE_SENDER = {"/start", "/daftar", "/jadi_agen", "answers", "edited messages", "other messages"}
"""Routes that say or make something of the sender's own, whoever that is."""

COMMANDS_OF_THE_DESK = {
    "/terdaftar": "/terdaftar {reference}",
    "/bayar": "/bayar {reference} 2027-01",
    "/koreksi": "/koreksi {reference} 2026-11",
    "/sampai": "/sampai {reference} 2026-12-31",
    "/kesehatan": "/kesehatan",
    "/periksa": "/periksa",
    "/petugas": "/petugas",
    "/agen": "/agen",
    "/siar": "/siar",
    "/ekspor": "/ekspor",
    "/hasil": "/hasil",
    "/hak_data": "/hak_data",
    "/pin": "/pin",
}
COMMANDS_OF_ADMINISTRATORS = {"/audit": "/audit", "/atur": "/atur"}
NOT_YOURS = say("id", "desk.not_yours")
NOT_ADMINISTRATOR = say("id", "administration.not_yours")


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert sorted(RULES) == sorted(route.action for route in routes())


def test_no_route_is_guarded_as_another_one() -> None:
    assert all(f"/{name}" == route.action for name, route in COMMANDS.items())
    assert [f"{name} buttons" for name, _, _ in BUTTONS] == [route.action for route in TAPS]


def test_every_command_of_the_desk_is_in_the_matrix() -> None:
    desk = {action for action, rule in RULES.items() if rule.roles == OFFICE and action.startswith("/")}

    theirs = {
        action for action, rule in RULES.items() if rule.roles == ADMINISTRATORS and action.startswith("/")
    }

    assert desk == set(COMMANDS_OF_THE_DESK)
    assert theirs == set(COMMANDS_OF_ADMINISTRATORS)


@dataclass
class Office:
    """A town where Siti registered Rahayu; `taps` is what buttons on her and the officer's screen carry."""

    place: Town
    siti: Chat
    wulan: Chat
    reference: str
    taps: dict[str, str]

    async def held(self, outsider: Chat) -> dict[str, list[Any]]:
        """Every row there is that is not the outsider's own."""
        found = {}
        async with self.place.database.begin() as db:
            for table in HELD:
                rows = await db.execute(
                    select(*table.__table__.columns).order_by(*table.__table__.primary_key)
                )
                found[table.__tablename__] = [
                    tuple(row)
                    for row in rows
                    if outsider.id not in (getattr(row, "account_id", None), getattr(row, "by_account", None))
                ]
        return found


def pressed(chat: Chat) -> Iterable[str]:
    """What every button carries that ever was on a screen."""
    for message in chat.phone.messages:
        for row in (message.markup or {}).get("inline_keyboard", ()):
            yield from (button["callback_data"] for button in row if "callback_data" in button)


async def pages_of(chat: Chat, *labels: str) -> None:
    for label in labels:
        await chat.says("/iuran")
        for part in label.split(" > "):
            await chat.taps(part)


async def lists_of(place: Town, siti: Chat) -> None:
    """Let Siti, as an agent, open the pages of lists; afterwards she is none any more."""
    async with place.database.begin() as db:
        await grant(db, siti.id, Role.AGENT, place.simulator.clock.now(), None)
    await siti.says("/program")
    await siti.says("/impor")
    async with place.database.begin() as db:
        await revoke(db, siti.id, Role.AGENT, place.simulator.clock.now(), None)


async def returned_to(place: Town, siti: Chat, wulan: Chat) -> None:
    """Let the officer look at an application of Siti's, and send it back."""
    await registers(siti, 9003, village=VILLAGE)
    await wulan.says("/periksa")
    await wulan.taps("Ambil berikutnya")
    await wulan.taps("Kembalikan")
    await wulan.taps("Nama tidak sama")
    await wulan.taps("Kembalikan (1 alasan)")
    await siti.catches_up()


async def held(place: Town, siti: Chat, wulan: Chat) -> None:
    """Let Siti hand Rahayu's record to somebody who says that it is not theirs; the officer looks at it."""
    await siti.taps("Serahkan ke pekerja")
    await siti.taps("Rahayu")
    stranger = place.person("Ratna")
    await stranger.opens_link_of("Siti")
    await stranger.taps("Ini bukan saya")
    await wulan.catches_up()
    await wulan.taps("Buka")


async def groups_of(place: Town, siti: Chat) -> None:
    """Let Siti look at her household, join an association, and be the treasurer of a list."""
    karyo = await coordinator(place)
    await karyo.taps("Tautan undangan")
    await siti.opens_link_of("Karyo")
    await siti.taps("Bergabung")
    await siti.says("/asosiasi")
    budi = await agent(place, "Bendahara")
    await makes_list(budi)
    await budi.taps("Tunjuk bendahara")
    await siti.opens_link_of("Bendahara")
    await siti.taps("Ya, ingatkan saya")
    await siti.says("/rumah")


async def exports_of(place: Town, siti: Chat, wulan: Chat) -> None:
    """Let Wulan open the pages of exports, and send a file that she does not say anything about."""
    accepted = await registers(siti, 9004, village=VILLAGE)
    async with place.database.begin() as db:
        (await db.get_one(Application, accepted.id)).state = State.ACCEPTED
    await wulan.says("/ekspor")
    await wulan.taps("Ekspor baru")
    await wulan.taps("bpu")
    await wulan.does(lambda phone: phone.file("document", b"NIK;KPJ", "jawaban.csv"))


async def requests_of(siti: Chat, wulan: Chat) -> None:
    """Let Siti ask for a correction of what is registered, and Wulan look at it."""
    await siti.says("/data_saya")
    for act in ("Betulkan data", "Rahayu", "Alamat"):
        await siti.taps(act)
    await siti.says("Gang Mawar 12")
    await siti.taps("Kirim")
    await wulan.says("/hak_data")
    await wulan.taps("membetulkan")
    await wulan.catches_up()
    wulan.later(seconds=5)
    await wulan.catches_up()


async def office(place: Town) -> Office:
    siti, wulan = place.person("Siti"), await place.officer()
    await register(siti)
    await place.register("2026-11")
    reference = await place.reference()
    await requests_of(siti, wulan)
    await pages_of(siti, "Sudah bayar > 1 bulan", "Lainnya > Riwayat", "Siapa yang diingatkan")
    await pages_of(siti, "Siapa yang diingatkan > Tambah orang > Keluarga")
    members = Members(place.database, place.simulator.clock.now())
    await members.join("Slamet Riyadi", [(siti.id, Relation.REGISTRANT)])
    await siti.says("/iuran")
    await members.crowd(FEW - 1, (siti.id, Relation.REGISTRANT))
    await siti.says("/iuran")
    await siti.says("/status")
    await wulan.says(f"/bayar {reference} 2026-12")
    await wulan.says(f"/koreksi {reference} 2026-12")
    await wulan.says(f"/sampai {reference} 2026-10-31")
    await held(place, siti, wulan)
    await siti.says("/slip")
    await lists_of(place, siti)
    await returned_to(place, siti, wulan)
    await groups_of(place, siti)
    await exports_of(place, siti, wulan)
    await asks(place)
    await wulan.says("/agen")
    await wulan.taps("Rahmat")
    await wulan.says("/siar")
    await wulan.says("Kabar dari kantor")
    await wulan.says("/cakupan")
    await wulan.says("/petugas")
    await wulan.says("/pin")
    await go_to(siti, "income")
    ketut = await administration(place)
    taps = {data: _route(data) for chat in (siti, wulan, ketut) for data in pressed(chat)}
    return Office(place, siti, wulan, reference, taps)


async def administration(place: Town) -> Chat:
    """Let an administrator open every page of hers."""
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    async with place.database.begin() as db:
        entries = [Entry(Act.OPENED, ketut.id)] * 11
        await note(db, place.database.keys, entries, place.simulator.clock.now())
    await ketut.says("/audit")
    async with place.database.begin() as db:
        keys, now = place.database.keys, place.simulator.clock.now()
        token = await role_links.offer(db, keys, Role.OFFICER, "", None, now, ketut.id)
    await place.people["Wulan"].says(f"/start r{token}")
    await ketut.says("/atur")
    await ketut.taps("Tautan peran")
    await ketut.says("/atur")
    await ketut.taps("Kanal pembayaran")
    await ketut.taps("Alfamart")
    await ketut.says("/atur")
    await ketut.taps("Siapa memegang peran")
    await ketut.taps(f"{place.people['Wulan'].id}")
    return ketut


def _route(data: str) -> str:
    return next(
        (f"{name} buttons" for name, prefix, _ in BUTTONS if data.startswith(prefix)), "answer buttons"
    )


async def outsider(place: Town, role: Role) -> Chat:
    chat = place.person(f"Joko {role}")
    await chat.says("/start")
    async with place.database.begin() as db:
        await grant(db, chat.id, role, place.simulator.clock.now(), None)
    return chat


async def tap(chat: Chat, data: str) -> str:
    """Press a button that is on somebody else's screen; return all that comes of it."""
    toast = await chat.presses(data)
    return "\n".join([*chat.heard, toast]).strip()


def leaked(heard: str, more: str = "") -> list[str]:
    return [told for told in (*TOLD, more) if told and told in heard]


async def test_who_is_not_of_the_office_reaches_nothing_of_it(place: Town) -> None:
    town = await office(place)
    desk = [data for data, route in town.taps.items() if RULES[route].roles == OFFICE]
    for role in (Role.WORKER, Role.AGENT):
        joko = await outsider(place, role)
        before = await town.held(joko)
        for command in COMMANDS_OF_THE_DESK.values():
            await joko.says(command.format(reference=town.reference))
            assert [NOT_YOURS] == joko.heard, (role, command)
        for data in desk:
            assert NOT_YOURS == await tap(joko, data), (role, data)
        assert before == await town.held(joko), role

    every = {route for route, rule in RULES.items() if rule.roles == OFFICE and route.endswith(" buttons")}
    assert every == {town.taps[data] for data in town.taps if RULES[town.taps[data]].roles == OFFICE}


async def test_what_asks_to_be_sure_does_nothing_until_a_pin_was_given(place: Town) -> None:
    town = await office(place)
    dangerous = {data: RULES[route] for data, route in town.taps.items() if RULES[route].sure}
    dangerous |= {action: rule for action, rule in RULES.items() if rule.sure and action.startswith("/")}
    for role in sorted(OFFICE):
        joko = await outsider(place, role)
        before = await town.held(joko)
        for asks_for in ("buat dulu", "PIN Anda"):
            for act in sorted(act for act, rule in dangerous.items() if role in rule.roles):
                heard = await did(joko, act)
                assert asks_for in heard, (role, act, heard)
                assert [] == leaked(heard, town.reference), (role, act)
            await joko.says("/pin")
            await joko.taps("PIN baru")
            await joko.says("294817")
        assert before == await town.held(joko), role

    assert {"approval buttons", "role buttons"} <= {town.taps[act] for act in dangerous if act in town.taps}


async def did(chat: Chat, act: str) -> str:
    """Press a button, or write a command; all that comes of it."""
    if act.startswith("v1|"):
        return await tap(chat, act)
    await chat.says(act)
    return "\n".join(chat.heard)


async def test_who_is_no_administrator_reaches_nothing_of_theirs(place: Town) -> None:
    town = await office(place)
    theirs = [data for data, route in town.taps.items() if RULES[route].roles == ADMINISTRATORS]
    for role in (Role.WORKER, Role.AGENT, Role.OFFICER):
        joko = await outsider(place, role)
        before = await town.held(joko)
        for command in COMMANDS_OF_ADMINISTRATORS.values():
            await joko.says(command)
            assert [NOT_ADMINISTRATOR] == joko.heard, (role, command)
        for data in theirs:
            assert NOT_ADMINISTRATOR == await tap(joko, data), (role, data)
        assert before == await town.held(joko), role

    assert 3 == len({town.taps[data] for data in theirs})


async def test_nobody_reaches_what_another_entered_whatever_their_role(
    place: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town = await office(place)
    theirs = {data for data, route in town.taps.items() if RULES[route].whose is not Whose.OFFICE}
    invited = {data for data in theirs if data.startswith(("v1|k|yes", "v1|k|no", "v1|t|as"))}
    office_only = COMMANDS_OF_THE_DESK | COMMANDS_OF_ADMINISTRATORS
    own = [action for action in RULES if action.startswith("/") and action not in office_only]
    for role in Role:
        joko = await outsider(place, role)
        before = await town.held(joko)
        for data in sorted(theirs - invited):
            assert [] == leaked(await tap(joko, data), town.reference), (role, data)
        for action in own:
            await joko.says(f"{action} {town.reference}")
            assert [] == leaked("\n".join(joko.heard), town.reference), (role, action)
        assert before == await town.held(joko), role

    assert {route for route in RULES if route.endswith(" buttons")} == set(town.taps.values())
    assert "intake.broken" not in caplog.text  # whatever they hear instead, they do hear it


async def test_who_is_of_the_office_is_let_in(place: Town) -> None:
    town = await office(place)
    for role in sorted(OFFICE):
        joko = await outsider(place, role)
        for command in COMMANDS_OF_THE_DESK.values():
            await joko.says(command.format(reference=town.reference))
            assert NOT_YOURS not in joko.heard, (role, command)


async def test_a_role_that_is_taken_back_holds_at_once_no_more(place: Town) -> None:
    town = await office(place)
    async with place.database.begin() as db:
        (held,) = await db.scalars(select(Grant).where(Grant.account_id == town.wulan.id))
        held.revoked_at = place.simulator.clock.now()
    await town.wulan.says("/kesehatan")

    assert [NOT_YOURS] == town.wulan.heard
