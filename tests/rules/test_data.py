"""The dated tables: complete, consistent, and the files that their page describes."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from rules.occupations import occupations
from rules.regions import regions
from rules.tariff import brackets, reliefs

DATA = Path(__file__).parents[2] / "rules" / "data"


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "name", ["tariff.csv", "relief.csv", "regions.csv.gz", "retired_regions.csv", "occupations.csv", "NOTICE"]
)
def test_a_file_is_the_one_its_page_describes(name: str) -> None:
    page = (DATA / "README.md").read_text("utf-8")
    line = next(line for line in page.splitlines() if line.startswith(f"| `{name}`"))

    assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() in line


def test_the_regions_unpacked_are_those_of_the_page() -> None:
    unpacked = hashlib.sha256(gzip.decompress((DATA / "regions.csv.gz").read_bytes())).hexdigest()

    assert unpacked in (DATA / "README.md").read_text("utf-8")


def test_the_tariff_has_33_rows_that_rise() -> None:
    table = brackets()

    assert len(table) == 33
    assert table[0].income_min == 0
    assert all(low.income_min < high.income_min and low.base < high.base for low, high in pairwise(table))


def test_each_base_follows_the_pattern_of_the_annex() -> None:
    steps = [row.base - row.income_min for row in brackets()]

    assert steps == [1_000_000, *[100_000] * 8, *[250_000] * 11, *[500_000] * 13]


def test_jkk_is_one_percent_of_the_base_jht_two_and_jkm_the_same_for_all() -> None:
    assert all(row.jkk * 100 == row.base and row.jht == 2 * row.jkk for row in brackets())
    assert {row.jkm for row in brackets()} == {6_800}


def test_every_cut_leaves_whole_rupiah() -> None:
    cuts = [row.jkk * relief.jkk_factor for row in brackets() for relief in reliefs()]
    cuts += [row.jkm * relief.jkm_factor for row in brackets() for relief in reliefs()]

    assert all(cut == int(cut) for cut in cuts)


def test_the_months_of_a_relief_are_valid_and_do_not_overlap_in_a_sector() -> None:
    by_sector: dict[str, list[tuple[date, date]]] = {}
    for relief in reliefs():
        by_sector.setdefault(relief.sector, []).append((relief.valid_from, relief.valid_to))

    assert all(first <= last for months in by_sector.values() for first, last in months)
    assert all(one[1] < other[0] for months in by_sector.values() for one, other in pairwise(sorted(months)))
    assert by_sector.keys() == {"transport", "other"}


def test_a_relief_never_excludes_money_that_is_unsettled() -> None:
    assert all(not relief.excluded & relief.unsettled for relief in reliefs())


def test_there_are_as_many_regions_as_the_decree_counts() -> None:
    assert Counter(map(len, regions().names)) == {2: 38, 4: 514, 6: 7_285, 10: 83_762}


def test_every_region_is_in_a_region_and_no_code_stands_twice() -> None:
    names = regions().names
    parents = {code[: {4: 2, 6: 4, 10: 6}[len(code)]] for code in names if len(code) > 2}
    with gzip.open(DATA / "regions.csv.gz", "rt", encoding="utf-8", newline="") as file:
        listed = [row["kode"] for row in csv.DictReader(file)]

    assert parents <= names.keys()
    assert len(listed) == len(set(listed)) == len(names)


def test_regencies_are_kabupaten_or_kota() -> None:
    kinds = Counter(name.split()[0] for code, name in regions().names.items() if len(code) == 4)

    assert kinds == {"Kabupaten": 416, "Kota": 98}


def test_codes_are_digits_and_names_have_no_loose_blanks() -> None:
    assert all(code.isdecimal() and code.isascii() for code in regions().names)
    assert [name for name in regions().names.values() if name != " ".join(name.split())] == []


def test_no_retired_code_is_alive() -> None:
    assert [row["old_code"] for row in rows("retired_regions.csv") if regions().knows(row["old_code"])] == []


def test_every_new_code_is_alive_and_used_once() -> None:
    new = [row["new_code"] for row in rows("retired_regions.csv") if row["new_code"]]

    assert all(map(regions().knows, new))
    assert len(new) == len(set(new)) == 612


def test_retired_codes_are_26_regencies_and_588_kecamatan() -> None:
    assert Counter(len(row["old_code"]) for row in rows("retired_regions.csv")) == {4: 26, 6: 588}


def test_only_two_retired_codes_have_no_place_of_today() -> None:
    lost = [row["old_code"] for row in rows("retired_regions.csv") if row["match"] == "none"]

    assert lost == ["911344", "911818"]
    assert all(regions().current(code) is None for code in lost)


def test_swapping_the_prefix_would_be_wrong_for_many_kecamatan() -> None:
    matched = [row for row in rows("retired_regions.csv") if len(row["old_code"]) == 6 and row["new_code"]]

    assert sum(row["old_code"][-2:] == row["new_code"][-2:] for row in matched) == 355
    assert len(matched) == 586


def test_occupations_have_ids_sectors_and_hints_from_the_lists() -> None:
    table = rows("occupations.csv")

    assert len({row["id"] for row in table}) == len(table) == 67
    assert Counter(row["sector"] for row in table) == {"transport": 6, "other": 61}
    assert Counter(row["segment_hint"] for row in table) == {"bpu": 60, "pu_village": 4, "ask": 3}
    assert len({row["group"] for row in table}) == 17
    assert table[-1]["id"] == "lainnya"


def test_no_everyday_word_stands_in_two_rows() -> None:
    words = Counter(word for one in occupations().values() for word in one.words)

    assert sum(words.values()) == 276
    assert max(words.values()) == 1


def test_a_bare_trade_word_is_no_everyday_word() -> None:
    words = {word for one in occupations().values() for word in one.words}

    assert not words & {"tukang", "buruh", "jualan", "penjual", "pedagang"}


@pytest.mark.parametrize("name", ["eligibility.csv", "tariff_doubts.csv", "relief.csv"])
def test_every_dated_row_says_how_sure_it_is_when_it_was_checked_and_by_what(name: str) -> None:
    table = rows(name)

    assert table
    assert all(row["certainty"] in {"A", "B", "C", "X"} for row in table)
    assert all(date.fromisoformat(row["checked_on"]) for row in table)
    assert all(len(row["source"]) > 10 for row in table)


def test_the_doubtful_brackets_begin_with_a_bracket_of_the_table() -> None:
    assert {int(row["income_min"]) for row in rows("tariff_doubts.csv")} <= {
        one.income_min for one in brackets()
    }


def test_every_nickname_means_a_region_of_today() -> None:
    table = rows("place_nicknames.csv")

    assert all(regions().knows(row["code"]) and len(row["code"]) in (2, 4) for row in table)
    assert len({(row["nickname"], row["code"]) for row in table}) == len(table)


def test_a_short_form_stands_for_one_word_that_is_no_short_form() -> None:
    meant = {row["written"]: row["meant"] for row in rows("place_words.csv")}

    assert len(meant) == len(rows("place_words.csv"))
    assert not meant.keys() & set(meant.values())
    assert all(re.fullmatch("[a-z]+", word) for pair in meant.items() for word in pair)
