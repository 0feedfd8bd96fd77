"""Many clean applications of one sender accepted at once: counted and sampled first, then one tap."""

import html
from collections.abc import Awaitable, Callable

from handlers.batch import Context
from handlers.filing import names
from handlers.office.looking import next_button, sender_words
from handlers.render import Teller, base36, id_of
from handlers.status_news import tell_many
from models.office import decisions
from models.office.decisions import Clean
from models.trust.audit import Act
from post.keyboards import Button, Inline

SAMPLE = 5
"""How many names are shown before many are accepted."""

Bulk = Callable[[Context, frozenset[str], str, str], Awaitable[None]]


async def buttons(context: Context, where: frozenset[str]) -> list[tuple[Button, ...]]:
    """Return a button for each sender with several applications that nothing stands against."""
    groups = await decisions.clean(context.batch.db, context.account.id, where)
    return [(await _button(context, group),) for group in groups]


async def _button(context: Context, group: Clean) -> Button:
    sender = Teller(context.language).plain(await sender_words(context.batch.db, group.account_id))
    text = context.words("review.clean", count=group.count, sender=sender)
    return Button(text, data=f"v1|d|clean|{base36(group.newest)}")


async def sample(context: Context, where: frozenset[str], number: str, _: str) -> None:
    """Show how many there are, and some of them."""
    found = await decisions.clean_up_to(context.batch.db, id_of(number) or 0, context.account.id, where)
    if not found:
        context.say(context.words("review.gone"), Inline(((next_button(context),),)))
        return
    shown = found[:SAMPLE]
    lines = [
        context.words("review.sampled", reference=one.reference, name=html.escape(name, quote=False))
        for one, name in zip(shown, await names(context, shown), strict=True)
    ]
    for one in shown:
        context.audit(Act.OPENED, one.worker_id, f"applications:{one.id}")
    sure = context.words("review.accept_all", count=len(found))
    data = f"v1|d|all|{base36(found[-1].id)}"
    text = context.words("review.clean_sample", count=len(found), lines="\n".join(lines))
    context.say(text, Inline(((Button(sure, data=data, style="success"),), (next_button(context),))))


async def accept_all(context: Context, where: frozenset[str], last: str, _: str) -> None:
    """Accept those that were counted, as far as they are clean still; one message to their sender."""
    batch = context.batch
    found = await decisions.clean_up_to(batch.db, id_of(last) or 0, context.account.id, where)
    if not found:
        context.say(context.words("review.gone"), Inline(((next_button(context),),)))
        return
    await decisions.accept_all(batch.db, batch.keys, found, context.account.id, batch.now)
    for one in found:
        context.audit(Act.ACCEPTED, one.worker_id, f"applications:{one.id}")
    await tell_many(batch, found[0].account_id, len(found))
    context.say(context.words("review.accepted_all", count=len(found)), Inline(((next_button(context),),)))


ACTIONS: dict[str, Bulk] = {"clean": sample, "all": accept_all}
"""What is done with many applications at once."""
