"""A second named person vouches for a list, or objects to a place on it: by a link used once and for a week.

Whoever made the list cannot vouch for it. The other sees some places, drawn by lot, with masked names and no
NIK.
"""

import secrets
from datetime import datetime
from urllib.parse import quote

from conversations.engine import Words
from conversations.programme import SAMPLED, vouching, vouching_given
from handlers.agency.programme_pages import View, about, title
from handlers.batch import Context, Place
from handlers.office.desk import tell
from handlers.render import Teller
from models import dialogues
from models.agency import programmes, verdicts, vouchings
from models.agency.programmes import PROGRAMME_NEWS, Programme
from models.agency.vouchings import VALID, Objection, Post, Said, Vouching
from post.keyboards import Button, Inline
from rules import regions
from rules.names import masked
from rules.programmes import Flaw

LETTER = "p"
"""What tells these links from others."""


async def ask(context: Context, view: View, post: str, _: str = "") -> None:
    """Ask who is to vouch for a list, then make a link for that person, in a message to forward."""
    if not view.own:
        context.say(context.words("programmes.past"))
    elif not view.numbered:
        context.say(context.words("programmes.nobody_listed"))
    elif post in set(Post):
        await _give(context, view.programme, Post(post))
    else:
        posts = [
            (
                Button(
                    context.words(f"programmes.post.{one.value}"),
                    data=about("vouch", view.programme, one.value),
                ),
            )
            for one in Post
        ]
        context.say(context.words("programmes.who_vouches"), Inline(tuple(posts)))


async def _give(context: Context, one: Programme, post: Post) -> None:
    batch, teller = context.batch, Teller(context.language)
    token = await vouchings.ask(batch.db, one, post, batch.now)
    link = f"https://t.me/{context.bot.username}?start={LETTER}{token}"
    until = (batch.now + VALID).astimezone(batch.zone).date()
    context.say(teller.html(Words("programmes.forward_this", {"day": until})))
    text = context.words("programmes.share_text")
    address = f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(text, safe='')}"
    share = Button(context.words("contacts.share_button"), url=address)
    values = {"post": Words(f"programmes.post.{post.value}"), "title": title(one), "link": link}
    context.say(teller.html(Words("programmes.please_vouch", values)), Inline(((share,),)))


async def opened(context: Context, token: str) -> bool:
    """Answer who opened a link: begin the questions, unless it is the maker or nothing is left to say."""
    batch = context.batch
    found = await vouchings.by_token(batch.db, token, batch.now)
    one = None if found is None else await programmes.hold(batch.db, found.programme_id)
    if found is None or one is None:
        context.say(context.words("programmes.link_over"))
    elif one.account_id == context.account.id:
        context.say(context.words("programmes.own_link"))
    else:
        context.say(Teller(context.language).html(Words("programmes.vouch_intro", _about(found, one))))
        context.begin(vouching, await _given(context, found, one))
    return True


def _about(found: Vouching, one: Programme) -> dict[str, object]:
    return {"post": Words(f"programmes.post.{found.post.value}"), "title": title(one)}


async def _given(context: Context, found: Vouching, one: Programme) -> dict[str, object]:
    batch, known = context.batch, regions.regions()
    seats = await verdicts.seats(batch.db, batch.keys, one, batch.today)
    taken = [seat for seat in seats if seat.number is not None]
    drawn = secrets.SystemRandom().sample(taken, min(SAMPLED, len(taken)))
    sample = sorted((seat.number or 0, masked(seat.name), seat.occupation_id) for seat in drawn)
    village = known.path(one.village_code) if known.knows(one.village_code) else one.village_code
    return vouching_given(found.id, village, one.year, one.quota, len(taken), sample, batch.now)


async def note(context: Context, place: Place) -> None:
    """Note what the second person says, once, and tell who made the list.

    Whoever was shown a list that has changed since is asked to look again: the link still works.
    """
    await dialogues.forget(context.batch.db, place.dialogue)
    context.stand_at(None)
    db, said = context.batch.db, _said(context, place)
    found = await db.get(Vouching, int(place.draft.answers["vouching"]))
    one = None if found is None else await programmes.hold(db, found.programme_id)
    seen = datetime.fromisoformat(place.draft.answers["seen"])
    if one is not None and one.changed_at > seen:
        context.say(context.words("programmes.changed_meanwhile"))
        return
    if found is None or one is None or not await _noted(context, found, one, said):
        context.say(context.words("programmes.link_over"))
        return
    if said.number is not None:
        await programmes.decide(db, one, said.number, Flaw.VOUCHER)
    thanks = "programmes.thanks_agreed" if said.agreed else "programmes.thanks_objected"
    context.say(context.words(thanks))
    await _tell_maker(context, found, one)


async def _noted(context: Context, found: Vouching, one: Programme, said: Said) -> bool:
    batch = context.batch
    if one.account_id == context.account.id:
        return False
    return await vouchings.say(batch.db, batch.keys, found.id, said, batch.now)


def _said(context: Context, place: Place) -> Said:
    answers = vouching.live(place.draft.answers)
    agreed = answers["verdict"] == "agree"
    return Said(
        context.account.id,
        answers["name"],
        agreed,
        None if agreed else answers["place"],
        None if agreed else Objection(answers["reason"]),
    )


async def _tell_maker(context: Context, found: Vouching, one: Programme) -> None:
    if one.account_id is not None:
        payload = {"news": "vouched", "programme": one.id, "vouching": found.id}
        await tell(context, one.account_id, PROGRAMME_NEWS, f"programme:vouched:{found.id}", payload)
