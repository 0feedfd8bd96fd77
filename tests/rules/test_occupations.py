"""From everyday words to an occupation, and who is no BPU at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales import say
from rules.occupations import DRIVERS, ENOUGH, Occupation, find, groups, is_wage_earner, occupations, of_group


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("tukang baso", "tukang-bakso"),
        ("jualan bakso keliling", "tukang-bakso"),
        ("ojek online", "ojek"),
        ("Gojek", "ojek"),
        ("tukang ojeg", "ojek"),
        ("sopir angkot", "supir-angkutan"),
        ("supir truk", "supir-truk"),
        ("sopir mobil pribadi", "supir-pribadi"),
        ("antar paket", "kurir"),
        ("saya petani padi", "petani"),
        ("buruh tani", "buruh-tani"),
        ("nelayan kecil", "nelayan"),
        ("jualan cilok", "kuliner"),
        ("saya jualan nasi goreng di pasar", "kuliner"),
        ("tukang sayur keliling", "pedagang-keliling"),
        ("buka warung", "warung"),
        ("marbot mesjid", "marbot"),
        ("guru ngaji", "guru-ngaji"),
        ("pembantu rumah tangga", "art"),
        ("kuli bangunan", "kuli-bangunan"),
        ("tukang jait", "penjahit"),
        ("tukang pijit", "pijat"),
        ("bengkel motor", "montir"),
        ("service hp", "servis"),
        ("tukang rongsok", "pemulung"),
        ("pak rt", "rt-rw"),
        ("guru honor", "guru-honor"),
        ("laundri", "laundry"),
    ],
)
def test_everyday_words_find_their_occupation_first(words: str, expected: str) -> None:
    assert find(words)[0].occupation.id == expected


@pytest.mark.parametrize("one", [one for one in occupations().values() if one.words], ids=lambda one: one.id)
def test_each_everyday_word_of_the_table_finds_its_row(one: Occupation) -> None:
    missed = [word for word in one.words if one.id not in ids(word)]

    assert not missed


def ids(words: str) -> list[str]:
    """Return the ids found."""
    return [match.occupation.id for match in find(words)]


@pytest.mark.parametrize("words", ["supir", "sopir", "driver", "Saya supir"])
def test_a_bare_driver_is_asked_which(words: str) -> None:
    assert ids(words) == list(DRIVERS)
    assert len({match.score for match in find(words)}) == 1


@pytest.mark.parametrize("words", ["tukang", "jualan", "buruh", "asdfgh", "", "🙂", "saya"])
def test_words_that_say_nothing_find_nothing(words: str) -> None:
    assert find(words) == ()


@pytest.mark.parametrize(
    "words",
    [
        "karyawan pabrik",
        "pegawai toko",
        "buruh pabrik",
        "PNS",
        "asn",
        "TNI",
        "polri",
        "honorer kantor",
        "staf kantor",
    ],
)
def test_wage_earners_are_told_apart(words: str) -> None:
    assert is_wage_earner(words)
    assert find(words) == ()


@pytest.mark.parametrize("words", ["guru honorer", "petani", "tukang bakso", "buruh tani", "art", "marbot"])
def test_informal_workers_are_no_wage_earners(words: str) -> None:
    assert not is_wage_earner(words)


@given(st.text(max_size=200))
def test_whatever_is_written_is_answered_within_the_limits(words: str) -> None:
    matches = find(words, limit=3)

    assert all(ENOUGH <= match.score <= 100 for match in matches)


def test_the_likest_come_first_and_no_more_than_asked() -> None:
    matches = find("tukang bangunan", limit=2)

    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert len(matches) <= 2


def test_every_occupation_is_in_one_group() -> None:
    grouped = [one.id for group in groups() for one in of_group(group)]

    assert sorted(grouped) == sorted(occupations())


@pytest.mark.parametrize("one", occupations().values(), ids=lambda one: one.id)
def test_the_indonesian_label_is_that_of_the_table(one: Occupation) -> None:
    assert say("id", f"occupations.{one.id}") == one.label


@pytest.mark.parametrize("language", ["id", "en"])
def test_each_language_tells_the_occupations_and_groups_apart(language: str) -> None:
    labels = [say(language, f"occupations.{one}") for one in occupations()]
    headings = [say(language, f"occupations.group.{group}") for group in groups()]

    assert len(set(labels)) == len(labels) == 67
    assert len(set(headings)) == len(headings) == 17
