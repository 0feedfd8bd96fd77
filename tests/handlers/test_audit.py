"""What officers do is on record, administrators read it by number, and get its head once a day."""

import io
from datetime import timedelta

from sqlalchemy import text

from jobs.audit_heads import AuditHeads
from locales import say
from models.accounts import Role
from models.owing.deliveries import Delivery
from models.trust.audit import Act, AuditRow, Entry, note
from models.trust.audit_checks import AUDIT_HEAD, Head, head_of, verify
from tests.handlers.chains import officer
from tests.handlers.test_agents import asks, decides
from tests.handlers.walking import TOLD, register
from tests.town import JAKARTA, Chat, Town


async def acts(place: Town) -> list[tuple[str, str | None]]:
    """What is on record, and which table it is about."""
    rows = await place.all(AuditRow)
    return [(row.act, row.subject and row.subject.partition(":")[0]) for row in rows]


async def the_desk_works(place: Town) -> Chat:
    """Let somebody register, and the officer do all that can be done to it."""
    await register(place.person("Siti"))
    await place.register("2026-11")
    wulan, reference = await place.officer(), await place.reference()
    await wulan.says(f"/bayar {reference} 2026-12")
    await wulan.says(f"/koreksi {reference} 2026-12")
    await wulan.taps("Ya")
    await wulan.says(f"/sampai {reference} 2026-12-31")
    return wulan


async def test_what_the_desk_does_is_on_record(place: Town) -> None:
    wulan = await the_desk_works(place)
    rows = await place.all(AuditRow)

    assert ["registered", "paid", "corrected", "protected"] == [row.act for row in rows]
    assert {wulan.id} == {row.by_account for row in rows}
    assert 1 == len({(row.person_id, row.subject) for row in rows})
    assert None is not rows[0].person_id


async def test_a_look_at_an_agent_and_the_decision_are_on_record(place: Town) -> None:
    await asks(place)
    await decides(place, "Setujui 6 bulan")
    await decides(place, "Akhiri")

    assert [
        ("opened", "agents"),
        ("approved_agent", "agents"),
        ("opened", "agents"),
        ("ended_agent", "agents"),
    ] == await acts(place)


async def test_administrators_read_it_by_receipt_number_and_page_by_page(place: Town) -> None:
    await the_desk_works(place)
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    async with place.database.begin() as db:
        many = [Entry(Act.EXPORTED, ketut.id, details={"rows": number}) for number in range(12)]
        await note(db, place.database.keys, many, place.simulator.clock.now())
    await ketut.says("/audit")
    newest = ketut.heard[-1]
    await ketut.taps("Lebih lama")
    older = ketut.heard[-1]

    assert 'membuat berkas ekspor  {"rows":11}' in newest
    assert await place.reference() in older
    assert not [told for told in TOLD if told in newest + older]
    assert not ketut.buttons


def test_every_act_has_its_words() -> None:
    assert all(say("id", f"audit.act.{act}") for act in Act)


async def test_administrators_get_the_head_once_a_day_and_it_proves_a_cut(
    place: Town, log: io.StringIO
) -> None:
    await the_desk_works(place)
    ketut, clock = await officer(place, "Ketut", Role.ADMINISTRATOR), place.simulator.clock
    heads = AuditHeads(place.database, clock.now, JAKARTA)
    for _ in range(3):
        await heads.send()
        await AuditHeads(place.database, clock.now, JAKARTA).send()
    await ketut.catches_up()
    async with place.database.begin() as db:
        head = await head_of(db)
    (heard,) = ketut.heard
    kept = Head.read(heard.partition("\n")[2].partition("\n")[0])
    clock.advance(timedelta(hours=16))  # two in the morning: nobody is woken
    await heads.send()

    assert head == kept
    assert str(head) in log.getvalue()
    assert 1 == len([row for row in await place.all(Delivery) if row.kind == AUDIT_HEAD])
    async with place.database.begin() as db:
        await db.execute(text("DELETE FROM audit_heads"))
        assert 5 == await verify(db, place.database.keys, Head(5, kept.mark))
