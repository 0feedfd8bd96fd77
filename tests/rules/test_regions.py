"""Places by code: their kind, where they lie, and the codes that only old NIKs carry."""

from collections import Counter

import pytest

from rules.refusal import Refused
from rules.regions import Place, find_places, find_villages, regions


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("32", "province"),
        ("3205", "regency"),
        ("3273", "regency"),
        ("320540", "kecamatan"),
        ("3205402002", "desa"),
        ("3672071004", "kelurahan"),
    ],
)
def test_a_code_says_what_kind_of_place_it_is(code: str, kind: str) -> None:
    assert regions().place(code).kind == kind


def test_fourteen_villages_are_desa_adat() -> None:
    kinds = Counter(regions().place(code).kind for code in regions().names if len(code) == 10)

    assert kinds == {"desa": 75_252, "kelurahan": 8_496, "desa adat": 14}


def test_a_place_knows_what_it_lies_in() -> None:
    village = regions().place("3205402002")

    assert (village.district, village.regency, village.province) == ("320540", "3205", "32")
    assert Place("32", "Jawa Barat").regency is None
    assert Place("3205", "Kabupaten Garut").district is None


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("3205402002", "Desa Cibiuk Kaler, Kec. Cibiuk, Kab. Garut"),
        ("3672071004", "Kel. Purwakarta, Kec. Purwakarta, Kota Cilegon"),
        ("320540", "Kec. Cibiuk, Kab. Garut"),
        ("3205", "Kab. Garut"),
        ("3273", "Kota Bandung"),
        ("3171", "Kota Jakarta Pusat"),
        ("34", "Daerah Istimewa Yogyakarta"),
    ],
)
def test_a_label_says_kind_kecamatan_and_regency(code: str, label: str) -> None:
    assert regions().path(code) == label


@pytest.mark.parametrize("code", ["7102112003", "7102112018", "9403012011", "9403012018"])
def test_two_villages_of_one_name_in_one_kecamatan_show_their_codes(code: str) -> None:
    assert f"({code})" in regions().path(code)


def test_no_label_fits_two_places_and_only_four_villages_need_their_code() -> None:
    labels = [(code, regions().path(code)) for code in regions().names]

    assert len({label for _, label in labels}) == len(labels)
    assert len([code for code, label in labels if f"({code})" in label]) == 4


def test_a_retired_code_of_papua_leads_to_the_code_of_today() -> None:
    assert regions().retired("9104")
    assert not regions().knows("9104")
    assert regions().current("9104") == "9401"


def test_a_code_of_today_is_its_own_current_code() -> None:
    assert regions().current("320540") == "320540"
    assert not regions().retired("320540")


@pytest.mark.parametrize("code", ["911344", "911818"])
def test_a_retired_code_without_a_place_of_today_is_known_as_retired(code: str) -> None:
    assert regions().retired(code)
    assert regions().current(code) is None


def test_an_unknown_code_is_nobodys() -> None:
    assert not regions().knows("99")
    assert not regions().retired("99")
    assert regions().current("99") is None
    with pytest.raises(KeyError):
        regions().place("99")


def test_the_villages_of_a_kecamatan_come_in_the_order_of_their_codes() -> None:
    villages = regions().villages_of("320540")

    assert [village.code for village in villages] == sorted(village.code for village in villages)
    assert {"Cibiuk Kaler", "Cibiuk Kidul", "Majasari"} < {village.name for village in villages}
    assert len(villages) == 5
    assert regions().villages_of("999999") == ()


def test_a_place_lists_the_places_one_level_below() -> None:
    assert len(regions().inside("")) == 38
    assert len(regions().inside("3205")) == 42
    assert regions().inside("3205402002") == ()


@pytest.mark.parametrize("query", ["", "su", " s-u ", "..", "🙂"])
def test_fewer_than_three_letters_are_too_few(query: str) -> None:
    with pytest.raises(Refused) as refused:
        find_villages(query)

    assert (refused.value.name, refused.value.values) == ("regions.too_short", {"least": 3})


def test_words_like_no_place_are_not_found() -> None:
    with pytest.raises(Refused, match=r"regions\.not_found") as refused:
        find_villages("xyzzyxq qqqq")

    assert refused.value.values == {"query": "xyzzyxq qqqq"}


def test_more_places_than_shown_are_announced() -> None:
    search = find_villages("sidomulyo")

    assert len(search.found) == 8
    assert search.more


def test_a_village_alone_is_not_followed_by_more() -> None:
    assert not find_villages("ngamprah bandung barat").more


def test_only_villages_are_found_where_a_village_is_asked() -> None:
    assert {len(found.code) for found in find_villages("purwakarta").found} == {10}


def test_the_name_of_a_kecamatan_finds_its_villages() -> None:
    found = [found.code[:6] for found in find_villages("cibuik garut").found]

    assert found == ["320540"] * 5


def test_places_of_one_level_can_be_asked_for() -> None:
    found = find_places("garut", levels=(4,)).found

    assert found[0].label == "Kab. Garut"
    assert {len(place.code) for place in found} == {4}
