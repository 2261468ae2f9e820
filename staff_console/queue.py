"""The verification queue as its page shows it, read in one go."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from referral_directory.verification_queue import (
    QueueEntry,
    Urgency,
    due_entries,
    for_a_person,
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
    """Return the queue: the services are asked once for all of it, for it is long at first."""
    waiting = due_entries(connection, actor, now)
    put_off = set(skipping)
    entry = next((one for one in waiting if (one.subject, one.slug) not in put_off), None)
    return Queue(
        entry,
        Counter(one.urgency for one in waiting),
        for_a_person(connection, actor, now),
    )
