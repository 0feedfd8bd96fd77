"""What follows from an officer's decision about an application, wherever it was made."""

from dataclasses import dataclass

from handlers.batch import Batch
from handlers.status_news import tell_subject
from models.applications import Application
from models.office import reviews
from models.office.returned import Given
from models.trust.audit import Act, Entry


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: as the audit log calls it, as its news is called, and why."""

    act: Act
    news: str
    given: Given | None = None


async def follow(batch: Batch, application: Application, decision: Decision, by: int) -> None:
    """Tell whoever it is about, write the decision down, and give the application out of hand."""
    await tell_subject(batch, application, decision.news, decision.given)
    batch.audited.append(Entry(decision.act, by, application.worker_id, f"applications:{application.id}"))
    await reviews.let_go(batch.db, application.id, by)
