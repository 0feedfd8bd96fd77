"""The picture that hands a record over: a telephone reads its link, an eye the receipt number and the day."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image, ImageOps

from locales import languages
from papers.hand_over import LEAST, WIDTH, picture
from tests.papers.seen import LINK, links

REFERENCE, UNTIL = "BPU-7K3M-92QX", date(2026, 11, 27)


def drawn(language: str = "id", link: str = LINK) -> Image.Image:
    return Image.open(BytesIO(picture(link, REFERENCE, UNTIL, language)))


@pytest.mark.parametrize("language", languages())
def test_its_link_is_read_also_when_the_picture_is_shown_small(language: str) -> None:
    shown = drawn(language).convert("L")

    assert [LINK] == links(shown)
    assert [LINK] == links(shown.resize((shown.width // 3, shown.height // 3), Image.Resampling.LANCZOS))


def test_nothing_is_written_beyond_the_edge() -> None:
    box = ImageOps.invert(drawn().convert("L")).getbbox()

    assert box is not None
    assert LEAST <= min(box[:2])
    assert box[2] <= WIDTH - LEAST
    assert box[3] <= drawn().height - LEAST


def test_the_same_is_drawn_alike() -> None:
    assert picture(LINK, REFERENCE, UNTIL, "id") == picture(LINK, REFERENCE, UNTIL, "id")
