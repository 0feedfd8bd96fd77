"""People with hostile names on every page that names them, from the worker's own to the office's."""

import re
from typing import Any

from models.accounts import Role
from models.memberships import Relation
from models.quarantine import Quarantine
from tests.handlers.chains import officer
from tests.handlers.hall import VILLAGE, agent, fills, makes_list, registers
from tests.hostile import KEPT
from tests.members import Members
from tests.town import Chat, Town

PAGES = ("/status", "/iuran", "/hari_ini", "/slip", "/rumah", "/asosiasi", "/ingatkan", "/daftar", "/program")
OURS = {"bold", "italic", "code", "bot_command", "url", "email", "mention", "spoiler"}
FOUND = {"bot_command", "url", "email", "mention"}
"""Kinds that Telegram finds in any text by itself."""

WITHIN = ("TEBAL", "klik", "x", " </i> ")
"""What stands between the tags of hostile names: it must never be what an entity covers."""


async def go_round(place: Town, siti: Chat) -> list[Chat]:
    """Let everybody look at people of all these names wherever they are shown; return who looked."""
    wulan, budi = await officer(place), await agent(place)
    await siti.says("/start")
    members = Members(place.database, place.simulator.clock.now())
    for number, name in enumerate(KEPT.values(), 1):
        told: dict[str, Any] = {"name": name, "address": name, "workplace": name, "contact_name": name}
        job = {"id": "lainnya", "words": name}
        await registers(siti, number, village=VILLAGE, occupation=job, **told)
        known = f"320540410190{9000 + number}"
        await registers(budi, number, nik=known, village=VILLAGE, occupation=job, **told)
        await members.join(f"{name}", [(siti.id, Relation.REGISTRANT)], paid="2026-10")
    await makes_list(budi, quota="9")
    await fills(budi)
    await place.appoint(siti, Role.AGENT)
    for one in (siti, budi):
        for page in PAGES:
            await one.says(page)
    await wulan.says("/petugas")
    await wulan.says("/periksa")
    await wulan.taps("Terima sekaligus")
    await wulan.says("/periksa")
    for _ in range(4):
        await wulan.taps("Ambil berikutnya")
        await wulan.taps("Kembalikan")
        await wulan.taps("Nama tidak sama")
        await wulan.taps("Kembalikan (1 alasan)")
        await wulan.says("/periksa")
    await siti.catches_up()
    await budi.catches_up()
    await place.until(place.simulator.clock.now().replace(day=27))
    return [siti, wulan, budi]


def covered(message: Any) -> list[tuple[str, str]]:
    """What the formatting of a message covers, each with its kind."""
    text = str(message.body.get("text", message.body.get("caption", ""))).encode("utf-16-le")
    entities = [*message.body.get("entities", ()), *message.body.get("caption_entities", ())]
    return [
        (one["type"], text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le"))
        for one in entities
    ]


async def test_hostile_names_are_nothing_but_text_on_every_page(place: Town, log: Any) -> None:
    siti = place.person()
    people = await go_round(place, siti)
    messages = [message for one in people for message in one.phone.messages if message.by_bot]
    formats = [each for message in messages for each in covered(message)]
    texts = "\n".join(str(message.body.get("text", "")) for message in messages)

    assert {kind for kind, _ in formats} <= OURS
    assert [] == [each for each in formats if each[0] not in FOUND and each[1] in WITHIN]
    assert [] == [line for line in place.simulator.ledger.since() if line.code == 400]
    assert 0 == await place.rows(Quarantine)
    assert "intake.broken" not in log.getvalue()
    shown = [name for name, written in KEPT.items() if written.split("\n")[0].strip()[:20] in texts]
    assert len(KEPT) / 2 < len(shown), shown
    assert [] == [name for name, written in KEPT.items() if written[:12] in log.getvalue()]
    assert all(re.fullmatch("[a-z0-9-]+[.](pdf|png|xlsx|csv)", name) for name in file_names(messages))


def file_names(messages: list[Any]) -> list[str]:
    """What the files that were sent are called."""
    return [one.body["document"]["file_name"] for one in messages if "document" in one.body]
