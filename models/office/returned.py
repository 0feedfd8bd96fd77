"""What an officer gave as the reason of a decision, as the sealed text of the application's history."""

from dataclasses import dataclass

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.application_events import ApplicationEvent
from models.states import State
from models.storage.sealed import PersonKey


@dataclass(frozen=True, slots=True)
class Given:
    """Reasons from the list, the questions that are to be answered again, and words of the officer's own."""

    reasons: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    words: str = ""

    def written(self) -> str:
        """Return this as the text that rests."""
        return orjson.dumps({"reasons": self.reasons, "steps": self.steps, "words": self.words}).decode()

    @classmethod
    def read(cls, text: str) -> "Given":
        """Return what `written` wrote; any other text is words of somebody's own."""
        try:
            told = orjson.loads(text)
            return cls(tuple(told["reasons"]), tuple(told["steps"]), str(told["words"]))
        except (orjson.JSONDecodeError, TypeError, KeyError):
            return cls(words=text)


async def last(db: AsyncSession, application_id: int, key: PersonKey, state: State = State.RETURNED) -> Given:
    """Return why an application was last moved to a state; nothing where no reason was given."""
    reached = (ApplicationEvent.application_id == application_id, ApplicationEvent.to_state == state)
    newest = select(ApplicationEvent).where(*reached).order_by(ApplicationEvent.id.desc()).limit(1)
    event: ApplicationEvent | None = await db.scalar(newest)
    told = None if event is None else event.told(key)
    return Given() if told is None else Given.read(told)
