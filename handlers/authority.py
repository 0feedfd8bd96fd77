"""Who may do what, to whose records: one table, asked inside the transaction of each update.

Every route of `handlers/routes.py` is one line here; a test fails for one that is not.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from telegram import Update

from handlers.batch import Context
from handlers.office import step_up
from models.accounts import Role, roles_of
from models.agency.imports import MAY_SEND
from models.trust import second_factors

Handle = Callable[[Update, Context], Awaitable[None]]


class Whose(StrEnum):
    """Whose records an action may reach.

    nobody  none at all
    own     what the sender entered, was handed, or is a contact of: asked by the sender's id in every query
    office  every record of the office, named by receipt number or by a button of the desk
    """

    NOBODY = "nobody"
    OWN = "own"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which roles may take an action, whose records it reaches, and what others are told.

    `sure` asks for the sender's PIN or code first, unless one was given in the last hours.
    """

    roles: frozenset[Role]
    whose: Whose
    refusal: str = "desk.not_yours"
    sure: bool = False


EVERYONE: Final = frozenset({Role.WORKER})
"""Everybody is a worker; what they may see is only their own."""

OFFICE: Final = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Roles that may use the desk."""

ADMINISTRATORS: Final = frozenset({Role.ADMINISTRATOR})
"""Roles that give roles and read the audit log."""

MAKERS: Final = MAY_SEND
"""Roles that may send lists of workers, and make those of a village."""

_open = Rule(EVERYONE, Whose.NOBODY)
_own = Rule(EVERYONE, Whose.OWN)
_desk = Rule(OFFICE, Whose.OFFICE)
_counts = Rule(MAKERS, Whose.NOBODY, "coverage.not_yours")
_administration = Rule(ADMINISTRATORS, Whose.OFFICE, "administration.not_yours")
_senders = Rule(MAKERS, Whose.OWN, "files.for_agents")
_makers = Rule(MAKERS, Whose.OWN, "programmes.not_yours")

RULES: Final = {
    "/start": _own,
    "/daftar": _own,
    "/lanjut": _own,
    "/status": _own,
    "/slip": _own,
    "/hari_ini": _own,
    "/iuran": _own,
    "/rumah": _own,
    "/asosiasi": _own,
    "/ingatkan": _own,
    "/batal": _own,
    "/bantuan": _open,
    "/bahasa": _open,
    "/privasi": _open,
    "/hapus_data": _own,
    "/jadi_agen": _own,
    "/cekagen": _open,
    "/latihan": _own,
    "/agen": _desk,
    "/petugas": Rule(OFFICE, Whose.NOBODY),
    "/periksa": _desk,
    "/terdaftar": _desk,
    "/bayar": _desk,
    "/koreksi": _desk,
    "/sampai": _desk,
    "/ekspor": _desk,
    "/hasil": _desk,
    "/templat": _senders,
    "/impor": _senders,
    "/program": _makers,
    "/cakupan": _counts,
    "/kartu": _counts,
    "/kesehatan": Rule(OFFICE, Whose.NOBODY),
    "/siar": Rule(OFFICE, Whose.OFFICE, sure=True),
    "/audit": _administration,
    "/atur": _administration,
    "/siapa": _open,
    "/pin": Rule(OFFICE, Whose.OWN),
    "command buttons": _own,
    "reminder buttons": _own,
    "contribution buttons": _own,
    "membership buttons": _own,
    "contact buttons": _own,
    "agent buttons": _desk,
    "approval buttons": Rule(OFFICE, Whose.OFFICE, sure=True),
    "payment buttons": _desk,
    "protection buttons": _desk,
    "repair buttons": _own,
    "review buttons": _desk,
    "desk page buttons": Rule(OFFICE, Whose.NOBODY),
    "unmask buttons": Rule(OFFICE, Whose.OFFICE, sure=True),
    "export making buttons": Rule(OFFICE, Whose.OFFICE, sure=True),
    "office file buttons": Rule(OFFICE, Whose.OWN),
    "export buttons": _desk,
    "slip buttons": _own,
    "programme buttons": _makers,
    "list buttons": _senders,
    "own record buttons": _own,
    "held buttons": _desk,
    "household buttons": _own,
    "association buttons": _own,
    "treasurer buttons": _own,
    "broadcast buttons": Rule(OFFICE, Whose.OFFICE, sure=True),
    "coverage buttons": _counts,
    "PIN buttons": Rule(OFFICE, Whose.OWN),
    "role buttons": Rule(ADMINISTRATORS, Whose.OFFICE, "administration.not_yours", sure=True),
    "candidate buttons": _own,
    "table buttons": Rule(ADMINISTRATORS, Whose.OFFICE, "administration.not_yours", sure=True),
    "administration buttons": _administration,
    "answer buttons": _own,
    "answers": _own,
    "files": _own,
    "unknown commands": _open,
    "edited messages": _own,
    "other messages": _own,
    "blocked and unblocked": _own,
}
"""Each route and its rule, by the name under which `routes.py` guards it."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """A handler behind its rule: who may not is told so, who must show that it is them is asked first."""

    action: str
    do: Handle

    async def __call__(self, update: Update, context: Context) -> None:
        """Handle an update, if the sender's roles allow it now."""
        if await permits(context, self.action):
            sure = not RULES[self.action].sure or await is_sure(context)
            await (self.do if sure else step_up.demand)(update, context)
        elif update.callback_query is not None:
            context.answer(update.callback_query.id, context.words(RULES[self.action].refusal))
        else:
            context.say(context.words(RULES[self.action].refusal))


async def permits(context: Context, action: str) -> bool:
    """Return whether the sender's roles allow an action, by the database as it is in this transaction."""
    allowed = RULES[action].roles
    if Role.WORKER in allowed:
        return True
    account = context.account.id
    roles = await roles_of(context.batch.db, [account], context.batch.now)
    return bool(roles[account] & allowed)


async def is_sure(context: Context) -> bool:
    """Return whether the sender gave a PIN or code in the last hours."""
    return await second_factors.confirmed(context.batch.db, context.account.id, context.batch.now)
