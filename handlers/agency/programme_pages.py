"""How a village's list is shown: who pays, how far it is, and page by page how each place stands.

Whoever is no officer sees every place without a fault of its own as "checked by the office", so that nobody
learns by asking what is known of somebody on another road.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.engine import Month, Words
from handlers.render import Teller, base36
from models.agency.programmes import Programme
from models.agency.verdicts import Seat
from models.agency.vouchings import Vouching
from post.keyboards import Button, Inline
from rules import programmes as rule
from rules import regions
from rules.calendar import month_of
from rules.programmes import Flaw, Mark

PAGE = 10
"""How many places a page shows."""


@dataclass(frozen=True, slots=True)
class View:
    """A list with everybody on it, as somebody may see it; `own`: it is shown to who made it."""

    programme: Programme
    seats: Sequence[Seat]
    officer: bool
    own: bool

    @property
    def numbered(self) -> dict[int, Seat]:
        """The places that are taken, by their numbers."""
        return {seat.number: seat for seat in self.seats if seat.number is not None}

    @property
    def reserve(self) -> list[Seat]:
        """Who waits, the first first."""
        return [seat for seat in self.seats if seat.rank is not None]

    @property
    def next_reserve(self) -> Seat | None:
        """The first of the reserve who has no fault that may be told."""
        return next((seat for seat in self.reserve if not self.flaws(seat)), None)

    def flaws(self, seat: Seat) -> tuple[Flaw, ...]:
        """What is against somebody, as far as it may be told."""
        return rule.shown(seat.flaws, officer=self.officer)

    def marks(self) -> list[Mark]:
        """How each place stands, the first number first."""
        taken = self.numbered
        return [
            rule.mark(self.flaws(taken[number])) if number in taken else Mark.EMPTY
            for number in range(1, self.programme.quota + 1)
        ]

    def failed(self, seat: Seat) -> bool:
        """Whether somebody else is needed for a place."""
        return rule.mark(self.flaws(seat)) is Mark.REPLACE

    @property
    def title(self) -> str:
        """The village and the year."""
        return title(self.programme)

    @property
    def progress(self) -> Words:
        """How far the list is, in words: "73/100 sah, 12 diperbaiki, 15 ganti"."""
        found = Counter(self.marks())
        values = {mark.value: found[mark] for mark in Mark} | {"quota": self.programme.quota}
        return Words("programmes.progress_empty" if found[Mark.EMPTY] else "programmes.progress", values)


def title(programme: Programme) -> str:
    """Return what a list is called: its village and its year."""
    known, code = regions.regions(), programme.village_code
    return f"{known.place(code).shown if known.knows(code) else code} · {programme.year}"


def payer_of(programme: Programme) -> object:
    """Return who pays for a list, in words; one of the installation's own keeps the name it had then."""
    return programme.payer_name or Words(f"programme.funding.{programme.funding}")


def about(action: str, programme: Programme, *more: str) -> str:
    """Return what a button of a list's pages carries: nothing personal."""
    return "|".join(("v1", "g", action, base36(programme.id), *more))


def whole(view: View, vouched: Vouching | None, *, served: bool) -> Words:
    """Return the first page of a list; `served` is whether it has a treasurer of its own."""
    one = view.programme
    values = {
        "title": view.title,
        "payer": payer_of(one),
        "first": Month(one.first_month),
        "last": Month(month_of(one.last_day)),
        "count": one.months,
        "sk": "" if one.sk_number is None else Words("programmes.sk", _decree(one)),
        "progress": view.progress,
        "reserve": len(view.reserve),
        "checked": "" if view.officer else Words("programmes.checked_by_office"),
        "vouched": Words("programmes.vouched" if vouched else "programmes.not_vouched", _post(vouched)),
        "handed": Words("programmes.handed_on") if one.handed_on_at else "",
        "treasurer": Words("treasurers.served") if served else "",
    }
    return Words("programmes.page", values)


def _decree(one: Programme) -> dict[str, object]:
    return {"number": one.sk_number, "day": "" if one.sk_date is None else one.sk_date}


def _post(vouched: Vouching | None) -> dict[str, object]:
    return {} if vouched is None else {"post": Words(f"programmes.post.{vouched.post.value}")}


def whole_buttons(language: str, view: View, *, waiting: int, served: bool) -> Inline:
    """Return what can be done with a list; `waiting` is how many registrations could be put on it.

    `served` is whether it has a treasurer of its own.
    """
    tell, one = Teller(language).plain, view.programme
    rows = [
        _button(tell(Words("programmes.button.places")), about("places", one, "1")),
        _button(tell(Words("programmes.button.picture")), about("picture", one)),
    ]
    if waiting:
        rows.append(_button(tell(Words("programmes.button.fill", {"count": waiting})), about("fill", one)))
    if view.own and view.numbered:
        rows.append(_button(tell(Words("programmes.button.print")), about("print", one)))
    if view.own:
        rows.append(_button(tell(Words("programmes.button.vouch")), about("vouch", one)))
        rows.append(_button(tell(Words("programmes.button.hand")), about("hand", one)))
        rows.append(_button(tell(Words("treasurers.button.name")), about("treasurer", one)))
    if view.own and served:
        rows.append(_button(tell(Words("treasurers.button.dismiss")), about("dismiss", one)))
    return Inline(tuple(rows))


def _button(text: str, data: str) -> tuple[Button, ...]:
    return (Button(text, data=data),)


def places(view: View, number: int) -> Words:
    """Return one page of places, the reserve behind them, each with how it stands."""
    shown, number, pages = _page(view, number)
    lines = tuple(_line(view, place, seat) for place, seat in shown)
    return Words("programmes.places", {"title": view.title, "page": number, "pages": pages, "lines": lines})


def _page(view: View, number: int) -> tuple[list[tuple[int, Seat | None]], int, int]:
    """Return the places of a page, then the reserve by negative ranks; its number, and how many there are."""
    taken = view.numbered
    every: list[tuple[int, Seat | None]] = [(at, taken.get(at)) for at in range(1, view.programme.quota + 1)]
    every += [(-(seat.rank or 0), seat) for seat in view.reserve]
    pages = max(1, -(-len(every) // PAGE))
    number = min(max(number, 1), pages)
    return every[(number - 1) * PAGE : number * PAGE], number, pages


def _line(view: View, place: int, seat: Seat | None) -> Words:
    name = "programmes.line" if place > 0 else "programmes.line_reserve"
    if seat is None:
        return Words("programmes.line_empty", {"number": place})
    values = {"number": abs(place), "name": seat.name, "verdict": verdict(view, seat)}
    return Words(name, values)


def verdict(view: View, seat: Seat) -> Words:
    """Return how somebody stands, in words: the first reason that may be told."""
    flaws = view.flaws(seat)
    if not flaws:
        return Words("programmes.valid" if view.officer else "programmes.being_checked")
    return Words(f"programmes.flaw.{flaws[0].value}")


def place_buttons(language: str, view: View, number: int) -> Inline:
    """Return one tap for each failed place of a page, and the ways to the other pages."""
    tell, one = Teller(language).plain, view.programme
    shown, number, pages = _page(view, number)
    reserve = view.next_reserve
    rows = [
        _button(*_replacing(tell(_replace_words(seat, reserve)), view, seat, number))
        for _, seat in shown
        if seat is not None and seat.number is not None and view.failed(seat)
        and (reserve is not None or _can_object(view, seat))
    ]  # fmt: skip
    turns = tuple(
        Button(tell(Words(f"programmes.button.{name}")), data=about("places", one, str(at)))
        for name, at in (("before", number - 1), ("after", number + 1))
        if 1 <= at <= pages
    )
    back = _button(tell(Words("programmes.button.back")), about("see", one))
    return Inline((*rows, *((turns,) if turns else ()), back))


def _can_object(view: View, seat: Seat) -> bool:
    """Return whether an officer can ask for a replacement that the maker does not see a reason for yet."""
    return view.officer and not rule.shown(seat.flaws, officer=False)


def _replace_words(seat: Seat, reserve: Seat | None) -> Words:
    values = {"number": seat.number}
    if reserve is None:
        return Words("programmes.button.needed", values)
    return Words("programmes.button.replace", values | {"rank": reserve.rank})


def _replacing(text: str, view: View, seat: Seat, page: int) -> tuple[str, str]:
    action = "replace" if view.next_reserve is not None else "needed"
    return text, about(action, view.programme, base36(seat.place_id), str(page))
