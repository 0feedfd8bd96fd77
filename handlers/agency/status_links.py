"""The code on a paper: it opens how far a registration is, for anybody who holds the paper, and nothing else.

No name, no NIK, no amount. A wrong code, one of a former paper and one of another bot are answered alike, and
who tries too many hears nothing for a while.
"""

from datetime import date

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.render import Teller
from models import contributions, memberships
from models.applications import Application
from models.memberships import Life, Membership
from models.ownership import status_links
from rules.calendar import month_of
from rules.standing import standing

LETTER = "s"
"""What tells these links from others."""


async def opened(context: Context, token: str) -> bool:
    """Answer who scanned a code; no greeting follows."""
    batch, account_id = context.batch, context.account.id
    if await status_links.is_silenced(batch.db, account_id, batch.now):
        return True
    application = await status_links.by_token(batch.db, token)
    if application is None:
        await status_links.note_wrong(batch.db, account_id, batch.now)
        context.say(context.words("slips.link_wrong"))
    else:
        context.say(Teller(context.language).html(await _status(context, application)))
    if context.place is not None:
        context.show(context.place.turn())
    return True


async def _status(context: Context, application: Application) -> Words:
    membership = await memberships.of_application(context.batch.db, application.id)
    values = {
        "reference": application.reference,
        "state": Words(f"commands.state.{shown(application)}"),
        "paid": await _paid(context, membership),
    }
    return Words("slips.status", values)


def shown(application: Application) -> str:
    """Return how far a registration is, as everybody is told: held where an officer has to look first."""
    return application.state.value if application.frozen_at is None else "held"


async def _paid(context: Context, membership: Membership | None) -> Words:
    """Return through which month contributions are recorded; never that an unpaid month is protected."""
    if membership is None:
        return Words("slips.paid.nothing")
    if membership.state is not Life.ACTIVE:
        return Words("slips.paid.over")
    covered = (await contributions.covered(context.batch.db, [membership.id]))[membership.id]
    return _through(membership, covered, context.batch.today)


def _through(membership: Membership, covered: set[date], today: date) -> Words:
    one = membership
    stands = standing(one.first_month, covered, today, one.protection_until, one.sponsor_until)
    if stands.paid_through is None:
        return _nothing(membership.sponsor_until)
    name = "slips.paid.lapsed" if stands.lapsed else "slips.paid.through"
    return Words(name, {"month": Month(stands.paid_through)})


def _nothing(sponsor_until: date | None) -> Words:
    """Return that nothing is recorded, and until when a list promises to pay: a promise is no payment."""
    if sponsor_until is None:
        return Words("slips.paid.nothing")
    return Words("slips.paid.sponsored", {"month": Month(month_of(sponsor_until))})
