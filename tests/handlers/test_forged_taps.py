"""A tap carries no authority: forged data does nothing to anybody else, and is answered politely."""

import re
from typing import Any

from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st

from conversations.registration import registration
from handlers.commands import COMMANDS, TAPS
from handlers.render import WORDS
from models.applications import Application
from models.consents import Consent
from models.dialogues import Dialogue
from models.quarantine import Quarantine
from simulator.ledger import Line
from tests.handlers.walking import WALK, do, go_to, register, step_of, walk
from tests.town import Chat, Town

MOST = 64
"""Bytes of callback data that Telegram lets through."""

STEPS = [step.name for step in registration.steps]
CHOICES = (
    *WORDS,
    *("!keep", "!review", "!edit.nik", "!edit.consent", "!edit.nonsense", "!", "!edit.", "~", "yes~"),
    *("yes", "yes~1", "yes~99", "0", "1", "99", "sum.0", "sum.9", "group.0", "group.99", "unpaid", "paid"),
    *("plain", "printed", "plain~1", "none", "list", "lainnya", "3205140001", "9901014101", "send", "agree"),
    *("month", "25", "", "self", "other", "nobody", "2", "3", "12", "²", "٣"),
)
FRAMES = (
    *("v1|{draft}|{step}|{choice}", "v0|{draft}|{step}|{choice}", "v1|c|{command}|{choice}"),
    *("v1|c|{command}|{draft}", "v1|r|{choice}|{draft}|202611", "v1|i|{choice}|{draft}|202611"),
    *("v1|k|{choice}|{draft}|{command}", "v1|k|yes|{choice}", "v1|k|no|{draft}"),
    *("v1|m|{choice}|{draft}|{draft}", "v1|m|undone|{draft}|{choice}", "v1|m|until|{draft}"),
    *("v1|o|month|{draft}|20261101|{choice}", "v1|o|until|{draft}|{choice}|0"),
    *("v1|p|one|{draft}", "v1|p|{choice}|{draft}", "v1|g|{choice}|{draft}|{draft}|{choice}"),
    *("v1|g|new", "v1|g|replace|{draft}|{draft}|1", "v1|g|vouch|{draft}|babinsa", "v1|g|hand|{draft}"),
)


def fitting(text: str) -> str:
    """As much of a text as callback data may hold."""
    return text.encode()[:MOST].decode(errors="ignore")


noise = st.text(min_size=1, max_size=MOST).map(fitting).filter(bool)
framed = st.builds(
    lambda frame, **parts: fitting(frame.format(**parts)),
    st.sampled_from(FRAMES),
    draft=st.sampled_from(["{own}", "{other}", "0", "-1", "zzzzzzzzzzzzz", "", "null"]),
    step=st.sampled_from([*STEPS, "", "nonsense"]),
    choice=st.sampled_from(CHOICES) | noise,
    command=st.sampled_from([*(set(COMMANDS) - {"daftar", "jadi_agen", "latihan"}), "", "grant"]),
)


def calls(place: Town, since: int) -> list[Line]:
    """Every call that was refused."""
    return [line for line in place.simulator.ledger.since(since) if line.code == 400]


async def drafts(chat: Chat) -> list[str]:
    """The numbers of a person's unfinished forms, as buttons carry them."""
    found = re.search(r"v1\|([0-9a-z]+)\|", chat.callback("Berhenti"))
    assert found
    return [found[1]]


async def holdings(place: Town) -> list[int]:
    """How much there is of everything that a tap could make or destroy."""
    return [await place.rows(table) for table in (Dialogue, Consent, Application, Quarantine)]


def forgeries(count: int) -> list[str]:
    """Some hundred pieces of callback data that no button of ours carries, the same in every run."""
    found: list[str] = []

    @seed(20261120)
    @settings(max_examples=count, deadline=None, database=None, phases=[Phase.generate])
    @given(framed | noise)
    def collect(data: str) -> None:
        found.append(data)

    collect()
    return found


async def test_three_hundred_forged_taps_change_nothing_of_anybody_else(place: Town) -> None:
    siti, thief = place.person("Siti"), place.person("Maling")
    await go_to(siti, "income")
    await go_to(thief, "consent")
    (own,), (other,) = await drafts(thief), await drafts(siti)
    before, told = await holdings(place), await siti.answers()
    forged = [fitting(data.replace("{own}", "0").replace("{other}", other)) for data in forgeries(300)]
    for data in forged:
        thief.phone.tap(max(thief.said), data)
    since = place.simulator.ledger.number
    await place.settle()

    assert own != other
    assert before == await holdings(place)
    assert told == await siti.answers()
    assert {} == await thief.answers()
    assert [] == calls(place, since)
    assert len(forged) > 250
    answered = place.simulator.ledger.counts["answerCallbackQuery", 200]
    assert len(forged) == answered - taps_of("income")


def taps_of(until: str) -> int:
    """How many taps on buttons under messages lead to a question."""
    steps = [step for step, *_ in WALK]
    acts = [(step, act) for step, *acts in WALK[: steps.index(until)] for act in acts]
    return sum(act.startswith("[") and step != "phone" for step, act in acts)


async def test_forged_choices_at_ones_own_questions_are_no_answers(place: Town) -> None:
    siti = place.person()
    async for step in walk(siti):
        own = siti.callback("Kenapa").split("|")[1]
        offered = {button.get("callback_data") for button in buttons(siti)} | {f"v1|{own}|phone|none"}
        before = await siti.answers()
        for choice in CHOICES:
            data = f"v1|{own}|{step}|{choice}"
            if choice[:1] != "!" and data not in offered:
                siti.phone.tap(max(siti.said), data)
        await siti.hears()
        assert (step, before) == (await step_of(siti), await siti.answers())

    assert 0 == await place.rows(Quarantine)
    assert 1 == await place.rows(Application)


def buttons(chat: Chat) -> list[dict[str, Any]]:
    """The buttons under the last message."""
    rows = (chat.phone.last or {}).get("reply_markup", {}).get("inline_keyboard", ())
    return [button for row in rows for button in row]


async def test_half_an_answer_is_confirmed_by_its_own_button_only(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "nik")
    await siti.says("9901014101909001")
    first = siti.callback("Ya, benar")
    await siti.says("9901014101909002")
    siti.phone.tap(max(siti.said), first)
    said = await siti.hears()

    assert "nik" == await step_of(siti)
    assert "0002" not in "".join(siti.said.values()).replace("9002", "")
    assert "Sudah benar?" in said[-1]


async def test_every_button_of_one_person_is_nothing_in_the_hands_of_another(place: Town) -> None:
    siti, thief = place.person("Siti"), place.person("Maling")
    await go_to(thief, "who")
    collected = set[str]()
    async for _ in walk(siti):
        collected |= {button.get("callback_data", "") for button in buttons(siti)} - {""}
    await do(siti, "/daftar")
    mine = {button["callback_data"] for button in buttons(siti)}
    before, told = await holdings(place), await siti.answers()
    forms = {data for data in collected | mine if not data.startswith("v1|c|")}
    for data in sorted(forms):
        thief.phone.tap(max(thief.said), data)
    await place.settle()

    assert len(forms) > 100
    assert before == await holdings(place)
    assert told == await siti.answers()
    assert {"consent"} == set(await thief.answers())


async def test_a_form_of_somebody_else_is_neither_gone_on_with_nor_deleted(place: Town) -> None:
    siti, thief = place.person("Siti"), place.person("Maling")
    await go_to(siti, "address")
    await go_to(thief, "who")
    await siti.says("/batal")
    delete = siti.callback("Ya, hapus")
    number = delete.split("|")[3]
    for name in sorted(TAPS.keys() - {"berikutnya"}):  # that one begins a form of the thief's own
        thief.phone.tap(max(thief.said), f"v1|c|{name}|{number}")
    await place.settle()

    assert "Jalan" not in "".join(thief.said.values())
    assert "Rahayu" not in "".join(thief.said.values())
    assert 2 == await place.rows(Dialogue)


async def test_old_buttons_after_filing_file_nothing(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "review")
    send = siti.callback("Kirim")
    await siti.taps("Kirim")
    for _ in range(3):
        siti.phone.tap(max(siti.said), send)
    said = await siti.hears()

    assert 1 == await place.rows(Application)
    assert all("Tidak ada isian" in text for text in said)


async def test_the_registration_of_another_day_is_a_new_one(place: Town) -> None:
    siti = place.person()
    await register(siti)
    siti.later(days=40)
    await register(siti)

    assert 2 == await place.rows(Application)
