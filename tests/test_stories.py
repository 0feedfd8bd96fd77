"""Stories: transcripts of whole dialogues, each played against the whole bot over real HTTP.

Lines: `# remark` · `@ 2026-12-20 10:00` the clock (WIB); days that pass bring their reminders · `~ restart` ·
`> words` · `> [button]` · `> [[oldest button of that name]]` · `> (photo)` and other things a phone can do ·
`< what must be heard` · `<! what must not be heard` · `<[ a button that must be there` ·
`<[! a button that must not` · `& part` plays a file of `stories/parts` · `! registered 2026-11`: an officer
records the application as registered · `! returned words`: one gives it back, saying why · `! words` and
`! [button]`: what the officer types, with REFERENCE for the receipt number, and taps; what is heard then is
what the person hears of it · `!< what the officer hears` · `% Budi`: from here on Budi's phone, with what
he heard since · `> (open: Siti)`: opens the link that Siti got last · `> (role: agent)`: is given a role ·
`> (no pin)`: has none any more · `> (app code)`: types what the app shows ·
`> (crowd: 9)`: so many others have written before · `> (three minutes)` pass, and nothing is sent ·
`> (while it is sent: Jeda)`: what is owed is sent, and the button tapped meanwhile.
records the application as registered · `! words` and `! [button]`: what the officer types, with REFERENCE for
the receipt number, and taps; what is heard then is what the person hears of it · `!< what the officer hears`
· `% Budi`: from here on Budi's phone, with what he heard since · `> (open: Siti)`: opens the link that Siti
got last · `> (role: agent)`: is given a role · `! (accepted)`: the application filed last was reviewed and
accepted · `! (files made)`: exports are made and sent · `! (results: KPJ = 26012345678)`: the office answers
in a file about the person registered last.
"""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

import pyotp
import pytest

from models.accounts import Role
from models.trust import second_factors
from tests import loop
from tests.leaving import staying
from tests.town import JAKARTA, Chat, Town, town

PARTS = Path(__file__).parent / "stories" / "parts"
SECRET = re.compile(r"\b[A-Z2-7]{32}\b")
"""A secret of an app for codes, as it is said to be typed."""

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))


async def crowd(chat: Chat, count: str) -> None:
    """Let so many people have written before."""
    await chat.town.crowd(int(count))


async def no_pin(chat: Chat) -> None:
    """Let nobody have taken it for given that it is them: a PIN is to be set first."""
    async with chat.town.database.begin() as db:
        await second_factors.forget(db, chat.id)


async def app_code(chat: Chat) -> None:
    """Type what the app shows now, which was set up with the secret that was said last."""
    secret = [found for said in chat.said.values() for found in SECRET.findall(said)][-1]
    await chat.says(pyotp.TOTP(secret).at(chat.town.simulator.clock.now()))


ACTS: dict[str, Callable[[Chat, str], Awaitable[None]]] = {
    "photo": lambda chat, _: chat.sends("photo"),
    "document": lambda chat, _: chat.sends("document"),
    "voice": lambda chat, _: chat.sends("voice"),
    "sticker": lambda chat, _: chat.sends("sticker"),
    "location": lambda chat, _: chat.does(lambda phone: phone.location(-6.2, 106.8)),
    "own contact": lambda chat, _: chat.shares_contact(),
    "contact": lambda chat, number: chat.shares_contact(own=False, phone_number=number, first_name="Dewi"),
    "edit": lambda chat, text: chat.edits_last(text),
    "group": lambda chat, text: chat.does(lambda phone: phone.group(text)),
    "forward": lambda chat, _: chat.does(lambda phone: phone.forward(phone.messages[-1].message_id)),
    "block": lambda chat, _: chat.does(lambda phone: phone.block()),
    "leave": lambda chat, _: chat.does(lambda phone: phone.leave()),
    "unblock": lambda chat, _: chat.does(lambda phone: phone.unblock()),
    "open": lambda chat, name: chat.opens_link_of(name),
    "role": lambda chat, name: chat.town.appoint(chat, Role(name)),
    "no pin": lambda chat, _: no_pin(chat),
    "app code": lambda chat, _: app_code(chat),
    "three minutes": lambda chat, _: chat.town.wait_a_little(3),
    "crowd": crowd,
    "while it is sent": lambda chat, label: chat.taps_while_it_is_sent(label),
    "accepted": lambda chat, _: loop.accept(chat),
    "files made": lambda chat, _: loop.make_files(chat),
    "results": lambda chat, told: loop.results(chat, told),
    "payments": lambda chat, told: loop.payments(chat, told),
}


async def act(chat: Chat, words: str) -> None:
    """Do what a line that begins with `>` says."""
    if words.startswith("[["):
        await chat.taps(words.strip("[]"), oldest=True)
    elif words.startswith("["):
        await chat.taps(words.strip("[]"))
    elif words.startswith("("):
        name, _, more = words.strip("()").partition(": ")
        await ACTS[name](chat, more)
    else:
        await chat.says(words)


async def office(town: Town, words: str) -> None:
    """Do what a line that begins with `!` says."""
    if words.startswith("registered"):
        await town.register(words.removeprefix("registered").strip())
    elif words.startswith("returned"):
        await town.give_back(words.removeprefix("returned").strip())
    else:
        await act(await town.officer(), words.replace("REFERENCE", await town.reference()))


def lines_of(story: Path) -> list[str]:
    """Return the lines of a story."""
    return story.read_text("utf-8").splitlines()


async def play(story: Path, chat: Chat) -> None:
    """Play a story line by line; what is heard must come in the order it is written."""
    rest = ""
    for number, line in enumerate(lines_of(story), start=1):
        where = f"{story.name}:{number}"
        sign, _, words = line.partition(" ")
        match sign:
            case ">":
                await act(chat, words)
                rest = "\n".join(chat.heard)
            case "<":
                assert words in rest, f"{where}: {words!r} is not in\n{rest}\nbuttons: {chat.buttons}"
                rest = rest[rest.index(words) + len(words) :]
            case "<!":
                assert words not in "\n".join(chat.heard), f"{where}: {words!r} was heard"
            case "<[":
                assert any(words in button for button in chat.buttons), f"{where}: {chat.buttons}"
            case "<[!":
                assert not any(words in button for button in chat.buttons), f"{where}: {chat.buttons}"
            case "@":
                moment = datetime.strptime(words, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)
                await chat.waits(moment)
                rest = "\n".join(chat.heard)
            case "!":
                await chat.hears_of(office(chat.town, words))
                rest = "\n".join(chat.heard)
            case "!<":
                said = "\n".join((await chat.town.officer()).heard)
                assert words in said, f"{where}: {words!r} is not in\n{said}"
            case "%":
                chat = chat.town.people.get(words) or chat.town.person(words)
                await chat.catches_up()
                rest = "\n".join(chat.heard)
            case "&":
                await play(PARTS / f"{words}.txt", chat)
            case "~":
                await chat.town.restart()
            case "" | "#":
                continue
            case _:
                raise AssertionError(f"{where}: {line}")


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
async def test_story(story: Path, database_url: str, tmp_path: Path) -> None:
    first = lines_of(story)
    start = next((line[2:] for line in first if line.startswith("@ ")), "2026-11-20 10:00")
    at = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)
    async with town(database_url, tmp_path, at=at) as place:
        await play(story, place.person())

        assert [] == await staying(place)
