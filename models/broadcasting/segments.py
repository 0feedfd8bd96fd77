"""Segments: whom a broadcast can be for. Each is one function that returns a condition on accounts.

Terms are combined by *and*, or taken out by *except*. A term holds for an account if anything it filed, or
anybody it is the first in reach of, fits; so an account that acts for many is found once by any of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, not_, or_, select, true
from sqlalchemy.orm import aliased

from models.accounts import Account, Grant, Role
from models.agency.agents import Agent
from models.agency.programmes import Place
from models.applications import Application
from models.contributions import paid_through
from models.dialogues import Dialogue
from models.memberships import Contact, Membership, Relation, is_active
from models.owing.wanted import somebody_before
from models.reminding.opt_outs import stops
from models.reminding.reminders import reachable
from models.states import State
from rules import occupations
from rules.calendar import DAY, GRACE, WIT_PROVINCES, WITA_PROVINCES, ZONES, due_date, month_after, month_of

Condition = ColumnElement[bool]
Segment = Callable[[str, date], Condition]
"""Makes the condition on accounts for a value and the present day; ValueError for an unknown value."""


@dataclass(frozen=True, slots=True)
class Term:
    """One segment with its value, to be in it or (`excepted`) not in it; `label` names what has no words."""

    name: str
    value: str = ""
    excepted: bool = False
    label: str = ""

    def stored(self) -> list[Any]:
        """Return the term as JSON."""
        return [self.name, self.value, self.excepted, self.label]


def read(stored: Iterable[Sequence[Any]]) -> tuple[Term, ...]:
    """Return the terms that were stored."""
    return tuple(Term(*each) for each in stored)


def matching(terms: Iterable[Term], territories: Iterable[str], today: date) -> Condition:
    """Return the condition on accounts that they are to be written to.

    In reach, in every term and none of the excepted, and within one of the territories ("" is everywhere).
    """
    inside = list(territories)
    where = [] if "" in inside else [or_(*(region(code, today) for code in inside))]
    wanted = [(SEGMENTS[term.name](term.value, today), term.excepted) for term in terms]
    chosen = [not_(condition) if excepted else condition for condition, excepted in wanted]
    return and_(reachable(Account), *where, *chosen)


def everyone(value: str, today: date) -> Condition:
    """Everybody in reach."""
    return true()


def region(code: str, today: date) -> Condition:
    """Who filed for, or answers for, somebody living in a place of any level, by its code."""
    if not code.isdecimal():
        raise ValueError(code)

    def inside(village: Any) -> Condition:
        return func.substr(village, 1, len(code)) == code

    return or_(filed(inside(Application.village_code)), answers_for(inside(Membership.village_code)))


def status(state: str, today: date) -> Condition:
    """Who filed an application that stands there."""
    return filed(Application.state == State(state))


def arrears(months: str, today: date) -> Condition:
    """Who answers for a member with so many months due and unpaid: 1, 2, or 3 and more."""
    count = int(months)
    if not 0 < count <= GRACE:
        raise ValueError(months)
    at_least = behind(count, today)
    return answers_for(at_least if count == GRACE else and_(at_least, not_(behind(count + 1, today))))


def payer(who: str, today: date) -> Condition:
    """Who filed an application that somebody pays for."""
    return filed(Application.payer == who)


def programme(number: str, today: date) -> Condition:
    """Who filed, or answers for, somebody in a numbered place of a list."""
    listed = and_(Place.programme_id == int(number), Place.number.is_not(None))
    return _by_application(
        lambda application_id: exists().where(listed, Place.application_id == application_id)
    )


def agent(number: str, today: date) -> Condition:
    """All agents for "all"; otherwise one agent and those who answer for somebody he registered."""
    if number == "all":
        role = (Grant.role == Role.AGENT, Grant.revoked_at.is_(None))
        lasts = or_(Grant.valid_until.is_(None), Grant.valid_until >= today)
        return exists().where(Grant.account_id == Account.id, *role, lasts)
    his = select(Agent.account_id).where(Agent.id == int(number)).scalar_subquery()
    entered = aliased(Application)
    by_him = exists().where(entered.id == Membership.application_id, entered.account_id == his)
    return or_(Account.id == his, answers_for(by_him))


def occupation(group: str, today: date) -> Condition:
    """Who filed for somebody whose work is of a group."""
    if group not in occupations.groups():
        raise ValueError(group)
    return filed(Application.occupation_id.in_([one.id for one in occupations.of_group(group)]))


def sector(name: str, today: date) -> Condition:
    """Who filed for somebody of a sector, as the relief knows it."""
    return filed(Application.sector == name)


def language(code: str, today: date) -> Condition:
    """Who reads a language."""
    return Account.language == code


def drafts(value: str, today: date) -> Condition:
    """Who has a registration that was begun and not sent."""
    return exists().where(Dialogue.account_id == Account.id, Dialogue.flow == "registration")


SEGMENTS: Final[Mapping[str, Segment]] = {
    "region": region,
    "status": status,
    "arrears": arrears,
    "payer": payer,
    "programme": programme,
    "agent": agent,
    "occupation": occupation,
    "sector": sector,
    "language": language,
    "drafts": drafts,
    "everyone": everyone,
}
"""Every segment, in the order in which they are offered."""


def filed(condition: Condition) -> Condition:
    """Return the condition that an account filed something like this that is neither closed nor frozen."""
    return exists().where(
        Application.account_id == Account.id,
        Application.state != State.WITHDRAWN,
        Application.frozen_at.is_(None),
        condition,
    )


def answers_for(condition: Condition) -> Condition:
    """Return the condition that an account is the first in reach of an active member like this.

    Members whose reminders were stopped by somebody count for nothing here.
    """
    return (
        exists()
        .where(
            Contact.account_id == Account.id,
            Membership.id == Contact.membership_id,
            is_active(),
            ~stops(Membership.nik_index),
            ~somebody_before(),
            condition,
        )
        .correlate(Account)
    )


def behind(count: int, today: date) -> Condition:
    """Return the condition that a member has at least so many months due and unpaid (rules/standing.py)."""
    month = month_of(today)
    last_due = month if due_date(month) < today else month_after(month, -1)
    if count > 1:
        return _unpaid_from(month_after(last_due, 1 - count))
    told = Membership.protection_until
    by_month = and_(_unpaid_from(last_due), or_(told.is_(None), told < today))
    if last_due == month:
        return by_month
    paid = paid_through(Membership.id)
    ended = and_(told >= month - DAY, told < today, or_(paid.is_(None), paid < month))
    return or_(by_month, and_(ended, _unsponsored(month)))


def _unpaid_from(month: date) -> Condition:
    """The month to pay next is this one or one before it."""
    end, paid, told = month_after(month) - DAY, paid_through(Membership.id), Membership.protection_until
    never = and_(told.is_(None), paid.is_(None), Membership.first_month > month)
    return and_(
        or_(told.is_(None), told < end), or_(paid.is_(None), paid < month), not_(never), _unsponsored(month)
    )


def _unsponsored(month: date) -> Condition:
    sponsor = Membership.sponsor_until
    return or_(sponsor.is_(None), sponsor < month_after(month) - DAY)


def _by_application(condition: Callable[[Any], Condition]) -> Condition:
    return or_(filed(condition(Application.id)), answers_for(condition(Membership.application_id)))


def zone_of_account(otherwise: str = ZONES[-1]) -> ColumnElement[str]:
    """Return the zone in which an account lives: that of its own membership, or of what it filed last."""
    own = case((Contact.relation == Relation.SELF.value, 0), else_=1)
    member = (
        select(Membership.zone)
        .join(Contact, Contact.membership_id == Membership.id)
        .where(Contact.account_id == Account.id, is_active())
        .order_by(own, Membership.id)
        .limit(1)
    )
    province = func.substr(Application.village_code, 1, 2)
    zone = case(
        (province.in_(sorted(WIT_PROVINCES)), literal(ZONES[0])),
        (province.in_(sorted(WITA_PROVINCES)), literal(ZONES[1])),
        else_=literal(ZONES[2]),
    )
    last = select(zone).where(Application.account_id == Account.id).order_by(Application.id.desc()).limit(1)
    return func.coalesce(
        member.correlate(Account).scalar_subquery(),
        last.correlate(Account).scalar_subquery(),
        literal(otherwise),
    )
