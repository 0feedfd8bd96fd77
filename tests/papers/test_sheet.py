"""The sheet: a list on A4, a code a row, on as many pages as it takes."""

import pypdfium2
import pytest

from locales import languages
from papers.drawing import A4, MM
from papers.sheet import MARGIN, ROWS, sheet
from papers.slip import Slip
from tests.papers.seen import LINK, letters, links, on_each_other, outside, rendered, siti, words
from tests.papers.test_slip import HOSTILE, VILLAGES


def village(count: int) -> list[Slip]:
    """Return so many people of one village."""
    return [
        siti(name=f"Pekerja {number}", reference=f"BPU-0000-{number:04}", link=f"{LINK[:-3]}{number:03}")
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (ROWS, 1), (ROWS + 1, 2), (100, 9)])
def test_a_list_takes_as_many_pages_as_it_needs(count: int, pages: int) -> None:
    pdf = sheet(village(count), "id")
    whole = " ".join(words(pdf, page) for page in range(pages))

    assert pages == len(pypdfium2.PdfDocument(pdf))
    assert [f"BPU-0000-{number:04}" for number in range(1, count + 1)] == [
        word for word in whole.split() if word.startswith("BPU-")
    ]
    assert f"halaman {pages} dari {pages}" in whole


def test_every_row_has_its_own_code() -> None:
    people = village(ROWS + 2)
    found = [link for page in rendered(sheet(people, "id")) for link in links(page)]

    assert [one.link for one in people] == found


@pytest.mark.parametrize("language", languages())
def test_no_name_leaves_its_row(language: str) -> None:
    rows = [siti(name=name, village=each) for name in HOSTILE.values() for each in VILLAGES][: ROWS // 2]
    found = letters(sheet(rows, language))

    assert [] == outside(found, (A4[0] * MM, A4[1] * MM), 8 * MM)
    assert [] == [one for one in found if one.left < MARGIN * MM - 1]
    assert [] == on_each_other(found)


@pytest.mark.parametrize("language", languages())
def test_each_page_says_whom_to_ask_and_what_to_do(language: str) -> None:
    pdf = sheet(village(ROWS + 1), language)

    for page in (0, 1):
        said = words(pdf, page)
        assert "175" in said
        assert "2 × 24" in said
        assert "…" not in said


def test_what_describes_the_file_names_nobody() -> None:
    pdf = sheet(village(3), "id")

    assert "Daftar pekerja yang didaftarkan (BPU)" == pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"]
    assert b"Pekerja 1" not in pdf
