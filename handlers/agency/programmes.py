"""/program: a village's list, from empty to handed on to the office.

Whoever registers for others makes lists; officers see those that were handed on. Buttons carry
`v1|g|action|list|argument`, and every tap asks again whose list it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

from telegram import Update

from conversations.engine import Answers, Draft, Words, resume
from conversations.programme import payer_of
from conversations.programme import programme as flow
from handlers.agency import slips, treasurers, vouching
from handlers.agency.programme_pages import (
    View,
    about,
    place_buttons,
    places,
    title,
    whole,
    whole_buttons,
)
from handlers.authority import MAKERS, OFFICE
from handlers.batch import Context, Place
from handlers.office.desk import tell
from handlers.render import Teller, id_of, tidy
from models import accounts, dialogues
from models.accounts import Role
from models.agency import programmes, verdicts, vouchings
from models.agency import treasurers as in_charge
from models.agency.programmes import PROGRAMME_NEWS, Plan, Programme
from models.agency.verdicts import Seat
from post.keyboards import Button, Inline
from rules.programmes import Flaw, limits

LISTED = 20
"""How many lists are offered, the newest first."""

Act = Callable[[Context, View, str, str], Awaitable[None]]


async def offer(update: Update, context: Context) -> None:
    """List the sender's lists, and for officers those that were handed on; offer a new one."""
    roles = await _roles(context)
    found = {one.id: one for one in await programmes.of_account(context.batch.db, context.account.id)}
    if roles & OFFICE:
        found |= {one.id: one for one in await programmes.handed_on(context.batch.db, LISTED)}
    newest = sorted(found.values(), key=lambda one: one.id, reverse=True)[:LISTED]
    rows = [(Button(f"📋 {title(one)}", data=about("see", one)),) for one in newest]
    new = Button(context.words("programmes.button.new"), data="v1|g|new", style="primary")
    context.say(context.words("programmes.choose"), Inline((*rows, (new,))))


async def _roles(context: Context) -> frozenset[Role]:
    account = context.account.id
    return (await accounts.roles_of(context.batch.db, [account], context.batch.now))[account]


async def tapped(update: Update, context: Context) -> None:
    """Do what a button of a list says, if it is the sender's list or was handed on to the sender's office."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code, first, second = (*(query.data or "").split("|"), "", "", "", "")[2:6]
    roles = await _roles(context)
    if action == "new":
        context.begin(flow, {"payers": (await context.batch.offered()).payers})
        return
    view = await _view(context, code, roles)
    if view is None or action not in ACTS:
        context.say(context.words("programmes.past"))
    else:
        await ACTS[action](context, view, first, second)


async def _view(context: Context, code: str, roles: frozenset[Role]) -> View | None:
    """Return a list the sender may see, held until the transaction ends."""
    number = id_of(code)
    one = None if number is None else await programmes.hold(context.batch.db, number)
    if one is None:
        return None
    own, officer = one.account_id == context.account.id, bool(roles & OFFICE)
    if own or (officer and one.handed_on_at is not None):
        return await _seen(context, one, officer=officer, own=own)
    return None


async def _seen(context: Context, one: Programme, *, officer: bool, own: bool) -> View:
    batch = context.batch
    return View(one, await verdicts.seats(batch.db, batch.keys, one, batch.today), officer, own)


async def see(context: Context, view: View, _: str = "", __: str = "") -> None:
    """Show how far a list is and what can be done with it."""
    db, one = context.batch.db, view.programme
    vouched = await vouchings.in_force(db, one)
    waiting = await programmes.listable(db, one, _room(view)) if view.own else []
    served = await in_charge.of_programme(db, one.id) is not None
    text = Teller(context.language).html(whole(view, vouched, served=served))
    buttons = whole_buttons(context.language, view, waiting=len(waiting), served=served)
    context.say(tidy(text), buttons)


def _room(view: View) -> int:
    """Return how many more a list can hold: its places, and as many in reserve."""
    return max(0, 2 * view.programme.quota - len(view.seats))


async def show_places(context: Context, view: View, page: str, _: str = "") -> None:
    """Show a page of places, each with how it stands."""
    number = int(page) if page.isdecimal() and len(page) < 4 else 1
    text = Teller(context.language).html(places(view, number))
    context.say(text, place_buttons(context.language, view, number), protect=True)


async def fill(context: Context, view: View, _: str, __: str) -> None:
    """Put the maker's registrations of this village on the list: places first, then the reserve."""
    batch, one = context.batch, view.programme
    if not view.own:
        await see(context, view)
        return
    ids = await programmes.listable(batch.db, one, _room(view))
    added = await programmes.add(batch.db, one, ids, batch.now)
    _to_hand_on_again(view)
    context.say(context.words("programmes.filled", numbered=added.numbered, reserve=added.reserve))
    await see(context, await _seen(context, one, officer=view.officer, own=view.own))


async def replace(context: Context, view: View, code: str, page: str) -> None:
    """Give a failed place to the first of the reserve, with one tap."""
    batch, one = context.batch, view.programme
    failed = next((seat for seat in view.seats if seat.place_id == id_of(code)), None)
    reserve = view.next_reserve
    if failed is None or failed.number is None:
        context.say(context.words("programmes.replaced_before"))
    elif not view.failed(failed):
        context.say(context.words("programmes.not_failed", number=failed.number))
    elif reserve is None:
        context.say(context.words("programmes.no_reserve"))
    else:
        reason = view.flaws(failed)[0]
        await programmes.replace(batch.db, one, failed.place_id, reserve.place_id, reason, batch.now)
        _to_hand_on_again(view)
        _say_replaced(context, view, failed, reserve)
    await show_places(context, await _seen(context, one, officer=view.officer, own=view.own), page)


def _to_hand_on_again(view: View) -> None:
    """Take a list back from the office when its maker changes it: what the office has is another list."""
    if view.own and not view.officer:
        view.programme.handed_on_at = None


def _say_replaced(context: Context, view: View, failed: Seat, reserve: Seat) -> None:
    values = {
        "number": failed.number,
        "out": failed.name,
        "name": reserve.name,
        "reason": Words(f"programmes.flaw.{view.flaws(failed)[0].value}"),
    }
    context.say(Teller(context.language).html(Words("programmes.replaced", values)))


async def needed(context: Context, view: View, code: str, page: str) -> None:
    """Let an officer say that somebody else is needed; the maker hears no reason of another road."""
    seat = next((seat for seat in view.seats if seat.place_id == id_of(code)), None)
    if view.officer and seat is not None and seat.number is not None and view.failed(seat):
        await programmes.decide(context.batch.db, view.programme, seat.number, Flaw.OFFICE)
        context.say(context.words("programmes.asked_for", number=seat.number))
        if view.programme.account_id is not None:
            await _news(context, view, view.programme.account_id, "needed", number=seat.number)
    await show_places(context, view, page)


async def picture(context: Context, view: View, _: str, __: str) -> None:
    """Owe the sender a picture of how far the list is: it is drawn when it is sent."""
    await _news(context, view, context.account.id, "picture", officer=view.officer)
    context.say(context.words("programmes.picture_soon"))


async def print_list(context: Context, view: View, _: str, __: str) -> None:
    """Print a slip for everybody in a numbered place, and a sheet of them in the order of the places."""
    ids = [seat.application_id for _, seat in sorted(view.numbered.items())]
    if view.own and ids:
        await slips.print_all(context, f"list{view.programme.id}", ids)
    else:
        await see(context, view)


async def hand_on(context: Context, view: View, _: str, __: str) -> None:
    """Hand a list on to the office, once the second person has vouched for it as it is now."""
    batch, one = context.batch, view.programme
    if not view.own or await vouchings.in_force(batch.db, one) is None:
        context.say(context.words("programmes.vouch_first"))
        await see(context, view)
        return
    frozen = [number for number, seat in sorted(view.numbered.items()) if seat.frozen]
    if frozen:
        context.say(context.words("programmes.frozen", numbers=", ".join(map(str, frozen))))
        await see(context, view)
        return
    one.handed_on_at = batch.now
    for officer in await accounts.holders(batch.db, OFFICE, batch.now):
        await _news(context, view, officer, "handed")
    context.say(Teller(context.language).html(Words("programmes.handed", {"progress": view.progress})))


async def _news(context: Context, view: View, account_id: int, news: str, **more: object) -> None:
    """Owe somebody the news of a list; a second tap within a minute owes nothing more."""
    one, minute = view.programme, f"{context.batch.now:%Y%m%d%H%M}"
    name = f"programme:{news}:{one.id}:{account_id}:{more.get('number', '')}:{minute}"
    payload = {"news": news, "programme": one.id, **more}
    await tell(context, account_id, PROGRAMME_NEWS, name, payload)


async def make(context: Context, place: Place) -> None:
    """Make the list a finished form describes."""
    batch, answers = context.batch, flow.live(place.draft.answers)
    payers = (await batch.offered()).payers
    if payer_of(answers)[0] not in dict(payers):
        _choose_anew(context, place, payers)
        return
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)
    if not await _roles(context) & MAKERS:
        context.say(context.words("programmes.not_yours"))
        return
    one = await programmes.begin(batch.db, context.account.id, _plan(answers), batch.now)
    context.say(context.words("programmes.made"))
    officer = bool(await _roles(context) & OFFICE)
    await see(context, await _seen(context, one, officer=officer, own=True))


def _choose_anew(context: Context, place: Place, payers: Sequence[tuple[str, str]]) -> None:
    """Ask who pays once more, where that payer was retired meanwhile."""
    kept = {name: one for name, one in place.draft.answers.items() if name not in ("funding", "review")}
    place.take(resume(flow, Draft(kept | {"payers": payers})))
    context.say(context.words("programmes.payer_retired"))
    context.show(place.turn())


def _plan(answers: Answers) -> Plan:
    day, (funding, name) = answers.get("sk_date"), payer_of(answers)
    return Plan(
        village_code=answers["village"]["code"],
        year=int(answers["year"]),
        sk_number=answers["sk"],
        sk_date=None if day is None else date.fromisoformat(day),
        funding=funding,
        payer_name=name,
        first_month=date.fromisoformat(answers["first_month"]),
        months=min(answers["months"], limits()["most_months"]),
        quota=answers["quota"],
    )


ACTS: dict[str, Act] = {
    "see": see,
    "places": show_places,
    "fill": fill,
    "replace": replace,
    "needed": needed,
    "picture": picture,
    "print": print_list,
    "vouch": vouching.ask,
    "hand": hand_on,
    "treasurer": treasurers.give,
    "dismiss": treasurers.dismiss,
}
"""What the buttons of a list do."""
