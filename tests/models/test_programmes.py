"""Lists of villages: places, reserves, replacements, and what stands against whom."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from models import contributions, memberships
from models.accounts import Account, meet
from models.agency import programmes, verdicts, vouchings
from models.agency.programmes import Place, Plan, Programme
from models.agency.verdicts import Seat
from models.agency.vouchings import Objection, Post, Said
from models.applications import Application, move
from models.consents import Basis
from models.dialogues import OpenDialogue
from models.erasures import erase_account
from models.filing import Filing, file
from models.memberships import Membership
from models.states import State
from models.storage.database import Database
from rules.programmes import Flaw

BUDI, DEWI, WULAN = 86_001, 86_002, 86_100
CIBIUK, MAROS = "3205162004", "7308012001"
VILLAGE = Plan(CIBIUK, 2027, "560/1/2026", date(2026, 11, 1), "SD", date(2027, 1, 1), 12, 3)


def nik(number: int) -> str:
    """Return the NIK of an invented person."""
    return f"990101410190{number:04}"


@dataclass
class Hall:
    """A village hall where people are registered and listed."""

    database: Database
    now: datetime
    consented: Callable[..., Awaitable[OpenDialogue]]
    form: Callable[..., Filing]
    filed: dict[int, Application] = field(default_factory=dict)

    async def files(self, number: int, account: int = BUDI, **told: object) -> Application:
        """Register person `number`, of Cibiuk and a farmer unless told otherwise."""
        dialogue = await self.consented(account, Basis.VILLAGE)
        usual = {"occupation_id": "petani", "village_code": CIBIUK, "name": f"Pekerja {number}"}
        async with self.database.begin() as db:
            filing = self.form(nik(number), **usual | told)
            self.filed[number] = await file(db, self.database.keys, dialogue, filing, self.now)
        return self.filed[number]

    async def lists(self, *numbers: int, account: int = BUDI, plan: Plan = VILLAGE) -> Programme:
        """Make a list with these people on it, in this order."""
        async with self.database.begin() as db:
            await meet(db, {account: "id"}, self.now)
            one = await programmes.begin(db, account, plan, self.now)
            await programmes.add(db, one, [self.filed[number].id for number in numbers], self.now)
        return one

    async def seats(self, one: Programme) -> list[Seat]:
        """Everybody on a list, as it stands now."""
        async with self.database.begin() as db:
            return await verdicts.seats(db, self.database.keys, one, self.now.date())

    async def stands(self, one: Programme) -> list[tuple[str, str, list[str]]]:
        """Everybody on a list in short: place or reserve, name, reasons."""
        return [
            (str(seat.number or f"r{seat.rank}"), seat.name.removeprefix("Pekerja "), [*seat.flaws])
            for seat in await self.seats(one)
        ]

    async def registered(self, application: Application) -> Membership:
        """Let the office register somebody."""
        async with self.database.begin() as db:
            for state in (State.ACCEPTED, State.REGISTERED):
                await move(db, self.database.keys, application.id, state, by=WULAN, now=self.now)
            fresh = await db.get_one(Application, application.id, populate_existing=True)
            until = await programmes.paid_until(db, application.id)
            return await memberships.begin(
                db,
                self.database.keys,
                fresh,
                first_month=date(2027, 1, 1),
                kpj=None,
                by=WULAN,
                now=self.now,
                sponsor_until=until,
            )


@pytest.fixture
def hall(
    database: Database,
    now: datetime,
    consented: Callable[..., Awaitable[OpenDialogue]],
    form: Callable[..., Filing],
) -> Hall:
    """An empty village hall."""
    return Hall(database, now, consented, form)


async def test_places_are_numbered_and_the_others_wait_in_order(hall: Hall) -> None:
    for number in range(9001, 9006):
        await hall.files(number)
    one = await hall.lists(9001, 9002, 9003, 9004, 9005)

    assert [
        ("1", "9001", []),
        ("2", "9002", []),
        ("3", "9003", []),
        ("r1", "9004", []),
        ("r2", "9005", []),
    ] == (await hall.stands(one))
    assert date(2027, 12, 31) == one.last_day


async def test_a_failed_place_goes_to_the_reserve_once(hall: Hall) -> None:
    await hall.files(9001)
    await hall.files(9002, birth_date=date(1960, 1, 1))
    for number in (9003, 9004, 9005):
        await hall.files(number)
    one = await hall.lists(9001, 9002, 9003, 9004, 9005)
    before = {seat.name: seat for seat in await hall.seats(one)}
    failed, first, second = (before[f"Pekerja {number}"].place_id for number in (9002, 9004, 9005))
    async with hall.database.begin() as db:
        held = await programmes.hold(db, one.id)
        assert held
        replaced = [
            await programmes.replace(db, held, failed, reserve, Flaw.TOO_OLD, hall.now)
            for reserve in (first, second)
        ]
        gone = await db.get_one(Place, failed)

    assert [2, None] == replaced
    assert [("1", "9001", []), ("2", "9004", []), ("3", "9003", []), ("r2", "9005", [])] == await hall.stands(
        one
    )
    assert (Flaw.TOO_OLD, first, hall.now) == (gone.reason, gone.replaced_by, gone.replaced_at)


async def test_nobody_of_another_list_is_taken_as_a_reserve(hall: Hall) -> None:
    for number in (9001, 9002, 9003, 9004, 9005):
        await hall.files(number)
    one = await hall.lists(9001)
    other = await hall.lists(9002, 9003, 9004, 9005)
    (mine,), (*_, theirs) = await hall.seats(one), await hall.seats(other)
    async with hall.database.begin() as db:
        assert await programmes.replace(db, one, mine.place_id, theirs.place_id, Flaw.TWICE, hall.now) is None
        assert (
            await programmes.replace(db, other, mine.place_id, theirs.place_id, Flaw.TWICE, hall.now) is None
        )


async def test_a_place_that_was_emptied_is_filled_from_the_reserve_first(hall: Hall) -> None:
    await hall.files(9001, DEWI)
    for number in range(9002, 9007):
        await hall.files(number)
    one = await hall.lists(9001, 9002, 9003, 9004)
    async with hall.database.begin() as db:
        await db.delete(
            await db.get_one(
                Place, (await verdicts.seats(db, hall.database.keys, one, hall.now.date()))[0].place_id
            )
        )
        held = await programmes.hold(db, one.id)
        assert held
        added = await programmes.add(db, held, [hall.filed[9005].id, hall.filed[9006].id], hall.now)

    assert (0, 2) == (added.numbered, added.reserve)
    assert ["1", "2", "3", "r1", "r2"] == [place for place, _, _ in await hall.stands(one)]
    assert ["9004", "9002", "9003", "9005", "9006"] == [name for _, name, _ in await hall.stands(one)]


async def test_every_reason_is_found(hall: Hall) -> None:
    plan = Plan(CIBIUK, 2027, None, None, "SD", date(2027, 1, 1), 12, 20)
    await hall.files(9001)
    await hall.files(9002, birth_date=date(1961, 12, 31))
    await hall.files(9003, birth_date=date(2012, 1, 1))
    await hall.files(9004, occupation_id="perangkat-desa")
    for number in (9005, 9006, 9007, 9008, 9009):
        await hall.files(number)
    one = await hall.lists(*range(9001, 9010), plan=plan)
    await hall.files(9101, DEWI)
    for number, code, funding in ((9005, MAROS, "SD"), (9006, CIBIUK, "SC")):
        dialogue = await hall.consented(DEWI, Basis.VILLAGE)
        async with hall.database.begin() as db:
            told = hall.form(nik(number), occupation_id="petani", village_code=code)
            twin = await file(db, hall.database.keys, dialogue, told, hall.now)
            other = await programmes.begin(
                db, DEWI, Plan(code, 2027, None, None, funding, date(2027, 3, 1), 6, 5), hall.now
            )
            await programmes.add(db, other, [twin.id], hall.now)
    async with hall.database.begin() as db:
        await move(db, hall.database.keys, hall.filed[9007].id, State.RETURNED, by=WULAN, now=hall.now)
        await move(db, hall.database.keys, hall.filed[9008].id, State.WITHDRAWN, by=WULAN, now=hall.now)
        await programmes.decide(db, one, 9, Flaw.VOUCHER)

    assert [
        [], ["too_old"], ["too_young"], ["official"], ["other_village"], ["other_payer"], ["returned"],
        ["withdrawn"], ["voucher"],
    ] == [flaws for _, _, flaws in await hall.stands(one)]  # fmt: skip


async def test_a_list_of_a_year_gone_by_is_no_obstacle(hall: Hall) -> None:
    await hall.files(9001)
    await hall.lists(9001, plan=Plan(MAROS, 2026, None, None, "SA", date(2026, 1, 1), 12, 5))
    one = await hall.lists(9001)

    assert [("1", "9001", [])] == await hall.stands(one)


async def test_the_second_of_one_nik_on_a_list_is_the_wrong_one(hall: Hall) -> None:
    await hall.files(9001)
    first = hall.filed[9001]
    await hall.files(9001)
    hall.filed[9002] = first
    one = await hall.lists(9002, 9001)

    assert [[], ["twice"]] == [flaws for _, _, flaws in await hall.stands(one)]


async def test_an_active_member_is_found_but_not_by_the_lists_own_registration(hall: Hall) -> None:
    mine = await hall.files(9001)
    one = await hall.lists(9001)
    await hall.registered(mine)
    own = await hall.stands(one)
    await hall.files(9001, DEWI)
    other = await hall.lists(
        9001, account=DEWI, plan=Plan(MAROS, 2029, None, None, "SA", date(2029, 1, 1), 12, 5)
    )

    assert [("1", "9001", [])] == own
    assert [("1", "9001", ["active"])] == await hall.stands(other)


async def test_a_member_on_a_list_knows_until_when_somebody_else_pays(hall: Hall) -> None:
    listed, waiting = await hall.files(9001), await hall.files(9002)
    await hall.lists(9001, 9002, plan=Plan(CIBIUK, 2027, None, None, "SA", date(2027, 1, 1), 6, 1))
    member, other = await hall.registered(listed), await hall.registered(waiting)
    async with hall.database.begin() as db:
        months = [date(2027, 6, 1), date(2027, 7, 1)]
        fresh = await db.get_one(Membership, member.id)
        fresh.money = "apbd"
        lines = await contributions.record(
            db,
            hall.database.keys,
            fresh,
            months,
            contributions.KnownBy.CONFIRMED_OFFICER,
            by=WULAN,
            now=hall.now,
        )

    assert (date(2027, 6, 30), None) == (member.sponsor_until, other.sponsor_until)
    assert ["apbd", "own"] == [line.money for line in lines]


async def test_only_the_makers_own_of_this_village_can_be_listed_and_once(hall: Hall) -> None:
    await hall.files(9001)
    await hall.files(9002, DEWI)
    await hall.files(9003, village_code=MAROS)
    gone = await hall.files(9004)
    one = await hall.lists()
    async with hall.database.begin() as db:
        await move(db, hall.database.keys, gone.id, State.WITHDRAWN, by=BUDI, now=hall.now)
        first = await programmes.listable(db, one, 10)
        await programmes.add(db, one, first, hall.now)
        again = await programmes.listable(db, one, 10)

    assert ([hall.filed[9001].id], []) == (first, again)


async def test_a_link_is_used_once_and_only_for_a_week(hall: Hall) -> None:
    one = await hall.lists()
    async with hall.database.begin() as db:
        await meet(db, {DEWI: "id"}, hall.now)
        token = await vouchings.ask(db, one, Post.BABINSA, hall.now)
        found = await vouchings.by_token(db, token, hall.now)
        assert found
        said = Said(DEWI, "Bambang Wijaya", agreed=True)
        late = await vouchings.by_token(db, token, hall.now + vouchings.VALID)
        answers = [await vouchings.say(db, hall.database.keys, found.id, said, hall.now) for _ in range(2)]
        used = await vouchings.by_token(db, token, hall.now)
        await db.refresh(found)

        assert ([True, False], None, None) == (answers, late, used)
        assert "Bambang Wijaya" == found.name_of(hall.database.keys)
        assert b"Bambang" not in (found.name or b"")
        assert token not in str(found.__dict__)


async def test_a_list_that_changed_is_vouched_for_no_more(hall: Hall) -> None:
    await hall.files(9001)
    one = await hall.lists()
    async with hall.database.begin() as db:
        await meet(db, {DEWI: "id"}, hall.now)
        for agreed, objection in ((False, Objection.DIED), (True, None)):
            token = await vouchings.ask(db, one, Post.VILLAGE_HEAD, hall.now)
            found = await vouchings.by_token(db, token, hall.now)
            assert found
            said = Said(DEWI, "Bambang", agreed, None if agreed else 1, objection)
            await vouchings.say(db, hall.database.keys, found.id, said, hall.now)
        held = await programmes.hold(db, one.id)
        assert held
        before = await vouchings.in_force(db, held)
        await programmes.add(db, held, [hall.filed[9001].id], hall.now + timedelta(minutes=1))

        assert before
        assert before.post is Post.VILLAGE_HEAD
        assert await vouchings.in_force(db, held) is None


async def test_lists_that_end_soon_are_found(hall: Hall) -> None:
    one = await hall.lists()
    await hall.lists(plan=Plan(CIBIUK, 2026, None, None, "SD", date(2026, 1, 1), 3, 3))
    async with hall.database.begin() as db:
        assert [one.id] == [
            found.id for found in await programmes.ending(db, date(2027, 12, 1), date(2028, 1, 1))
        ]


async def test_who_is_erased_leaves_the_place_empty_and_the_list_stays(hall: Hall) -> None:
    await hall.files(9001)
    async with hall.database.begin() as db:
        await db.execute(update(Application).values(account_id=BUDI))
    one = await hall.lists(9001)
    siti = await hall.consented(DEWI, Basis.SELF)
    async with hall.database.begin() as db:
        told = hall.form(nik(9002), occupation_id="petani", village_code=CIBIUK)
        own = await file(db, hall.database.keys, siti, told, hall.now)
        held = await programmes.hold(db, one.id)
        assert held
        await programmes.add(db, held, [own.id], hall.now)
        await erase_account(db, hall.database.keys, DEWI, hall.now)

    assert ["9001"] == [name for _, name, _ in await hall.stands(one)]


async def test_a_maker_who_leaves_takes_no_list_along(hall: Hall) -> None:
    one = await hall.lists()
    async with hall.database.begin() as db:
        await erase_account(db, hall.database.keys, BUDI, hall.now)
    async with hall.database.begin() as db:
        (left,) = await db.scalars(select(Programme))
        assert (one.id, None) == (left.id, left.account_id)
        assert await db.get(Account, BUDI) is None
