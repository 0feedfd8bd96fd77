"""/hari_ini: the day of somebody who registers others, the most urgent first, each line with its button.

Everything is read with a number of statements that does not grow with the members.
A button carries where its line leads, or `v1|c|hari_ini|page`; nothing personal.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from telegram import Update

from conversations.engine import Month, Words
from conversations.practice import practice
from handlers.agency import programme_pages
from handlers.batch import Batch, Context
from handlers.render import Teller, base36, tidy
from handlers.status_news import reasons_in
from handlers.workers.contributions import tap, when
from handlers.workers.members import Member, about, members_of
from models import accounts, dialogues
from models.accounts import Role
from models.agency import agents, imports, programmes, workday
from models.agency.agents import Kind
from models.agency.imports import Import, Stage
from models.agency.programmes import Programme
from models.agency.workday import Brought, Returned
from models.dialogues import OpenDialogue
from models.office.returned import Given
from post.keyboards import Button, Inline
from rules import perisai
from rules.calendar import GRACE, month_after, month_of
from rules.money import rupiah
from rules.standing import Standing

PAGE: Final = 8
"""How many lines a page has."""

MOST: Final = 200
"""How many returned registrations are read, the longest waiting first."""

SOON: Final = timedelta(days=7)
"""Who is due within so many days is named."""

NEAR: Final = timedelta(days=14)
"""Whose membership would end within so many days is named before all who are late."""

LISTS: Final = 5
"""How many files are looked at, the newest first."""


class Case(StrEnum):
    """Why a line is there, the most urgent first."""

    RETURNED = "returned"
    LAPSING = "lapsing"
    ARREARS_3 = "arrears_3"
    ARREARS_2 = "arrears_2"
    ARREARS_1 = "arrears_1"
    DUE = "due"
    DRAFT = "draft"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the day: why it is there, its words, and the words and data of its button."""

    case: Case
    words: Words
    button: Words
    data: str


async def show(update: Update, context: Context) -> None:
    """Show the first page of the day."""
    await _say(context, 1)


async def turn(context: Context, number: str) -> None:
    """Show another page of the day, as it is now."""
    await _say(context, int(number) if number.isdecimal() and len(number) < 4 else 1)


async def _say(context: Context, number: int) -> None:
    lines = sorted(await _lines(context), key=lambda line: list(Case).index(line.case))
    pages = max(1, -(-len(lines) // PAGE))
    number = min(max(number, 1), pages)
    shown = lines[(number - 1) * PAGE : number * PAGE]
    values = {
        "day": context.batch.today,
        "counts": _counts(lines),
        "new": await _new_members(context),
        "lines": tuple(line.words for line in shown),
        "page": Words("today.page", {"page": number, "pages": pages}) if pages > 1 else "",
    }
    teller = Teller(context.language)
    text = tidy(teller.html(Words("today.page_of_the_day" if lines else "today.nothing", values)))
    context.say(text, _buttons(teller, shown, number, pages), protect=True)


def _buttons(teller: Teller, shown: Sequence[Line], number: int, pages: int) -> Inline:
    each = tuple((Button(teller.plain(line.button), data=line.data),) for line in shown)
    turns = tuple(
        Button(teller.plain(Words(f"contributions.{words}")), data=f"v1|c|hari_ini|{other}")
        for words, other in (("previous", number - 1), ("following", number + 1))
        if 1 <= other <= pages
    )
    return Inline((*each, *((turns,) if turns else ())))


def _counts(lines: Sequence[Line]) -> tuple[Words, ...]:
    found = Counter(line.case for line in lines)
    return tuple(Words(f"today.count.{case}", {"count": found[case]}) for case in Case if found[case])


async def _lines(context: Context) -> list[Line]:
    batch, account = context.batch, context.account.id
    given_back = await workday.returned(batch.db, batch.keys, account, MOST)
    members = await members_of(batch, account)
    drafts = await dialogues.open_ones(batch.db, batch.keys, account)
    files = await imports.of_account(batch.db, account, LISTS)
    lists = await programmes.of_account(batch.db, account)
    return [
        *map(_returned, given_back),
        *_members(members, batch.today),
        *(_draft(context, one) for one in drafts if one.flow != practice.name),
        *(_file(one) for one in files if one.stage is not Stage.DONE),
        *(_list(one) for one in lists if one.handed_on_at is None and one.last_day >= batch.today),
    ]


def _returned(one: Returned) -> Line:
    reasons = reasons_in(Given.read(one.reason)) if one.reason else Words("today.no_reason")
    values = {"name": one.name, "reason": reasons}
    return Line(
        Case.RETURNED,
        Words("today.line.returned", values),
        Words("today.fix", values),
        f"v1|d|fix|{base36(one.application_id)}",
    )


def _members(members: Sequence[Member], today: date) -> Iterator[Line]:
    for member in members:
        case = None if member.sponsored(today) is not None else case_of(member.standing, today)
        if case is not None:
            yield _member(case, member, today)


def case_of(stands: Standing, today: date) -> Case | None:
    """Return why somebody who stands so is named today, None where nothing waits or the membership ended."""
    if stands.lapsed:
        return None
    if stands.paid_through is not None and stands.lapse_on - today <= NEAR:
        return Case.LAPSING
    if stands.arrears:
        return Case(f"arrears_{min(stands.arrears, GRACE)}")
    return Case.DUE if stands.due - today <= SOON else None


def _member(case: Case, member: Member, today: date) -> Line:
    stands = member.standing
    values = {
        "name": member.name,
        "month": Month(stands.next_unpaid),
        "when": when(stands.due, today),
        "lapse": stands.lapse_on,
        "count": stands.arrears,
    }
    if case is Case.DUE:
        return Line(
            case, Words("today.line.due", values), Words("contributions.tick", values), tap("tick", member)
        )
    name = "today.line.lapsing" if case is Case.LAPSING else "today.line.arrears"
    return Line(case, Words(name, values), Words("today.see", values), about("see", member))


def _draft(context: Context, opened: OpenDialogue) -> Line:
    place = context.batch.place_of(opened)
    at, whole = place.turn().progress
    name = context.page(place).teller.plain(place.flow.title(place.draft.answers))
    values = {"name": name, "step": at, "steps": whole}
    return Line(
        Case.DRAFT,
        Words("today.line.draft", values),
        Words("commands.draft", values),
        f"v1|c|lanjut|{opened.id}",
    )


def _file(sent: Import) -> Line:
    values = {"done": sent.judged, "whole": max(sent.expected, sent.judged)}
    return Line(Case.LIST, Words(f"files.line.{sent.stage}", values), Words("today.files_button"), "v1|f|all")


def _list(one: Programme) -> Line:
    values = {"title": programme_pages.title(one)}
    return Line(
        Case.LIST,
        Words("today.line.list", values),
        Words("today.list_button", values),
        programme_pages.about("see", one),
    )


async def _new_members(context: Context) -> Words | str:
    """Return how many never-registered NIKs an agent brought this month, beside the threshold of Perisai."""
    batch, account = context.batch, context.account.id
    roles = await accounts.roles_of(batch.db, [account], batch.now)
    if Role.AGENT not in roles[account]:
        return ""
    agent = await agents.open_request(batch.db, account)
    found = await workday.brought(batch.db, account, *_month(batch))
    values: dict[str, object] = {"new": found.new, "three": found.three, "month": Month(batch.today)}
    if agent is not None and agent.kind is not Kind.PERISAI:
        return Words("today.new", values)
    return Words("today.perisai", values | _beside(found))


def _beside(found: Brought) -> dict[str, object]:
    figures, sum_of = perisai.figures(), perisai.incentive(found.new, found.three)
    estimate = Words("today.perisai_incentive", {"sum": rupiah(sum_of)}) if sum_of else ""
    return {"threshold": figures["threshold"], "year": figures["year"], "estimate": estimate}


def _month(batch: Batch) -> tuple[datetime, datetime]:
    first = month_of(batch.today)
    begins, ends = (datetime.combine(day, time(), batch.zone) for day in (first, month_after(first)))
    return begins, ends
