"""The search that guards promises 19 and 20 finds what is planted: it must be able to turn red."""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.accounts import meet
from models.storage.database import Database
from tests.planted import files, found, rows
from tests.test_nothing_leaks import PLANTED, SITI


@pytest.mark.parametrize(
    "written",
    [
        "name=Ma'rufslamet",
        "KÊNANGAJAYA",
        "K\\u00eanangajaya",
        "Kenarilaut%2073",
        "Gang+Kenarilaut+73",
        "Ma&#x27;rufslamet",
        "0860 7391 4826",
        "+62 860-7391-4826",
        "6286073914826",
        "9901.0157.0890.9001",
        "x990101570890x",
        "bot1000000001%3AAAE-Tanpa_Rahasia",
        "zq83hfKw71LmPx05",
        "sitimunah.karto%40contohsurat.id".upper(),
        b"SITIMUNAH".hex(),
        b64encode(b"{nama: Kartosentono}").decode(),
        "Sitimunah".encode("utf-16"),
    ],
)
def test_a_planted_value_is_found_however_it_is_written(written: str | bytes) -> None:
    assert len(found(written if isinstance(written, bytes) else written.encode(), PLANTED)) >= 1


@pytest.mark.parametrize(
    "allowed", ["************9001", "+62…826", "BPU-7Q2K", "17 September 1990", "Rp1.237.500"]
)
def test_what_is_masked_or_nobodys_is_not_found(allowed: str) -> None:
    assert found(allowed.encode(), PLANTED) == []


@pytest.mark.plants
async def test_a_value_planted_in_a_column_or_a_file_name_is_found(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with database.begin() as db:
        await meet(db, {77: SITI["name"]}, datetime(2026, 11, 20, tzinfo=UTC))
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / f"{SITI['name']}.csv").touch()

    assert len(found(await rows(database_url), PLANTED)) >= 1
    assert len(found(files(tmp_path / "var"), PLANTED)) >= 1
