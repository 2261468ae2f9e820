"""Signatures of staff under articles and translated texts: given, withdrawn, and read."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, select, update

from guidance.signatures import Kind, Signature, Signed, Stored, Which
from guidance.tables import TAKEN_BACK_WITHIN, content_reviews
from storage.actors import LONGEST_NAME, Actor, Role, require
from storage.audit import AuditEntry, record
from storage.columns import upsert

State = Literal["unsigned", "changed", "expired", "signed"]
Refusal = Literal["name", "day", "valid_until", "changed", "not_signed", "not_withdrawn"]
RISKS = ("danger", "health", "law", "erasing", "consent")

_c = content_reviews.c
_SIGN = upsert(
    content_reviews,
    (
        "digest",
        "reviewed_by",
        "reviewed_on",
        "valid_until",
        "signed_by",
        "signed_at",
        "withdrawn_at",
    ),
)
# A program that drafts or checks texts is no reviewer.
_NO_PERSON = re.compile(
    r"\b(bot|ci|script|jigi|auto\w*|draft\w*|generated|machine|model|todo)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Something to be read and signed.

    Attributes:
        digest: stands for the very words that are shown.
        title: of the article; of a text, where it stands.
        french: its pages in French.
        bambara: the same pages in Bambara.
        risk: why a wrong word may harm; one of `RISKS`.
        sources: where the facts of an article come from.
        in_file: a signature that was written into the files of the release.
        ends: the last valid day that the file of an article names, signed or not.
    """

    which: Which
    digest: str
    title: str
    french: tuple[str, ...]
    bambara: tuple[str, ...]
    risk: str | None = None
    sources: tuple[str, ...] = ()
    in_file: Signature | None = None
    ends: date | None = None

    def signature(self, signed: Signed) -> Signature | None:
        """Return the signature that stands: the console's, and otherwise the file's."""
        return signed.of(self.which, self.digest) or self.in_file

    def state(self, signed: Signed, today: date) -> State:
        """Return whether it is to be read, and why."""
        found = self.signature(signed)
        if found is None:
            return "changed" if self.which in signed.stored else "unsigned"
        late = found.valid_until is not None and today > found.valid_until
        return "expired" if late else "signed"


class CannotSignError(ValueError):
    """A signature can't be given or withdrawn like this; nothing was changed.

    Attributes:
        reason: what is wrong with it.
    """

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason: Refusal = reason


def sign(  # noqa: PLR0913  # who, what, which words of it, whose name, and when
    connection: Connection,
    actor: Actor,
    content: Content,
    *,
    digest: str,
    signature: Signature,
    now: datetime,
) -> None:
    """Note that a person has read something and stands for it.

    Args:
        connection: in a transaction.
        actor: the approver who enters it.
        content: as it is at present.
        digest: of the words that the approver saw.
        signature: the reader's name and day.
        now: the present moment.

    Raises:
        NotAllowedError: the actor does not approve.
        CannotSignError: no person, no such day, or other words than were seen.
    """
    require(actor, Role.APPROVER)
    reason = _wrong(content, digest, signature, now.date())
    if reason is not None:
        raise CannotSignError(reason)
    which = content.which
    row = {
        "kind": which.kind.value,
        "key": which.key,
        "language": which.language,
        "digest": digest,
        "reviewed_by": signature.reviewed_by.strip(),
        "reviewed_on": signature.reviewed_on,
        "valid_until": signature.valid_until,
        "signed_by": actor.name,
        "signed_at": now,
        "withdrawn_at": None,
    }
    connection.execute(_SIGN.on(connection), row)
    fields = ["reviewed_by", "reviewed_on", *(["valid_until"] if signature.valid_until else [])]
    record(connection, AuditEntry(now, actor.name, "content:signed", _record_id(which), fields))


def withdraw(connection: Connection, actor: Actor, which: Which, now: datetime) -> None:
    """Take a signature of the console back, whichever words it is for; `restore` gives it back.

    Raises:
        NotAllowedError: the actor does not approve.
        CannotSignError: the console holds none.
    """
    require(actor, Role.APPROVER)
    gone = update(content_reviews).where(*_under(which), _c.withdrawn_at.is_(None))
    if connection.execute(gone.values(withdrawn_at=now)).rowcount == 0:
        raise CannotSignError("not_signed")
    fields = ("reviewed_by", "reviewed_on")
    record(connection, AuditEntry(now, actor.name, "content:withdrawn", _record_id(which), fields))


def restore(connection: Connection, actor: Actor, content: Content, now: datetime) -> None:
    """Give a signature back that was withdrawn by mistake, for the very words it was under.

    Raises:
        NotAllowedError: the actor does not approve.
        CannotSignError: none was withdrawn of late, or the words are others now.
    """
    require(actor, Role.APPROVER)
    if withdrawn(connection, content, now) is None:
        raise CannotSignError("not_withdrawn")
    back = update(content_reviews).where(*_under(content.which))
    connection.execute(back.values(withdrawn_at=None))
    fields = ("reviewed_by", "reviewed_on")
    which = _record_id(content.which)
    record(connection, AuditEntry(now, actor.name, "content:restored", which, fields))


def withdrawn(connection: Connection, content: Content, now: datetime) -> Signature | None:
    """Return the signature under these very words that was withdrawn and can be given back."""
    row = connection.execute(
        select(content_reviews).where(
            *_under(content.which),
            _c.digest == content.digest,
            _c.withdrawn_at > now - TAKEN_BACK_WITHIN,
        )
    ).one_or_none()
    return Signature(row.reviewed_by, row.reviewed_on, row.valid_until) if row is not None else None


def read_signed(connection: Connection) -> Signed:
    """Return all signatures that staff gave."""
    rows = connection.execute(select(content_reviews).where(_c.withdrawn_at.is_(None)))
    return Signed(
        {
            Which(Kind(row.kind), row.key, row.language): Stored(
                row.digest, Signature(row.reviewed_by, row.reviewed_on, row.valid_until)
            )
            for row in rows
        }
    )


def last_reader(connection: Connection, actor: Actor) -> str:
    """Return the name under which this actor entered a signature last; "" where there is none."""
    names = select(_c.reviewed_by).where(_c.signed_by == actor.name, _c.withdrawn_at.is_(None))
    return connection.execute(names.order_by(_c.signed_at.desc())).scalars().first() or ""


def _wrong(content: Content, digest: str, signature: Signature, today: date) -> Refusal | None:
    name = signature.reviewed_by.strip()
    if not any(each.isalpha() for each in name) or len(name) > LONGEST_NAME:
        return "name"
    if _NO_PERSON.search(name):
        return "name"
    if signature.reviewed_on > today:
        return "day"
    until = signature.valid_until
    if until is not None and (content.which.kind is not Kind.ARTICLE or until <= today):
        return "valid_until"
    return "changed" if digest != content.digest else None


def _under(which: Which) -> tuple[ColumnElement[bool], ...]:
    return _c.kind == which.kind.value, _c.key == which.key, _c.language == which.language


def _record_id(which: Which) -> str:
    return f"{which.kind}:{which.key}:{which.language}"
