"""Pictures, files and boards of coverage: owed by a tap, read and drawn when they are sent."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from conversations.engine import Words
from handlers.coverage.boards import board_of, board_page
from handlers.coverage.reach import reach_of
from handlers.coverage.views import (
    View,
    as_of_words,
    breakdown,
    goal_words,
    label,
    page,
    read,
    value_words,
)
from handlers.render import Teller
from locales import say
from models.accounts import languages_of
from models.counting import coverage, group_cards, workforces
from models.counting.group_cards import GroupCard
from models.owing.deliveries import Claimed
from papers.coverage import Poster, overview
from papers.tiles import Tile, tile_map
from post.keyboards import Button, Inline
from post.sayings import Document, Leave, Message, Picture, Saying
from rules import coverage as rule
from rules.quantities import grouped
from rules.regions import LEVELS, REGENCY, VILLAGE, regions
from sheets.coverage import Row, shares_of, workbook

COVERAGE: Final = "coverage"
"""The kind of delivery that is a picture, a file or a board of a place."""

TALL: Final = 1_900
"""A map that is higher (pixels) goes as a file: a phone would make a shown picture too small to read."""


class CoverageNews:
    """What was asked for about places, in each account's language; `zone` is the office's."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    async def compose(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        """Return what each says now; nothing to whom the place is not theirs any more."""
        languages = await languages_of(db, {each.chat_id for each in wave})
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            code, today = str(each.payload["code"]), now.astimezone(self._zone).date()
            reach = await reach_of(db, each.chat_id, now, today)
            if each.chat_id in languages and reach.holds(code):
                view = await read(db, code, now, self._zone)
                what, language = str(each.payload["what"]), languages[each.chat_id]
                said[each.id] = (
                    await _saying(db, view, what, each.chat_id, language, officer=reach.officer),
                )
        return said

    async def cards(
        self, db: AsyncSession, wave: Sequence[Claimed], now: datetime
    ) -> dict[int, tuple[Saying, ...]]:
        """Return the weekly cards of groups; none where who asked for it has no say over the place now."""
        said: dict[int, tuple[Saying, ...]] = {}
        for each in wave:
            card = await db.get(GroupCard, int(each.payload["card"]))
            if card is None or card.confirmed_at is None or card.chat_id is None:
                continue
            reach = await reach_of(db, card.account_id, now, now.astimezone(self._zone).date())
            if not reach.holds(card.code):
                await group_cards.forget(db, card.id)
                said[each.id] = (Leave(card.chat_id),)
            else:
                view = await read(db, card.code, now, self._zone)
                said[each.id] = (Message(card.chat_id, card_page(view, card.language)),)
        return said


async def leave(db: AsyncSession, wave: Sequence[Claimed], now: datetime) -> dict[int, tuple[Saying, ...]]:
    """Return that groups are left which nobody confirmed."""
    return {each.id: (Leave(each.chat_id),) for each in wave}


def card_page(view: View, language: str) -> str:
    """Return the card of a group: four counts of its village, and nothing about who is late."""
    figures = view.figures
    values = {
        "place": label(view.code),
        "as_of": as_of_words(view),
        "registered": grouped(figures.registered, language),
        "active": grouped(figures.active, language),
        "paid": grouped(figures.paid_this_month, language),
        "goal": goal_words(figures, language),
    }
    return Teller(language).html(Words("coverage.card", values))


async def _saying(
    db: AsyncSession, view: View, what: str, chat_id: int, language: str, *, officer: bool
) -> Saying:
    back = Inline(((Button(say(language, "coverage.button.back"), data=f"v1|v|see|{view.code or 0}"),),))
    match what:
        case "picture":
            content = await asyncio.to_thread(overview, _poster(view, language), language)
            return Picture(chat_id, content, _caption(view, language), back)
        case "map":
            tiles, title = await _tiles(db, view), Teller(language).plain(label(view.code))
            as_of = Teller(language).plain(as_of_words(view))
            content, height = await asyncio.to_thread(tile_map, tiles, title, as_of, language)
            if height > TALL:
                name = f"{say(language, 'coverage.file.map')}-{view.code}.png"
                return Document(chat_id, name, content, _caption(view, language))
            return Picture(chat_id, content, _caption(view, language), back)
        case "board":
            villages = await coverage.inside(db, view.code, VILLAGE)
            board = await asyncio.to_thread(board_of, view, villages)
            return Message(chat_id, board_page(view, board, language), back)
        case "xlsx":
            content = await table(db, view, language, officer=officer)
            name = f"{say(language, 'coverage.file.table')}-{view.code or 'indonesia'}.xlsx"
            return Document(chat_id, name, content, _caption(view, language))
        case _:
            return Message(chat_id, page(view, language), back)


def _poster(view: View, language: str) -> Poster:
    tell = Teller(language).plain
    return Poster(tell(label(view.code)), tell(as_of_words(view)), view.figures, view.workforce)


def _caption(view: View, language: str) -> str:
    values = {
        "place": label(view.code),
        "goal": goal_words(view.figures, language),
        "as_of": as_of_words(view),
    }
    return Teller(language).html(Words("coverage.caption", values))


def shown_level(code: str) -> int:
    """Return the level whose places a map or table of a place shows: villages, from a kabupaten down."""
    return VILLAGE if len(code) >= REGENCY else next(digits for digits in LEVELS if digits > len(code))


async def _tiles(db: AsyncSession, view: View) -> list[Tile]:
    level = shown_level(view.code)
    known, found = regions(), {each.code: each for each in await coverage.inside(db, view.code, level)}
    tiles = []
    for code in sorted(code for code in known.names if len(code) == level and code.startswith(view.code)):
        tally = found[code].tally if code in found else {}
        active, goal = rule.progress(code, tally, view.today)
        name = known.place(code).shown if level < VILLAGE else known.names[code]
        tiles.append(Tile(name, known.names[rule.parent(code) or code[:2]], active, goal))
    return tiles


async def table(db: AsyncSession, view: View, language: str, *, officer: bool) -> bytes:
    """Return the workbook of a place; who the members are, in shares, is in it for officers only."""
    tell, level = Teller(language).plain, shown_level(view.code)
    found = await coverage.inside(db, view.code, level) if level != len(view.code) else []
    told = await workforces.of_places(db, [each.code for each in found])
    rows = [_row(each.code, each.tally, view, told.get(each.code), tell(label(each.code))) for each in found]
    counts = breakdown(view) if officer else {}
    words = {
        facet: {"": say(language, f"sheets.coverage.by.{facet}")}
        | {value: tell(value_words(facet, value)) for value in values}
        for facet, values in counts.items()
    }
    place = _row(view.code, view.counted.tally, view, view.workforce, tell(label(view.code)))
    as_of = tell(as_of_words(view))
    return await asyncio.to_thread(workbook, place, rows, shares_of(counts, words), as_of, language)


def _row(code: str, tally: rule.Tally, view: View, told: rule.Workforce | None, name: str) -> Row:
    return Row(code, name, rule.figures(code, tally, view.today), told)
