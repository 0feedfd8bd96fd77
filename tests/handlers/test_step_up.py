"""The step up: a PIN or an app's code before what is dangerous, asked once in twelve hours."""

import io

import pyotp
import zxingcpp
from PIL import Image

from models.accounts import Role
from models.agency.agents import Agent, Stage
from models.dialogues import Dialogue
from models.trust import second_factors
from models.trust.audit import AuditRow
from tests.handlers.chains import officer
from tests.handlers.test_agents import asks
from tests.town import Chat, Town

PIN = "294817"


async def stranger(place: Town, name: str = "Wulan", role: Role = Role.OFFICER) -> Chat:
    """Somebody of the office who has set no PIN yet."""
    chat = await officer(place, name, role)
    async with place.database.begin() as db:
        await second_factors.forget(db, chat.id)
    return chat


async def wants_to_approve(place: Town) -> Chat:
    await asks(place)
    dewi = await stranger(place, "Dewi")
    await dewi.says("/agen")
    await dewi.taps("Rahmat")
    await dewi.taps("Setujui 6 bulan")
    return dewi


async def stage(place: Town) -> Stage:
    (agent,) = await place.all(Agent)
    return Stage(agent.stage)


async def news_to(chat: Chat) -> None:
    """Let all that is owed arrive: one message a second to one chat."""
    for _ in range(3):
        chat.later(seconds=2)
        await chat.town.deliver()
    await chat.catches_up()


def own(chat: Chat) -> list[str]:
    """What of the person's own words is still in the chat."""
    return [str(message.body.get("text")) for message in chat.phone.messages if not message.by_bot]


async def test_who_has_no_pin_sets_one_gives_it_and_finds_again_what_was_wanted(place: Town) -> None:
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    dewi = await wants_to_approve(place)
    asked = "\n".join(dewi.heard)
    await dewi.says("123456")
    trivial = "\n".join(dewi.heard)
    await dewi.says(PIN)
    await dewi.says(PIN)
    before = await stage(place)
    await dewi.taps("Setujui 6 bulan")
    await news_to(ketut)

    assert "buat dulu" in asked
    assert "mudah ditebak" in trivial
    assert (Stage.APPLIED, Stage.APPROVED) == (before, await stage(place))
    assert not [words for words in own(dewi) if "123456" in words or PIN in words]
    assert f"Akun {dewi.id} memasang PIN" in "\n".join(ketut.heard)
    assert ["opened", "secured", "confirmed_self", "approved_agent"] == [
        row.act for row in await place.all(AuditRow)
    ]
    assert not await place.rows(Dialogue)


async def test_it_is_asked_again_after_twelve_hours_and_after_a_lock(place: Town) -> None:
    dewi = await wants_to_approve(place)
    await dewi.says(PIN)
    await dewi.says(PIN)
    await dewi.taps("Setujui 6 bulan")
    await dewi.says("/pin")
    await dewi.taps("Kunci sekarang")
    await dewi.taps("Setujui 12 bulan")
    locked = "\n".join(dewi.heard)
    await dewi.says(PIN)
    dewi.later(hours=12)
    await dewi.taps("Setujui 12 bulan")

    assert "PIN Anda" in locked
    assert "PIN Anda" in "\n".join(dewi.heard)


async def test_five_wrong_tries_lock_and_other_administrators_hear_of_it(place: Town) -> None:
    ketut = await officer(place, "Ketut", Role.ADMINISTRATOR)
    dewi = await wants_to_approve(place)
    await dewi.says(PIN)
    tries = []
    for _ in range(5):
        await dewi.says("518293")
        tries.append("\n".join(dewi.heard))
    await dewi.taps("Setujui 6 bulan")
    still = "\n".join(dewi.heard)
    dewi.later(minutes=15)
    await dewi.taps("Setujui 6 bulan")
    await dewi.says(PIN)
    await news_to(ketut)

    assert "Sisa percobaan: 1" in tries[3]
    assert "Terlalu sering salah" in tries[4]
    assert "Terlalu sering salah" in still
    assert "ini memang Anda" in "\n".join(dewi.heard)
    assert "salah lima kali" in "\n".join(ketut.heard)
    assert Stage.APPLIED == await stage(place)
    assert not [words for words in own(dewi) if "518293" in words]


async def test_changing_the_pin_asks_for_the_former_one(place: Town) -> None:
    dewi = await wants_to_approve(place)
    await dewi.says(PIN)
    await dewi.says(PIN)
    dewi.later(minutes=6)
    await dewi.says("/pin")
    await dewi.taps("PIN baru")
    asked = "\n".join(dewi.heard)
    await dewi.says(PIN)
    await dewi.taps("PIN baru")
    await dewi.says("518293")
    await dewi.says("518293")

    assert "PIN Anda" in asked
    assert "ini memang Anda" in "\n".join(dewi.heard)


async def test_an_app_is_set_up_from_a_picture_and_its_code_is_taken(place: Town) -> None:
    dewi = await stranger(place, "Dewi")
    await dewi.says("/pin")
    await dewi.taps("Kode dari aplikasi")
    (picture,) = [m.file.content for m in dewi.phone.messages if m.by_bot and m.file]
    code = zxingcpp.read_barcode(Image.open(io.BytesIO(picture)))
    assert code is not None
    app = pyotp.parse_uri(code.text)
    assert isinstance(app, pyotp.TOTP)
    now = place.simulator.clock.now
    await dewi.says("000001")
    wrong = "\n".join(dewi.heard)
    await dewi.says(app.at(now()))
    noted = "\n".join(dewi.heard)
    dewi.later(hours=13)
    await dewi.says("/pin")
    await dewi.taps("Masukkan sekarang")
    await dewi.says(app.at(now()))

    assert app.secret in "\n".join(dewi.said.values())
    assert "tidak cocok" in wrong
    assert "Aplikasi kode terpasang" in noted
    assert "ini memang Anda" in "\n".join(dewi.heard)


async def test_a_command_that_was_wanted_is_named_again(place: Town) -> None:
    dewi = await stranger(place, "Dewi")
    await dewi.says("/pin")
    await dewi.taps("PIN baru")
    await dewi.says(PIN)
    await dewi.says("/status")
    await dewi.says("/pin")
    await dewi.taps("Masukkan sekarang")
    await dewi.says(PIN)

    assert 1 == await place.rows(second_factors.SecondFactor)
    assert not await place.rows(Dialogue)
    assert ["🔒 Kunci sekarang"] == dewi.buttons
