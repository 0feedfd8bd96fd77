"""What the bot says of itself: alive, ready, and numbers; and nothing of anybody."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from health.checks import Ready
from health.figures import Figures
from health.server import Health, serving
from jobs.alarms import Alarms
from models import quarantine
from models.backups.folder import Name
from models.owing.deliveries import Lane, Owed, Promise, owe
from models.storage.database import Database
from simulator.server import Simulator
from tests.planted import found
from tests.running import at, running

PLANTED = ("9901014101909001", "Siti Aminah", "+6286000000001", "Jalan Melati 7", "87001234")
LINE = re.compile(r"^(bpu_[a-z_]+)(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


@dataclass
class Watcher:
    """Who reads the pages; `pending` is what Telegram says."""

    url: str
    ready: Ready
    pending: int | None
    session: aiohttp.ClientSession

    async def page(self, path: str) -> tuple[int, str]:
        """Return what a page answers."""
        async with self.session.get(f"{self.url}{path}") as answer:
            return answer.status, await answer.text()

    async def figures(self) -> dict[str, float]:
        """Return each figure by its name and labels."""
        _, body = await self.page("/metrics")
        return {
            f"{name}{{{labels}}}" if labels else name: float(value)
            for name, labels, value in LINE.findall(body)
        }


@pytest.fixture
async def watcher(database: Database, tmp_path: Path, now: Any) -> AsyncIterator[Watcher]:
    """Somebody who watches a bot on this database."""
    ready = Ready(database, tmp_path)
    async with aiohttp.ClientSession() as session:
        one = Watcher("", ready, 3, session)

        async def pending() -> int | None:
            return one.pending

        figures = Figures(database, lambda: now, tmp_path, tmp_path / "backups", pending)
        async with serving(Health(ready, figures), "127.0.0.1", 0) as port:
            one.url = f"http://127.0.0.1:{port}"
            yield one


async def test_a_bot_that_can_work_is_ready(watcher: Watcher, database: Database) -> None:
    status, body = await watcher.page("/readyz")

    assert 200 == status
    for part in ('"running": true', '"database": true', '"revision": true', '"keys": true', '"disk": true'):
        assert part in body
    assert (200, "ok\n") == await watcher.page("/healthz")
    async with database.begin() as db:  # what was written was taken back
        assert 0 == await db.scalar(text("SELECT count(*) FROM seen_updates"))


async def test_telegram_away_is_told_apart(watcher: Watcher) -> None:
    watcher.pending = None
    status, body = await watcher.page("/readyz")

    assert (200, True) == (status, '"telegram": false' in body)
    assert 0.0 == (await watcher.figures())["bpu_telegram_up"]


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "revision"),
        ("UPDATE key_checks SET name = 'master 9' WHERE name = 'master 1'", "keys"),
        ("ALTER TABLE seen_updates RENAME TO away", "database"),
    ],
)
async def test_what_is_wrong_is_named_and_not_ready(
    watcher: Watcher, database: Database, wrong: str, check: str
) -> None:
    async with database.begin() as db:
        await db.execute(text(wrong))
    status, body = await watcher.page("/readyz")

    assert (503, True) == (status, f'"{check}": false' in body)
    assert 1 == body.count("false") - body.count('"ready": false')
    assert 200 == (await watcher.page("/healthz"))[0]


async def test_a_bot_that_stops_is_not_ready_any_more(watcher: Watcher) -> None:
    watcher.ready.stopping = True

    assert 503 == (await watcher.page("/readyz"))[0]


async def test_the_figures_are_those_of_the_database(
    watcher: Watcher, database: Database, files: Callable[..., Awaitable[Any]], now: Any, tmp_path: Path
) -> None:
    await files(87001234)
    waits = [
        Owed(lane, Promise.AT_LEAST_ONCE, f"{lane}", 87001234, "note", {"name": "Siti Aminah"}, now - wait)
        for lane, wait in ((Lane.REPLY, timedelta(minutes=9)), (Lane.BROADCAST, timedelta(minutes=-9)))
    ]
    async with database.begin() as db:
        await owe(db, database.keys, waits, now)
        await quarantine.put(db, database.keys, 1, 2, b"Siti Aminah", "Jalan Melati 7", 87001234, now)
    touch(tmp_path / "backups", str(Name(now - timedelta(hours=2), apart=False)))
    seen = await watcher.figures()

    assert (1, 540.0) == (seen['bpu_queue_due{lane="reply"}'], seen['bpu_queue_oldest_seconds{lane="reply"}'])
    assert (0, 1) == (seen['bpu_queue_due{lane="broadcast"}'], seen['bpu_queue_later{lane="broadcast"}'])
    assert (1, 1) == (seen["bpu_quarantine"], seen['bpu_applications{state="submitted"}'])
    assert 7200 == seen['bpu_backup_age_seconds{part="data"}']
    assert (3, 1) == (seen["bpu_pending_updates"], seen['bpu_alarm{kind="held_up"}'])
    assert 'bpu_backup_age_seconds{part="keys"}' not in seen


def touch(folder: Path, name: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).touch()


async def test_no_figure_no_label_and_no_check_tells_of_a_person(
    watcher: Watcher, database: Database, files: Callable[..., Awaitable[Any]], now: Any
) -> None:
    await files(87001234)
    async with database.begin() as db:
        await quarantine.put(db, database.keys, 1, 2, b"Siti Aminah", "Jalan Melati 7", 87001234, now)
    told = "".join([(await watcher.page(path))[1] for path in ("/metrics", "/readyz", "/healthz")])

    assert "bpu_applications" in told
    assert [] == found(told.encode(), PLANTED)
    labels = {label for _, labels, _ in LINE.findall(told) for label in re.findall(r'(\w+)="', labels)}
    assert labels <= {"lane", "state", "flow", "kind", "part", "how", "phase", "outcome", "job", "le"}


async def test_a_database_that_is_away_leaves_its_figures_out(watcher: Watcher, database: Database) -> None:
    async with database.begin() as db:
        await db.execute(text("ALTER TABLE quarantine RENAME TO away"))
    seen = await watcher.figures()

    assert 0.0 == seen["bpu_database_up"]
    assert "bpu_quarantine" not in seen


async def test_figures_are_not_asked_again_at_once(watcher: Watcher, database: Database) -> None:
    before = await watcher.figures()
    async with database.begin() as db:
        await db.execute(text("DROP TABLE quarantine"))
    after = await asyncio.gather(*(watcher.figures() for _ in range(5)))

    assert {before["bpu_quarantine"]} == {one["bpu_quarantine"] for one in after}


async def test_alarms_are_said_once_and_when_they_are_over(
    database: Database, now: Any, tmp_path: Path
) -> None:
    async with database.begin() as db:
        await quarantine.put(db, database.keys, 1, 2, b"{}", "error", None, now)
    touch(tmp_path, str(Name(now - timedelta(hours=27), apart=False)))
    moment = [now]
    job = Alarms(database, lambda: moment[0], tmp_path)
    with capture_logs() as said:
        await job.look()
        await job.look()
        moment[0] += timedelta(hours=1)
        await job.look()
        async with database.begin() as db:
            await quarantine.purge(db, now + timedelta(days=1))
        await job.look()

    both = [("alarm.raised", "backup"), ("alarm.raised", "quarantine")]
    assert [*both, *both, ("alarm.over", "quarantine")] == [(line["event"], line["kind"]) for line in said]


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_a_bot_that_runs_answers_and_tells_its_service_manager(tmp_path: Path) -> None:
    simulator, port = Simulator(), free_port()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        async with simulator.serve() as url, aiohttp.ClientSession() as session:
            where = at(simulator, url, "sqlite:///bot.db") | {
                "HEALTH": f"127.0.0.1:{port}",
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "WATCHDOG_USEC": "60000000",
            }
            async with running(tmp_path, "run", **where) as bot:
                await bot.says("The bot is running")
                heard = {await asyncio.to_thread(manager.recv, 99) for _ in range(2)}
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    ready = await answer.json()
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    body = await answer.text()
                ended = await bot.stopped()
            last = await asyncio.to_thread(manager.recv, 99)

    assert ({b"READY=1", b"WATCHDOG=1"}, b"STOPPING=1") == (heard, last)
    assert (True, True, 0) == (ready["ready"], ready["telegram"], ended.code)
    assert 'bpu_tick_seconds_count{job="housekeeping"}' in body
    assert "bpu_pending_updates 0.0" in body
