"""/hak_data: what people ask of their own data, each with its clock of 3×24 hours (UU 27/2022, art. 30-44).

Buttons carry `v1|l|o|see|<request>`, `v1|l|o|done|<request>` and `v1|l|o|no|<request>|<reason>`. An officer
decides within the own territory, and never about the own request.
"""

from collections.abc import Sequence
from typing import Any, Final

from telegram import Update

from conversations.correction import with_changes
from conversations.engine import Words
from conversations.registration import addressed, full, registration
from handlers.batch import Context
from handlers.filing import filing_of
from handlers.office.reach import is_ours
from handlers.render import Teller, base36, id_of, tidy
from models import data_requests, erasures
from models.accounts import languages_of
from models.applications import Application, key_of
from models.data_requests import DataRequest, Request
from models.owing import deliveries
from models.privacy import corrections
from models.privacy.alarms import ANSWERED, owed_to, prove
from models.privacy.corrections import Correction
from models.trust.audit import Act
from post.keyboards import Button, Inline, Style
from rules.nik import Nik
from rules.refusal import Refused

LISTED: Final = 20
REASONS: Final = ("same", "unproven", "law")
"""Why something is refused: it is so already, nothing proves it, the law wants it kept."""


async def show(update: Update, context: Context) -> None:
    """List what waits, what is due first before, each a button."""
    found = await data_requests.waiting(context.batch.db, LISTED)
    if not found:
        context.say(context.words("data_requests.none"))
        return
    buttons = [(_open(context, each),) for each in found]
    context.say(context.words("data_requests.page", count=len(found)), Inline(tuple(buttons)))


def _open(context: Context, request: DataRequest) -> Button:
    text = context.words(
        "data_requests.line",
        what=context.words(f"own_data.request.{request.request.value}"),
        left=_left(context, request),
    )
    return Button(text, data=f"v1|l|o|see|{base36(request.id)}")


def _left(context: Context, request: DataRequest) -> str:
    """Return how much of the 72 hours is left, in hours."""
    hours = int((request.due_at - context.batch.now).total_seconds() // 3600)
    return (
        context.words("data_requests.left", hours=hours)
        if hours >= 0
        else context.words("data_requests.over")
    )


async def tapped(update: Update, context: Context) -> None:
    """Show a request, or decide it."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code, reason, *_ = [*(query.data or "").split("|")[3:], "", "", ""]
    number = id_of(code)
    request = None if number is None else await data_requests.open_one(context.batch.db, number)
    if request is None:
        await show(update, context)
    elif request.account_id == context.account.id:
        context.say(context.words("data_requests.own"))
    elif not all([await is_ours(context, each) for each in await _about(context, request)]):
        context.say(context.words("data_requests.elsewhere"))
    elif action == "done":
        await _done(context, request)
    elif action == "no" and reason in REASONS:
        await _refuse(context, request, reason)
    else:
        await _see(context, request)


async def _about(context: Context, request: DataRequest) -> Sequence[Application]:
    """Return the registrations a request is about."""
    db = context.batch.db
    if request.request is Request.CORRECT:
        asked = await corrections.of_request(db, request)
        found = None if asked is None else await db.get(Application, asked.application_id)
        return [] if found is None else [found]
    return await erasures.remaining(db, request.account_id or 0)


async def _see(context: Context, request: DataRequest) -> None:
    """Say what is asked, with what stands there and what is wanted; the look is on record."""
    about = await _about(context, request)
    for each in about:
        context.audit(Act.OPENED, each.worker_id, f"applications:{each.id}", reason="data_request")
    lines = await _wanted(context, request, about)
    values: dict[str, object] = {
        "what": Words(f"own_data.request.{request.request.value}"),
        "left": _left(context, request),
        "references": ", ".join(each.reference for each in about) or "-",
        "lines": tuple(lines),
    }
    done = _button(context, "data_requests.done", "done", request, "success")
    no = [(_button(context, f"data_requests.no.{one}", "no", request, None, one),) for one in REASONS]
    text = tidy(Teller(context.language).html(Words("data_requests.one", values)))
    context.say(text, Inline(((done,), *no)), protect=True, fleeting=True)


async def _wanted(context: Context, request: DataRequest, about: Sequence[Application]) -> list[Words]:
    asked = await corrections.of_request(context.batch.db, request)
    if asked is None or not about:
        return []
    key = await key_of(context.batch.db, context.batch.keys, about[0].worker_id)
    told, wanted = about[0].told(key), asked.asked(key)
    teller, who = Teller(context.language, registration.wording), addressed(told)
    steps = {step.name: step for step in registration.steps if step.name in wanted}
    return [
        Words(
            "data_requests.change",
            {
                "label": teller.plain(Words(f".{step.stem}.label", {"n": step.number, **who})),
                "old": _shown(teller, step, told.get(name)),
                "new": _shown(teller, step, wanted[name]),
            },
        )
        for name, step in steps.items()
    ]


def _shown(teller: Teller, step: Any, value: Any) -> str:
    if step.name == "nik" and value:
        return Nik(str(value)).masked
    return teller.plain(full(step, value))


def _button(
    context: Context, words: str, action: str, request: DataRequest, style: Style | None, more: str = ""
) -> Button:
    return Button(context.words(words), data=f"v1|l|o|{action}|{base36(request.id)}|{more}", style=style)


async def _done(context: Context, request: DataRequest) -> None:
    if request.request is Request.CORRECT:
        await _correct(context, request)
    else:
        await _erase(context, request)


async def _correct(context: Context, request: DataRequest) -> None:
    """Write what was asked for; what stood there before is kept sealed."""
    batch = context.batch
    asked = await corrections.of_request(batch.db, request)
    about = await _about(context, request)
    if asked is None or not about:
        await data_requests.close(batch.db, request, "gone", batch.now)
        context.say(context.words("data_requests.gone"))
        return
    try:
        await _write(context, asked, about[0])
    except (Refused, KeyError, ValueError):
        context.say(context.words("data_requests.does_not_fit"))
        return
    await _answer(context, request, about[0], "done", None)


async def _write(context: Context, asked: Correction, application: Application) -> None:
    batch = context.batch
    key = await key_of(batch.db, batch.keys, application.worker_id)
    form = filing_of(with_changes(application.told(key), asked.asked(key)), batch.today)
    await corrections.put_right(batch.db, batch.keys, asked, application, form, batch.now, context.account.id)


async def _erase(context: Context, request: DataRequest) -> None:
    """Destroy what had remained with the office, and prove it to who asked."""
    batch, chat = context.batch, request.account_id
    if chat is None:
        return
    language = await _language(context, chat)
    for each in await _about(context, request):
        context.audit(Act.HANDLED, each.worker_id, f"applications:{each.id}", answer="erased")
    await data_requests.close(batch.db, request, "done", batch.now)
    await erasures.erase_remaining(batch.db, batch.keys, chat, batch.now)
    await prove(batch.db, batch.keys, chat, language, request.id, 0, batch.now)
    batch.erased = True
    context.say(context.words("data_requests.erased"))


async def _language(context: Context, chat: int) -> str:
    return (await languages_of(context.batch.db, [chat])).get(chat, context.language)


async def _refuse(context: Context, request: DataRequest, reason: str) -> None:
    about = await _about(context, request)
    await _answer(context, request, about[0] if about else None, "refused", reason)


async def _answer(
    context: Context, request: DataRequest, application: Application | None, answer: str, reason: str | None
) -> None:
    """Close a request and tell who asked, with the reason."""
    batch, chat = context.batch, request.account_id
    person = None if application is None else application.worker_id
    subject = None if application is None else f"applications:{application.id}"
    context.audit(Act.HANDLED, person, subject, answer=answer, reason=reason or "")
    await data_requests.close(batch.db, request, reason or answer, batch.now)
    context.say(context.words(f"data_requests.{answer}_said"))
    if chat is not None:
        payload = {
            "request": request.request.value,
            "reference": "-" if application is None else application.reference,
            "answer": answer,
            "reason": reason,
        }
        told = owed_to(chat, ANSWERED, f"{ANSWERED}:{request.id}", payload, batch.now)
        await deliveries.owe(batch.db, batch.keys, [told], batch.now)
