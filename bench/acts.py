"""What leads the bot to each call of the Bot API, and how to tell that nothing was lost or doubled by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.letters import Verdict
from bench.offices import until
from handlers.assembly import Office
from models.accounts import Role, grant, meet
from models.applications import Application
from models.owing.deliveries import Claimed, Delivery, Fate, Lane, Owed, Promise, owe
from models.owing.fleeting import Fleeting
from post.sayings import Copy, Document, Message, Picture, Saying
from simulator.phone import Phone
from simulator.server import Simulator
from tests.sheets.lists import HEADINGS, csv_of, people

LETTERS: Final = 4
"""Letters of each class."""

OPEN: Final = (Fate.QUEUED, Fate.SENDING)
PIXEL: Final = b"\x89PNG\r\n\x1a\n nothing to be seen"
SEND: Final = ("sendMessage", "sendDocument", "sendPhoto", "copyMessage")
PROMPT: Final = 20.0
"""Seconds a bot without trouble takes at most."""


@dataclass
class Scene:
    """One bot and its people; `short`: nothing that is sent again after half a minute is waited for."""

    simulator: Simulator
    desk: Office
    short: bool
    people: list[Phone] = field(default_factory=list)
    author: Phone | None = None

    def person(self, name: str) -> Phone:
        """Somebody new."""
        self.people.append(self.simulator.person(first_name=name))
        return self.people[-1]

    async def shows(self, phone: Phone, words: str) -> None:
        """Return once a button or a message with these words is there."""
        assert await until(lambda: words in str(phone.last), PROMPT) is not None, f"no {words!r}"


def press(phone: Phone, words: str) -> None:
    """Tap the newest button whose words hold these."""
    for message in reversed(phone.messages):
        for row in (message.markup or {}).get("inline_keyboard", ()):
            for button in row:
                if words in button["text"] and "callback_data" in button:
                    phone.tap(message.message_id, button["callback_data"])
                    return
    raise LookupError(words)


class Act:
    """What is done before, during and after the trouble."""

    at_start = False
    """The call is one the bot makes when it starts."""

    by_update = True
    """It begins with an update, which must arrive before nothing does any more."""

    async def prepare(self, scene: Scene) -> None:
        """Do what comes before."""

    async def begin(self, scene: Scene) -> None:
        """Do what leads to the call."""

    async def left(self, scene: Scene) -> list[str]:
        """Return what is still to come, a line each."""
        return []

    async def wrong(self, scene: Scene) -> list[str]:
        """Return what has gone wrong for good, a line each."""
        return []


class Start(Act):
    """Start the bot."""

    at_start = True


class Talk(Act):
    """Three people ask for help."""

    async def begin(self, scene: Scene) -> None:
        """Ask."""
        for name in ("Siti", "Budi", "Rahayu"):
            scene.person(name).text("/bantuan")

    async def left(self, scene: Scene) -> list[str]:
        """Everybody gets an answer."""
        return [f"{phone.person.first_name} has no answer" for phone in scene.people if not phone.heard]


class Poll(Talk):
    """The same, where the poll itself is what fails."""

    by_update = False


class Tap(Act):
    """Somebody taps a button, and is asked the next question."""

    async def prepare(self, scene: Scene) -> None:
        """Come as far as the button."""
        siti = scene.person("Siti")
        siti.text("/daftar")
        await scene.shows(siti, "saya setuju")

    async def begin(self, scene: Scene) -> None:
        """Tap it."""
        press(scene.people[0], "Ya, saya setuju")

    async def left(self, scene: Scene) -> list[str]:
        """They stand at the next question and see it."""
        asked = any("Siapa yang akan didaftarkan" in text for text in scene.people[0].heard)
        return [] if asked else ["the next question is not asked"]


class Letters(Act):
    """Letters of both classes go out by one method."""

    by_update = False

    def __init__(self, method: str) -> None:
        self._method = method

    async def prepare(self, scene: Scene) -> None:
        """Teach the bot to say them, and meet who gets them."""
        compose = cast(dict[str, Any], scene.desk.compose)
        compose["note"] = _composed
        scene.author = scene.simulator.person(first_name="Wulan")
        scene.author.text("Kabar dari kantor")
        scene.people = scene.simulator.crowd(2 * LETTERS)
        await until(lambda: scene.author is not None and scene.author.heard, PROMPT)

    async def begin(self, scene: Scene) -> None:
        """Owe them."""
        database, now, author = scene.desk.database, datetime.now(UTC), scene.author
        assert author is not None
        origin = next(iter(author.person.chat.messages))
        owed = [
            Owed(
                lane=Lane.TRANSACTION,
                promise=Promise.AT_MOST_ONCE if number % 2 else Promise.AT_LEAST_ONCE,
                dedupe=f"letter:{phone.id}",
                chat_id=phone.id,
                account_id=phone.id,
                kind="note",
                payload={"by": self._method, "from": author.id, "message": origin},
                not_before=now,
            )
            for number, phone in enumerate(scene.people)
        ]
        async with database.begin() as db:
            await meet(db, {phone.id: "id" for phone in scene.people}, now)
            await owe(db, database.keys, owed, now)

    async def left(self, scene: Scene) -> list[str]:
        """Nothing is open any more, but for what the short form does not wait for."""
        waits = Promise.AT_MOST_ONCE if scene.short else None
        open_ones = [each for each in await _letters(scene) if each.state in OPEN]
        return [f"a letter is {each.state}" for each in open_ones if waits in (None, each.promise)]

    async def wrong(self, scene: Scene) -> list[str]:
        """Each has as many copies as its class and its state allow."""
        lines = [line for line in scene.simulator.ledger.since() if line.method == self._method]
        copies = Counter(line.person for line in lines if line.accepted)
        verdict = Verdict()
        for each in await _letters(scene):
            if each.state not in OPEN:
                verdict.judge(each, copies[each.chat_id], False)
        return verdict.faults


async def _letters(scene: Scene) -> Sequence[Delivery]:
    async with scene.desk.database.begin() as db:
        return list(await db.scalars(select(Delivery).where(Delivery.kind == "note")))


async def _composed(
    _db: AsyncSession, owed: Sequence[Claimed], _now: object
) -> Mapping[int, tuple[Saying, ...]]:
    return {each.id: (_saying(each),) for each in owed}


def _saying(each: Claimed) -> Saying:
    match each.payload["by"]:
        case "sendDocument":
            return Document(each.chat_id, "surat.txt", b"Surat")
        case "sendPhoto":
            return Picture(each.chat_id, PIXEL)
        case "copyMessage":
            return Copy(each.chat_id, each.payload["from"], each.payload["message"])
        case _:
            return Message(each.chat_id, "Surat")


class SendMessage(Letters):
    """Answers and letters at once."""

    by_update = True

    async def begin(self, scene: Scene) -> None:
        """Ask, and owe letters."""
        scene.simulator.person(70_001, first_name="Siti").text("/bantuan")
        await super().begin(scene)

    async def left(self, scene: Scene) -> list[str]:
        """Nothing is open, and the answer is there."""
        unanswered = [] if scene.simulator.person(70_001).heard else ["Siti has no answer"]
        return [*unanswered, *await super().left(scene)]


class List(Act):
    """An agent sends a list of three people: it is fetched, taken in, deleted, and its bar moves."""

    async def prepare(self, scene: Scene) -> None:
        """Send it, and declare all but the last."""
        agent, database = scene.person("Budi"), scene.desk.database
        agent.text("/start")
        await until(lambda: agent.heard, PROMPT)
        async with database.begin() as db:
            await grant(db, agent.id, Role.AGENT, datetime.now(UTC), None)
        agent.file("document", csv_of([HEADINGS, *people(3)]), "warga.csv")
        await scene.shows(agent, "Bicara langsung")
        press(agent, "Bicara langsung")
        await scene.shows(agent, "Hari ini")

    async def begin(self, scene: Scene) -> None:
        """Declare the last: now it is fetched."""
        press(scene.people[0], "Hari ini")

    async def left(self, scene: Scene) -> list[str]:
        """The news has come, and the file has left the chat."""
        agent = scene.people[0]
        told = any("3 pekerja didaftarkan" in str(message.shown()) for message in agent.messages)
        kept = any(message.file and not message.by_bot for message in agent.messages)
        if kept and told and await _noted(scene):
            kept = False
        there = {"the news of the list has not come": not told, "the list is still in the chat": kept}
        return [line for line, holds in there.items() if holds]

    async def wrong(self, scene: Scene) -> list[str]:
        """Three people are registered, once each."""
        async with scene.desk.database.begin() as db:
            count = await db.scalar(select(func.count()).select_from(Application))
        return [] if count == 3 else [f"{count} of 3 people are registered"]


async def _noted(scene: Scene) -> bool:
    """Return whether what is to leave the chat is noted: that is tried again every ten minutes."""
    async with scene.desk.database.begin() as db:
        return bool(await db.scalar(select(func.count()).select_from(Fleeting)))


class Group(Act):
    """Somebody writes in a group; the bot leaves it and says so to them alone."""

    async def begin(self, scene: Scene) -> None:
        """Write in a group."""
        scene.person("Siti").group("halo semua")

    async def left(self, scene: Scene) -> list[str]:
        """The bot has left; a group it could not leave it leaves when somebody writes there again."""
        group = scene.simulator.telegram.group()
        if group.bot_status == "member":
            scene.people[0].group("halo lagi")
            await until(lambda: group.bot_status != "member", 2.0)
        return ["the bot is still in the group"] if group.bot_status == "member" else []


ACTS: Final[Mapping[str, Act]] = {
    "getUpdates": Poll(),
    "sendMessage": SendMessage("sendMessage"),
    "answerCallbackQuery": Tap(),
    "copyMessage": Letters("copyMessage"),
    "sendDocument": Letters("sendDocument"),
    "sendPhoto": Letters("sendPhoto"),
    "editMessageText": List(),
    "deleteMessage": List(),
    "getFile": List(),
    "file": List(),
    "leaveChat": Group(),
    "getMe": Start(),
    "getMyCommands": Start(),
    "setMyCommands": Start(),
}
"""By call: what leads to it."""
