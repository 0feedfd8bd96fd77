"""/status fits into one message, however much an agent has sent."""

import hashlib

from handlers.commands import LISTED
from handlers.filing import filing_of
from models import dialogues, filing
from models.accounts import Account
from models.consents import Basis, Consent
from models.storage.ids import new_id
from tests.handlers.walking import go_to
from tests.town import TODAY, Chat, Town


async def file_again(chat: Chat, times: int) -> list[str]:
    """File what somebody is about to send that often; the receipt numbers, the oldest first."""
    database, answers = chat.town.database, await chat.answers()
    references = []
    for _ in range(times):
        async with database.begin() as db:
            drafted = await dialogues.start(db, database.keys, chat.id, "registration", 1, {}, TODAY)
            consent = Consent(
                id=new_id(TODAY),
                person_id=drafted.person_id,
                account_id=chat.id,
                text_version="2026-11",
                text_sha256=hashlib.sha256(b"Setuju?").digest(),
                language="id",
                given_at=TODAY,
                channel="telegram",
                basis=Basis.AGENT,
            )
            db.add(consent)
            await db.flush()
            drafted.consent_id = consent.id
            told = {**answers, "name": "Rahayu Lestari Kusumaningtyas binti Haji Abdul Karim bin Said"}
            filed = await filing.file(db, database.keys, drafted, filing_of(told, TODAY.date()), TODAY)
            references.append(filed.reference)
    return references


async def test_an_agent_with_eighty_registrations_hears_of_the_newest(place: Town) -> None:
    agent = place.person("Budi")
    await go_to(agent, "review")
    references = await file_again(agent, 80)
    await agent.says("/status")

    assert references[: -LISTED - 1 : -1] == [one for one in agent.heard[0].split() if one.startswith("BPU-")]
    assert 1 == len(await place.all(Account))


async def test_an_agent_with_many_forms_can_choose_among_the_newest(place: Town) -> None:
    agent = place.person("Budi")
    await agent.says("/daftar")
    for _ in range(12):
        await agent.says("/daftar")
        await agent.taps("Isian baru")
    await agent.says("/daftar")

    assert 8 + 1 == len(agent.buttons)
