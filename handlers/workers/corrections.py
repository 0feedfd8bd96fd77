"""Putting one's own data right, from /data_saya: at once while the office has not acted, later by the office.

Buttons carry `v1|l|c|apps`, `v1|l|c|app|<application>` and `v1|l|c|step|<application>|<question>`.
"""

from typing import Any

from telegram import Update

from conversations.correction import changed, correctable, correction, with_changes
from conversations.engine import Words
from conversations.registration import addressed, registration
from conversations.repair import APPLICATION, to_repair
from handlers import filing
from handlers.batch import Context, Place
from handlers.filing import filing_of
from handlers.news import tell_officers
from handlers.render import Teller, base36, id_of, rows
from models import dialogues
from models.applications import Application, key_of
from models.privacy import corrections
from models.privacy.alarms import ASKED
from models.trust.audit import Act
from post.keyboards import Button, Inline

LISTED = 20
"""How many registrations have a button, the newest first."""


async def tapped(update: Update, context: Context) -> None:
    """Choose a registration, then a question; only the sender's own are ever looked at."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code, step, *_ = [*(query.data or "").split("|")[3:], "", "", ""]
    own = await corrections.correctable(context.batch.db, context.account.id)
    if action == "apps":
        await _choose(context, own)
        return
    application = next((each for each in own if each.id == id_of(code)), None)
    if application is None:
        context.say(context.words("correction.gone"))
    elif action == "step":
        await _begin(context, application, step)
    else:
        await _questions(context, application)


async def _choose(context: Context, own: list[Application]) -> None:
    if not own:
        context.say(context.words("correction.none"))
        return
    newest = own[::-1][:LISTED]
    named = zip(newest, await filing.names(context, newest), strict=True)
    buttons = [
        (Button(f"{one.reference} · {name}", data=f"v1|l|c|app|{base36(one.id)}"),) for one, name in named
    ]
    context.say(context.words("correction.which"), Inline(tuple(buttons)), fleeting=True)


async def _questions(context: Context, application: Application) -> None:
    """Offer the questions of a registration; it says whether the office has to agree."""
    told = await _told(context, application)
    teller, about = Teller(context.language, registration.wording), addressed(told)
    steps = {step.name: step for step in registration.steps}
    buttons = [
        Button(
            teller.plain(Words(f".{steps[name].stem}.label", {"n": steps[name].number, **about})),
            data=f"v1|l|c|step|{base36(application.id)}|{name}",
        )
        for name in correctable(told)
    ]
    at_once = corrections.at_once(application, context.account.id)
    text = context.words("correction.at_once" if at_once else "correction.by_office")
    context.say(text, Inline(rows(buttons)))


async def _begin(context: Context, application: Application, step: str) -> None:
    told = await _told(context, application)
    if step not in correctable(told):
        context.say(context.words("correction.gone"))
        return
    context.begin(correction, to_repair(told, [step], application.id))


async def _told(context: Context, application: Application) -> dict[str, Any]:
    key = await key_of(context.batch.db, context.batch.keys, application.worker_id)
    return dict(application.told(key))


async def file(context: Context, place: Place) -> None:
    """What follows from a finished correction: it is done at once, or a task of the office."""
    answers, wanted_id = place.draft.answers, place.draft.answers[APPLICATION]
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)
    own = await corrections.correctable(context.batch.db, context.account.id)
    application = next((each for each in own if each.id == wanted_id), None)
    if application is None:
        context.say(context.words("correction.gone"))
        return
    told = await _told(context, application)
    wanted = changed(told, {name: value for name, value in answers.items() if name != APPLICATION})
    if not wanted:
        context.say(context.words("correction.nothing"))
        return
    await _file(context, application, told, wanted)


async def _file(
    context: Context, application: Application, told: dict[str, Any], wanted: dict[str, Any]
) -> None:
    batch, account = context.batch, context.account.id
    at_once = corrections.at_once(application, account)
    asked = await corrections.ask(batch.db, batch.keys, application, wanted, account, batch.now, done=at_once)
    context.audit(Act.CORRECTED, application.worker_id, f"applications:{application.id}", asked=not at_once)
    if at_once:
        form = filing_of(with_changes(told, wanted), batch.today)
        await corrections.put_right(batch.db, batch.keys, asked, application, form, batch.now)
        context.say(context.words("correction.done", reference=application.reference))
        return
    await tell_officers(context, ASKED, f"{ASKED}:{asked.id}", {"request": asked.id})
    context.say(context.words("correction.asked", reference=application.reference))
