"""Canaries: another in each making of a file, traced by its NIK, passed over when the office answers."""

from dataclasses import replace

from command_line import canaries as command
from command_line.parser import parser
from jobs.canaries import record, spread
from jobs.office_files import take
from models.agency.imports import Purpose
from models.office import canaries, exports
from models.office.canaries import CanaryRow
from models.office.exports import Export, Making
from models.storage.database import Database
from models.trust.audit import Act
from rules.canaries import canary
from rules.invented import is_nobodys_name, is_nobodys_nik, is_nobodys_phone
from rules.nik import Nik
from sheets.fields import Record
from tests.desk import GARUT, WULAN, accepted, asks, nik, officer, rows, shipped
from tests.jobs.test_exports import DESK, NOW, Chat, entries, job, niks, result

SEEDS = [bytes([number]) * 16 + bytes(range(number, number + 16)) for number in range(1, 200)]


def test_a_canary_is_nobody_and_each_seed_makes_another() -> None:
    people = [canary(seed) for seed in SEEDS]

    for one in people:
        assert is_nobodys_nik(one.nik)
        assert is_nobodys_name(one.name)
        assert is_nobodys_phone(one.phone)
        assert one.nik == Nik.parse(one.nik).digits
    assert len(SEEDS) == len({one.nik for one in people})
    assert people == [canary(seed) for seed in SEEDS]


def test_a_canary_shares_nothing_personal_with_who_is_beside_it() -> None:
    told = {"name": "Rahasia", "nik": nik(1), "address": "Jalan Rahasia", "heir1_name": "Rahasia"}
    beside = Record("BPU-1", "3205402002", told, NOW.date(), 2, 6, "own", "petani", NOW, ("doubt.x",))
    planted = (SEEDS[0], canary(SEEDS[0]))
    made = record(planted, beside)

    assert "Rahasia" not in str(made.answers)
    assert not {nik(1), "BPU-1"} & {made.reference, made.answers["nik"]}
    assert beside == replace(made, answers=beside.answers, reference=beside.reference, flags=beside.flags)


def test_they_stand_at_different_places_among_the_first_rows() -> None:
    planted = [(seed, canary(seed)) for seed in SEEDS[:5]]

    assert 5 == len(spread(planted, 9))
    assert 2 == len(spread(planted, 2))
    assert {} == spread(planted, 0)


async def plants(database: Database, count: int) -> None:
    said: list[str] = []
    given = parser().parse_args(["canary", "plant", str(count)])
    assert 0 == await command.plant(database, given.rows, NOW, said.append)


async def traced(database: Database, wanted: str) -> tuple[int, str]:
    said: list[str] = []
    code = await command.find(database, wanted, said.append)
    return code, "\n".join(said)


async def test_a_file_that_leaked_is_traced_to_its_making(database: Database) -> None:
    await accepted(database, NOW, [{}] * 4)
    await officer(database, NOW)
    await officer(database, NOW, account=WULAN + 1)
    await plants(database, 1)
    export = await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    async with database.begin() as db:
        found = await exports.seen(db, export.id, [GARUT])
        assert found is not None
        assert await exports.again(db, found, WULAN + 1, "id", NOW)
    await job(database, chat).work()
    people = {nik(number) for number in range(1, 5)}
    (first,), (second,) = [set(niks(file)) - people for file in chat.files]
    (done,) = await rows(database, Export)

    assert [5, 5] == [len(niks(file)) for file in chat.files]
    assert first != second
    assert (4, Making.DONE) == (done.members, done.stage)
    assert [True, True] == ['"rows":4' in row.details for row in await entries(database, Act.EXPORTED)]
    assert (
        f"Export {export.id}, made for the 1. time at 2026-11-20 03:00Z for {WULAN}:"
        in (await traced(database, first))[1]
    )
    assert (
        f"made for the 2. time at 2026-11-20 03:00Z for {WULAN + 1}:" in (await traced(database, second))[1]
    )
    assert 1 == (await traced(database, nik(1)))[0]
    async with database.begin() as db:
        assert {first} == await canaries.known(db, database.keys, [first, nik(1)])


async def test_killed_and_made_again_it_is_the_same_canary(database: Database) -> None:
    await accepted(database, NOW, [{}] * 2)
    await officer(database, NOW)
    await plants(database, 2)
    export = await asks(database, NOW, shipped())
    async with database.begin() as db:
        made = [await canaries.of_making(db, database.keys, export, NOW) for _ in range(2)]

    assert made[0] == made[1]
    assert 2 == len(await rows(database, CanaryRow))


async def test_without_planting_and_after_taking_it_back_there_is_none(database: Database) -> None:
    await accepted(database, NOW, [{}] * 2)
    await officer(database, NOW)
    await plants(database, 1)
    await plants(database, 0)
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()

    assert [[nik(1), nik(2)]] == [niks(file) for file in chat.files]
    assert [] == await rows(database, CanaryRow)


async def test_the_office_s_answer_about_a_canary_is_passed_over(database: Database) -> None:
    await accepted(database, NOW, [{}])
    await officer(database, NOW)
    await plants(database, 1)
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    (planted,) = set(niks(chat.files[0])) - {nik(1)}
    answered = result(2, 1, kpj="26012345678")
    lines = [
        answered | {"row": row, "told": answered["told"] | {"nik": one}}
        for row, one in enumerate((planted, nik(7)), start=3)
    ]
    async with database.begin() as db:
        came = await take(db, database.keys, Purpose.RESULTS, [answered, *lines], DESK, NOW)

    assert {4: "office.reason.unknown"} == {row["row"]: row["reasons"][0][1] for row in came.back}
    assert (1, 1) == (came.filed, came.known)
