"""Hostile names in every message, on every paper and in the log: only our own words are more than text."""

import io
import json
import string
import struct
from collections import Counter
from datetime import date

import pypdfium2
import pytest
import structlog
from PIL import Image

import logs
from conversations.engine import Words
from conversations.flows import FLOWS
from handlers.render import Teller
from locales import HERE, languages
from locales.reading import messages
from papers import coverage, hand_over, poster, progress, sheet, slip
from papers.tiles import Tile, tile_map
from rules.programmes import Mark
from simulator.entities import read_html
from tests.hostile import NAMES
from tests.papers.seen import siti
from tests.papers.test_coverage import figures

SENT = {name: text for name, text in NAMES.items() if name != "half a character"}
"""Those that a text from the database can hold at all."""


def templates(language: str) -> dict[str, list[str]]:
    """Every message that takes a value, and its blanks."""
    found = {}
    for path in (HERE / language).glob("*.po"):
        for name, words in messages(path.read_text("utf-8").splitlines()):
            blanks = [blank for _, blank, _, _ in string.Formatter().parse(words) if blank]
            if name and blanks:
                found[name] = blanks
    return found


def shape(html: str) -> Counter[str]:
    """Which formatting a message has, and how often."""
    return Counter(entity["type"] for entity in read_html(html)[1])


@pytest.mark.parametrize("language", languages())
def test_a_hostile_value_is_only_text_in_every_message(language: str) -> None:
    teller, every = Teller(language), templates(language)
    wrong = []
    for name, blanks in every.items():
        usual = shape(teller.html(Words(name, dict.fromkeys(blanks, "x"))))
        for kind, value in SENT.items():
            html = teller.html(Words(name, dict.fromkeys(blanks, value)))
            if shape(html) != usual or value not in read_html(html)[0]:
                wrong.append((name, kind))

    assert 500 < len(every)
    assert [] == wrong


@pytest.mark.parametrize("language", languages())
def test_a_hostile_value_stands_letter_by_letter_on_a_button(language: str) -> None:
    teller = Teller(language)
    for name, blanks in templates(language).items():
        for value in NAMES.values():
            assert value in teller.plain(Words(name, dict.fromkeys(blanks, value))), name


def test_nothing_a_flow_is_called_takes_markup_from_an_answer() -> None:
    for flow in FLOWS.values():
        for value in NAMES.values():
            title = flow.title({"name": value, "association": value}) if not flow.given else ""
            assert set(shape(Teller("id", flow.wording).html(title))) <= {"bold", "italic", "code"}


@pytest.mark.parametrize("kind", NAMES)
def test_every_paper_is_made_whatever_somebody_is_called(kind: str) -> None:
    name = NAMES[kind]
    one = siti(name=name, village=name)
    for pdf in (
        slip.slips([one], "id"),
        sheet.sheet([one, one], "id"),
        poster.poster(name, "https://t.me/daftar_bpu_bot?start=w", "id"),
    ):
        document = pypdfium2.PdfDocument(pdf)
        assert [] == [sign for sign in (b"/JavaScript", b"/Launch", b"/OpenAction", b"/URI") if sign in pdf]
        assert all(page.get_textpage().get_text_range() for page in document)


@pytest.mark.parametrize("kind", NAMES)
def test_every_picture_is_made_whatever_a_place_is_called(kind: str) -> None:
    name = NAMES[kind]
    pictures = (
        hand_over.picture("https://t.me/daftar_bpu_bot?start=h", name, date(2026, 12, 1), "id"),
        progress.picture([Mark.VALID] * 3, name, "id"),
        coverage.overview(coverage.Poster(name, name, figures(), None), "id"),
        tile_map([Tile(name, name, 7, 100)], name, name, "id")[0],
    )
    for png in pictures:
        Image.open(io.BytesIO(png)).load()
        assert {b"IHDR", b"IDAT", b"IEND"} >= chunks(png) - {b"PLTE", b"tRNS", b"pHYs"}


def chunks(png: bytes) -> set[bytes]:
    """The kinds of chunk of a picture: none of them says anything in words."""
    found, at = set(), 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.add(png[at + 4 : at + 8])
        at += 12 + length
    return found


def test_an_error_that_quotes_a_name_stays_one_line_of_the_log() -> None:
    stream = io.StringIO()
    logs.configure(level="DEBUG", secrets=[], stream=stream)
    for name in NAMES.values():
        try:
            raise RuntimeError(name)
        except RuntimeError as bug:
            structlog.get_logger().error("intake.quarantined", kind=type(bug).__name__, exc_info=bug)

    lines = stream.getvalue().split("\n")[:-1]
    assert len(NAMES) == len(lines)
    assert {"intake.quarantined"} == {json.loads(line)["event"] for line in lines}
