"""/cakupan and its buttons: a place, the places in it, pictures and files, the number of workers told.

Buttons carry `v1|v|action|code|argument`; 0 stands for all of Indonesia. Whether a place is the sender's is
asked at every tap, and again when a file is drawn.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

from telegram import Update

from conversations.engine import Words
from conversations.workforce import given, workforce
from handlers.batch import Context, Place
from handlers.coverage import groups
from handlers.coverage.files import COVERAGE
from handlers.coverage.reach import Reach, reach_of
from handlers.coverage.views import label, page, read, shares_page
from handlers.office.desk import tell
from handlers.render import Teller
from models import dialogues
from models.counting import coverage, group_cards, workforces
from models.trust.audit import Act
from post.keyboards import Button, Inline
from rules import coverage as rule
from rules.coverage import Workforce
from rules.quantities import grouped, percent
from rules.refusal import Refused
from rules.regions import LEVELS, VILLAGE, find_places, regions

LISTED: Final = 10
"""How many places one page of buttons names."""

Act_ = Callable[[Context, Reach, str, str], Awaitable[None]]


async def show(update: Update, context: Context) -> None:
    """/cakupan [place]: show the counts of a place found by name, or of the sender's own territory."""
    message, reach = update.effective_message, await _reach(context)
    _, _, words = ((message.text if message else "") or "").partition(" ")
    if not reach.territories:
        context.say(context.words("coverage.no_territory"))
    elif words.strip():
        await _find(context, reach, words.strip())
    elif len(reach.territories) == 1:
        await see(context, reach, next(iter(reach.territories)), "")
    else:
        _choose(context, sorted(reach.territories))


async def _reach(context: Context) -> Reach:
    batch = context.batch
    return await reach_of(batch.db, context.account.id, batch.now, batch.today)


async def _find(context: Context, reach: Reach, words: str) -> None:
    """Offer the places of the sender's territory that the words may mean; a single one is shown."""
    near = min(reach.territories)
    try:
        found = find_places(words, near=near or None, limit=LISTED).found
    except Refused:  # nothing is like these words, or there are too few letters
        found = ()
    codes = [each.code for each in found if reach.holds(each.code)]
    if not codes:
        context.say(context.words("coverage.not_there"))
    elif len(codes) == 1:
        await see(context, reach, codes[0], "")
    else:
        _choose(context, codes)


def _choose(context: Context, codes: list[str]) -> None:
    tell_ = Teller(context.language).plain
    rows = tuple((Button(tell_(label(code)), data=_data("see", code)),) for code in codes[:LISTED])
    context.say(context.words("coverage.choose"), Inline(rows))


async def tapped(update: Update, context: Context) -> None:
    """Do what a button says, if the place is the sender's."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, code, argument = (*(query.data or "").split("|"), "", "", "")[2:5]
    code, reach = "" if code == "0" else code, await _reach(context)
    if action not in ACTS or not reach.holds(code) or not (code == "" or regions().knows(code)):
        context.say(context.words("coverage.not_there"))
    else:
        await ACTS[action](context, reach, code, argument)


async def see(context: Context, reach: Reach, code: str, _: str) -> None:
    """Show a place, and what else there is to see."""
    batch = context.batch
    view = await read(batch.db, code, batch.now, batch.zone)
    cards = await group_cards.of_account(batch.db, context.account.id, code)
    rows = [
        ("picture", "map"),
        ("board", "xlsx"),
        *((("shares", "workers"),) if reach.officer else ()),
    ]
    buttons = [tuple(_button(context, name, name, code) for name in row) for row in rows]
    if len(code) < VILLAGE:
        buttons.append((_button(context, "inside", "inside", code),))
    else:
        buttons.append((_button(context, "end_card" if cards else "card", "end" if cards else "card", code),))
    around = rule.parent(code)
    if around is not None and reach.holds(around):
        buttons.append((_button(context, "around", "see", around),))
    context.say(page(view, context.language), Inline(tuple(buttons)))


async def inside(context: Context, reach: Reach, code: str, number: str) -> None:
    """List the places one level below, each with how far it is to its goal."""
    places = regions().inside(code)
    pages = -(-len(places) // LISTED)
    at = min(max(1, int(number)), pages) if number.isdecimal() and len(number) < 4 and pages else 1
    level = next((digits for digits in LEVELS if digits > len(code)), VILLAGE)
    found = {each.code: each.tally for each in await coverage.inside(context.batch.db, code, level)}
    rows = []
    for place in places[(at - 1) * LISTED : at * LISTED]:
        active, goal = rule.progress(place.code, found.get(place.code, {}), context.batch.today)
        share = percent(active / goal, context.language) if goal else grouped(active, context.language)
        rows.append((Button(f"{place.shown} · {share}", data=_data("see", place.code)),))
    turns = tuple(
        Button(context.words(f"coverage.button.{name}"), data=_data("inside", code, str(to)))
        for name, to in (("before", at - 1), ("after", at + 1))
        if 1 <= to <= pages
    )
    back = (_button(context, "back", "see", code),)
    words = Words("coverage.inside", {"place": label(code), "page": str(at), "pages": str(max(1, pages))})
    context.say(Teller(context.language).html(words), Inline((*rows, *((turns,) if turns else ()), back)))


async def shares(context: Context, reach: Reach, code: str, _: str) -> None:
    """Show officers who the active members are, in counts."""
    batch = context.batch
    if not reach.officer:
        context.say(context.words("coverage.not_there"))
        return
    view = await read(batch.db, code, batch.now, batch.zone)
    back = Inline(((_button(context, "back", "see", code),),))
    context.say(shares_page(view, context.language), back)


def _owing(what: str) -> Act_:
    async def owe(context: Context, reach: Reach, code: str, _: str) -> None:
        """Owe the sender a picture, a file or a board; a second tap within a minute owes nothing more."""
        account, minute = context.account.id, f"{context.batch.now:%Y%m%d%H%M}"
        name = f"coverage:{what}:{code}:{account}:{minute}"
        await tell(context, account, COVERAGE, name, {"what": what, "code": code})
        context.say(context.words("coverage.soon"))

    return owe


async def workers(context: Context, reach: Reach, code: str, _: str) -> None:
    """Let an officer type in how many workers a place has, with source and day."""
    if not reach.officer:
        context.say(context.words("coverage.not_there"))
        return
    place = Teller(context.language).plain(label(code))
    context.begin(workforce, given(code, place))


async def note_workers(context: Context, place: Place) -> None:
    """Note the number a finished form tells, if the place still is the sender's."""
    batch, told = context.batch, place.draft.answers
    await dialogues.forget(batch.db, place.dialogue)
    context.stand_at(None)
    reach, code = await _reach(context), str(told["code"])
    if not reach.officer or not reach.holds(code):
        context.say(context.words("coverage.not_there"))
        return
    number = Workforce(int(told["workers"]), str(told["source"]), date.fromisoformat(told["as_of"]))
    await workforces.note(batch.db, code, number, batch.now, context.account.id)
    context.audit(Act.CONFIGURED, None, f"workforces:{code}", workers=number.workers)
    context.say(context.words("workforce.noted"))
    await see(context, reach, code, "")


def _button(context: Context, words: str, action: str, code: str) -> Button:
    return Button(context.words(f"coverage.button.{words}"), data=_data(action, code))


def _data(action: str, code: str, argument: str = "") -> str:
    return f"v1|v|{action}|{code or 0}" + (f"|{argument}" if argument else "")


ACTS: dict[str, Act_] = {
    "see": see,
    "inside": inside,
    "shares": shares,
    "workers": workers,
    "picture": _owing("picture"),
    "map": _owing("map"),
    "board": _owing("board"),
    "xlsx": _owing("xlsx"),
    "card": groups.ask,
    "end": groups.end,
}
"""What the buttons do."""
