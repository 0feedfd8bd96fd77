"""A returned application, for its sender: exactly the questions named are asked again, then it is sent."""

from typing import Any

from telegram import Update

from conversations.engine import Words
from conversations.registration import registration
from conversations.repair import APPLICATION, repair, to_repair
from handlers.batch import Context, Place
from handlers.filing import filing_of
from handlers.render import Teller, id_of
from models import dialogues
from models.applications import Application, key_of
from models.office import repairs, returned


async def tapped(update: Update, context: Context) -> None:
    """Begin the repair of the sender's own returned application, or go on with it."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    number = (*(query.data or "").split("|"), "", "")[3]
    batch, wanted = context.batch, id_of(number)
    found = None if wanted is None else await repairs.of_sender(batch.db, wanted, context.account.id)
    if found is None:
        context.say(context.words("status.nothing_to_repair"))
        if context.place is not None:
            context.show(context.place.turn())
    elif not await _goes_on(context, found):
        await _begin(context, found)


async def _goes_on(context: Context, application: Application) -> bool:
    """Go on with a repair of this application that was begun before."""
    batch = context.batch
    for opened in await dialogues.open_ones(batch.db, batch.keys, context.account.id):
        place = batch.place_of(opened)
        if opened.flow == repair.name and place.draft.answers.get(APPLICATION) == application.id:
            context.stand_at(place)
            context.show(place.turn())
            return True
    return False


async def _begin(context: Context, application: Application) -> None:
    batch = context.batch
    key = await key_of(batch.db, batch.keys, application.worker_id)
    given = await returned.last(batch.db, application.id, key)
    told: Any = application.told(key)
    context.begin(repair, to_repair(told, given.steps, application.id))


async def file(context: Context, place: Place) -> None:
    """What follows from a finished repair: the application waits for the office again."""
    batch = context.batch
    answers = registration.live(place.draft.answers)
    wanted = place.draft.answers[APPLICATION]
    application = await repairs.of_sender(batch.db, wanted, context.account.id)
    await dialogues.forget(batch.db, place.dialogue)
    context.stand_at(None)
    if application is None:
        context.say(context.words("status.nothing_to_repair"))
        return
    filing = filing_of(answers, batch.today)
    await repairs.repair(batch.db, batch.keys, application, filing, registration.version, batch.now)
    words = Words("status.repaired", {"reference": application.reference, "name": answers["name"]})
    context.say(Teller(context.language).html(words))
