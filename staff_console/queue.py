"""The verification queue as its page shows it, read in one go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from referral_directory.verification_queue import (
    QueueEntry,
    Urgency,
    for_a_person,
    next_with_figures,
)
from storage.actors import Actor


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits to be called.

    Attributes:
        entry: the one to call now; `None` when nothing waits, or all is put off.
        figures: how many wait, by urgency.
        stuck: what nobody answered for three times.
    """

    entry: QueueEntry | None
    figures: Mapping[Urgency, int]
    stuck: Sequence[QueueEntry]

    @property
    def left(self) -> int:
        """How many wait in all."""
        return sum(self.figures.values())


def see_queue(
    connection: Connection,
    actor: Actor,
    now: datetime,
    *,
    skipping: Collection[tuple[str, str]] = (),
) -> Queue:
    """Return the queue; it may be long at first, and the database counts and cuts it."""
    entry, figures = next_with_figures(connection, actor, now, skipping=tuple(skipping))
    return Queue(entry, figures, for_a_person(connection, actor, now))
