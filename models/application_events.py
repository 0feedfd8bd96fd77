"""The history of an application: every move, by whom, when, and the sealed reason."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.states import State
from models.storage.base import Base, Id, one_of
from models.storage.ids import new_id
from models.storage.sealed import PersonKey


class ApplicationEvent(Base):
    """One move of an application; rows are only ever added. `by_account` is None when time moved it."""

    __tablename__ = "application_events"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    application_id: Mapped[int] = mapped_column(Id, ForeignKey("applications.id"), index=True)
    from_state: Mapped[State] = mapped_column(one_of(State, "from_state"))
    to_state: Mapped[State] = mapped_column(one_of(State, "to_state"))
    by_account: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime]
    reason: Mapped[bytes | None] = mapped_column(LargeBinary)

    def told(self, key: PersonKey) -> str | None:
        """Return the reason that was given, opened with the worker's key."""
        if self.reason is None:
            return None
        return key.open_text("application_events", self.id, "reason", self.reason)


def event(
    application_id: int,
    moved: tuple[State, State],
    by: int | None,
    now: datetime,
    key: PersonKey,
    reason: str | None = None,
) -> ApplicationEvent:
    """Return the record of one move."""
    event_id = new_id(now)
    return ApplicationEvent(
        id=event_id,
        application_id=application_id,
        from_state=moved[0],
        to_state=moved[1],
        by_account=by,
        at=now,
        reason=reason and key.seal_text("application_events", event_id, "reason", reason),
    )
