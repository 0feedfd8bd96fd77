"""Finding a place by what people write: short forms, wrong letters, missing blanks, any order."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.refusal import Refused
from rules.regions import find_places, find_villages


def codes(query: str, near: str | None = None) -> list[str]:
    """Return the codes found, best first."""
    return [place.code for place in find_places(query, near=near, limit=10).found]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        pytest.param("tana bumbu", "6310", id="Kab. Tanah Bumbu"),
        pytest.param("cibuik garut", "320540", id="Kec. Cibiuk"),
        pytest.param("balubur limbangan", "320538", id="Kec. Bl. Limbangan"),
        pytest.param("cempaka putih jakpus", "317105", id="Kec. Cempaka Putih, once a miss"),
        pytest.param("jogja", "3471", id="Kota Yogyakarta, once a miss"),
        pytest.param("jabar", "32", id="Jawa Barat"),
        pytest.param("jateng", "33", id="Jawa Tengah"),
        pytest.param("jatim", "35", id="Jawa Timur"),
        pytest.param("ntt", "53", id="Nusa Tenggara Timur"),
        pytest.param("ntb", "52", id="Nusa Tenggara Barat"),
        pytest.param("kalsel", "63", id="Kalimantan Selatan"),
        pytest.param("jakpus", "3171", id="Kota Jakarta Pusat"),
        pytest.param("kota bandung", "3273", id="Kota Bandung"),
        pytest.param("tj. karang barat", "187103", id="Kec. Tanjungkarang Barat"),
        pytest.param("sungai alim ulu", "1209132001", id="Sei Alim Ulu written out"),
        pytest.param("sei alim ulu", "1209132001", id="Sei Alim Ulu"),
        pytest.param("seialimulu", "1209132001", id="Sei Alim Ulu without blanks"),
        pytest.param("se'i", "5302192007", id="an apostrophe is no river"),
        pytest.param("cibiuk kaler", "3205402002", id="the whole name"),
        pytest.param(
            "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut, Jawa Barat, Indonesia", "3205402002", id="full"
        ),
        pytest.param("garut cibiuk kaler", "3205402002", id="the regency first"),
        pytest.param("cibiuk kaler rt 03 rw 02 garut", "3205402002", id="with a house number"),
        pytest.param("CIBIUKKALER", "3205402002", id="capitals, no blank"),
        pytest.param("cibiuk klaer", "3205402002", id="swapped letters"),
        pytest.param("cibuk kaler grut", "3205402002", id="both wrong"),
        pytest.param("pasr rantau panjang", "1502051003", id="a word of the name is wrong"),
        pytest.param("ngamprah bandung barat", "3217062001", id="a village of its kecamatan's name"),
    ],
)
def test_what_people_write_finds_the_place_first(query: str, code: str) -> None:
    assert codes(query)[0] == code


def test_purwakarta_with_a_letter_missing_is_found_at_every_level() -> None:
    assert set(codes("purwkarta")[:4]) == {"3672071004", "321401", "367207", "3214"}


def test_sukamaju_in_garut_is_three_villages() -> None:
    search = find_villages("sukamaju garut")
    equal = [place.code for place in search.found if place.score == search.found[0].score]

    assert equal == ["3205132005", "3205192014", "3205372001"]


def test_the_province_comes_before_the_village_of_its_nickname() -> None:
    assert codes("jogja")[:3] == ["3471", "34", "1115012004"]


def test_among_equal_names_the_nearer_comes_first() -> None:
    assert codes("sukamaju", near="320537")[0] == "3205372001"
    assert [code[:4] for code in codes("sukamaju", near="3205")[:3]] == ["3205"] * 3


def test_nearness_counts_more_than_a_blank_between() -> None:
    assert codes("sukamaju", near="140111")[0] == "1401112006"


def test_nearness_does_not_beat_a_whole_name_by_a_part_of_one() -> None:
    assert codes("cibiuk kaler", near="3203")[0] == "3205402002"


def test_a_wrong_kecamatan_still_shows_the_villages_of_that_name() -> None:
    assert "3205132005" in codes("Desa Suka Maju, Kec. Cibiuk, Kab. Garut, Prov. Jawa Barat")


def test_a_guess_is_less_sure_than_what_was_written() -> None:
    guessed = find_places("Desa Suka Maju, Kec. Cibiuk, Kab. Garut").found[0]

    assert guessed.score < find_places("sukamaju garut").found[0].score == 100


def test_the_search_may_run_in_another_thread() -> None:
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(codes, ["cibiuk kaler", "cibiuk kidul"]))

    assert [best[0] for best in found] == ["3205402002", "3205402003"]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abdegikmnrstu '.,-/é0123456789🙂", max_size=60))
def test_whatever_is_written_is_answered_or_refused(query: str) -> None:
    with suppress(Refused):
        assert 0 < len(find_villages(query).found) <= 8
