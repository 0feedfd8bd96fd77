"""The watch over what people tell finds it in a log, a column, a journal and a temporary file."""

import io
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import structlog

import logs
from tests.canaries import Watch

NIK = "9901014101909001"


@pytest.mark.parametrize(
    "leak",
    [
        f"nik={NIK} ",
        "+62860-1234-5678",
        "086012345678",
        "SITI AMINAH",
        "siti aminah",
        b"Siti Aminah".hex(),
        NIK.encode().hex(),
        "https://api/bot1000000001:a-token-that-opens-nothing/getMe",
    ],
)
def test_a_leak_is_found(leak: str) -> None:
    watch = Watch()
    watch.look("log", b"before " + leak.encode() + b" after")

    assert (1, []) == (len(watch.found()), watch.found())


@pytest.mark.parametrize(
    "fine", ["************9001", "+62…826", "7399010141019090019", "NIK 16 digit", "99.01.01"]
)
def test_what_is_masked_or_an_id_is_no_leak(fine: str) -> None:
    watch = Watch()
    watch.look("log", fine.encode())

    assert [] == watch.found()


@pytest.mark.plants
def test_a_leak_in_a_line_of_the_log_is_found() -> None:
    log, watch = io.StringIO(), Watch()
    logs.configure(level="DEBUG", stream=log)
    structlog.get_logger().debug("worker.filed", reason=f"{NIK} is there")
    watch.look("log", log.getvalue().encode())

    assert 1 == len(watch.found())


def test_a_leak_in_a_plain_column_is_found_and_one_in_its_journal(
    sqlite_template: Path, tmp_path: Path
) -> None:
    path, watch = tmp_path / "bot.db", Watch()
    shutil.copy(sqlite_template, path)
    watch.look_through_sqlite(path, sqlite_template)
    assert [] == watch.found()
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("INSERT INTO key_checks VALUES (?, ?, NULL)", (NIK, b"Siti Aminah"))
        watch.look_through_sqlite(path, sqlite_template)
        assert any(leak.startswith("bot.db-wal: ") for leak in watch.found())
    watch.look_through_sqlite(path, sqlite_template)
    assert {"bot.db"} == {leak.partition(":")[0] for leak in watch.found()}


@pytest.mark.parametrize(
    "column", ["9901014101909001", r"\\x" + b"nik 9901014101909001".hex(), '"Siti Aminah"']
)
def test_a_leak_in_a_row_of_postgresql_is_found(column: str) -> None:
    watch = Watch()
    watch.look_through_row(rf'(86001,"{column}",t)')
    watch.look_through_row(r'(86001,"\\xa0860123456ff991234567890123456a",t)')

    assert 1 == len(watch.found())


def test_a_leak_in_a_temporary_file_or_its_name_is_found(tmp_path: Path) -> None:
    (tmp_path / f"{NIK}.csv").write_text("name;Siti Aminah")
    watch = Watch()
    watch.look_through_folder(tmp_path)

    assert 2 == len(watch.found())
