"""The slip: all that is asked for, on one small page, whatever names people and villages have."""

from datetime import date

import pypdfium2
import pytest

from locales import languages
from papers.drawing import A6, MM
from papers.slip import MARGIN, slips
from tests.papers.seen import LINK, letters, links, on_each_other, outside, rendered, siti, words

HOSTILE = {
    "one letter as often as a name may have": "W" * 100,
    "one word": "Sukarnowatiningsihrahayukusumaningratdiningrat" * 2,
    "many words": "Raden Ajeng Siti Nurhaliza Kusumaningtyas binti Haji Abdul Karim Wiryodiningrat Said M"[
        :100
    ],
    "two letters": "Oo",
    "marks": "Ni Wayan D'Aróng-Òdé Şahin",
    "a script the typeface has not": "ᮘᮔ᮪ᮓᮥᮀ Ḍewi",
}
VILLAGES = (
    "Desa Oo, Kec. Oo, Kab. Oo",
    "Desa Persiapan Transmigrasi Kampung Pasir Panjang Baru Selatan, Kec. Kepulauan Aruah Tenggara "
    "Utara, Kab. Kepulauan Tanimbar Selatan Barat Daya, Provinsi Papua Pegunungan Tengah",
    "D" * 200,
)


@pytest.mark.parametrize("language", languages())
def test_a_slip_says_all_that_is_asked_for(language: str) -> None:
    said = words(slips([siti()], language))
    wanted = {
        "id": ("BPU-7K3M-92QX", "Siti Aminah", "************9001", "Desa Cibiuk Kaler", "dana desa",
               "Desember 2026 sampai Mei 2027 (6 bulan)", "175", "2 × 24 jam", "ahli waris", "kantor desa",
               "Bukan kartu peserta"),
        "en": ("BPU-7K3M-92QX", "Siti Aminah", "************9001", "Desa Cibiuk Kaler", "dana desa",
               "December 2026 to May 2027 (6 months)", "175", "2 × 24 hours", "heirs", "village office",
               "Not a member card"),
    }  # fmt: skip

    assert [] == [each for each in wanted[language] if each not in said], said


def test_one_month_is_one_month() -> None:
    assert "November 2026 (1 bulan)" in words(slips([siti(first_month=date(2026, 11, 1), months=1)], "id"))


@pytest.mark.parametrize("dots", [150, 300])
def test_the_code_is_read_back_from_what_is_printed(dots: int) -> None:
    (page,) = rendered(slips([siti()], "id"), dots)
    black_and_white = page.convert("L").point(lambda grey: 255 * (grey > 127))

    assert [LINK] == links(page)
    assert [LINK] == links(black_and_white)


def test_the_longest_name_a_bot_can_have_still_fits_into_a_code() -> None:
    longest = f"https://t.me/{'b' * 29}bot?start=s{'x' * 22}"
    (page,) = rendered(slips([siti(link=longest)], "id"), 200)

    assert [longest] == links(page)


def test_nothing_on_it_needs_colour() -> None:
    (page,) = rendered(slips([siti()], "id"), 100)

    red, green, blue = (colour.tobytes() for colour in page.convert("RGB").split())

    assert red == green == blue


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("village", VILLAGES, ids=["short", "four lines", "no blank"])
def test_no_name_leaves_its_place(language: str, name: str, village: str) -> None:
    payer = "donor" if language == "en" else "apbdes"
    pdf = slips([siti(name=name, village=village, payer=payer)], language)
    found = letters(pdf)
    page = (A6[0] * MM, A6[1] * MM)

    assert [] == outside(found, page, MARGIN * MM - 2)
    assert [] == on_each_other(found)
    assert [LINK] == links(rendered(pdf)[0])


@pytest.mark.parametrize("language", languages())
def test_advice_is_never_cut(language: str) -> None:
    assert "…" not in words(slips([siti()], language))


def test_a_name_of_another_script_is_written_as_far_as_it_can_be() -> None:
    said = words(slips([siti(name="Ḍewi Ōtani")], "id"))

    assert "Dewi" in said
    assert "tani" in said


def test_many_slips_are_a_page_each_in_their_order() -> None:
    names = [f"Pekerja {letter}" for letter in "ABCDE"]
    pdf = slips([siti(name=name) for name in names], "id")

    assert names == [name for page, name in enumerate(names) if name in words(pdf, page)]
    assert 5 == len(pypdfium2.PdfDocument(pdf))


def test_what_describes_the_file_names_nobody() -> None:
    pdf = slips([siti()], "id")
    described = pypdfium2.PdfDocument(pdf).get_metadata_dict()

    assert "Slip pendaftaran BPU" == described["Title"]
    assert [] == [value for value in described.values() for told in ("Siti", "9001", "7K3M") if told in value]
    assert b"Siti" not in pdf
    assert pdf == slips([siti()], "id")
