"""The pictures of coverage: as wide as a phone, read in grey, and every text inside."""

from datetime import date
from io import BytesIO
from itertools import combinations, pairwise

import pytest
from PIL import Image, ImageChops, ImageStat

from locales import languages
from papers.canvas import WIDTH
from papers.coverage import Poster, overview
from papers.tiles import CLASSES, Tile, class_of, tile_map
from rules.calendar import month_after
from rules.coverage import Figures, State, Workforce

AS_OF = "Per 20 November 2026 pukul 10.05"
TREND = tuple((month_after(date(2025, 12, 1), number), 10 * number, 7 * number) for number in range(12))
NOBODY = dict.fromkeys(State, 0)


def figures(active: int = 73, goal: int | None = 100) -> Figures:
    return Figures(80, NOBODY | {State.CURRENT: active, State.LAPSED: 3}, 1, 60, 20, goal, 1, TREND)


def opened(png: bytes) -> Image.Image:
    return Image.open(BytesIO(png)).convert("RGB")


def edge_is_white(image: Image.Image) -> bool:
    return not any(image.crop((WIDTH - 30, 0, WIDTH, image.height)).convert("L").histogram()[:251])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("title", ["", "Kab. Garut", "W" * 300])
@pytest.mark.parametrize("active", [0, 73, 8_888_888])
def test_a_poster_is_a_picture_a_phone_shows(language: str, title: str, active: int) -> None:
    told = Workforce(10_000_000, "BPS", date(2025, 12, 31))
    png = overview(Poster(title, AS_OF, figures(active), told), language)
    image = opened(png)

    assert WIDTH == image.width
    assert image.height <= 2 * WIDTH
    assert len(png) < 150_000
    assert edge_is_white(image)


def test_one_member_more_is_seen() -> None:
    posters = [Poster("Garut", AS_OF, figures(active)) for active in (73, 74)]

    assert overview(posters[0], "id") != overview(posters[1], "id")


def test_a_poster_without_a_goal_is_drawn_too() -> None:
    assert WIDTH == opened(overview(Poster("Garut", AS_OF, figures(goal=None)), "id")).width


@pytest.mark.parametrize("count", [0, 1, 48, 49, 136, 442, 852])
def test_any_number_of_villages_is_a_map_and_its_height_is_told(count: int) -> None:
    tiles = [Tile(f"Desa {at}", f"Kec. {at // 12}", at % 120, 100) for at in range(count)]
    png, height = tile_map(tiles, "Kab. Garut", AS_OF, "id")
    image = opened(png)

    assert (WIDTH, height) == image.size
    assert image.width + image.height < 10_000
    assert edge_is_white(image)


def test_every_class_looks_different_in_grey() -> None:
    tiles = {of.least: [Tile("Desa", "Kec.", max(of.least, 0), 100)] * 48 for of in CLASSES}
    tiles[-1] = [Tile("Desa", "Kec.", 0, None)] * 48
    pictures = {
        least: opened(tile_map(each, "", "", "id")[0]).convert("L").crop((0, 290, WIDTH, 2000))
        for least, each in tiles.items()
    }
    apart = {
        pair: ImageStat.Stat(ImageChops.difference(pictures[pair[0]], pictures[pair[1]])).mean[0]
        for pair in combinations(pictures, 2)
    }

    assert [] == [pair for pair, grey in apart.items() if grey < 3], apart


def test_classes_fall_from_the_goal_to_nothing_and_leave_nobody_out() -> None:
    assert all(a.least > b.least for a, b in pairwise(CLASSES))
    assert 0 == CLASSES[-1].least
    assert class_of(None) is None
    assert 99 == Tile("", "", 199, 200).percent
