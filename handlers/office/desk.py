"""The officers' desk: recording what BPJS Ketenagakerjaan has registered."""

from datetime import date
from typing import Any

from telegram import Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.office.reach import is_open_to
from handlers.render import Teller
from models import applications, memberships
from models.agency import programmes
from models.owing import deliveries
from models.references import read_reference
from models.states import State
from models.trust.audit import Act
from rules import kpj as kpj_rules
from rules.calendar import month_of
from rules.refusal import Refused


async def registered(update: Update, context: Context) -> None:
    """/terdaftar REFERENCE [KPJ] [YYYY-MM]: record that BPJS Ketenagakerjaan registered an application."""
    told = (update.effective_message.text or "").split()[1:] if update.effective_message else []
    try:
        reference, kpj, first = _told(told, context.batch.today)
    except ValueError:
        context.say(context.words("desk.registered_usage"))
        return
    except Refused as refusal:
        context.say(Teller(context.language).html(Words(refusal.name, refusal.values)))
        return
    await _register(context, reference, kpj, first)


def _told(told: list[str], today: date) -> tuple[str, str | None, date]:
    """Return reference, KPJ and first month; raises ValueError or Refused for what is neither."""
    reference = read_reference(told[0]) if told else None
    if reference is None or len(told) > 3:
        raise ValueError
    months = [date.fromisoformat(f"{word}-01") for word in told[1:] if len(word) == 7]
    numbers = [kpj_rules.parse(word) for word in told[1:] if len(word) != 7]
    if len(months) > 1 or len(numbers) > 1:
        raise ValueError
    return reference, numbers[0] if numbers else None, months[0] if months else month_of(today)


async def _register(context: Context, reference: str, kpj: str | None, first: date) -> None:
    batch = context.batch
    application = await applications.by_reference(batch.db, reference)
    if application is None:
        context.say(context.words("desk.unknown_reference"))
        return
    if not await is_open_to(context, application):
        return
    if application.duplicate:
        context.say(context.words("desk.duplicate"))
        return
    try:
        for state in (State.ACCEPTED, State.REGISTERED):
            if application.state not in (state, State.REGISTERED):
                application = await applications.move(
                    batch.db, batch.keys, application.id, state, by=context.account.id, now=batch.now
                )
    except Refused as refusal:
        context.say(Teller(context.language).html(Words(refusal.name, refusal.values)))
        return
    membership = await memberships.begin(
        batch.db,
        batch.keys,
        application,
        first_month=first,
        kpj=kpj,
        by=context.account.id,
        now=batch.now,
        sponsor_until=await programmes.paid_until(batch.db, application.id),
    )
    context.audit(Act.REGISTERED, application.worker_id, f"applications:{application.id}")
    month = Month(membership.first_month)
    values = {"reference": application.reference, "month": month}
    context.say(Teller(context.language).html(Words("desk.registered", values)))
    await _tell_sender(context, application.account_id, membership.id, application.reference)
    if application.worker_account_id is not None:
        payload = {"membership": membership.id, "reference": application.reference}
        dedupe = f"registered:{membership.id}:{application.worker_account_id}"
        await tell(context, application.worker_account_id, "registered", dedupe, payload)


async def _tell_sender(context: Context, account_id: int, membership_id: int, reference: str) -> None:
    """Owe the sender the news, at least once: it carries the reference."""
    payload = {"membership": membership_id, "reference": reference}
    await tell(context, account_id, "registered", f"registered:{membership_id}", payload)


async def tell(context: Context, account_id: int, kind: str, dedupe: str, payload: dict[str, Any]) -> None:
    """Owe an account the news of what an officer did; `dedupe` names it for ever, `payload` is JSON."""
    batch = context.batch
    owed = deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=dedupe,
        chat_id=account_id,
        kind=kind,
        payload=payload,
        not_before=batch.now,
        account_id=account_id,
    )
    await deliveries.owe(batch.db, batch.keys, [owed], batch.now)
