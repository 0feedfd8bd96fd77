"""Coverage for scripts: the counts of a place as JSON, and as a workbook."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from command_line import CannotDo, Open, Say, warn
from handlers.coverage import views
from handlers.coverage.files import table
from jobs.coverage import Coverage
from locales import SOURCE
from rules import regions
from settings import Settings


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add this command to the command line."""
    counts = commands.add_parser(
        "coverage", help="print the counts of a place, and write them as a workbook: coverage --region 3205"
    )
    counts.add_argument(
        "--region", default="", help="a code of 2, 4, 6 or 10 digits; all of Indonesia unless given"
    )
    counts.add_argument("--xlsx", type=Path, help="the workbook to write, without names or NIK")


async def obey(
    given: argparse.Namespace, settings: Settings, opened: Open, now: Callable[[], datetime], say: Say
) -> int:
    """Print the counts of a place as JSON, and write its workbook; what waits is counted first."""
    region: str = given.region
    if not (region == "" or regions.regions().knows(region)):
        raise CannotDo("--region must be a code of 2, 4, 6 or 10 digits; none is all of Indonesia.")
    async with opened(settings, announce=warn) as database:
        await Coverage(database, now).count()
        async with database.begin() as db:
            view = await views.read(db, region, now(), settings.timezone)
            content = None if given.xlsx is None else await table(db, view, SOURCE, officer=True)
    if content is not None:
        await asyncio.to_thread(_write, given.xlsx, content)
    say(views.as_json(view))
    return 0


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise CannotDo(f"{error.filename}: {error.strerror}.") from None
