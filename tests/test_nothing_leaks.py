"""Promises 19 and 20: of what people tell, and of the token, nothing can be read where it does not belong.

Two people register through the real program at LOG_LEVEL=DEBUG, with wrong inputs, photos, updates that
nobody can handle, copies, refusals and cut connections. Then everything the program wrote is searched.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.phone import Phone
from simulator.server import Simulator
from tests.planted import files, found, rows
from tests.running import PATIENCE, at, running

TOKEN: Final = "1000000001:AAE-Tanpa_Rahasia-zq83hfKw71LmPx05"
RECEIPT: Final = "receipt"

SITI: Final = {
    "nik": "9901 0157 0890 9001",
    "name": "Sitimunah Kartosentono",
    "birth_date": "17-8-1990",
    "address": "Gang Kenarilaut 73 RT 011 RW 017",
    "village": "cibiuk kaler garut",
    "phone": "0860-7391-4826",
    "email": "sitimunah.karto@contohsurat.id",
    "occupation": "jualan di pasar",
    "workplace": "Lapak Jatimurnisari",
    "income": "1.237.400",
}
SLAMET: Final = {
    "nik": "9901010101809002",
    "name": "Ma'rufslamet Kênangajaya",
    "birth_date": "1 Januari 1980",
    "address": "Dusun Randualasjaya RT 022 RW 019",
    "village": "cibiuk kaler garut",
    "contact_name": "Dewikirana Tunggaldewi",
    "contact_phone": "0860 5512 8847",
    "email": "slamet@kenangajayasari.id",
    "occupation": "tukang bakso",
    "workplace": "Terminal Wanasegarajati",
    "income": "1.349.600",
    "heir1_name": "Larasatiningrum",
    "heir1_phone": "0860-4410-9275",
    "heir2_name": "Bagaskarawijaya",
    "heir2_phone": "0860-3308-6641",
}
TAPPED: Final = {
    "who": "self", "sex": "female", "relation": "neighbour", "agreement": "self", "agreement_how": "spoken",
    "hours": "05:00-12:00", "employs": "no", "payer": "own", "programmes": "2", "months": "1",
    "heirs": "none", "heir1_relation": "spouse", "heir1_more": "add", "heir2_relation": "child",
    "heir2_more": "enough", "review": "send",
}  # fmt: skip
SAID_WRONG: Final = {
    "nik": "9901 0157 0890 900",
    "birth_date": "31-2-1990",
    "phone": "0860-7391",
    "email": "sitimunah.karto(at)contohsurat",
}
PLANTED: Final = (
    *(SITI[name] for name in ("nik", "name", "address", "phone", "email", "workplace")),
    *(SLAMET[name] for name in SLAMET if name not in ("birth_date", "village", "occupation", "income")),
    *("1990-08-17", "17 Agustus 1990", "1980-01-01", "1 Januari 1980"),
    *("1237400", "1.237.400", "1349600", "1.349.600"),
    *("Rahmawatisari", "Wirasentanajaya", "Pakdepurwoko", "+62 860-2219-7304", "Bukdeharjanti"),
    TOKEN,
    TOKEN.partition(":")[2],
    TOKEN[-16:],
)
POISON: Final = {"message_id": "one", "date": "today", "text": f"{SLAMET['name']} {SLAMET['nik']}"}

FAULTS: Final = (
    {"method": "sendMessage", "calls": [9], "do": "429", "retry_after": 1},
    {"method": "sendMessage", "calls": [14], "do": "cut_after"},
    {"method": "sendMessage", "calls": [21], "do": "cut_before"},
    {"method": "deleteMessage", "calls": [2], "do": "500"},
    {
        "method": "deleteMessage",
        "calls": [3],
        "do": "400",
        "description": f'bad "{SITI["name"]}" {SITI["nik"]}',
    },
)


class Applicant:
    """Somebody who answers what the bot asks; sees only what arrives on the phone."""

    def __init__(self, phone: Phone, told: Mapping[str, str], tapped: Mapping[str, str]) -> None:
        self.phone = phone
        self._told = told
        self._tapped = {**TAPPED, **tapped}
        self.answered: set[str] = set()
        self._place: str | None = None
        self._shown: dict[str, Any] = {}
        self._news = asyncio.Event()

    def hear(self, chat_id: int, shown: dict[str, Any]) -> None:
        """Look at a message of the bot."""
        if chat_id == self.phone.id and (place := self._read(shown)):
            self._place, self._shown = place, shown
            self._news.set()

    async def registers(self) -> None:
        """Answer question after question, until the receipt."""
        self.phone.text("/daftar")
        while (place := await self._next()) != RECEIPT:
            self.answered.add(place)
            self._answer(place)

    async def _next(self) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                while self._place is None or self._place in self.answered:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"stuck at {self._place!r}: {self.phone.heard[-3:]}") from None
        return self._place

    def _answer(self, place: str) -> None:
        if place in self._told:
            if place in SAID_WRONG:
                self._errs(place)
            self.phone.text(self._told[place])
        elif place == "phone":
            self.phone.text("tidak punya HP")
        else:
            self.phone.tap(self._shown["message_id"], self._choice(place))

    def _errs(self, place: str) -> None:
        """Say something wrong first, and send what nobody asked for."""
        self.phone.text(SAID_WRONG[place])
        caption = f"{self._told['name']} {self._told['nik']}"
        self.phone.file("photo", b"\x89PNG", "ktp.png", caption)
        self.phone.file("document", b"%PDF", f"{caption}.pdf")
        if place == "nik":
            self.phone.contact(own=False, phone_number="+62 860-2219-7304", first_name="Bukdeharjanti")

    def _choice(self, place: str) -> str:
        buttons = [data for data in callbacks(self._shown) if not data.startswith("v1|c|")]
        wanted = self._tapped.get(place, "!skip")
        fitting = [data for data in buttons if data.rpartition("|")[2] == wanted]
        return (fitting or buttons)[0]

    def _read(self, shown: dict[str, Any]) -> str | None:
        if any("copy_text" in button for button in inline(shown)):
            return RECEIPT
        if any(
            "request_contact" in key for row in (self.phone.keyboard or {}).get("keyboard", ()) for key in row
        ):
            return "phone"
        parts = [data.split("|") for data in callbacks(shown) if not data.startswith("v1|c|")]
        if not parts:
            return None
        asked_back = any("~" in part[3] for part in parts)
        return parts[0][2] + ("~" if asked_back else "")


def inline(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the buttons under a message."""
    rows = (shown.get("reply_markup") or {}).get("inline_keyboard", ())
    return [button for row in rows for button in row]


def callbacks(shown: Mapping[str, Any]) -> list[str]:
    """Return what the buttons under a message carry."""
    return [button["callback_data"] for button in inline(shown) if "callback_data" in button]


async def everything_acknowledged(simulator: Simulator) -> None:
    """Return once the bot has acknowledged every update."""
    confirmed = asyncio.Event()
    simulator.telegram.queue.on_confirmed(lambda _: confirmed.set())
    async with asyncio.timeout(PATIENCE):
        while len(simulator.telegram.queue):
            confirmed.clear()
            await confirmed.wait()


def harass(simulator: Simulator, phone: Phone) -> None:
    """Let Telegram fail in every way, deliver twice, and bring updates that nobody can handle."""
    simulator.faults(FAULTS)
    simulator.poller.redeliver(0.3, seed=1)
    poison = {**POISON, "from": phone.person.user, "chat": phone.person.chat.api}
    simulator.telegram.queue.push("message", poison, 86_400.0, ("chat", phone.id))
    simulator.telegram.queue.push("message", {**poison, "chat": SITI["name"]}, 86_400.0, ("chat", phone.id))


def babble(phone: Phone) -> None:
    """Do what a person may do after the receipt, each time with words that are nobody's business."""
    last = phone.text(f"/status {SITI['name']}")["message_id"]
    phone.edit(last, f"NIK {SITI['nik']}")
    phone.text(f"apakah {SITI['name']} sudah terdaftar?")
    phone.text(f"/{SITI['name'].partition(' ')[0]}")
    phone.tap(last, f"v1|c|lanjut|{SITI['nik']}")
    phone.tap(last, f"v1|{SITI['phone']}|name|{SITI['name']}")
    phone.group(f"{SITI['name']} {SITI['phone']}")


async def test_nothing_people_tell_and_no_token_is_readable_anywhere(
    engine_name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/var/bot.sqlite3"
    database_url = url if engine_name == "sqlite" else request.getfixturevalue("empty_url")
    simulator = Simulator(token=TOKEN, slow_repeats=False, seed=1)
    siti = Applicant(simulator.person(first_name="Rahmawatisari"), SITI, {})
    budi = Applicant(
        simulator.person(first_name="Wirasentanajaya", last_name="Pakdepurwoko"),
        SLAMET,
        {"who": "other", "sex": "male", "payer": "donor", "heirs": "add"},
    )
    carried: list[str] = []
    for listener in (siti.hear, budi.hear, lambda _, shown: carried.extend(carriers(shown))):
        simulator.on_sent(listener)
    async with simulator.serve() as address:
        settings = at(simulator, address, database_url) | {"LOG_LEVEL": "DEBUG", "PYTHONDEVMODE": "1"}
        async with running(tmp_path, "run", **settings) as process:
            await process.says("The bot is running")
            harass(simulator, budi.phone)
            await asyncio.gather(siti.registers(), budi.registers())
            babble(siti.phone)
            await everything_acknowledged(simulator)
            while_running = files(tmp_path)
            ended = await process.stopped()
    stored = await rows(database_url)

    assert ended.code == 0
    assert (SITI.keys() <= siti.answered, SLAMET.keys() <= budi.answered) == (True, True)
    assert '"level": "debug"' in ended.out
    assert {"429", "cut_after", "cut_before", "500", "400"} <= {
        line.fault for line in simulator.ledger.since()
    }
    assert all(f"\n{table}\n".encode() in stored for table in ("applications", "quarantine", "deliveries"))
    assert len(carried) > 100
    assert found((ended.out + ended.err).encode(), PLANTED) == []
    assert found(stored, PLANTED) == []
    assert found("\n".join(carried).encode(), PLANTED) == []
    assert found(while_running + files(tmp_path), PLANTED) == []


def carriers(shown: Mapping[str, Any]) -> list[str]:
    """Return what the buttons under a message carry, and where they lead."""
    return [*callbacks(shown), *(button["url"] for button in inline(shown) if "url" in button)]
