"""A bakso seller without a phone and those who can be reached for him, for tests of the chain."""

import re
from dataclasses import dataclass

from models import contacts
from models.accounts import Role, grant
from models.contacts import Link
from models.memberships import Membership, Relation
from tests.members import Members
from tests.town import LINK, Chat, Town


@dataclass
class House:
    """Slamet Riyadi's membership, and Siti, who registered him."""

    place: Town
    siti: Chat
    slamet: Membership

    async def chain(self) -> list[tuple[int, str]]:
        """Who can be reached, first to last."""
        return [(link.account_id, link.relation.value) for link in await self.links()]

    async def links(self) -> list[Link]:
        """The chain as the bot sees it."""
        async with self.place.database.begin() as db:
            return await contacts.chain(db, self.slamet.id)

    async def invites(self, choice: str = "Keluarga", who: Chat | None = None) -> str:
        """Let Siti, or somebody else, make a link; return its token."""
        inviting = who or self.siti
        await inviting.says("/iuran")
        await inviting.taps("Tambah orang")
        await inviting.taps(choice)
        found = LINK.search(inviting.heard[-1])
        assert found, inviting.heard
        return found[1]

    async def joins(self, name: str, choice: str = "Keluarga") -> Chat:
        """Let somebody new agree to a link of Siti's."""
        chat = self.place.person(name)
        await chat.says(f"/start {await self.invites(choice)}")
        await chat.taps("Setuju")
        assert "Terima kasih" in chat.heard[-1], chat.heard
        return chat

    @property
    def number(self) -> str:
        """The membership's number as buttons carry it."""
        found = re.search(r"v1\|k\|who\|([0-9a-z]+)", self.siti.callback("Siapa yang diingatkan"))
        assert found
        return found[1]


async def house(place: Town) -> House:
    """Let Siti register Slamet."""
    siti = place.person()
    await siti.says("/start")
    members = Members(place.database, place.simulator.clock.now())
    slamet = await members.join("Slamet Riyadi", [(siti.id, Relation.REGISTRANT)])
    await siti.says("/iuran")
    return House(place, siti, slamet)


async def officer(place: Town, name: str = "Wulan", *roles: Role) -> Chat:
    """An officer, or somebody with these roles."""
    chat = place.person(name)
    await chat.says("/start")
    async with place.database.begin() as db:
        for role in roles or (Role.OFFICER,):
            await grant(db, chat.id, role, place.simulator.clock.now(), None)
    await place.trust(chat)
    return chat
