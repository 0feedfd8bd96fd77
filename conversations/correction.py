"""Putting one's own registration right: one question is asked again, then everything is read back."""

from conversations.engine import Answers, Flow, Value
from conversations.registration import addressed, registration, titled
from conversations.repair import APPLICATION

NOT_ASKED = ("consent", "who", "relation", "agreement", "agreement_how", "review")
"""Questions whose answers are not data about the worker, or that follow by themselves."""

correction = Flow(
    "correction",
    tuple(step for step in registration.steps if step.name != "consent"),
    registration.version,
    about=addressed,
    title=titled,
    given=(APPLICATION,),
    words=registration.name,
)


def correctable(told: Answers) -> tuple[str, ...]:
    """Return the questions whose answers can be put right, as far as they were asked."""
    live = registration.live(told)
    return tuple(
        step.name
        for step in registration.applying(live)
        if step.name in live and step.name not in NOT_ASKED and not step.name.endswith("_more")
    )


def changed(before: Answers, after: Answers) -> dict[str, Value]:
    """Return the answers that differ, as they are wanted; one that is to go stands as None."""
    old, new = registration.live(before), registration.live(after)
    names = [*new, *(name for name in old if name not in new)]
    left_out = ("review", "consent", APPLICATION)
    return {name: new.get(name) for name in names if name not in left_out and old.get(name) != new.get(name)}


def with_changes(before: Answers, wanted: Answers) -> dict[str, Value]:
    """Return the answers as they are when what is wanted is done."""
    merged = {**before, **wanted}
    return dict(registration.live({name: value for name, value in merged.items() if not _gone(name, wanted)}))


def _gone(name: str, wanted: Answers) -> bool:
    return name in wanted and wanted[name] is None
