"""Opt-outs: by NIK, so that an import brings nobody's reminders back."""

from datetime import datetime

from models.reminding import opt_outs
from models.storage.database import Database

SITI = 86_001


async def test_a_stop_holds_until_it_is_lifted(database: Database, now: datetime) -> None:
    nik = database.keys.nik_index("9901014101909001")
    async with database.begin() as db:
        await opt_outs.stop(db, nik, SITI, now)
        await opt_outs.stop(db, nik, SITI, now)
        stopped = await opt_outs.is_stopped(db, nik)
        lifted = (await opt_outs.lift(db, [nik]), await opt_outs.lift(db, [nik]))

        assert (True, (1, 0)) == (stopped, lifted)
        assert not await opt_outs.is_stopped(db, nik)
