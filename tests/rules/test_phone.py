"""Phone numbers: what the library takes for a number and nobody meant is caught before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import phone
from rules.phone import Phone
from rules.refusal import Refused

SITI, BUDI = "+6286012345678", "+6286087654321"


@pytest.mark.parametrize(
    "typed",
    [
        "086012345678",
        "0860-1234-5678",
        "0860 1234 5678",
        "0860.1234.5678",
        "(0860) 1234-5678",
        "+62 860 1234 5678",
        "+62 860-1234-5678",
        "6286012345678",
        "86012345678",
        "+62 (0)860 1234 5678",
        "008 62 860 1234 5678",
        "wa.me/6286012345678",
        "https://wa.me/6286012345678?text=Halo%20Bu",
        "https://api.whatsapp.com/send?phone=6286012345678&text=Halo",
        "tel:+6286012345678",
        "０８６０１２３４５６７８",
        "٠٨٦٠١٢٣٤٥٦٧٨",
        "0860-1234-5678 (istri)",
        "nomor istri saya 0860-1234-5678",
        "No. HP/WA: 0860-1234-5678",
        "hp 086012345678",
        "0062 860 1234 5678",
        "001 62 860 1234 5678",
        "62 62 860 1234 5678",
        "+62 0860 1234 5678",
        "\u202a+62 860-1234-5678\u202c",
    ],
)
def test_a_mobile_number_is_read_however_it_is_written(typed: str) -> None:
    assert Phone(SITI) == phone.parse(typed)


@pytest.mark.parametrize("typed", ["0860123456", "08601234567", "086012345678", "0860123456789"])
def test_ten_to_thirteen_digits_are_a_mobile_number(typed: str) -> None:
    assert f"+62{typed[1:]}" == phone.parse(typed).e164


@pytest.mark.parametrize("prefix", ["0820", "0860", "0890"])
def test_there_is_no_list_of_operators(prefix: str) -> None:
    assert phone.parse(f"{prefix}00009000").e164.endswith("9000")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("0812345", "phone.too_short"),
        ("628123456", "phone.too_short"),
        ("6281234567", "phone.too_short"),
        ("62", "phone.too_short"),
        ("0812_3456", "phone.too_short"),
        ("08601234567890", "phone.too_long"),
        ("0860123O5678", "phone.letters"),
        ("086012s45678", "phone.letters"),
        ("(0262) 123456", "phone.landline"),
        ("021-5550123", "phone.landline"),
        ("+62 21 5550123", "phone.landline"),
        ("1500910", "phone.service"),
        ("0800 1234567", "phone.service"),
        ("14045", "phone.service"),
        ("110", "phone.service"),
        ("+60 12-345 6789", "phone.abroad"),
        ("0060 12 345 6789", "phone.abroad"),
        ("0840 1234 5678", "phone.not_mobile"),
        ("9901 0141 0190 9001", "phone.is_nik"),
        ("6208010101909001", "phone.is_nik"),
        ("", "phone.no_number"),
        ("tidak punya", "phone.no_number"),
    ],
)
def test_what_is_no_mobile_number_is_named(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        phone.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


@pytest.mark.parametrize(
    ("typed", "candidates"),
    [
        ("0860-1234-5678 / 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678, 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678; 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678 & 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678 atau 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678 punya istri 0860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678 0860-8765-4321", [SITI, BUDI]),
        ("+62 860-1234-5678\n+62 860-8765-4321", [SITI, BUDI]),
        ("0860-1234-5678 / 0860-1234-5678", [SITI]),
        ("086012345678/1", [SITI]),
        ("HP: 0860-1234-5678, WA sama", [SITI]),
        ("0860_1234_5678", [SITI]),
        ("0860-1234-5678 (2)", [SITI]),
        ("nomor 2: 0860-1234-5678", [SITI]),
    ],
)
def test_more_than_one_thing_is_asked_back(typed: str, candidates: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        phone.parse(typed)

    assert ("phone.which", {"candidates": candidates}) == (refusal.value.name, refusal.value.values)


def test_no_number_of_kalimantan_tengah_is_taken_for_a_phone() -> None:
    """Its province code is 62, like the country code."""
    for regency in range(100):
        with pytest.raises(Refused, match=r"phone\.is_nik"):
            phone.parse(f"62{regency:02}014101909001")


@pytest.mark.parametrize("number", ["6286012345678", "+6286012345678"])
def test_a_shared_contact_is_international_without_its_plus(number: str) -> None:
    assert Phone(SITI) == phone.contact(number)


def test_a_shared_contact_of_japan_is_no_indonesian_number() -> None:
    with pytest.raises(Refused, match=r"phone\.abroad"):
        phone.contact("819000000000")


@pytest.mark.parametrize(
    ("typed", "repeats"),
    [("086000000000", True), ("086011111111", True), ("0860222222", True), ("086012345678", False)],
)
def test_one_digit_over_and_over_is_asked_once(typed: str, repeats: bool) -> None:
    assert repeats == phone.repeated_digit(phone.parse(typed))


def test_others_see_only_the_end_of_a_number() -> None:
    siti = phone.parse("086012345678")

    assert "+62…678" == siti.masked
    assert "0860-1234-5678" == siti.shown
    assert SITI not in f"{siti} {siti!r}"


@given(
    st.one_of(
        st.text(), st.text("0126789+-() /_a"), st.from_regex(r"(\+62|0|62 )8[0-9 -]{6,14}", fullmatch=True)
    )
)
@settings(deadline=None, database=None)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        read = phone.parse(typed)
    except Refused:
        return
    assert read == phone.parse(read.e164) == phone.parse(read.shown)
