"""Exports are made and sent once, whoever dies on the way; who is in one is in no other; and the way back."""

import asyncio
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, update

from command_line import CannotDo, office_files
from jobs.exporting import make, settle
from jobs.exports import CHANGED, EXPORT, Exports
from jobs.fleeting import Tidying
from jobs.office_files import LEDGER, REFUSED, REGISTERED, take
from models.agency.imports import Purpose
from models.applications import Application
from models.contributions import Contribution, KnownBy
from models.memberships import Membership
from models.office import export_members, exports
from models.office.export_members import ExportMember, Fate
from models.office.exports import Export, Making
from models.office.office_answers import Desk
from models.owing.deliveries import Delivery
from models.owing.fleeting import Fleeting
from models.states import State
from models.storage.base import table_of
from models.storage.database import Database
from models.trust.audit import Act, AuditRow
from models.trust.audit_checks import verify_all
from post.outcome import Later, Outcome, Sent, Uncertain
from post.sayings import Delete, Document, Saying
from sheets import scratch
from sheets.exporting import Limits
from tests.desk import (
    CIBIUK,
    GARUT,
    JAKARTA,
    OTHER,
    VILLAGE,
    WULAN,
    accepted,
    asks,
    nik,
    officer,
    rows,
    shipped,
)

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AWAY = {"village": VILLAGE | {"code": OTHER}}
DESK = Desk(WULAN, [GARUT], NOW.date())


class Chat:
    """What was sent to the officer; `answers` are given to files first, then Sent."""

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.files: list[Document] = []
        self.others: list[Saying] = []

    async def send(self, saying: Saying) -> Outcome:
        if not isinstance(saying, Document):
            self.others.append(saying)
            return Sent(700)
        outcome = self.answers.pop(0) if self.answers else Sent(len(self.files) + 1)
        if not isinstance(outcome, Later):
            self.files.append(saying)
        return outcome


def job(database: Database, chat: Chat, now: datetime = NOW, **limits: int) -> Exports:
    return Exports(database, chat.send, lambda: now, JAKARTA, Limits(**limits))


def niks(file: Document) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    return [
        str(cell) for sheet in book for (cell,) in sheet.iter_rows(min_row=2, max_col=1, values_only=True)
    ]


async def kinds(database: Database) -> list[str]:
    return sorted(each.kind for each in await rows(database, Delivery))


async def leases_end(database: Database) -> None:
    async with database.begin() as db:
        await db.execute(update(table_of(Export)).values(held_until=LONG_AGO))


async def entries(database: Database, act: Act) -> list[AuditRow]:
    return [row for row in await rows(database, AuditRow) if row.act == act.value]


async def test_an_officer_gets_those_of_the_territory_and_each_once(database: Database) -> None:
    await accepted(database, NOW, [{}] * 4 + [AWAY])
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    (done,) = await rows(database, Export)

    (file,) = chat.files
    assert [nik(number) for number in range(1, 5)] == niks(file)
    assert (False, "peserta-bpu-20261120-1.xlsx") == (file.protect, file.name)
    assert (Making.DONE, 4, 1) == (done.stage, done.members, done.times)
    assert [EXPORT] == await kinds(database)
    (noted,) = await entries(database, Act.EXPORTED)
    assert (WULAN, f"exports:{done.id}") == (noted.by_account, noted.subject)
    assert '"rows":4' in noted.details
    assert (await verify_all(database, database.keys)).bad is None
    async with database.begin() as db:
        assert {} == await export_members.count_ready(db, [GARUT])

    await asks(database, NOW, shipped())
    await job(database, chat).work()
    assert 1 == len(chat.files)
    assert 4 == len(await rows(database, ExportMember))


async def test_what_is_not_sound_is_left_alone(database: Database) -> None:
    numbers = await accepted(database, NOW, [{}] * 4)
    await officer(database, NOW)
    async with database.begin() as db:
        first, second, third, _ = [await db.get_one(Application, number) for number in numbers]
        first.frozen_at, second.duplicate, third.state = NOW, True, State.IN_REVIEW
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()

    assert [[nik(4)]] == [niks(file) for file in chat.files]


async def test_the_same_file_is_made_again_without_those_who_withdrew(database: Database) -> None:
    numbers = await accepted(database, NOW, [{}] * 3)
    await officer(database, NOW)
    export = await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    for _ in range(2):
        async with database.begin() as db:
            found = await exports.seen(db, export.id, [GARUT])
            assert found is not None
            assert await exports.again(db, found, WULAN, "id", NOW)
        await job(database, chat).work()
        async with database.begin() as db:
            (await db.get_one(Application, numbers[1])).state = State.WITHDRAWN

    first, second, third = chat.files
    assert first.content == second.content
    assert [nik(1), nik(3)] == niks(third)
    assert 3 == len(await entries(database, Act.EXPORTED))
    async with database.begin() as db:
        assert await exports.seen(db, export.id, ["31"]) is None


async def test_who_changes_after_the_export_is_told_of_once(database: Database) -> None:
    numbers = await accepted(database, NOW, [{}] * 4)
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    await job(database, Chat()).work()
    async with database.begin() as db:
        gone, frozen, registered, _ = [await db.get_one(Application, number) for number in numbers]
        gone.state, frozen.frozen_at, registered.state = State.WITHDRAWN, NOW, State.REGISTERED
    for _ in range(2):
        await job(database, Chat()).tell_of_changes()
    fates = {each.application_id: each.outcome for each in await rows(database, ExportMember)}

    assert [EXPORT, CHANGED] == await kinds(database)
    assert dict(zip(numbers, [Fate.TAKEN_BACK, None, Fate.REGISTERED, None], strict=True)) == fates


async def test_killed_anywhere_it_is_sent_whole_and_locks_each_once(database: Database) -> None:
    await accepted(database, NOW, [{}] * 30)
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    chat = Chat()
    for turns in (1, 5, 11, 23, 40, 80):
        task = asyncio.create_task(job(database, chat, rows=8).work())
        for _ in range(turns):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await leases_end(database)
    await job(database, chat, rows=8).work()
    (done,) = await rows(database, Export)

    assert Making.DONE == done.stage
    assert {nik(number) for number in range(1, 31)} == {one for file in chat.files for one in niks(file)}
    assert 30 == len(await rows(database, ExportMember))


async def test_a_part_in_doubt_comes_again_and_the_others_do_not(database: Database) -> None:
    await accepted(database, NOW, [{}] * 6)
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    chat = Chat(Sent(1), Uncertain("time over"), Later(5))
    for _ in range(3):
        await job(database, chat, rows=2).work()
        await leases_end(database)

    assert [1, 2, 2, 3] == [int(file.name[-6]) for file in chat.files]
    assert [1, 3, 4] == [each.message_id for each in await rows(database, Fleeting)]


async def test_files_leave_the_chat_within_a_day(database: Database) -> None:
    await accepted(database, NOW, [{}])
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    for hours in (19, 21, 22):
        later = NOW + timedelta(hours=hours)
        await Tidying(database, chat.send, lambda later=later: later).tidy()  # type: ignore[misc]

    assert [Delete(WULAN, 1)] == [each for each in chat.others if isinstance(each, Delete)]
    assert [] == await rows(database, Fleeting)


async def test_who_is_no_officer_any_more_gets_nothing(database: Database) -> None:
    await accepted(database, NOW, [{}])
    await officer(database, NOW, territory="31")
    await asks(database, NOW, shipped())
    chat = Chat()
    await job(database, chat).work()
    (failed,) = await rows(database, Export)

    assert ([], Making.FAILED) == (chat.files, failed.stage)
    assert [] == await rows(database, ExportMember)


def test_the_scratch_of_the_dead_is_swept() -> None:
    with scratch.folder() as held:
        assert 0o700 == held.stat().st_mode & 0o777
        left = held.with_name(held.name + "-dead")
        left.mkdir()
        (left / "1.xlsx").write_bytes(b"somebody")
        scratch.sweep()
        assert (True, False) == (held.exists(), left.exists())
    assert not held.exists()


HEADINGS = ("NIK", "KPJ", "Kode Iuran", "Status", "Alasan", "Bulan Pertama", "No Bukti", "Kanal", "Jumlah")


def result(row: int, number: int, **told: Any) -> dict[str, Any]:
    """Return a row of results as the limited process says it."""
    empty = dict.fromkeys(("kpj", "payment_code", "status", "refusal", "first_month", "receipt", "channel"))
    return {
        "row": row,
        "cells": [nik(number)],
        "told": {"nik": nik(number), "refused": False, "amount": None, **empty, **told},
    }


async def taken(database: Database, *lines: dict[str, Any], desk: Desk = DESK) -> dict[int, str]:
    """Take in rows and return those that come back, each with its reason."""
    async with database.begin() as db:
        came = await take(db, database.keys, Purpose.RESULTS, lines, desk, NOW)
    return {row["row"]: row["reasons"][0][1] for row in came.back}


async def test_results_register_return_and_pay_and_a_second_time_change_nothing(database: Database) -> None:
    numbers = await accepted(database, NOW, [{}] * 4)
    await officer(database, NOW)
    await asks(database, NOW, shipped())
    await job(database, Chat()).work()
    paid = {"first_month": "2026-12-01", "receipt": "TR-1", "channel": "BRILink", "amount": 8_400}
    lines = (
        result(2, 1, kpj="26012345678", payment_code="7700112233"),
        result(3, 2, refusal="Nama tidak sama dengan KTP"),
        result(4, 3, status="registered", **paid),
        result(5, 4, status="registered", **paid | {"amount": 9_000}),
        result(6, 77, kpj="26012345678"),
    )
    first = await taken(database, *lines)
    before = await kinds(database)
    again = await taken(database, *lines)
    found = {one.id: one.state for one in await rows(database, Application)}
    (line,) = await rows(database, Contribution)
    members = await rows(database, Membership)
    async with database.begin() as db:
        key = await desk_key(db, database, members[0])

    assert {5: "office.reason.amount", 6: "office.reason.unknown"} == first == again
    registered, returned = State.REGISTERED, State.RETURNED
    assert dict(zip(numbers, [registered, returned, registered, registered], strict=True)) == found
    assert sorted([EXPORT, *[REGISTERED] * 3, REFUSED, LEDGER]) == before == await kinds(database)
    assert (8_400, KnownBy.OFFICE_FILE, "BRILink") == (line.amount, line.known_by, line.channel)
    assert ("26012345678", False) == (members[0].number(key), b"TR-1" in (line.receipt or b""))
    fates = [each.outcome for each in await rows(database, ExportMember)]
    assert [Fate.REGISTERED, Fate.REFUSED, Fate.REGISTERED, Fate.REGISTERED] == fates


async def desk_key(db: Any, database: Database, membership: Membership) -> Any:
    from models import people

    return (await people.keys_of(db, database.keys, [membership.worker_id]))[membership.worker_id]


async def test_results_that_cannot_be_come_back_with_their_reason(database: Database) -> None:
    numbers = await accepted(database, NOW, [{}] * 5 + [AWAY])
    async with database.begin() as db:
        frozen, review, _, returned, *_ = [await db.get_one(Application, one) for one in numbers]
        frozen.frozen_at, review.state, returned.state = NOW, State.IN_REVIEW, State.RETURNED
    await taken(database, result(1, 3, kpj="26012345678"))
    back = await taken(
        database,
        result(2, 1, kpj="26012345678"),
        result(3, 2, kpj="26012345678"),
        result(4, 3, kpj="26999999999"),
        result(5, 3, refusal="Ganda"),
        result(6, 4, kpj="26012345678"),
        result(7, 6, kpj="26012345678"),
        result(8, 5, status="registered"),
    )

    assert [f"office.reason.{name}" for name in ("frozen", "not_accepted", "other_kpj", "registered")] == [
        back[row] for row in (2, 3, 4, 5)
    ]
    assert ("office.reason.returned", "office.reason.unknown") == (back[6], back[7])
    assert 8 not in back
    assert {} == await taken(database, result(7, 6, kpj="26012345678"), desk=Desk(None, [""], NOW.date()))


async def test_payments_by_nik_or_receipt_number_are_confirmed_once(database: Database) -> None:
    await accepted(database, NOW, [{}] * 2 + [AWAY])
    await taken(database, *(result(n, n, status="registered") for n in (1, 2)))
    references = [one.reference for one in await rows(database, Application)]
    months = ["2026-11-01", "2026-12-01"]

    def payment(row: int, **told: Any) -> dict[str, Any]:
        empty = dict.fromkeys(("nik", "reference", "receipt", "channel", "amount"))
        return {"row": row, "cells": [], "told": {**empty, "months": months, **told}}

    lines = [
        payment(2, nik=nik(1), amount=16_800, receipt="A1"),
        payment(3, reference=references[1].lower(), months=["2027-01-01"]),
        payment(4, nik=nik(3)),
        payment(5, reference="BPU-0000-0000"),
        payment(6, nik=nik(1), amount=33_600, months=["2027-01-01"]),
    ]
    for _ in range(2):
        async with database.begin() as db:
            came = await take(db, database.keys, Purpose.PAYMENTS, lines, DESK, NOW)
        back = {row["row"]: row["reasons"][0][:2] for row in came.back}
        assert {
            4: ["nik", "office.reason.no_member"],
            5: ["reference", "office.reason.no_member"],
            6: ["amount", "office.reason.amount"],
        } == back
    ledger = [(line.month, line.amount) for line in await rows(database, Contribution)]

    assert (0, 2) == (came.filed, came.known)
    assert [(date(2026, 11, 1), 8_400), (date(2026, 12, 1), 8_400), (date(2027, 1, 1), 16_800)] == sorted(
        ledger
    )
    assert [LEDGER] * 2 == [kind for kind in await kinds(database) if kind == LEDGER]


@pytest.fixture
async def fifty(database: Database) -> Database:
    """Fifty people accepted, of two villages."""
    villages = [VILLAGE | {"code": CIBIUK[:9] + str(1 + n % 2)} for n in range(50)]
    await accepted(database, NOW, [{"village": village} for village in villages])
    return database


async def test_there_and_back_by_command(fifty: Database, tmp_path: Path) -> None:
    said: list[str] = []
    out = tmp_path / "kantor.xlsx"
    await office_files.export(fifty, shipped(), GARUT, None, out, NOW, JAKARTA, said.append)
    with pytest.raises(CannotDo, match="is there already"):
        await office_files.export(fifty, shipped(), GARUT, None, out, NOW, JAKARTA, said.append)
    book = openpyxl.load_workbook(out)
    at = 0
    for sheet in book:
        wide = sheet.max_column
        sheet.cell(1, wide + 1, "KPJ")
        sheet.cell(1, wide + 2, "Alasan Ditolak")
        for number in range(2, sheet.max_row + 1):
            at += 1
            sheet.cell(number, wide + 1, f"2601234{at:04}" if at % 5 else None)
            sheet.cell(number, wide + 2, None if at % 5 else "Alamat belum lengkap")
    sheet.append(["9901014101909999"])
    sheet.cell(sheet.max_row, wide + 1, "26012345678")
    answer = tmp_path / "jawaban.xlsx"
    book.save(answer)
    for wanted in ("50 rows taken in, 0 known before, 1 come", "0 rows taken in, 50 known before, 1 come"):
        take_in = office_files.take_in(fifty, Purpose.RESULTS, answer, lambda: NOW, JAKARTA, said.append)
        assert 1 == await take_in
        assert wanted in said[-2]
    async with fifty.begin() as db:
        states = select(Application.state, func.count()).group_by(Application.state)
        counted = {row[0]: row[1] for row in await db.execute(states)}
    back = openpyxl.load_workbook(tmp_path / "jawaban.kembali.xlsx").worksheets[0]
    told = [cell for row in back.iter_rows(min_row=2, values_only=True) for cell in row if cell]

    assert [2, 0o600] == [len(book.sheetnames), out.stat().st_mode & 0o777]
    assert {State.REGISTERED: 40, State.RETURNED: 10} == counted
    assert 40 == len(await rows(fifty, Membership))
    assert ["9901014101909999", "26012345678"] == told[:2]
    assert told[2].endswith("Tidak ada pengajuan dengan NIK ini di wilayah Anda.")


async def test_an_export_by_command_is_on_record_and_never_sent(fifty: Database, tmp_path: Path) -> None:
    out = tmp_path / "semua.csv"
    await office_files.export(fifty, shipped("ringkas"), "", "own", out, NOW, JAKARTA, lambda _: None)
    chat = Chat()
    await job(fifty, chat).work()
    (noted,) = await entries(fifty, Act.EXPORTED)

    assert ([], None) == (chat.files, noted.by_account)
    assert 51 == len(out.read_text("utf-8-sig").splitlines())


async def test_two_exports_at_once_share_nobody(fifty: Database, tmp_path: Path) -> None:
    await officer(fifty, NOW)
    both = [await asks(fifty, NOW, shipped()) for _ in range(2)]
    counts = await asyncio.gather(*(settle(fifty, one, shipped()) for one in both))

    assert 50 == sum(counts) == len(await rows(fifty, ExportMember))
    (tmp_path / "a").mkdir()
    made = await make(fifty, both[0], shipped(), tmp_path / "a", JAKARTA, Limits(), _unheard)
    assert counts[0] == made.rows


async def _unheard(_: int) -> None:
    return
