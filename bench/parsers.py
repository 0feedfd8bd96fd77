"""Every parser of what people and files say, each with what must hold whatever it is given.

A parser gets bytes, reads them as a text (or a file) and either answers within what it promises or raises
`Refused` (for layouts, settings and heads: their own error). Anything else is a find.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

import orjson
from telegram import Bot

from conversations import engine
from conversations.engine import Contact, Draft, Flow, Reply
from conversations.flows import FLOWS
from conversations.registration import registration
from handlers import commands, reading, render
from handlers.arrivals import Arrival
from post.sayings import Saying
from rules import (
    dates,
    email,
    hours,
    kpj,
    money,
    names,
    nik,
    occupations,
    phone,
    pins,
    regions,
    spellings,
    text,
)
from rules.refusal import Refused
from settings import BadSetting, Settings
from sheets import headings, homes, layouts, limits, months, tables
from sheets.cells import text_of, texts_of
from sheets.judging import Declared, Judge
from sheets.office_rows import OfficeJudge
from sheets.reading import kind_of, opened
from sheets.safe import csv_text

TODAY: Final = date(2026, 11, 20)
BOT: Final = Bot("1000000001:a-token-that-opens-nothing")
DECLARED: Final = Declared(relation="family", agreement_how="talked")
INVISIBLE: Final = {"Cc", "Cf", "Cs", "Co", "Cn"}
LONGEST_MESSAGE: Final = 16_000
"""Letters of anything said back about one answer: Telegram takes 4096, our own words leave room."""


def written(data: bytes) -> str:
    """Return bytes as a text; what is no UTF-8 becomes half characters, as JSON can hold."""
    return data.decode("utf-8", "surrogateescape")


def seen(words: str) -> None:
    """Hold that a text has nothing invisible in it and is as folded as it can be."""
    assert not any(unicodedata.category(char) in INVISIBLE for char in words), ascii(words)
    assert words == unicodedata.normalize("NFKC", words), ascii(words)


def clean(data: bytes) -> None:
    said = written(data)
    for limit in (text.LIMIT, 40):
        once = text.clean(said, limit)
        assert once == text.clean(once, limit), ascii(once)
        assert len(once) <= limit
        assert once == once.strip()
        seen(once)


def a_nik(data: bytes) -> None:
    number = nik.Nik.parse(written(data))
    assert re.fullmatch("[0-9]{16}", number.digits)
    assert number == nik.Nik.parse(number.digits) == nik.Nik.parse(number.grouped)
    assert number.digits not in f"{number!r} {number.masked}"
    assert number.birth_date(TODAY).year in range(1900, 2100)
    assert all(name.startswith("nik.") for name in nik.warnings(number, regions.regions(), today=TODAY))


def a_phone(data: bytes) -> None:
    said = written(data)
    for read in (phone.parse, phone.contact):
        try:
            number = read(said)
        except Refused:
            continue
        assert re.fullmatch(r"\+628[0-9]{7,11}", number.e164)
        assert number == phone.parse(number.e164) == phone.parse(number.shown)
        assert phone.repeated_digit(number) in (True, False)


def a_name(data: bytes) -> None:
    for titles in (False, True):
        try:
            name = names.parse(written(data), titles=titles)
        except Refused:
            continue
        assert name == names.parse(name, titles=titles)
        assert 2 <= len(name) <= names.LONGEST
        assert not re.search(r"[\d<>&|{}%=@\n]", name)
        assert names.same(name, name)
        assert names.first_word(name)
        assert names.masked(name)
        seen(name)


def a_sum(data: bytes) -> None:
    try:
        amount = money.parse(written(data))
    except Refused as refused:
        candidates: Any = refused.values.get("candidates", [])
        assert all(0 <= each <= money.HIGHEST for each in candidates)
        raise
    assert 0 < amount.rupiah <= money.HIGHEST
    assert amount.days is None or 1 <= amount.days <= 31
    assert amount.rupiah == money.parse(money.rupiah(amount.rupiah)).rupiah


def a_date(data: bytes) -> None:
    for birth in (True, False):
        try:
            day = dates.parse(written(data), today=TODAY, birth=birth)
        except Refused:
            continue
        assert day == dates.parse(day.isoformat(), today=TODAY, birth=birth)
        assert day == dates.parse(dates.long(day, "id"), today=TODAY, birth=birth)
        assert abs(day.year - TODAY.year) <= dates.OLDEST + 1
        assert not birth or day <= TODAY


def some_hours(data: bytes) -> None:
    span = hours.parse(written(data))
    assert span == hours.parse(span.shown)
    assert span.start != span.end


def an_email(data: bytes) -> None:
    address = email.parse(written(data))
    assert address == email.parse(address)
    assert len(address) <= email.LONGEST
    assert address.isascii()


def a_kpj(data: bytes) -> None:
    assert re.fullmatch("[0-9]{11}", kpj.parse(written(data)))


def a_pin(data: bytes) -> None:
    digits = pins.parse(written(data))
    assert pins.SHORTEST <= len(digits) <= pins.LONGEST
    assert digits == pins.parse(digits)
    pins.choose(digits)


def a_place(data: bytes) -> None:
    said = written(data)
    assert len(spellings.asked(said)) <= spellings.LONGEST_QUERY
    for find in (regions.find_places, regions.find_villages):
        found = find(said).found
        assert 0 < len(found) <= 8
        assert all(regions.regions().knows(one.code) and 0 <= one.score <= 100.5 for one in found)


def a_home(data: bytes) -> None:
    village, district, regency, *_ = [*written(data).split("\n"), "", ""]
    place = homes.value_of(*(text_of(cell) for cell in (village, district, regency)))
    assert regions.regions().knows(place.code)


def a_job(data: bytes) -> None:
    said = written(data)
    found = occupations.find(said)
    assert len(found) <= 6
    assert all(0 <= one.score <= 100 for one in found)
    assert not (found and occupations.is_wage_earner(said))


def some_months(data: bytes) -> None:
    found = months.read(written(data), TODAY)
    assert 1 <= len(found) <= months.MOST
    assert found == sorted(set(found))
    assert all(month.day == 1 for month in found)


@functools.cache
def _drafts(name: str) -> tuple[Draft, ...]:
    """Return a draft standing at each question of the registration, and one at the start of another flow."""
    if name != registration.name:
        return (Draft(),)
    told: dict[str, Any] = {
        "consent": "x",
        "who": "other",
        "relation": "family",
        "agreement": "self",
        "agreement_how": "talked",
        "nik": "9901015708909001",
        "name": "Rahayu Lestari",
        "birth_date": "1990-08-17",
        "sex": "female",
        "address": "Jalan Kenanga 7",
        "village": {"code": "3205402002", "label": "Desa Cibiuk Kaler", "data": "2025"},
        "phone": {"none": True},
        "contact_name": "Bambang",
        "contact_phone": {"e164": "+6286012345678", "verified": False},
        "email": None,
        "occupation": {"id": "petani", "words": "tani"},
        "occupation2": None,
        "workplace": {"offered": "home"},
        "hours": "08:00-17:00",
        "income": 1_000_000,
        "employs": "no",
        "payer": "own",
        "programmes": "2",
        "months": "1",
        "heirs": "none",
    }
    found, so_far = [Draft()], dict[str, Any]()
    for step, answer in told.items():
        so_far = {**so_far, step: answer}
        found.append(Draft(so_far))
    return tuple(found)


def an_answer(data: bytes) -> None:
    """Answer any question of any flow with a text, a card or one of its buttons, and then once more."""
    if len(data) < 3:
        return
    flow = list(FLOWS.values())[data[0] % len(FLOWS)] if data[0] > 127 else registration
    drafts = _drafts(flow.name)
    draft, said = drafts[data[1] % len(drafts)], written(data[3:])
    for move in (data[2] >> 4, data[2] & 15):
        turn = engine.advance(flow, draft, _reply(flow, draft, said, move))
        assert turn.draft == Draft.read(orjson.loads(orjson.dumps(turn.draft.stored())))
        assert set(turn.draft.answers) <= {*flow.given, *(step.name for step in flow.steps)}
        for language in ("id", "en"):
            _shown(render.Page(flow, 1, language, TODAY), turn)
        draft = turn.draft
    assert engine.back(flow, draft).draft.half is None


def _reply(flow: Flow, draft: Draft, said: str, move: int) -> Reply:
    turn = engine.resume(flow, draft)
    options = render.Page(flow, 1, "id", TODAY).options(turn)
    cleaned = text.clean(said)[:300]
    if move == 15:
        return Reply(TODAY, contact=Contact(said, own=bool(len(said) % 2)))
    if move > 7 and options:
        return Reply(TODAY, tapped=options[move % len(options)].value)
    return Reply(TODAY, cleaned, tapped=reading.chosen(cleaned, options, flow.wording) if options else None)


def _shown(page: render.Page, turn: engine.Turn) -> None:
    """Hold that a turn can be said: short enough, with our own tags only, and every button fits."""
    if turn.step is None:
        return
    said: list[Saying] = list(render.messages(page, 7, turn))
    for message in said:
        html = str(getattr(message, "text", ""))
        assert len(html) < LONGEST_MESSAGE
        assert set(re.findall("</?([^>]*)>", html)) <= {"b", "i", "code"}, html
    for option in page.options(turn):
        assert len(page.callback(turn.step, option.value).encode()) <= 64


def a_button(data: bytes) -> None:
    """Read an id that a button carries, the control that a text is, and a deep link."""
    said = written(data)
    number = render.id_of(said)
    assert number is None or (0 < number < 1 << 63 and number == render.id_of(render.base36(number)))
    assert reading.control(said) in (None, *render.WORDS)
    found = commands.LINK.fullmatch(said)
    assert found is None or len(said) == 23
    assert reading.is_question(said) in (True, False)


def a_layout(data: bytes) -> None:
    layout = layouts.read("uji", written(data))
    assert 1 <= len(layout.columns) <= layouts.COLUMNS
    assert all(column.width in layouts.WIDE and column.heading for column in layout.columns)
    assert len(layout.sha256) == 32


def a_heading(data: bytes) -> None:
    rows = [tuple(line.split(";")) for line in written(data).split("\n")[: limits.HEADING_ROWS]]
    for kind in headings.NEEDED:
        try:
            found = headings.find(rows, kind)
        except Refused:
            continue
        assert len(set(found.columns.values())) == len(found.columns)
        assert 1 <= found.depth <= headings.DEPTH


CELLS: Final = ("nik", "name", "birth_date", "sex", "address", "village", "occupation", "income", "phone")
OFFICE: Final = ("nik", "kpj", "code", "status", "reason", "months", "amount", "channel", "reference")


def a_row(data: bytes) -> None:
    """Judge a row of a list of workers, and of both files of the office."""
    cells = [_cell(part) for part in written(data).split("\x1f")]
    columns = {name: place for place, name in enumerate(CELLS)}
    verdict = Judge(columns, DECLARED, TODAY, "id").judge(7, cells)
    assert verdict.good == (not verdict.reasons)
    orjson.dumps([[each.column, each.name, dict(each.values)] for each in verdict.reasons])
    for kind in ("results", "payments"):
        judged = OfficeJudge(kind, {name: place for place, name in enumerate(OFFICE)}, TODAY)
        orjson.dumps(judged.judge(7, cells))


def _cell(part: str) -> Any:
    """Return a cell as a workbook holds it: a text, or a number where it looks like one."""
    try:
        return float(part) if part[:1] == "#" else float(part[1:]) if part[:1] == "~" else part
    except ValueError:
        return part


def a_file(data: bytes) -> None:
    """Read a file that somebody sent, as far as it is a CSV."""
    for kind in headings.NEEDED:
        try:
            sheet = opened(data, kind)
            rows = list(islice(sheet.rows, 50))
        except Refused:
            continue
        assert all(len(cells) <= limits.COLUMNS for _, cells in rows)
        assert [number for number, _ in rows] == sorted(number for number, _ in rows)
    assert kind_of(data)


def a_cell(data: bytes) -> None:
    """Write a text into a CSV and read it again; no program runs it."""
    said = written(data)
    safe = csv_text(said)
    assert safe[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert "\n" not in safe
    safe.encode()
    once = text_of(said)
    assert len(once) <= limits.TEXT
    assert texts_of([once]) == ((once,) if once else ())
    assert tables.decoded(data) is not None


def a_setting(data: bytes) -> None:
    said = written(data)
    name, _, value = said.partition("=")
    try:
        read = Settings.read({name: value})
    except BadSetting as refusal:
        assert not (len(value) > 12 and value in str(refusal))
        return
    assert 1 <= read.port <= 65535
    assert 0 < read.bulk_per_second <= read.rate_per_second
    assert read.flood_burst >= 1


def a_head(data: bytes) -> None:
    from models.trust.audit_checks import Head

    try:
        head = Head.read(written(data))
    except ValueError:
        return
    assert head == Head.read(str(head))


def an_update(data: bytes) -> None:
    """Read an update: whatever JSON it is, it is read or is known to be unreadable."""
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    if not isinstance(raw, dict):
        return
    arrival = Arrival.of({**raw, "update_id": 7}, BOT)
    sender = arrival.sender
    assert sender is None or 0 < sender < 2**52
    assert arrival.complainant is None or 0 < arrival.complainant < 2**52
    assert arrival.language in ("id", "en")


@dataclass(frozen=True, slots=True)
class Parser:
    """One parser: what it is given, and which share of all runs it gets (slow ones get fewer)."""

    reads: Callable[[bytes], None]
    share: int
    tokens: str = ""

    def once(self, data: bytes) -> None:
        """Give it something; Refused is an answer, anything else rises."""
        try:
            self.reads(data)
        except Refused as refused:
            assert refused.name


PARSERS: Final[Mapping[str, Parser]] = {
    "clean": Parser(clean, 100, "\u200b \u0301 \ufdfa \u3164 \u202e \ufeff"),
    "nik": Parser(a_nik, 60, "NIK 9901015708909001 9901 5708 9001 : no ktp"),
    "phone": Parser(a_phone, 20, "0860-1234-5678 +62 wa.me/ atau HP: 08 62 00"),
    "name": Parser(a_name, 60, "Hj. , S.Pd Siti Ma'ruf \u2019 H. Drs. M.Si ß"),
    "money": Parser(a_sum, 60, "1,5 juta rb sehari x 25 setengah seratus per minggu Rp16.800 1.500.000"),
    "date": Parser(a_date, 60, "17 Agustus 1990 08 / 29 Feb 00 Mei XII 19900817"),
    "hours": Parser(some_hours, 60, "08.00 - 17.00 jam pagi sampai sore malam s/d setengah 24"),
    "email": Parser(an_email, 100, "@ .id a.b c@d.id ..  +"),
    "kpj": Parser(a_kpj, 100, "26000000001 - . 0"),
    "pin": Parser(a_pin, 100, "123456 135790 0 \u0663"),
    "place": Parser(a_place, 1, "cibiuk kaler garut kec. kab. desa 3205402002 tj. sukamaju rt 01 ii"),
    "home": Parser(a_home, 2, "Cibiuk Garut Kaler Kec. , Kab. \n 3205402002 Kota Bandung"),
    "job": Parser(a_job, 3, "tukang supir petani pns ojek penjual bakso jual"),
    "months": Parser(some_months, 60, "2026-11 s/d 11/2026 November , dan ... 24"),
    "answer": Parser(an_answer, 6, "ya tidak 0860-1234-5678 9901015708909001 petani 1 juta cibiuk lewati"),
    "button": Parser(a_button, 100, "v1| kembali z 1y2p0ij32e8e7 lewati s_ A"),
    "layout": Parser(a_layout, 20, '[[columns]] heading= "NIK" field= "nik" words={} date="%d" width=9'),
    "heading": Parser(a_heading, 6, "NIK Nama Alamat ; \n Tanggal Lahir No HP Desa Pekerjaan Penghasilan"),
    "row": Parser(a_row, 2, "\x1f 9901015708909001 Siti 17-08-1990 P petani 1000000 ~1e15 Cibiuk"),
    "file": Parser(a_file, 4, 'NIK;Nama;Alamat \n " , sep=; \t 9901015708909001 PK\x03\x04'),
    "cell": Parser(a_cell, 60, '= + @ \' \t ="0812" #REF! 1,0'),
    "setting": Parser(
        a_setting, 20, "PORT= TIMEZONE= BOT_API_URL=http:// DATABASE_URL=postgresql:// RATE_PER_SECOND="
    ),
    "head": Parser(a_head, 60, "1: " + "ab" * 32),
    "update": Parser(an_update, 10, '{"message": {"from": {"id": 1}, "chat": "type": "private" null 7 [] }'),
}
