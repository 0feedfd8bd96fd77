"""/ekspor: files for the office. What can be exported, in which layout, what was, and the same file again.

Buttons carry `v1|x|action|…`: a territory, the name of a layout, a payer, the number of an export; nothing
personal. The file is made by `jobs/exports.py`.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from telegram import Update

from conversations.agency import path_of
from conversations.engine import Words
from handlers.authority import OFFICE
from handlers.batch import Context
from handlers.office import export_approval
from handlers.render import Teller, base36, id_of, tidy
from models.accounts import territories_of
from models.office import export_members, exports
from models.office.exports import Export, Making, Wanted
from post.keyboards import Button, Inline
from sheets.layouts import BadLayout

LISTED: Final = 6
"""How many former exports one page names."""

ALL: Final = "-"
"""What a button carries for all of Indonesia, and for every payer."""

PAYERS: Final = ("own", "household", "association", "donor", "apbdes", "apbd")


async def show(update: Update, context: Context) -> None:
    """List what can be exported now and what was, each a button."""
    db, mine = context.batch.db, await territories(context)
    ready = await export_members.count_ready(db, mine)
    former = await exports.latest(db, mine, LISTED)
    buttons = [(_button(context, "exports.new", "new"),)] if ready else []
    buttons += [(Button(_titled(context, one), data=data("see", base36(one.id))),) for one in former]
    values = {"count": sum(ready.values()), "territory": _places(mine)}
    say(context, Words("exports.page", values), buttons)


async def territories(context: Context) -> frozenset[str]:
    """Return the region codes of the sender's desk."""
    return await territories_of(context.batch.db, context.account.id, OFFICE, context.batch.now)


def place(code: str) -> object:
    """Return the name of a territory."""
    return path_of(code) if code else Words("exports.everywhere")


def _places(codes: Collection[str]) -> tuple[object, ...]:
    return tuple(Words("exports.territory", {"territory": place(code)}) for code in sorted(codes))


def _titled(context: Context, one: Export) -> str:
    day = one.made_at.astimezone(context.batch.zone).date()
    values = {"day": day, "count": one.members, "stage": _stage(context, one)}
    return Teller(context.language).plain(Words("exports.line", values))


def _stage(context: Context, one: Export) -> Words:
    waits = one.waits(context.batch.now)
    return Words("exports.stage.asked" if waits else f"exports.stage.{one.stage.value}")


async def tapped(update: Update, context: Context) -> None:
    """Do what a button says; what lies outside the sender's territories does not exist for them."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, *more = (*(query.data or "").split("|")[2:], "", "", "")[:4]
    if action in ACTS:
        await ACTS[action](context, more)
    else:
        say(context, Words("exports.gone"))


async def _new(context: Context, _: list[str]) -> None:
    """Ask for which territory, where there are several."""
    mine = sorted(await territories(context))
    if len(mine) == 1:
        await _layouts(context, [mine[0] or ALL])
        return
    named = [(Button(_plain(context, place(code)), data=data("layout", code or ALL)),) for code in mine]
    say(context, Words("exports.which_territory"), named)


def _plain(context: Context, value: object) -> str:
    return Teller(context.language).plain(value)


async def _layouts(context: Context, more: list[str]) -> None:
    """Ask in which layout; one that cannot be used is named with the reason."""
    code = await _allowed(context, more[0])
    if code is None:
        say(context, Words("exports.gone"))
        return
    buttons, wrong = [], []
    for name in context.batch.layouts.names():
        try:
            layout = context.batch.layouts.layout(name)
        except BadLayout as bad:
            wrong.append(Words("exports.bad_layout", {"name": name, "why": str(bad)}))
        else:
            text = f"{name} ({layout.format.upper()})"
            buttons.append((Button(text, data=data("payer", code or ALL, name)),))
    say(context, Words("exports.which_layout", {"wrong": tuple(wrong)}), buttons)


async def _allowed(context: Context, code: str) -> str | None:
    """Return a territory that lies within the sender's own, None for any other."""
    code = "" if code == ALL else code
    mine = await territories(context)
    return code if any(code.startswith(one) for one in mine) else None


async def _payers(context: Context, more: list[str]) -> None:
    """Ask whose: everybody's, or those of one payer; the counts are those of now."""
    code = await _allowed(context, more[0])
    if code is None:
        say(context, Words("exports.gone"))
        return
    ready = await export_members.count_ready(context.batch.db, [code])
    whole = sum(ready.values())
    choices = [(_whose(context, Words("exports.all"), whole, code, more[1], ALL),)]
    if len(ready) > 1:
        choices += [
            (_whose(context, Words(f"registration.payer.{payer}"), ready[payer], code, more[1], payer),)
            for payer in PAYERS
            if payer in ready
        ]
    say(context, Words("exports.sure", {"territory": place(code), "layout": more[1]}), choices)


def _whose(context: Context, name: Words, count: int, code: str, layout: str, payer: str) -> Button:
    text = _plain(context, Words("exports.whose", {"name": name, "count": count}))
    return Button(text, data=data("go", code or ALL, layout, payer), style="success")


async def _see(context: Context, more: list[str]) -> None:
    """Show one export: who is in it and what became of them, in numbers."""
    one = await _known(context, more[0])
    if one is None:
        say(context, Words("exports.gone"))
        return
    fates = await export_members.count_fates(context.batch.db, one.id)
    values = {
        "day": one.made_at.astimezone(context.batch.zone).date(),
        "territory": place(one.territory),
        "payer": Words(f"registration.payer.{one.payer}") if one.payer else Words("exports.all"),
        "layout": f"{one.layout} ({one.layout_sha256.hex()[:8]})",
        "count": one.members,
        "times": one.times,
        "stage": _stage(context, one),
        **{name: fates.get(name, 0) for name in ("open", "registered", "refused", "taken_back")},
    }
    again = one.members and one.stage in (Making.DONE, Making.FAILED)
    make = Button(context.words("exports.again"), data=data("go", "again", base36(one.id)))
    say(context, Words("exports.one", values), [(make,)] if again else [])


async def _known(context: Context, code: str) -> Export | None:
    number = id_of(code)
    if number is None:
        return None
    return await exports.seen(context.batch.db, number, await territories(context))


async def _go(context: Context, more: list[str]) -> None:
    """Ask for a new export, or for the same file again."""
    if more[0] == "again":
        await _again(context, more[1])
        return
    if more[0] in export_approval.ANSWERS:
        await export_approval.answer(context, await _known(context, more[1]), more[0], more[2])
        return
    code = await _allowed(context, more[0])
    try:
        layout = context.batch.layouts.layout(more[1])
    except BadLayout as bad:
        say(context, Words("exports.bad_layout", {"name": more[1], "why": str(bad)}))
        return
    if code is None or more[2] not in (ALL, *PAYERS):
        say(context, Words("exports.gone"))
        return
    payer = None if more[2] == ALL else more[2]
    wanted = Wanted(code, payer, layout.name, layout.source, layout.sha256, context.language)
    await exports.begin(context.batch.db, context.account.id, wanted, context.batch.now)
    say(context, Words("exports.begun"))


async def _again(context: Context, code: str) -> None:
    one = await _known(context, code)
    batch = context.batch
    if one is None or not await exports.again(batch.db, one, context.account.id, context.language, batch.now):
        say(context, Words("exports.gone"))
    else:
        say(context, Words("exports.begun"))


def say(context: Context, words: Words, buttons: Sequence[tuple[Button, ...]] = ()) -> None:
    """Say words to the officer, with buttons below."""
    text = tidy(Teller(context.language).html(words))
    context.say(text, Inline(tuple(buttons)) if buttons else None)


def _button(context: Context, words: str, *parts: str) -> Button:
    return Button(context.words(words), data=data(*parts))


def data(*parts: str) -> str:
    """Return what a button of these pages carries."""
    return "|".join(("v1", "x", *parts))


ACTS: Final[dict[str, Callable[[Context, list[str]], Awaitable[None]]]] = {
    "new": _new,
    "layout": _layouts,
    "payer": _payers,
    "see": _see,
    "go": _go,
}
"""What the buttons of these pages do."""
