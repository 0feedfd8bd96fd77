"""Coverage: the counts kept are those of a hand that counts everybody, whatever happened before."""

import random
from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select, update

from jobs.coverage import Coverage as Counting
from models.agency.programmes import Plan, Programme, add
from models.agency.programmes import begin as make_list
from models.applications import Application, move
from models.contributions import Contribution, KnownBy, covered, take_back
from models.counting import coverage, coverage_state, describing, workforces
from models.counting.coverage import Touched
from models.filing import file
from models.memberships import Life, Membership, begin, end
from models.reminding import moves
from models.states import State
from models.storage.database import Database
from models.workers import Worker
from rules import coverage as rule
from rules.calendar import month_after
from rules.coverage import Figures
from rules.standing import standing
from tests.members import Members, line

GARUT = ("3205122001", "3205122002", "3205132001")
VILLAGES = (*GARUT, "3204052001", "1101012001", "3273011001")
"""Desas of a regency, one of another regency, one of another province, and a kelurahan."""
PLACES = ("", "32", "3205", "320512", *VILLAGES)
DAYS = [date(2026, 11, 20), date(2026, 11, 16), date(2026, 12, 1), date(2027, 3, 17)]
AGENT = 86_500


async def count(database: Database, now: datetime) -> None:
    await Counting(database, lambda: now).see_to()


async def tallies(database: Database) -> dict[str, tuple[str, str, str]]:
    async with database.begin() as db:
        rows = await db.scalars(select(coverage.Coverage))
        return {row.code: (row.present, row.history, row.shares) for row in rows}


async def figures(database: Database, code: str, day: date) -> Figures:
    async with database.begin() as db:
        return rule.figures(code, (await coverage.of_place(db, code)).tally, day)


async def by_hand(database: Database) -> dict[str, dict[date, Counter[rule.State]]]:
    """Count, place by place and day by day, with the rule that members' own pages ask, one by one."""
    async with database.begin() as db:
        members = list(await db.scalars(select(Membership).where(Membership.state == Life.ACTIVE)))
        months = await covered(db, [member.id for member in members])
    found = {code: {day: Counter[rule.State]() for day in DAYS} for code in PLACES}
    for member in members:
        for day in DAYS:
            stands = standing(
                member.first_month, months[member.id], day, member.protection_until, member.sponsor_until
            )
            behind = (rule.State.CURRENT, *rule.BEHIND)[stands.arrears]
            state = rule.State.UNSEEN if stands.paid_through is None else behind
            for code in PLACES:
                if member.village_code.startswith(code):
                    found[code][day][rule.State.LAPSED if stands.lapsed else state] += 1
    return found


class World:
    """Members of a few villages to whom random things happen."""

    def __init__(self, database: Database, now: datetime, seed: int) -> None:
        self.database = database
        self.now = now
        self.chance = random.Random(seed)  # noqa: S311 - a test's own dice
        self.members: list[Membership] = []

    async def people(self, number: int) -> None:
        members = Members(self.database, self.now)
        for each in range(number):
            told = {
                "village_code": self.chance.choice(VILLAGES),
                "first_month": date(2026, self.chance.randint(5, 11), 1),
                "protection_until": self.chance.choice([None] * 6 + [date(2026, 9, 14), date(2026, 11, 30)]),
                "sponsor_until": self.chance.choice([None] * 4 + [date(2026, 10, 31), date(2027, 1, 31)]),
                "sex": self.chance.choice(["female", "male", None]),
                "birth_year": self.chance.choice([1960, 1985, 1999, 0]),
            }
            last = self.chance.choice(
                [None, "2026-07", "2026-08", "2026-09", "2026-10", "2026-11", "2027-02"]
            )
            months = self.chance.randint(1, 4)
            self.members.append(await members.join(f"Warga {each}", AGENT, paid=last, months=months, **told))

    async def happen(self, times: int) -> None:
        for _ in range(times):
            await self.chance.choice([self.pay, self.take_back, self.move, self.end, self.tell, self.go])()

    async def pay(self) -> None:
        month = month_after(date(2026, 6, 1), self.chance.randint(0, 8))
        async with self.database.begin() as db:
            db.add(line(self.chance.choice(self.members).id, month, self.now))

    async def take_back(self) -> None:
        async with self.database.begin() as db:
            mine = Contribution.membership_id == self.chance.choice(self.members).id
            last = select(Contribution).where(mine, Contribution.sign > 0).order_by(Contribution.month.desc())
            lines = list(await db.scalars(last.limit(1)))
            await take_back(db, lines, KnownBy.CONFIRMED_OFFICER, by=1, now=self.now)

    async def move(self) -> None:
        async with self.database.begin() as db:
            member = await db.get(Membership, self.chance.choice(self.members).id)
            if member is not None:
                await moves.move(db, member, self.chance.choice(VILLAGES), self.now)

    async def end(self) -> None:
        async with self.database.begin() as db:
            await end(db, self.chance.choice(self.members).id, Life.ENDED, self.now)

    async def tell(self) -> None:
        until = date(2026, 8, 1) + timedelta(days=self.chance.randint(0, 150))
        async with self.database.begin() as db:
            mine = Membership.id == self.chance.choice(self.members).id
            await db.execute(update(Membership).where(mine).values(protection_until=until))

    async def go(self) -> None:
        gone = self.members.pop()
        async with self.database.begin() as db:
            await db.execute(delete(Worker).where(Worker.id == gone.worker_id))


async def test_counts_are_those_of_the_rule_however_the_ledger_came_to_be(
    database: Database, now: datetime
) -> None:
    world = World(database, now, seed=11)
    await world.people(40)
    await count(database, now)
    for _ in range(2):
        await world.happen(25)
        await count(database, now)
        for code, days in (await by_hand(database)).items():
            for day, expected in days.items():
                found = (await figures(database, code, day)).states
                assert dict(expected) == {state: number for state, number in found.items() if number}, code


async def test_what_is_kept_up_is_what_is_counted_from_nothing(database: Database, now: datetime) -> None:
    world = World(database, now, seed=12)
    await world.people(12)
    for _ in range(2):
        await count(database, now)
        await world.happen(10)
    await count(database, now)
    kept = await tallies(database)
    async with database.begin() as db:
        await db.execute(delete(coverage.Coverage))
        await coverage.touch(db, VILLAGES)
    await count(database, now)

    assert kept == await tallies(database)
    assert {"", "32", "3205"} <= kept.keys()


async def test_nothing_is_left_to_note_after_counting_and_a_payment_leaves_a_note(
    database: Database, now: datetime
) -> None:
    siti = await Members(database, now).join("Siti", AGENT, village_code=GARUT[0])
    async with database.begin() as db:
        assert not await coverage.is_current(db, "")
    await count(database, now)
    async with database.begin() as db:
        assert await coverage.is_current(db, "")
        assert now == await coverage_state.counted_at(db)
    await Members(database, now).pay(siti, date(2026, 12, 1))
    async with database.begin() as db:
        current = {code: await coverage.is_current(db, code) for code in ("", "32", GARUT[0], GARUT[1], "11")}

    assert {"": False, "32": False, GARUT[0]: False, GARUT[1]: True, "11": True} == current


async def test_a_stop_between_villages_and_the_country_loses_nothing(
    database: Database, now: datetime
) -> None:
    await Members(database, now).crowd(3, village_code=GARUT[0])
    async with database.begin() as db:
        assert 1 == await coverage.count_some(db)
    assert {GARUT[0]} == (await tallies(database)).keys()
    await count(database, now)

    assert 3 == sum((await figures(database, "", DAYS[0])).states.values())


async def test_two_who_count_at_once_are_one(database: Database, now: datetime) -> None:
    await Members(database, now).crowd(3, village_code=GARUT[0])
    async with database.begin() as db:
        held = await coverage_state.take(db)
    await count(database, now)

    assert held is not None
    assert {} == await tallies(database)


async def test_a_wrong_count_is_found_by_the_daily_check(database: Database, now: datetime) -> None:
    await Members(database, now).crowd(4, village_code=GARUT[0])
    await count(database, now)
    right = await tallies(database)
    async with database.begin() as db:
        await db.execute(update(coverage.Coverage).where(coverage.Coverage.level == 10).values(present="{}"))
    await count(database, now)
    same_day = await tallies(database)
    await count(database, now + timedelta(days=1))

    assert right != same_day
    assert right == await tallies(database)


async def test_registrations_their_month_and_the_payer_of_a_list_are_counted(
    database: Database, now: datetime, consented: object, form: object
) -> None:
    dialogue = await consented(AGENT)  # type: ignore[operator]
    filing = form(village_code=GARUT[0], payer="apbdes", money="apbdes")  # type: ignore[operator]
    async with database.begin() as db:
        application = await file(db, database.keys, dialogue, filing, now)
        one = await make_list(
            db, AGENT, Plan(GARUT[0], 2026, None, None, "SD", date(2026, 12, 1), 6, 75), now
        )
        await add(db, one, [application.id], now)
        for state in (State.ACCEPTED, State.REGISTERED):
            application = await move(db, database.keys, application.id, state, by=None, now=now)
        member = await begin(
            db, database.keys, application, first_month=date(2026, 12, 1), kpj=None, by=None, now=now
        )
        db.add(line(member.id, date(2026, 12, 1), now))
    await count(database, now)
    async with database.begin() as db:
        counted = await coverage.of_place(db, "3205")
    found = rule.figures("3205", counted.tally, DAYS[0])

    assert (1, 1, (date(2026, 11, 1), 1, 0)) == (found.registered, found.active, found.trend[-1])
    assert {"SD": 1} == rule.shares(counted.shares, "payer", DAYS[0])
    assert {"35-44": 1} == rule.shares(counted.shares, "born", DAYS[0])
    assert 75 + 100 * (rule.desas("3205") - 1) == found.goal


async def test_a_withdrawn_registration_and_a_list_that_is_gone_are_counted_no_more(
    database: Database, now: datetime, files: object
) -> None:
    application = await files(AGENT)  # type: ignore[operator]
    async with database.begin() as db:
        row = await db.get_one(Application, application.id)
        row.village_code = GARUT[1]
        await make_list(db, AGENT, Plan(GARUT[1], 2026, None, None, "SD", date(2026, 12, 1), 6, 60), now)
    await count(database, now)
    before = await figures(database, GARUT[1], DAYS[0])
    async with database.begin() as db:
        await move(db, database.keys, application.id, State.WITHDRAWN, by=AGENT, now=now)
        await db.execute(delete(Programme))
    await count(database, now)

    assert (1, 60) == (before.registered, before.goal)
    assert {} == await tallies(database)


async def test_old_rows_get_a_birth_year_and_a_sex_and_are_asked_once(
    database: Database, now: datetime, files: object
) -> None:
    application = await files(AGENT)  # type: ignore[operator]
    siti = await Members(database, now).join("Siti", AGENT)
    async with database.begin() as db:
        await db.execute(update(Application).values(sex=None, birth_year=None))
        assert 2 == await describing.describe_some(db, database.keys, 10)
        assert 0 == await describing.describe_some(db, database.keys, 10)
        described = await db.get_one(Application, application.id, populate_existing=True)
        unknown = await db.get_one(Membership, siti.id, populate_existing=True)

    assert ("female" if described.sex == "female" else "male", 1990) == (described.sex, described.birth_year)
    assert (None, describing.NOT_KNOWN) == (unknown.sex, unknown.birth_year)


async def test_the_newest_day_of_a_number_of_workers_counts(database: Database, now: datetime) -> None:
    told = [
        rule.Workforce(900, "BPS 2025", date(2025, 12, 31)),
        rule.Workforce(1000, "Dinas", date(2026, 6, 1)),
        rule.Workforce(800, "BPS 2024", date(2024, 12, 31)),
    ]
    async with database.begin() as db:
        for each in told:
            await workforces.note(db, GARUT[0], each, now, 1)
        found = await workforces.of_places(db, [*GARUT])

    assert {GARUT[0]: told[1]} == found


async def test_a_whole_file_leaves_few_notes(database: Database, now: datetime) -> None:
    siti = await Members(database, now).join("Siti", AGENT, village_code=GARUT[0])
    await count(database, now)
    async with database.begin() as db:
        rows = [line(siti.id, month_after(date(2027, 1, 1), each), now) for each in range(200)]
        db.add_all(rows)
    async with database.begin() as db:
        notes = await db.scalar(select(func.count()).select_from(Touched)) or 0

    assert 1 <= notes < 20
