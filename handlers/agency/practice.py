"""/latihan: the registration's own dialogue with an invented person, for agents and everybody who learns.

The draft lives under a flow of its own, and is thrown away at the end: nothing is filed, exported, counted.
"""

from telegram import Update

from conversations.engine import Words
from conversations.practice import given, mistakes, practice, sheet_of
from handlers.batch import Context, Place
from handlers.render import Teller
from models import dialogues
from post.keyboards import Button, Inline
from rules import invented
from rules.invented import Invented

FLOW = practice.name
"""The flow of forms that are never filed: nothing counts them."""

FEW = 3
"""So many mistakes, and the score still says "well done"."""


async def begin(update: Update, context: Context) -> None:
    """Begin to practise, or go on; either way, say once more who the invented person is."""
    batch = context.batch
    opened = await dialogues.open_ones(batch.db, batch.keys, context.account.id)
    waiting = next((one for one in opened if one.flow == practice.name), None)
    if waiting is None:
        sheet = invented.chosen(int(batch.now.timestamp()))
        _introduce(context, sheet)
        context.begin(practice, given(sheet))
        return
    place = batch.place_of(waiting)
    _introduce(context, sheet_of(place.draft.answers))
    context.stand_at(place)
    context.show(place.turn())


def _introduce(context: Context, sheet: Invented) -> None:
    values = {
        "name": sheet.name,
        "nik": sheet.nik,
        "born": sheet.born,
        "sex": Words(f"registration.sex.{sheet.sex}"),
        "village": sheet.village,
        "job": sheet.job,
        "income": sheet.income,
        "heir": sheet.heir,
    }
    context.say(Teller(context.language).html(Words("practice.sheet", values)))


async def finish(context: Context, place: Place) -> None:
    """Say the score, and throw the form away."""
    found = mistakes(place.draft.answers)
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)
    count = sum(found.values())
    grade = "none" if not count else "few" if count <= FEW else "more"
    again = Button(context.words("practice.again"), data="v1|c|latihan|")
    real = Button(context.words("practice.for_real"), data="v1|c|daftar|", style="primary")
    text = context.words("practice.score", grade=context.words(f"practice.grade.{grade}"), **found)
    context.say(text, Inline(((again,), (real,))))
