"""What an officer works on: an application and the membership that began with it."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from telegram import Update

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.office.desk import tell
from handlers.office.reach import is_open_to, is_ours
from handlers.owed import LEDGER
from handlers.render import Teller, base36, id_of, tidy
from models import applications, contributions, memberships
from models.applications import Application
from models.contributions import Contribution, KnownBy
from models.memberships import Life, Membership
from models.references import read_reference
from models.storage.ids import new_id
from models.trust.audit import Act
from post.keyboards import Button, Inline
from rules.money import rupiah


@dataclass(frozen=True, slots=True)
class Case:
    """An application and its membership, which goes on."""

    application: Application
    membership: Membership

    @property
    def reference(self) -> str:
        """The receipt number, by which the office speaks of it."""
        return self.application.reference


async def told(update: Update, context: Context, usage: str) -> tuple[Case, list[str]] | None:
    """Return what a command is about and its further words; say kindly why not, where it is about nothing."""
    words = (update.effective_message.text or "").split()[1:] if update.effective_message else []
    reference = read_reference(words[0]) if words else None
    if reference is None or len(words) < 2:
        context.say(context.words(usage))
        return None
    application = await applications.by_reference(context.batch.db, reference)
    if application is None:
        context.say(context.words("desk.unknown_reference"))
        return None
    if not await is_open_to(context, application):
        return None
    membership = await memberships.of_application(context.batch.db, application.id)
    if membership is None or membership.state is not Life.ACTIVE:
        say(context, Words("payments.no_membership", {"reference": application.reference}))
        return None
    return Case(application, membership), words[1:]


async def tapped_on(context: Context, code: str) -> Case | None:
    """Return what an officer's button is about; nothing when that is over, elsewhere or frozen."""
    db, wanted = context.batch.db, id_of(code)
    if wanted is None:
        return None
    membership = await db.get(Membership, wanted)
    if membership is None or membership.state is not Life.ACTIVE or membership.application_id is None:
        return None
    application = await db.get_one(Application, membership.application_id)
    open_ = application.frozen_at is None and await is_ours(context, application)
    return Case(application, membership) if open_ else None


def lines_in(lines: Sequence[Contribution]) -> tuple[Words, ...]:
    """Return lines of the ledger in words: the month, the amount, how it is known."""
    return tuple(
        Words(
            "payments.line",
            {
                "month": Month(line.month),
                "amount": rupiah(line.amount),
                "how": Words(f"membership.how.{line.known_by.value}"),
            },
        )
        for line in lines
    )


def say(context: Context, words: Words) -> None:
    """Say words to the officer."""
    context.say(tidy(Teller(context.language).html(words)))


def ask(context: Context, words: Words, data: str) -> None:
    """Ask the officer to be sure, with one button."""
    sure = Button(context.words("membership.undo_yes"), data=data, style="danger")
    context.say(tidy(Teller(context.language).html(words)), Inline(((sure,),)))


def sure(action: str, case: Case, day: date, lines: Sequence[Contribution]) -> str:
    """Return what such a button carries: the membership, the day, and a mark of the lines that were shown."""
    return f"v1|o|{action}|{base36(case.membership.id)}|{day:%Y%m%d}|{mark(lines)}"


def mark(lines: Sequence[Contribution]) -> str:
    """Return a mark of lines, so that a tap after the ledger has changed does nothing."""
    return base36(zlib.crc32(",".join(str(line.id) for line in lines).encode()))


def day_of(text: str) -> date | None:
    """Return the day a button names, None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 8 and text.isdecimal() else None
    except ValueError:
        return None


def audit(context: Context, act: Act, case: Case, **details: object) -> None:
    """Have what the officer did to a case written into the audit log."""
    application = case.application
    context.audit(act, application.worker_id, f"applications:{application.id}", **details)


async def take_back(context: Context, lines: Sequence[Contribution]) -> None:
    """Take lines back on the officer's word, each with its opposite."""
    officer, now = context.account.id, context.batch.now
    await contributions.take_back(context.batch.db, lines, KnownBy.CONFIRMED_OFFICER, by=officer, now=now)


async def tell_sender(
    context: Context,
    case: Case,
    news: str,
    lines: Sequence[Contribution] = (),
    until: date | None = None,
) -> None:
    """Owe the sender of the application the news, at least once: it carries the reference."""
    payload = {
        "membership": case.membership.id,
        "reference": case.reference,
        "news": news,
        "months": [[line.month.isoformat(), line.amount] for line in lines],
        "until": None if until is None else until.isoformat(),
    }
    dedupe = f"{LEDGER}:{new_id(context.batch.now)}"
    await tell(context, case.application.account_id, LEDGER, dedupe, payload)
