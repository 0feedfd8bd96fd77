"""Names: kept as typed, refused with the reason, compared without regard to spelling."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales import say
from rules import names
from rules.refusal import Refused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Siti Aminah", "Siti Aminah"),
        ("SITI AMINAH", "SITI AMINAH"),
        ("siti aminah", "Siti Aminah"),
        ("  Siti   Aminah\n", "Siti Aminah"),
        ("Sukarno", "Sukarno"),
        ("ma'ruf al-amin", "Ma'ruf Al-Amin"),
        ("Ma’ruf", "Ma'ruf"),
        ("Ma`ruf", "Ma'ruf"),
        ("Maʼruf", "Ma'ruf"),
        ("Nur–Aini", "Nur-Aini"),
        ("M. Ridwan", "M. Ridwan"),
        ("M.Ridwan", "M.Ridwan"),
        ("H Ahmad", "H Ahmad"),
        ("R. Soekarno", "R. Soekarno"),
        ("I Gusti Ngurah Rai", "I Gusti Ngurah Rai"),
        ("Nurul H.", "Nurul H."),
        ("Élodie Müller", "Élodie Müller"),
        ("Nguyễn Văn", "Nguyễn Văn"),
        ("Ｓｉｔｉ", "Siti"),
        ("Si\u200bti", "Siti"),
        ("Siti, Aminah", "Siti, Aminah"),
        ("Ahmad SE", "Ahmad SE"),
        ("Haji", "Haji"),
        ("Ai", "Ai"),
    ],
)
def test_a_name_is_kept_as_on_the_ktp(typed: str, kept: str) -> None:
    assert kept == names.parse(typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", "names.too_short"),
        ("A", "names.too_short"),
        ("...", "names.too_short"),
        ("a" * 101, "names.too_long"),
        ("Siti 4minah", "names.digits"),
        ("9901014101909001", "names.digits"),
        ("Иван", "names.other_script"),
        ("سيتي", "names.other_script"),
        ("ꦱꦶꦠꦶ", "names.other_script"),
        ("Siti 😀", "names.other_mark"),
        ("<b>Siti</b>", "names.other_mark"),
        ("@siti", "names.other_mark"),
        ("Siti/Aminah", "names.other_mark"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(typed: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        names.parse(typed)

    assert name == refusal.value.name
    assert all(say(language, name, **refusal.value.values) for language in ("id", "en"))


@pytest.mark.parametrize(
    ("typed", "title", "name"),
    [
        ("H. Ahmad Fauzi", "H.", "Ahmad Fauzi"),
        ("H.Ahmad Fauzi", "H.", "Ahmad Fauzi"),
        ("Hj. Siti Aminah", "Hj.", "Siti Aminah"),
        ("hj siti aminah", "hj", "siti aminah"),
        ("Haji Lulung", "Haji", "Lulung"),
        ("K.H. Ahmad", "K.H.", "Ahmad"),
        ("Dr. Budi Santoso", "Dr.", "Budi Santoso"),
        ("Drs. H. Budi", "Drs., H.", "Budi"),
        ("Ir Budi", "Ir", "Budi"),
        ("Bapak Budi", "Bapak", "Budi"),
        ("Siti Aminah, S.Pd", "S.Pd", "Siti Aminah"),
        ("Siti Aminah S.Pd.", "S.Pd.", "Siti Aminah"),
        ("Siti Aminah, S. Pd.", "S. Pd.", "Siti Aminah"),
        ("Siti Aminah,SE", "SE", "Siti Aminah"),
        ("Dr. Budi Santoso, S.Pd., M.Si.", "Dr., S.Pd., M.Si.", "Budi Santoso"),
        ("Rina, A.Md.Keb", "A.Md.Keb", "Rina"),
    ],
)
def test_a_title_is_named_and_the_name_shown_without_it(typed: str, title: str, name: str) -> None:
    with pytest.raises(Refused) as refusal:
        names.parse(typed)

    assert ("names.title", {"title": title, "name": name}) == (refusal.value.name, refusal.value.values)
    assert names.parse(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SITI AMINAH", "Siti Aminah"),
        ("Ma'ruf", "MARUF"),
        ("Ma’ruf", "Ma'ruf"),
        ("Abdul-Rahman", "Abdul  Rahman"),
        ("M. Ridwan", "M Ridwan"),
        ("Élodie", "Elodie"),
    ],
)
def test_two_spellings_are_one_name(one: str, other: str) -> None:
    assert names.same(one, other)


def test_two_names_are_not_one() -> None:
    assert not names.same("Siti Aminah", "Siti Aminih")


@given(
    st.one_of(
        st.text(), st.text("aS iß'.,-H’é", max_size=30), st.text(st.characters(categories=("Ll", "Mn")))
    )
)
@settings(deadline=None, database=None)
def test_any_text_is_read_or_refused(typed: str) -> None:
    assert names.same(typed, typed)
    try:
        name = names.parse(typed)
    except Refused:
        return
    assert name == names.parse(name)
    assert names.same(name, typed)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Siti Aminah", "Siti"),
        ("Slamet", "Slamet"),
        ("Hj. Rahayu Lestari, S.Pd", "Rahayu"),
        ("M. Ridwan", "M."),
        ("-", "-"),
    ],
)
def test_a_stranger_reads_the_first_word_of_a_name(name: str, word: str) -> None:
    assert word == names.first_word(name)
