"""The progress picture: right in its counts, and read in grey as well as in colour."""

from io import BytesIO
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from locales import languages
from papers.canvas import WIDTH
from papers.progress import picture
from rules.programmes import Mark

VILLAGE = [Mark.VALID] * 73 + [Mark.REPAIR] * 12 + [Mark.REPLACE] * 15


def opened(png: bytes) -> Image.Image:
    """Return the picture of some bytes."""
    image = Image.open(BytesIO(png))
    assert "PNG" == image.format
    return image.convert("RGB")


@pytest.mark.parametrize("count", [0, 1, 37, 100, 120, 121, 383, 600])
def test_any_quota_is_a_picture_a_phone_shows(count: int) -> None:
    png = picture([Mark.VALID] * count, "Desa Cibiuk Kaler 2026", "id")
    image = opened(png)

    assert WIDTH == image.width
    assert image.height <= 2 * WIDTH
    assert len(png) < 100_000


def test_every_mark_looks_different_in_grey() -> None:
    whole = {mark: opened(picture([mark] * 100, "", "id")).convert("L") for mark in Mark}
    places = {mark: image.crop((0, 400, WIDTH, image.height)) for mark, image in whole.items()}
    apart = {
        (a.value, b.value): ImageStat.Stat(ImageChops.difference(places[a], places[b])).mean[0]
        for a, b in combinations(Mark, 2)
    }

    assert [] == [pair for pair, grey in apart.items() if grey < 20], apart


def test_one_place_more_is_seen() -> None:
    assert picture(VILLAGE, "Desa", "id") != picture([Mark.VALID, *VILLAGE[1:-1], Mark.VALID], "Desa", "id")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("title", ["", "Desa Oo 2026", "W" * 300, "ᮘᮔ᮪ᮓᮥᮀ 2026"])
def test_a_title_stays_on_the_picture(language: str, title: str) -> None:
    image = opened(picture(VILLAGE, title, language))
    right = image.crop((WIDTH - 30, 0, WIDTH, 380)).convert("L")

    assert sum(right.histogram()[:251]) == 0


def test_the_same_places_are_the_same_picture() -> None:
    assert picture(VILLAGE, "Desa", "id") == picture(VILLAGE, "Desa", "id")
