"""The command line as an operator meets it: real processes, their exit codes, and what they print."""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp
import orjson
import pytest
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from bot import main
from models.accounts import Grant
from models.storage.database import open_database
from models.storage.keys import Keys
from running.stopping import STOPPED_BY_FORCE
from simulator.server import Simulator
from tests.running import Ended, at, bot, running
from tests.town import TOKEN

ROOT = Path(__file__).resolve().parent.parent
SECRET = "rahasia-sekali-0123456789"
READY = "The bot is running. Stop it with Ctrl-C."


def one_sentence(ended: Ended) -> str:
    """Return the sentence of a refused start: nothing else is on standard error, and no secret anywhere."""
    assert ended.code == 2, ended
    assert ended.err.count("\n") == 1, ended.err
    assert SECRET not in ended.err + ended.out

    return ended.err.strip()


async def roles(database_url: str, keys: Path) -> list[tuple[int, str]]:
    database = await open_database(database_url, keys, announce=lambda _: None)
    async with database.begin() as db:
        granted = [(one.account_id, one.role.value) for one in await db.scalars(select(Grant))]
    await database.close()
    return granted


async def test_help_names_every_command_and_what_a_beginner_must_set(tmp_path: Path) -> None:
    ended = await bot(tmp_path, "--help")

    assert (0, "") == (ended.code, ended.err)
    for command in (
        "demo",
        "run",
        "migrate",
        "grant",
        "revoke",
        "roles",
        "review",
        "audit",
        "keys",
        "pin",
        "coverage",
    ):
        assert f"\n  {command} " in ended.out
    for setting in ("BOT_TOKEN", "DATABASE_URL", "KEYS_FILE", "ADMIN_IDS", "TIMEZONE", "LOG_LEVEL", "PORT"):
        assert f"\n  {setting} " in ended.out
    assert max(map(len, ended.out.splitlines())) <= 100


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "BOT_TOKEN is missing"),
        ({"BOT_TOKEN": SECRET}, "BOT_TOKEN must look like 123456:ABC-DEF"),
        ({"BOT_API_URL": f"ftp://{SECRET}"}, "BOT_API_URL must be an http or https address"),
        ({"DATABASE_URL": f"mysql://bot:{SECRET}@db/bot"}, "DATABASE_URL must look like sqlite:///"),
        (
            {"DATABASE_URL": f"postgresql://bot:{SECRET}@db:port/bot"},
            "DATABASE_URL must look like sqlite:///",
        ),
        ({"TIMEZONE": SECRET}, "TIMEZONE must be a time zone such as Asia/Jakarta"),
        ({"LOG_LEVEL": SECRET}, "LOG_LEVEL must be one of DEBUG"),
        ({"PORT": SECRET}, "PORT must be a whole number"),
        ({"ADMIN_IDS": SECRET}, "ADMIN_IDS must be Telegram user ids"),
        ({"FLOOD_BURST": SECRET}, "FLOOD_BURST must be a whole number"),
        ({"FLOOD_PER_SECOND": SECRET}, "FLOOD_PER_SECOND must be a number above 0"),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, dict) else "",
)
def test_a_bad_setting_is_one_sentence(
    settings: dict[str, str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["run"], settings)
    printed = capsys.readouterr()

    assert one_sentence(Ended(code, printed.out, printed.err)).startswith(sentence)


async def test_a_bad_setting_leaves_nothing_behind(tmp_path: Path) -> None:
    refused = await bot(tmp_path, "run", BOT_TOKEN=SECRET)

    assert one_sentence(refused) == "BOT_TOKEN must look like 123456:ABC-DEF, as BotFather shows it."
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("command", "settings", "sentence"),
    [
        ("run", {"DATABASE_URL": "sqlite:///letter.txt"}, "file is not a database."),
        ("run", {"DATABASE_URL": "sqlite:///folder"}, "folder: Is a directory."),
        ("run", {"KEYS_FILE": "folder"}, "folder: Is a directory."),
        ("run", {"KEYS": SECRET}, "and a key."),
        ("migrate", {"DATABASE_URL": f"postgresql://bot:{SECRET}@127.0.0.1:1/bot"}, "Connection refused"),
    ],
)
async def test_what_cannot_be_opened_is_said_plainly(
    command: str, settings: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "letter.txt").write_text("Salam hangat dari Cibiuk.\n" * 40)
    refused = await bot(tmp_path, command, BOT_TOKEN=f"12345:{SECRET}", **settings)

    assert sentence in one_sentence(refused)


async def test_a_token_telegram_does_not_know_is_said_and_not_shown(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN).serve() as url:
        refused = await bot(tmp_path, "run", BOT_TOKEN=f"12345:{SECRET}", BOT_API_URL=url)

    assert one_sentence(refused) == "Telegram does not know this BOT_TOKEN."


async def test_nobody_at_the_address_of_telegram_is_said(tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{unused_port()}"
    refused = await bot(tmp_path, "run", BOT_TOKEN=f"12345:{SECRET}", BOT_API_URL=nobody)

    assert one_sentence(refused) == "Telegram does not answer at BOT_API_URL (NotConnected)."


async def test_migrate_fills_an_empty_database_and_a_second_time_changes_nothing(
    empty_url: str, tmp_path: Path
) -> None:
    first = await bot(tmp_path, "migrate", DATABASE_URL=empty_url, KEYS_FILE="keys")
    kept = (tmp_path / "keys").read_bytes()
    second = await bot(tmp_path, "migrate", DATABASE_URL=empty_url, KEYS_FILE="keys")

    assert (0, "", 0, "") == (first.code, first.err, second.code, second.err)
    assert first.out.startswith("New keys were written to keys. Copy them to a safe place now")
    assert second.out == "The database is up to date.\n"
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").read_bytes() == kept


async def test_an_operator_gives_and_takes_roles_and_all_of_it_is_on_record(
    empty_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"DATABASE_URL": empty_url, "KEYS_FILE": str(tmp_path / "keys")}

    async def says(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, words, environ)
        return code, capsys.readouterr().out.strip()

    nobody = await says("roles")
    await says("grant", "officer", "123", "--territory", "32.05", "--until", "2099-12-31")
    again = await says("grant", "officer", "123", "--territory", "3205", "--until", "2099-12-31")
    (one,) = (await says("roles"))[1].splitlines()
    taken, not_held = await says("revoke", "officer", "123"), await says("revoke", "officer", "123")
    shown = (await says("audit", "show"))[1].splitlines()
    holds = await says("audit", "verify")
    head = holds[1].rpartition(" ")[2]

    assert nobody[1].endswith(
        "Nobody has a role. Make the first administrator: bot.py grant administrator USER_ID"
    )
    assert (0, "123 was officer in 3205 (Kab. Garut) until 2099-12-31 before.") == again
    assert one.startswith("123          officer       in 3205 (Kab. Garut) until 2099-12-31, since ")
    assert ((0, "123 is no longer officer."), (1, "123 is not officer.")) == (taken, not_held)
    assert ["granted accounts:123", "revoked accounts:123"] == [" ".join(row.split()[4:6]) for row in shown]
    assert (0, True) == (holds[0], head.startswith("2:"))
    assert (await says("audit", "verify", "--head", head))[0] == 0
    cut, said = await says("audit", "verify", "--head", "3" + head[1:])
    assert (1, True) == (cut, "row 3 is missing or is not what was written" in said)
    assert "" == (await says("audit", "show", "--since", "2099-01-01"))[1]
    assert (1, "123 has no PIN.") == await says("pin", "reset", "123")


def test_a_key_file_without_an_audit_key_is_refused_until_one_is_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3", "KEYS_FILE": str(keys)}
    lines = Keys.generate().text().splitlines(keepends=True)
    keys.touch(0o600)
    keys.write_text("".join(line for line in lines if not line.startswith("audit")))

    def ended(*words: str) -> Ended:
        code = main(words, environ)
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    assert one_sentence(ended("roles")) == (
        "The keys have no key for the audit log. Make one with: bot.py keys add audit"
    )
    assert (0, "") == ((added := ended("keys", "add", "audit")).code, added.err)
    assert one_sentence(ended("keys", "add", "audit")).endswith("already; it stays as it is.")
    assert ended("roles").code == 0


def test_keys_are_looked_at_rotated_checked_and_retired(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3", "KEYS_FILE": str(keys)}

    def says(*words: str) -> tuple[int, str]:
        code = main(["keys", *words], environ)
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    main(["grant", "agent", "123"], environ)
    paper = tmp_path / "paper"
    paper.write_text(keys.read_text())
    assert says("backup", str(tmp_path / "private"))[0] == 0
    assert says("rotate")[1].startswith("master 2 seals now.")
    assert says("rotate", "audit")[1].startswith("audit 2 marks from now on.")
    assert says("rotate", "index")[1].startswith("index 2 is upon ")
    shown = [line.partition(",")[0].split()[:3] for line in says("status")[1].splitlines()[-7:]]

    assert [["audit", "1", "verifies"], ["audit", "2", "marks"], ["backup", "1", "seals"],
            ["index", "1", "indexes"], ["index", "2", "indexes"],
            ["master", "1", "opens"], ["master", "2", "seals"]] == shown  # fmt: skip
    assert main(["audit", "verify"], environ) == 0
    capsys.readouterr()
    assert (1, True) == ((old := says("check", str(paper)))[0], "master 2: missing in the copy." in old[1])
    assert says("check", str(keys))[1].endswith("The copy would do.\n")
    paper.write_text(Keys.generate().text())
    assert "master 1: WRONG." in says("check", str(paper))[1]
    assert says("retire", "1") == (2, says("retire", "1")[1])
    assert "may be needed until" in says("retire", "1")[1]
    assert "seals: rotate it first" in says("retire", "2")[1]
    assert "is there already" in says("backup", str(tmp_path / "private"))[1]
    assert {0o600} == {path.stat().st_mode & 0o777 for path in (keys, tmp_path / "private")}
    assert "SECRET" not in keys.read_text()


async def test_a_role_is_given_from_the_command_line(empty_url: str, tmp_path: Path) -> None:
    given = await bot(tmp_path, "grant", "agent", "123", DATABASE_URL=empty_url)

    assert (0, "") == (given.code, given.err)
    assert given.out.endswith("123 is now agent.\n")
    assert await roles(empty_url, tmp_path / "var" / "keys") == [(123, "agent")]


async def test_counts_are_told_to_a_script_and_written_as_a_workbook(empty_url: str, tmp_path: Path) -> None:
    told = await bot(tmp_path, "coverage", "--region", "3205", "--xlsx", "garut.xlsx", DATABASE_URL=empty_url)
    wrong = await bot(tmp_path, "coverage", "--region", "32x", DATABASE_URL=empty_url)
    counts = orjson.loads(told.out)

    assert (0, "3205", 0, 42_100) == (told.code, counts["region"], counts["active"], counts["goal"])
    assert (tmp_path / "garut.xlsx").read_bytes().startswith(b"PK")
    assert one_sentence(wrong).startswith("--region must be a code")


@pytest.mark.parametrize(
    ("wish", "why"),
    [(["boss", "123"], "invalid choice: 'boss'"), (["agent", "-5"], "whole"), (["agent", "1e3"], "whole")],
)
def test_a_role_or_an_id_that_cannot_be_is_refused(
    wish: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["grant", *wish], {})

    assert refused.value.code == 2
    assert why in capsys.readouterr().err


def without_plans(out: str) -> list[str]:
    """Return the lines a bot printed, but for those that tell of the day's reminders and of its audit log."""
    daily = ('"reminders.planned"', '"audit.head"')
    return [line for line in out.splitlines() if not any(event in line for event in daily)]


async def test_data_without_their_key_are_not_touched(tmp_path: Path) -> None:
    keys = tmp_path / "var" / "keys"
    await bot(tmp_path, "migrate")
    keys.unlink()
    missing = await bot(tmp_path, "run", BOT_TOKEN=TOKEN)
    Keys.generate().write(keys)
    wrong = await bot(tmp_path, "run", BOT_TOKEN=TOKEN)

    assert one_sentence(missing) == (
        "The key file var/keys is missing, and this database cannot be read without it."
    )
    assert one_sentence(wrong) == "The key `audit 1` is not the one this database was sealed with."


async def test_a_stop_answers_and_acknowledges_what_is_in_hand_and_leaves_the_rest(
    empty_url: str, tmp_path: Path
) -> None:
    simulator = Simulator(token=TOKEN, slow_repeats=False)
    siti, budi = simulator.person(first_name="Siti"), simulator.person(first_name="Budi")
    async with simulator.serve() as url:
        settings = at(simulator, url, empty_url)
        async with running(tmp_path, "run", ADMIN_IDS="77, 78", **settings) as first:
            await first.says(READY)

            def stop_again(_chat: int, _message: object) -> None:
                first.stop()
                if len(siti.heard) == 3:
                    budi.text("/start")

            simulator.on_sent(stop_again)
            siti.text("/daftar")
            siti.text("/start")
            ended = await first.end()
        simulator.telegram.listeners.clear()
        left = len(simulator.telegram.queue)
        async with running(tmp_path, "run", **settings) as second:
            simulator.on_sent(lambda _chat, _message: second.interrupt())
            again = await second.end()

    assert (0, "", 0, "") == (ended.code, ended.err, again.code, again.err)
    assert len(siti.heard) == 4
    assert "BPJS Ketenagakerjaan" in siti.heard[1]
    assert (left, len(budi.heard), len(simulator.telegram.queue)) == (1, 1, 0)
    assert await roles(empty_url, tmp_path / "var" / "keys") == [(77, "administrator"), (78, "administrator")]
    tables, keys, ready, stopping, *more = without_plans(ended.out)
    assert tables == "The database is empty: its tables are being made."
    assert keys.startswith("New keys were written to var/keys.")
    assert ready == without_plans(again.out)[0] == READY
    assert '"bot.stopping"' in stopping
    assert [line for line in more if '"bot.stopping"' not in line] == []


async def test_a_stop_that_hangs_ends_the_process_all_the_same() -> None:
    hangs = "import asyncio, running.stopping as it; it.end_within(0.1); asyncio.run(asyncio.Event().wait())"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", hangs, cwd=ROOT)

    assert STOPPED_BY_FORCE == await process.wait()


async def test_the_demonstration_says_where_it_is_and_how_to_stop_it(tmp_path: Path) -> None:
    port = unused_port()
    async with running(tmp_path, "demo", PORT=str(port)) as demo, aiohttp.ClientSession() as http:
        ready = await demo.says("ready")
        taken = await bot(tmp_path, "demo", PORT=str(port))
        async with http.get(f"http://127.0.0.1:{port}/") as page:
            status, html = page.status, await page.text()
        ended = await demo.stopped()

    assert ready == f"The demonstration is ready: http://127.0.0.1:{port}\n"
    assert one_sentence(taken).startswith(f"PORT {port} is taken on this computer")
    assert (200, True) == (status, "<title>" in html)
    assert (ended.code, ended.out, ended.err) == (0, f"{ready}Stop it with Ctrl-C.\n", "")
    assert (tmp_path / "var" / "demo" / str(port) / "keys").exists()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (["--text", "nowhere.txt"], "nowhere.txt: No such file or directory."),
        (["--text", "note.txt", "--segment", "colour=red"], "'colour=red' is no segment"),
        (["--text", "note.txt", "--except", "arrears=7"], "'arrears=7' is no segment"),
        (["--text", "note.txt"], "1 is neither officer nor administrator."),
    ],
)
def test_a_broadcast_that_cannot_be_is_refused_in_a_sentence(
    wish: list[str],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "note.txt").write_text("Kabar dari kantor", "utf-8")
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/bot.db", "KEYS_FILE": f"{tmp_path}/keys"}
    told = [str(tmp_path / word) if word.endswith(".txt") else word for word in wish]
    code = main(["broadcast", "--by", "1", *told], settings)

    assert 2 == code
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["work"], ["run", "--no-deliveries"]])
def test_several_processes_on_sqlite_are_refused(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"BOT_TOKEN": TOKEN, "DATABASE_URL": f"sqlite:///{tmp_path}/bot.sqlite3"}

    assert 2 == main(arguments, settings)
    assert "Several processes need PostgreSQL" in capsys.readouterr().err


async def test_a_webhook_is_set_at_the_start_and_a_stop_leaves_it(tmp_path: Path) -> None:
    simulator = Simulator(token=TOKEN)
    port = unused_port()
    hook = {
        "WEBHOOK_URL": f"http://127.0.0.1:{port}/kait",
        "WEBHOOK_SECRET": "rahasia_webhook-" + "0" * 16,
        "LISTEN": f"127.0.0.1:{port}",
    }
    async with simulator.serve() as url:
        settings = at(simulator, url, f"sqlite:///{tmp_path}/bot.sqlite3") | hook
        async with running(tmp_path, "run", **settings) as process:
            await process.says(f"Listening at 127.0.0.1:{port}")
            siti = simulator.person(first_name="Siti")
            siti.text("/start")
            while not siti.heard:  # noqa: ASYNC110 - as a person waits
                await asyncio.sleep(0.01)
            process.stop()
            process.stop()
            ended = await process.end()
        hooked = simulator.webhook.active

    assert (0, "") == (ended.code, ended.err)
    assert (True, 0) == (hooked, len(simulator.telegram.queue))


async def test_whoever_reads_only_the_first_lines_gets_no_fault(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "bot.py"),
        "texts",
        cwd=tmp_path,
        stdout=writing,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writing)
    _, complaints = await process.communicate()

    assert (141, b"") == (process.returncode, complaints)
