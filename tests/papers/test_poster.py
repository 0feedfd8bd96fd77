"""The poster: read by a phone from a black and white print, and nothing on it runs into anything else."""

import pytest

from locales import languages
from papers.drawing import A4, MM
from papers.poster import MARGIN, poster
from tests.papers.seen import LINK, letters, links, on_each_other, outside, rendered, words

NAMES = ("Paguyuban Bakso Cibiuk", "Koperasi " + "Pedagang Kaki Lima Serba Usaha " * 2, "W" * 80)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", NAMES)
def test_it_invites_and_stays_on_its_page(language: str, name: str) -> None:
    pdf = poster(name, LINK, language)
    found = letters(pdf)

    assert [LINK] == [link for page in rendered(pdf, 100) for link in links(page)]
    assert [] == outside(found, (A4[0] * MM, A4[1] * MM), 10 * MM)
    assert [] == [one for one in found if one.left < MARGIN * MM - 3]  # a J hangs over
    assert [] == on_each_other(found)
    assert "175" in words(pdf)
    assert "…" not in words(pdf) or name == NAMES[2]
