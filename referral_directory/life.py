"""The life of an entry: where it stands, and what may be done with it there. Pure rules.

What is stored is a status; whether an entry is due or expired follows from its dates, so that
no nightly job can forget to say so. The table in docs/directory.md is held to this module.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from referral_directory.periods import Period
from referral_directory.vocabulary import Freshness, Status


class State(StrEnum):
    """Where an entry stands, dates included."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    DUE = "due"
    EXPIRED = "expired"
    CLOSED = "closed"
    DELETED = "deleted"


class Deed(StrEnum):
    """What staff do to an entry."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    CONFIRM = "confirm"
    CLOSE = "close"
    REOPEN = "reopen"
    DELETE = "delete"
    RESTORE = "restore"


class ImpossibleDeedError(ValueError):
    """What can't be done with an entry where it stands.

    Attributes:
        status: Where it stands.
        deed: What was asked for.
    """

    def __init__(self, status: Status, deed: Deed) -> None:
        super().__init__(f"{deed.value} is not for an entry that is {status.value}")
        self.status = status
        self.deed = deed


TRANSITIONS: Mapping[tuple[Status, Deed], Status | None] = {
    (Status.DRAFT, Deed.SUBMIT): Status.IN_REVIEW,
    (Status.DRAFT, Deed.CONFIRM): Status.PUBLISHED,
    (Status.DRAFT, Deed.CLOSE): Status.CLOSED,
    (Status.DRAFT, Deed.DELETE): Status.DELETED,
    (Status.IN_REVIEW, Deed.APPROVE): Status.PUBLISHED,
    (Status.IN_REVIEW, Deed.REJECT): Status.DRAFT,
    (Status.IN_REVIEW, Deed.WITHDRAW): Status.DRAFT,
    (Status.IN_REVIEW, Deed.CONFIRM): Status.PUBLISHED,
    (Status.IN_REVIEW, Deed.CLOSE): Status.CLOSED,
    (Status.IN_REVIEW, Deed.DELETE): Status.DELETED,
    (Status.PUBLISHED, Deed.CONFIRM): Status.PUBLISHED,
    (Status.PUBLISHED, Deed.APPROVE): Status.PUBLISHED,
    (Status.PUBLISHED, Deed.REJECT): Status.PUBLISHED,
    (Status.PUBLISHED, Deed.WITHDRAW): Status.PUBLISHED,
    (Status.PUBLISHED, Deed.CLOSE): Status.CLOSED,
    (Status.PUBLISHED, Deed.DELETE): Status.DELETED,
    (Status.DRAFT, Deed.APPROVE): Status.DRAFT,
    (Status.DRAFT, Deed.REJECT): Status.DRAFT,
    (Status.DRAFT, Deed.WITHDRAW): Status.DRAFT,
    (Status.CLOSED, Deed.REOPEN): Status.DRAFT,
    (Status.CLOSED, Deed.DELETE): Status.DELETED,
    (Status.CLOSED, Deed.REJECT): Status.CLOSED,
    (Status.CLOSED, Deed.WITHDRAW): Status.CLOSED,
    (Status.DELETED, Deed.RESTORE): None,
    (Status.DELETED, Deed.REJECT): Status.DELETED,
    (Status.DELETED, Deed.WITHDRAW): Status.DELETED,
}
"""What each deed makes of each status; None is the status from before the deletion."""


def after(status: Status, deed: Deed, before_deletion: Status | None = None) -> Status:
    """Return the status that a deed leads to.

    Args:
        status: Where the entry stands.
        deed: What is done.
        before_deletion: Where it stood when it was deleted, for restoring it.

    Raises:
        ImpossibleDeedError: When it can't be done there.
    """
    if (status, deed) not in TRANSITIONS:
        raise ImpossibleDeedError(status, deed)
    return TRANSITIONS[status, deed] or before_deletion or Status.DRAFT


_BY_AGE: Mapping[Freshness, State] = {
    # Never confirmed is not expired: it waits for its first confirmation.
    Freshness.UNVERIFIED: State.PUBLISHED,
    Freshness.FRESH: State.PUBLISHED,
    Freshness.STALE: State.DUE,
    Freshness.EXPIRED: State.EXPIRED,
}


def state_of(status: Status, assured_date: date | None, period: Period, today: date) -> State:
    """Tell where an entry stands on a day."""
    if status is not Status.PUBLISHED:
        return State(status.value)
    return _BY_AGE[period.freshness(assured_date, today)]
