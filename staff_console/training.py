"""Requests for training, for those who may see persons; that they were read is noted."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from guidance.training import TrainingDesk, TrainingRequest
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record


def read_requests(
    connection: Connection, desk: TrainingDesk, actor: Actor, now: datetime
) -> Sequence[TrainingRequest]:
    """Return what staff have to answer, oldest first."""
    require(actor, Role.EVENTS)
    record(connection, AuditEntry(now, actor.name, "training:listed", "training"))
    return desk.asked(connection, now)
