"""What a list asks of others: of the limited process, of whoever files, of the post."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from conversations.registration import CONSENT_VERSION
from models.agency.imports import Import, Purpose
from models.agency.lists import Declaration
from models.consents import Basis
from models.owing import deliveries

RESULT: Final = "import"
"""The kind of message that tells what came of a list."""


RESTS: Final = "import_rests"
"""The kind of message that tells that a list goes on on another day."""


def judging(held: Import, today: date) -> dict[str, Any]:
    """Return what the limited process is to do with a list: judge what is left of it."""
    if held.purpose is not Purpose.WORKERS:
        return office(held.purpose, today, held.after_row)
    declared = {"relation": held.relation, "agreement_how": held.agreement_how}
    about = {"today": today.isoformat(), "language": held.language, "after": held.after_row}
    return {"do": "judge", "declared": declared, **about}


def answering(held: Import, listed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the limited process is to do with rows that go back: write them as the list came."""
    jobs = held.purpose is Purpose.WORKERS
    return {"do": "answer", "language": held.language, "list": listed, "jobs": jobs}


def office(purpose: Purpose, today: date, after: int = 0) -> dict[str, Any]:
    """Return what the limited process is to do with a file of the office: read what is left of it."""
    return {"do": "office", "kind": purpose.value, "today": today.isoformat(), "after": after}


def declaration(held: Import) -> Declaration:
    """Return what the sender of a list declared for everybody on it."""
    assert held.agreed_at is not None  # noqa: S101 - no list is worked on before
    assert held.text_sha256 is not None  # noqa: S101
    return Declaration(
        account_id=held.account_id,
        text_version=CONSENT_VERSION,
        text_sha256=held.text_sha256,
        language=held.language,
        basis=Basis(held.relation),
        manner=f"self:{held.agreement_how}:{held.agreed_when}",
        given_at=held.agreed_at,
    )


def rest(held: Import, day: date, now: datetime) -> deliveries.Owed:
    """Return the news that a list goes on on another day, owed at least once."""
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"import:{held.id}:rests:{day}",
        chat_id=held.account_id,
        kind=RESTS,
        payload={"import": held.id, "day": day.isoformat()},
        not_before=now,
        account_id=held.account_id,
    )


def result(held: Import, now: datetime) -> deliveries.Owed:
    """Return the news of a list, owed at least once."""
    return deliveries.Owed(
        lane=deliveries.Lane.TRANSACTION,
        promise=deliveries.Promise.AT_LEAST_ONCE,
        dedupe=f"import:{held.id}",
        chat_id=held.account_id,
        kind=RESULT,
        payload={"import": held.id},
        not_before=now,
        account_id=held.account_id,
    )
