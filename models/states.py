"""The life of an application: its states, and which may follow which."""

from enum import StrEnum


class State(StrEnum):
    """Where an application stands. Only people with proof move it.

    draft       begun and set aside; nothing was handed over
    submitted   the sender handed the data over, with consent
    in_review   an officer is checking it
    returned    the branch or the officer asks for a repair; the sender has a task
    accepted    checked and good; it waits to be keyed at BPJS Ketenagakerjaan
    registered  keyed there; the membership begins
    withdrawn   taken back by the sender or closed by an officer; it never comes back
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


ACTIVE = (State.SUBMITTED, State.IN_REVIEW, State.RETURNED, State.ACCEPTED, State.REGISTERED)
"""The states of which one NIK has at most one application that is not a duplicate."""

UNDECIDED = (State.DRAFT, State.SUBMITTED, State.IN_REVIEW, State.RETURNED)
"""The states in which the office has not yet acted on the data."""

TAKEN_BACK = (*UNDECIDED, State.ACCEPTED)
"""The states in which the sender may withdraw: a registered membership only BPJS Ketenagakerjaan ends."""

FOLLOWS = {
    State.DRAFT: {State.SUBMITTED, State.WITHDRAWN},
    State.SUBMITTED: {State.IN_REVIEW, State.ACCEPTED, State.RETURNED, State.WITHDRAWN},
    State.IN_REVIEW: {State.ACCEPTED, State.RETURNED, State.WITHDRAWN},
    State.RETURNED: {State.SUBMITTED, State.WITHDRAWN},
    State.ACCEPTED: {State.REGISTERED, State.RETURNED, State.WITHDRAWN},
    State.REGISTERED: {State.WITHDRAWN},
    State.WITHDRAWN: set[State](),
}
"""Which states may follow each one."""
