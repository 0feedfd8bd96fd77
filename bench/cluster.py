"""A PostgreSQL of one's own in a temporary folder, that may be crashed; it needs the server's programs."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
OWNER: Final = "postgres"
SETTINGS: Final = """
listen_addresses = '127.0.0.1'
max_connections = 150
shared_buffers = 64MB
deadlock_timeout = 50ms
"""


class Missing(Exception):
    """What this machine lacks, in plain words."""


class Cluster:
    """A server: `crash` stops it as a power failure of its processes would, `start` recovers it."""

    def __init__(self, folder: Path, programs: Path, port: int) -> None:
        self.server = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        self.port = port
        self.folder = folder
        self._programs = programs

    async def start(self) -> None:
        """Start, and return when it answers."""
        log = str(self.folder / "log")
        await self._control("start", "-l", log, "-w", "-t", "60")

    async def crash(self) -> None:
        """Stop at once: no checkpoint, nothing written that was not."""
        await self._control("stop", "-m", "immediate", "-t", "60")

    async def _control(self, *what: str) -> None:
        command = _as_owner(str(self._programs / "pg_ctl"), "-D", str(self.folder / "data"), "-s", *what)
        process = await asyncio.create_subprocess_exec(
            *command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        if await process.wait():
            raise RuntimeError(f"pg_ctl {what[0]} failed")


@asynccontextmanager
async def cluster() -> AsyncIterator[Cluster]:
    """Yield a server that runs; it and its data are gone afterwards. Raises Missing."""
    programs = found()
    everybodys = "/tmp" if os.geteuid() == 0 else None  # noqa: S108  the server's user must get there
    folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir=everybodys))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, OWNER)
        made = Cluster(folder, programs, _free_port())
        await asyncio.to_thread(_initialise, folder, programs, made.port)
        await made.start()
        try:
            yield made
        finally:
            await made.crash()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def found() -> Path:
    """Return the folder of the server's programs; raise Missing with what is not there."""
    beside = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in ([Path(beside).resolve().parent] if beside else []) + installed:
        if all((folder / name).exists() for name in PROGRAMS):
            break
    else:
        raise Missing(f"PostgreSQL's own programs ({', '.join(PROGRAMS)}) are not installed.")
    if os.geteuid() == 0 and (shutil.which("runuser") is None or not _known(OWNER)):
        raise Missing(f"root cannot run PostgreSQL, and there is no runuser or no user {OWNER}.")
    return folder


def _known(user: str) -> bool:
    return any(line.startswith(f"{user}:") for line in Path("/etc/passwd").read_text("utf-8").splitlines())


def _as_owner(*command: str) -> tuple[str, ...]:
    return ("runuser", "-u", OWNER, "--", *command) if os.geteuid() == 0 else command


def _initialise(folder: Path, programs: Path, port: int) -> None:
    data = folder / "data"
    command = _as_owner(
        str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", OWNER, "-E", "UTF8", "--no-sync"
    )
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own words
    settings = f"{SETTINGS}\nport = {port}\nunix_socket_directories = '{folder}'\n"
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(settings)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
