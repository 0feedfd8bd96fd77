"""Record what people do over HTTP, and do it again against a bot: a session as a test or a demo."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from simulator.phone import Phone
from simulator.refusals import Impossible
from simulator.verbs import do
from simulator.world import Telegram

PATIENCE: Final = 10.0
GLANCE: Final = 0.01

Deed = dict[str, Any]


class Recorder:
    """Notes deeds as {person, first_name, verb, given, after, messages, nth}; files are not recorded.

    `after` is seconds since the last deed, `messages` how many the chat held, `nth` which of them was meant.
    """

    def __init__(self, world: Telegram) -> None:
        self._world = world
        self._on = False
        self._last = 0.0
        self.deeds: list[Deed] = []

    def begin(self) -> None:
        """Forget the old recording and note what people do from now on."""
        self._on, self._last, self.deeds = True, self._world.clock.time(), []

    def note(self, phone: Phone, verb: str, given: dict[str, Any]) -> None:
        """Note one deed before it is done."""
        if not self._on:
            return
        now = self._world.clock.time()
        ids = list(phone.person.chat.messages)
        deed: Deed = {
            "person": phone.id,
            "first_name": phone.person.first_name,
            "verb": verb,
            "given": given,
            "after": round(now - self._last, 3),
            "messages": len(ids),
        }
        if given.get("message_id") in ids:
            deed["nth"] = ids.index(given["message_id"])
        self._last = now
        self.deeds.append(deed)

    async def replay(self, deeds: Sequence[Deed]) -> int:
        """Do the deeds, moving the clock between them; raises Impossible when the bot falls behind."""
        for deed in deeds:
            phone = self._phone(deed)
            self._world.clock.advance(timedelta(seconds=deed["after"]))
            await self._caught_up(phone, deed["messages"])
            given = dict(deed["given"])
            if "nth" in deed:
                given["message_id"] = list(phone.person.chat.messages)[deed["nth"]]
            do(phone, deed["verb"], given)
        return len(deeds)

    def _phone(self, deed: Deed) -> Phone:
        person = self._world.people.get(deed["person"])
        return Phone(self._world, person or self._world.add_person(deed["first_name"], deed["person"]))

    async def _caught_up(self, phone: Phone, messages: int) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while len(phone.person.chat.messages) < messages:  # noqa: ASYNC110  a glance now and then will do
                    await asyncio.sleep(GLANCE)
        except TimeoutError:
            raise Impossible("the bot did not answer as it did when this was recorded", 409) from None
