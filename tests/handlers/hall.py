"""A village hall for tests: an agent who has registered people of Cibiuk Kaler and makes their list."""

from datetime import date
from typing import Any

from handlers.filing import filing_of
from models import dialogues, filing
from models.accounts import Role
from models.applications import Application
from models.consents import Basis
from tests.consenting import agrees
from tests.handlers.chains import officer
from tests.town import Chat, Town

VILLAGE = {"code": "3205402002", "label": "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut", "data": "2025"}
USUAL: dict[str, Any] = {
    "birth_date": "1990-01-01",
    "sex": "female",
    "address": "Jalan Kenanga 7",
    "village": VILLAGE,
    "phone": {"none": True},
    "occupation": {"id": "petani", "words": "tani"},
    "income": 1_000_000,
    "employs": "no",
    "payer": "apbdes",
    "programmes": "2",
    "months": "6",
}


async def registers(chat: Chat, number: int, **told: Any) -> Application:
    """Let an agent register a farmer by number, unless told otherwise."""
    database, now = chat.town.database, chat.town.simulator.clock.now()
    answers = USUAL | {"nik": f"990101410190{number:04}", "name": f"Pekerja {words(number)}"} | told
    async with database.begin() as db:
        drafted = await dialogues.start(db, database.keys, chat.id, "registration", 1, {}, now)
        await agrees(db, drafted, Basis.VILLAGE, now)
        return await filing.file(db, database.keys, drafted, filing_of(answers, now.date()), now)


def words(number: int) -> str:
    """Return a number as a name may hold it: in letters."""
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in str(number))


async def agent(place: Town, name: str = "Budi") -> Chat:
    """An agent of the village."""
    return await officer(place, name, Role.AGENT)


async def makes_list(chat: Chat, quota: str = "3", months: str = "12", first: str = "Januari 2027") -> None:
    """Make a list for Cibiuk Kaler, question by question."""
    await chat.says("/program")
    await chat.taps("Daftar baru")
    for act in ("cibiuk kaler garut", "[Desa Cibiuk Kaler]", "[2027]", "560/1/2026", "2 November 2026",
                "[APBDes]", f"[{first}]", months, quota, "[Buat daftar]"):  # fmt: skip
        await (chat.taps(act.strip("[]")) if act.startswith("[") else chat.says(act))
    assert "Daftar sudah dibuat" in chat.heard[0], chat.heard


async def fills(chat: Chat) -> None:
    """Put everybody on the list."""
    await chat.says("/program")
    await chat.taps("Cibiuk Kaler")
    await chat.taps("Isi dari pendaftaran")


async def vouches(place: Town, maker: Chat, name: str = "Pak Lurah", post: str = "Kepala desa") -> Chat:
    """Let somebody open the link, say a name and see some places."""
    await maker.says("/program")
    await maker.taps("Cibiuk Kaler")
    await maker.taps("Minta pengesahan")
    await maker.taps(post)
    second = place.people.get(name) or place.person(name)
    await second.opens_link_of(next(known for known, chat in place.people.items() if chat is maker))
    await second.says("Bambang Wijaya")
    return second


BORN_TOO_EARLY = date(1961, 12, 15).isoformat()
"""Who is born then is 64 when the list is made, and 65 when its cover begins."""
