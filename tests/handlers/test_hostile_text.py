"""Hostile text at every question: refused kindly or stored cleaned, and always shown as plain text."""

import unicodedata
from typing import Any

from models.quarantine import Quarantine
from tests.handlers.walking import WALK, do, go_to, step_of, walk
from tests.town import Chat, Town

HOSTILE = {
    "4,096 letters": "a" * 4096,
    "4,096 blanks and a letter": " " * 4000 + "x",
    "an unclosed tag": "Siti <b>Aminah",
    "a tag that is not ours": "<script>alert(1)</script>",
    "our own tags": "<b>BPJS</b> <code>resmi</code> </i>",
    "characters by name": "&amp; &lt;b&gt; &#60;b&#62; &nbsp;",
    "a link": '<a href="tg://user?id=7">klik</a> https://contoh.id/?a=1&b=2',
    "text from right to left": "Siti \u202egnalu\u202c \u2066x\u2069",
    "zero width": "Si\u200bti\u200d A\u2060mi\ufeffnah",
    "only zero width": "\u200b\u200d\u2060 \ufe0f",
    "a NUL and controls": "Siti\x00Aminah\x07\x1b[31m\x7f",
    "letters that grow 18 times": "\ufdfa" * 400,
    "full-width letters that become a tag": "\uff1cb\uff1eSiti\uff1c\uff0fb\uff1e \uff06amp;",
    "many marks on one letter": "a" + "\u0301" * 900,
    "blanks of a format": "{who} {0} {name!r} %s %(name)s {",
    "a callback": "v1|0|nik|yes",
    "our own values": "!edit.nik",
    "a value with its serial": "yes~1",
    "emoji": "👩‍👩‍👧‍👦" * 200,
    "digits of another script": "٣٢٠٥٤٠٥٧٠٨٩٠٩٠٠١",
    "a formula": '=HYPERLINK("http://x","y")',
    "only signs": "<<<>>>&&&",
}
TYPED = [
    *("nik", "name", "birth_date", "address", "village", "phone", "contact_name", "contact_phone"),
    *("email", "occupation", "workplace", "hours", "income", "heir1_name"),
]
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def entities(chat: Chat) -> set[str]:
    """Which kinds of formatting the last messages have."""
    return {entity["type"] for message in chat.phone.messages if message.by_bot for entity in found(message)}


def found(message: Any) -> list[dict[str, Any]]:
    """The formatting of one message."""
    return list(message.body.get("entities", ()))


async def say_all(siti: Chat, step: str) -> list[str]:
    """Say every hostile text at a question, coming back to it whenever one was taken; what was not heard."""
    silent = []
    for name, text in HOSTILE.items():
        await siti.says(text)
        if not siti.heard:
            silent.append(f"{step}: {name}")
        assert clean(await siti.answers()), (step, name)
        await come_back(siti, step)
    return silent


async def come_back(siti: Chat, step: str) -> None:
    """Go back to a question, from half an answer to it or from the next question."""
    for _ in range(4):
        if await step_of(siti) == step:
            return
        await siti.says("⬅️ Kembali")
    raise AssertionError(f"there is no way back to {step}; {await step_of(siti)} is asked: {siti.heard}")


def refusals(place: Town) -> list[tuple[str, str | None]]:
    """The calls of the bot that Telegram could not read."""
    lines = place.simulator.ledger.since()
    return [(line.method, line.description) for line in lines if line.code == 400]


async def test_every_text_where_texts_are_taken_is_answered_and_harms_nothing(place: Town) -> None:
    siti = place.person()
    async for step in walk(siti):
        if step in TYPED:
            assert [] == await say_all(siti, step)

    assert [] == refusals(place)
    assert 0 == await place.rows(Quarantine)
    assert {"text_link"}.isdisjoint(entities(siti))


async def test_every_text_where_a_button_is_wanted_is_answered_and_harms_nothing(place: Town) -> None:
    siti = place.person()
    async for step in walk(siti):
        if step not in TYPED:
            for text in HOSTILE.values():
                siti.phone.text(text)
            said = await siti.hears()
            assert len(said) >= len(HOSTILE)

    assert [] == refusals(place)
    assert 0 == await place.rows(Quarantine)


def clean(value: object) -> bool:
    """Return whether nothing in these answers is invisible, unfolded or a tag by another name."""
    match value:
        case dict():
            return all(clean(one) for one in value.values())
        case list():
            return all(clean(one) for one in value)
        case str():
            seen = not any(unicodedata.category(char) in INVISIBLE for char in value)
            return seen and value == unicodedata.normalize("NFKC", value).strip()
    return True


ODD = ("our own tags", "characters by name", "blanks of a format", "a link")


async def test_what_is_taken_is_read_back_letter_by_letter(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "address")
    for name in ODD:
        await siti.says(HOSTILE[name])
        assert HOSTILE[name] in siti.heard[-1]
        assert HOSTILE[name] == (await siti.answers())["address"]
        await siti.says("⬅️ Kembali")
        assert any(HOSTILE[name] in button for button in siti.buttons)


async def test_the_review_page_shows_it_as_it_was_written(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "address")
    odd = " ".join(HOSTILE[name] for name in ODD)[:200]
    await siti.says(odd)
    for step, *acts in WALK[[step for step, *_ in WALK].index("village") : -1]:
        assert step == await step_of(siti)
        for act in acts:
            await do(siti, act)

    assert "Mohon periksa" in siti.heard[-1]
    assert odd in siti.heard[-1]


async def test_a_long_answer_is_told_how_long_it_may_be(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "occupation")
    await siti.says("tukang " * 500)

    assert "300" in siti.heard[0]
    assert "Apa pekerjaan" in siti.heard[-1]


async def test_numbers_of_another_script_are_understood(place: Town) -> None:
    siti = place.person()
    await go_to(siti, "nik")
    await siti.says(HOSTILE["digits of another script"])

    assert "3205 4057 0890 9001" in siti.heard[-1]
