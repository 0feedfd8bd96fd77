"""Channels of payment and payers on an administrator's phone: what is in force, added, retired.

Buttons that show carry `v1|s|line|table.code`, those that change `v1|t|own|action|table.code`.
"""

from telegram import Update

from conversations.administration import channel_code, own_channel, own_payer
from conversations.engine import Words
from handlers.authority import is_sure, permits
from handlers.batch import Context, Place
from handlers.render import Teller, tidy
from models import dialogues
from models.office import own_rows
from models.office.own_rows import Line, Table, Wanted
from post.keyboards import Button, Inline
from rules.refusal import Refused

FLOWS = {Table.CHANNEL: own_channel, Table.PAYER: own_payer}
"""The dialogue that adds a line to each table."""


async def show(context: Context, table: Table) -> None:
    """List what is in force, each a button, and offer a new line."""
    lines = (await context.batch.offered()).lines[table].values()
    teller = Teller(context.language)
    rows = [
        (Button(teller.plain(_titled(table, line)), data=f"v1|s|line|{table.value}.{line.code}"),)
        for line in lines
    ]
    new = Button(context.words(f"tables.{table.value}.new"), data=f"v1|t|own|new|{table.value}.")
    context.say(context.words(f"tables.{table.value}.page"), Inline((*rows, (new,))))


def _titled(table: Table, line: Line) -> Words:
    name = line.name or Words(f"programme.funding.{line.code}")
    if table is Table.CHANNEL:
        return Words("dialogue.as_is", {"text": name})
    money = Words(f"registration.payer.{line.money}")
    return Words("tables.payer.line", {"code": line.code, "name": name, "money": money})


async def see(context: Context, argument: str) -> None:
    """Show one line: where it comes from, since when, by whom; and the button that retires it."""
    table, line = await _known(context, argument)
    if table is None or line is None:
        context.say(context.words("administration.past"))
        return
    row = line.row
    values = {
        "line": _titled(table, line),
        "source": row.source if row else Words("tables.shipped"),
        "since": "" if row is None else Words("tables.since", _since(context, row)),
    }
    end = Button(context.words("tables.retire"), data=f"v1|t|own|end|{argument}", style="danger")
    text = tidy(Teller(context.language).html(Words("tables.one", values)))
    context.say(text, Inline(((end,),)))


def _since(context: Context, row: own_rows.OwnRow) -> dict[str, object]:
    by = Words("audit.command_line") if row.begun_by is None else str(row.begun_by)
    return {"day": row.begun_at.astimezone(context.batch.zone).date(), "who": by}


async def _known(context: Context, argument: str) -> tuple[Table | None, Line | None]:
    """Return the table and the line a button names, None for what is not in force."""
    kind, _, code = argument.partition(".")
    if kind not in set(Table):
        return None, None
    table = Table(kind)
    return table, (await context.batch.offered()).lines[table].get(code)


async def tapped(update: Update, context: Context) -> None:
    """Begin a new line, or retire one at once."""
    query = update.callback_query
    assert query is not None  # noqa: S101 - only taps are routed here
    context.answer(query.id)
    action, argument = (*(query.data or "").split("|"), "", "")[3:5]
    table, line = await _known(context, argument)
    if table is not None and action == "new":
        context.begin(FLOWS[table])
    elif table is not None and line is not None and action == "end":
        await _retire(context, table, line)
    else:
        context.say(context.words("administration.past"))


async def _retire(context: Context, table: Table, line: Line) -> None:
    batch = context.batch
    await own_rows.retire(batch.db, batch.keys, table, line.code, batch.now, context.account.id)
    await batch.offered(anew=True)
    values = {"line": _titled(table, line)}
    context.say(Teller(context.language).html(Words("tables.retired", values)))


async def add_channel(context: Context, place: Place) -> None:
    """Put the channel that was read back in force."""
    answers = own_channel.live(place.draft.answers)
    wanted = Wanted(channel_code(answers["name"]), answers["name"], answers["source"])
    await _add(context, place, Table.CHANNEL, wanted)


async def add_payer(context: Context, place: Place) -> None:
    """Put the payer that was read back in force."""
    answers = own_payer.live(place.draft.answers)
    wanted = Wanted(answers["code"], answers["name"], answers["source"], answers["money"])
    await _add(context, place, Table.PAYER, wanted)


async def _add(context: Context, place: Place, table: Table, wanted: Wanted) -> None:
    batch = context.batch
    await dialogues.forget(batch.db, place.dialogue)
    context.stand_at(None)
    if not (await permits(context, "/atur") and await is_sure(context)):
        context.say(context.words("tables.not_sure"))
        return
    try:
        await own_rows.add(batch.db, batch.keys, table, wanted, batch.now, context.account.id)
    except Refused as refusal:
        context.say(Teller(context.language).html(Words(refusal.name, refusal.values)))
        return
    await batch.offered(anew=True)
    context.say(context.words("tables.added"))
    await show(context, table)
