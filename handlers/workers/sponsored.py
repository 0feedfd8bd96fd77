"""Going on alone: what it costs once a sponsor's months are over, and the wish that is noted for then."""

from typing import Final

from conversations.engine import Month, Words
from handlers.batch import Context
from handlers.render import Teller
from handlers.workers.contributions import tap
from handlers.workers.members import Member
from models.reminding import continuations
from post.keyboards import Button, Inline

ALONE: Final = "sponsored.button.alone"


def alone_button(language: str, member: Member) -> Button:
    """Return the button that says one goes on alone."""
    return Button(Teller(language).plain(Words(ALONE)), data=tap("alone", member), style="primary")


async def go_on_alone(context: Context, member: Member) -> None:
    """Say what it costs from the first month of one's own, and note the wish while a sponsor still pays.

    From then on the reminders are those of one's own months; nothing more is said of the sponsor's end.
    """
    until = member.membership.sponsor_until
    if until is None:
        context.say(context.words("reminders.past"))
        return
    batch, month = context.batch, member.standing.next_unpaid
    await continuations.wish(batch.db, member.id, until, context.account.id, batch.now)
    values = {
        "whose": member.whose,
        "last": until,
        "month": Month(month),
        "amount": member.amount(month),
        "due": member.standing.due,
        "channels": (await batch.offered()).channels,
    }
    back = Button(context.words("sponsored.button.not_alone"), data=tap("notalone", member))
    context.say(Teller(context.language).html(Words("sponsored.alone", values)), Inline(((back,),)))


async def not_alone(context: Context, member: Member) -> None:
    """Forget the wish; the end of the sponsor's months is told again."""
    await continuations.take_back(context.batch.db, member.id)
    context.say(context.words("sponsored.not_alone"))
