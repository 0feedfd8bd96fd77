"""The loop with the office, for stories: who is accepted, the file that goes out, the one that comes back."""

from sqlalchemy import select

from handlers.filing import filing_of
from jobs.exports import Exports
from jobs.imports import Imports
from models.applications import Application, move
from models.states import State
from models.workers import Worker
from tests.sheets.lists import csv_of
from tests.town import JAKARTA, Chat

WAY = {State.RETURNED: State.SUBMITTED, State.SUBMITTED: State.ACCEPTED, State.IN_REVIEW: State.ACCEPTED}


async def newest(chat: Chat) -> Application:
    """Return the application filed last."""
    async with chat.town.database.begin() as db:
        return (await db.scalars(select(Application).order_by(Application.id.desc()).limit(1))).one()


async def accept(chat: Chat) -> None:
    """Let the application filed last be corrected where it was returned, and accepted."""
    database, now = chat.town.database, chat.town.simulator.clock.now()
    application = await newest(chat)
    async with database.begin() as db:
        while application.state in WAY:
            to = WAY[application.state]
            application = await move(db, database.keys, application.id, to, by=chat.id, now=now)


async def make_files(chat: Chat) -> None:
    """Let what was asked for be made and sent, and those who changed since be told of."""
    office, clock = chat.town.office, chat.town.simulator.clock.now
    await Exports(chat.town.database, office.said, clock, JAKARTA).work()
    await chat.catches_up()


async def results(chat: Chat, told: str) -> None:
    """Send what the office answered about the person registered last: `Column = cell, Column = cell`."""
    await _send(chat, told, "hasil dari kantor")


async def payments(chat: Chat, told: str) -> None:
    """Send what the office received from the person registered last."""
    await _send(chat, told, "daftar pembayaran")


async def _send(chat: Chat, told: str, button: str) -> None:
    application = await newest(chat)
    key = await chat.town.key(application.worker_id)
    async with chat.town.database.begin() as db:
        worker = await db.get_one(Worker, application.worker_id)
    cells = dict(each.split(" = ") for each in told.split(", "))
    content = csv_of([["NIK", *cells], [worker.opened(key, "nik"), *cells.values()]])
    await chat.does(lambda phone: phone.file("document", content, "jawaban.csv"))
    await chat.taps(button)
    office, clock = chat.town.office, chat.town.simulator.clock.now
    await Imports(chat.town.database, office.fetch, office.said, clock, JAKARTA, filing_of).work()
    await chat.catches_up()
