"""Dialogues: a draft rests sealed, and is changed by one hand at a time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from models import dialogues
from models.accounts import meet
from models.dialogues import Dialogue, OpenDialogue, Overtaken
from models.people import PersonKeyRow
from models.storage.database import Database
from models.storage.envelope import CannotOpen

SITI, BUDI = 86_001, 86_002


async def begun(database: Database, now: datetime, account: int = SITI) -> OpenDialogue:
    async with database.begin() as db:
        await meet(db, {account: "id"}, now)
        return await dialogues.start(db, database.keys, account, "registration", 1, {"name": "Siti"}, now)


async def in_front(database: Database, account: int = SITI) -> OpenDialogue | None:
    async with database.begin() as db:
        return (await dialogues.current(db, database.keys, [account])).get(account)


async def test_a_draft_comes_back_with_its_answers(database: Database, now: datetime) -> None:
    begin = await begun(database, now)
    found = await in_front(database)

    assert found is not None
    assert ({"name": "Siti"}, "registration", 1, now) == (
        found.draft,
        found.flow,
        found.form_version,
        found.created_at,
    )
    assert begin.id == found.id


async def test_every_answer_makes_a_version(database: Database, now: datetime) -> None:
    dialogue = await begun(database, now)
    for name in ("Siti A.", "Siti Aminah"):
        async with database.begin() as db:
            dialogue.keep({"name": name}, now + timedelta(minutes=1))
            await dialogues.save(db, database.keys, [dialogue])
    found = await in_front(database)

    assert found is not None
    assert (3, {"name": "Siti Aminah"}) == (found.version, found.draft)
    assert now + timedelta(minutes=1) == found.updated_at


async def test_two_hands_on_one_version_are_told_apart(database: Database, now: datetime) -> None:
    await begun(database, now)
    first, second = await in_front(database), await in_front(database)
    assert first is not None
    assert second is not None
    first.keep({"name": "Siti"}, now)
    second.keep({"name": "Budi"}, now)
    async with database.begin() as db:
        await dialogues.save(db, database.keys, [first])

    with pytest.raises(Overtaken):
        async with database.begin() as db:
            await dialogues.save(db, database.keys, [second])


async def test_a_batch_with_one_overtaken_dialogue_changes_none(database: Database, now: datetime) -> None:
    siti, budi = await begun(database, now), await begun(database, now, BUDI)
    for dialogue in (siti, budi):
        dialogue.keep({"name": "new"}, now)
    budi.stored = 99
    with pytest.raises(Overtaken):
        async with database.begin() as db:
            await dialogues.save(db, database.keys, [siti, budi])
    found = await in_front(database)

    assert found is not None
    assert {"name": "Siti"} == found.draft


async def test_new_and_known_dialogues_are_saved_together(database: Database, now: datetime) -> None:
    siti = await begun(database, now)
    async with database.begin() as db:
        await meet(db, {SITI: "id", BUDI: "id"}, now)
        budi = dialogues.begin(BUDI, "registration", 1, {"name": "Budi"}, now)
        siti.keep({"name": "Siti Aminah"}, now)
        await dialogues.save(db, database.keys, [siti, budi])
    async with database.begin() as db:
        found = await dialogues.current(db, database.keys, [SITI, BUDI])

    assert {SITI: {"name": "Siti Aminah"}, BUDI: {"name": "Budi"}} == {
        account: dialogue.draft for account, dialogue in found.items()
    }


async def test_the_newest_dialogue_is_in_front_and_the_others_wait(database: Database, now: datetime) -> None:
    first, second = await begun(database, now), await begun(database, now + timedelta(minutes=1))
    found = await in_front(database)
    async with database.begin() as db:
        waiting = await dialogues.open_ones(db, database.keys, SITI)

    assert found is not None
    assert second.id == found.id
    assert [second.id, first.id] == [each.id for each in waiting]


async def test_a_forgotten_draft_leaves_neither_row_nor_key(database: Database, now: datetime) -> None:
    dialogue = await begun(database, now)
    async with database.begin() as db:
        await dialogues.forget(db, dialogue)
        await dialogues.save(db, database.keys, [dialogue])
    async with database.begin() as db:
        left = [await db.scalar(select(func.count()).select_from(each)) for each in (Dialogue, PersonKeyRow)]

    assert [0, 0] == left
    assert await in_front(database) is None


async def test_nobody_sees_the_draft_of_another_account(database: Database, now: datetime) -> None:
    dialogue = await begun(database, now)
    await begun(database, now, BUDI)
    async with database.begin() as db:
        await db.execute(
            text("UPDATE accounts SET dialogue_id = :siti WHERE id = :budi"),
            {"siti": dialogue.id, "budi": BUDI},
        )

    assert await in_front(database, BUDI) is None


async def test_a_draft_moved_to_another_row_does_not_open(database: Database, now: datetime) -> None:
    siti, budi = await begun(database, now), await begun(database, now, BUDI)
    async with database.begin() as db:
        stolen = select(Dialogue.sealed).where(Dialogue.id == siti.id).scalar_subquery()
        await db.execute(update(Dialogue).where(Dialogue.id == budi.id).values(sealed=stolen))

    with pytest.raises(CannotOpen):
        await in_front(database, BUDI)


async def test_a_dialogue_in_a_log_tells_no_answer(database: Database, now: datetime) -> None:
    dialogue = await begun(database, now)

    assert "Siti" not in repr(dialogue)
    assert "key" not in repr(dialogue)


async def test_only_the_question_that_was_shown_is_noted_as_shown(database: Database, now: datetime) -> None:
    dialogue = await begun(database, now)
    async with database.begin() as db:
        await dialogues.note_shown(db, [(dialogue.id, dialogue.version - 1), (dialogue.id + 1, 1)], now)
        before = await dialogues.unasked(db)
        await dialogues.note_shown(db, [(dialogue.id, dialogue.version)], now)
        after = await dialogues.unasked(db)

    assert ({SITI}, set()) == (before, after)


async def test_who_answered_just_now_may_be_in_somebodys_hand(database: Database, now: datetime) -> None:
    await begun(database, now)
    async with database.begin() as db:
        just_now = await dialogues.unasked(db, now)
        later = await dialogues.unasked(db, now + timedelta(seconds=1))

    assert (set(), {SITI}) == (just_now, later)
