"""What follows from a registration: consent is recorded, the finished form is filed, a receipt is given."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from conversations import agency
from conversations.engine import Answers
from conversations.registration import CONSENT_VERSION, doubts, expected, for_another, registration, shared
from handlers.answering import place_owed
from handlers.batch import Batch, Context, Place
from handlers.consent_words import agreed_to
from handlers.render import Teller, base36, id_of
from locales import say
from models import filing
from models.agency import agents
from models.applications import Application, key_of
from models.consents import Basis, Consent
from models.owing import deliveries
from models.storage.ids import new_id
from post.keyboards import Button, Inline
from rules import occupations

VERSIONS = {"registration": CONSENT_VERSION, "agency": agency.CONSENT_VERSION}
"""The version of the consent text of each dialogue that has one."""

RECEIPT_WAITS = 60.0
"""Seconds after which a receipt is shown again, unless it is known by then that it was shown."""

BASES = {
    "family": Basis.FAMILY,
    "household": Basis.EMPLOYER,
    "neighbour": Basis.AGENT,
    "agent": Basis.AGENT,
    "village": Basis.VILLAGE,
    "association": Basis.ASSOCIATION,
}
"""On what ground somebody registers another person, by what they are to each other."""


async def record_consent(context: Context, place: Place) -> None:
    """Record the consent just given: whose, to which text, in which language, when."""
    place.dialogue.consent_id = await _consent(context, place, Basis.SELF, None)


async def record_agreement(context: Context, place: Place) -> None:
    """Record the worker's own agreement, as the sender states it: the form then rests on this one."""
    answers = place.draft.answers
    manner = f"{answers['agreement']}:{answers['agreement_how']}"
    place.dialogue.consent_id = await _consent(context, place, BASES[answers["relation"]], manner)


async def _consent(context: Context, place: Place, basis: Basis, manner: str | None) -> int:
    batch = context.batch
    flow = place.flow.name
    text = agreed_to(context.language, flow)
    consent = Consent(
        id=new_id(batch.now),
        person_id=place.dialogue.person_id,
        account_id=context.account.id,
        text_version=VERSIONS[flow],
        text_sha256=hashlib.sha256(text.encode()).digest(),
        language=context.language,
        given_at=batch.now,
        channel="telegram",
        basis=basis,
        manner=manner,
    )
    batch.db.add(consent)
    return consent.id


async def file_registration(context: Context, place: Place) -> None:
    """File a finished registration and give its receipt."""
    batch = context.batch
    answers = registration.live(place.draft.answers)
    finished = await _in_territory(context, answers, filing_of(answers, batch.today))
    filed = filing.prepare(batch.keys, place.dialogue, finished, batch.now)
    place.dialogue.ended = True
    batch.filed.append(filed)
    batch.unwritten.add(context.account.id)
    batch.owed.add(context.account.id)
    context.stand_at(None)
    text = receipt(context.language, filed.reference, answers, batch.today)
    application_id = int(str(filed.application["id"]))
    context.say(text, receipt_buttons(context.language, filed.reference, application_id, answers))


async def _in_territory(context: Context, answers: Answers, finished: filing.Filing) -> filing.Filing:
    """Return a form, flagged for the office where an agent files it from outside the approved territory."""
    if not for_another(answers):
        return finished
    batch = context.batch
    return finished.within(await agents.territory_of(batch.db, context.account.id, batch.today))


async def write(batch: Batch) -> None:
    """Write what was filed in a batch, and owe each sender the receipt until it is known to be shown."""
    if batch.filed:
        filed, batch.filed = batch.filed, []
        await filing.file_all(batch.db, filed, batch.now)
        owed = [place_owed(each.form.account_id, RECEIPT_WAITS, batch.now) for each in filed]
        await deliveries.owe(batch.db, batch.keys, owed, batch.now)


def filing_of(answers: Answers, today: date) -> filing.Filing:
    """Return what the office needs of a finished form."""
    village, phone = answers["village"], answers["phone"]
    return filing.Filing(
        nik=answers["nik"],
        name=answers["name"],
        birth_date=date.fromisoformat(answers["birth_date"]),
        phone=phone.get("e164"),
        address=answers["address"],
        contact=_contact(answers),
        answers=dict(answers),
        village_code=village["code"],
        village_name=village["label"],
        region_version=village["data"],
        payer=answers["payer"],
        money=answers["payer"],
        programmes=int(answers["programmes"]),
        months=int(answers["months"]),
        first_month=today.replace(day=1),
        sector=occupations.occupations()[answers["occupation"]["id"]].sector,
        occupation_id=answers["occupation"]["id"],
        flags=doubts(answers, today),
    )


def _contact(answers: Answers) -> dict[str, Any] | None:
    name = answers.get("contact_name")
    if name is None:
        return None
    if isinstance(name, dict):
        return {"sender": True}
    return {"name": name, "phone": (answers.get("contact_phone") or {}).get("e164")}


def receipt(language: str, reference: str, answers: Answers, today: date) -> str:
    """Return the receipt: the number, what happens next, what to expect to pay."""
    teller = Teller(language, registration.name)
    total = teller.html(expected(answers, today))
    return say(language, "commands.receipt", reference=reference, total=total)


def receipt_buttons(language: str, reference: str, application_id: int, answers: Answers) -> Inline:
    """Return the buttons under a receipt; the next worker's form offers what this one may share with it.

    Whoever registered somebody else can hand the record over.
    """
    copy = Button(say(language, "commands.copy_reference"), copy=reference)
    following = Button(
        say(language, "commands.next_worker"), data=f"v1|c|berikutnya|{base36(application_id)}"
    )
    if answers["who"] == "self":
        return Inline(((copy,), (following,)))
    give = Button(say(language, "hand_over.button"), data=f"v1|h|give|{base36(application_id)}")
    return Inline(((copy,), (give,), (following,)))


async def begin_next(context: Context, code: str) -> None:
    """Begin the next worker's form; of the sender's own application with that id, what both may share."""
    batch, wanted = context.batch, id_of(code)
    last = None if wanted is None else await batch.db.get(Application, wanted)
    if last is None or last.account_id != context.account.id:
        context.begin(registration)
        return
    key = await key_of(batch.db, batch.keys, last.worker_id)
    context.begin(registration, offered=shared(registration.live(last.told(key))))


async def names(context: Context, filed: Sequence[Application]) -> list[str]:
    """Return the names of those whom these applications are about; a dash where one was erased."""
    batch, found = context.batch, []
    for one in filed:
        key = await key_of(batch.db, batch.keys, one.worker_id)
        found.append(str(one.told(key)["name"]))
    return found
