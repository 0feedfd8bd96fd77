"""What lies before an officer: the territories of the own desk, and whether an application is in them."""

from typing import Final

from handlers.batch import Context
from models import accounts
from models.accounts import Role
from models.applications import Application

DESK: Final = (Role.OFFICER, Role.ADMINISTRATOR)
"""Roles whose territories make the desk."""


async def territories(context: Context) -> frozenset[str]:
    """Return the territories the sender's desk covers."""
    return await accounts.territories_of(context.batch.db, context.account.id, DESK, context.batch.now)


async def is_ours(context: Context, application: Application) -> bool:
    """Return whether an application lies in the sender's territory."""
    return any(application.village_code.startswith(code) for code in await territories(context))


async def is_open_to(context: Context, application: Application) -> bool:
    """Return whether the sender may act on an application; say why not where it is elsewhere or frozen."""
    if not await is_ours(context, application):
        context.say(context.words("held.elsewhere", reference=application.reference))
        return False
    if application.frozen_at is not None:
        context.say(context.words("application.frozen"))
        return False
    return True
