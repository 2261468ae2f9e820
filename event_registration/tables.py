"""The tables of registration. What is personal is sealed; what is searched for is hashed.

Both are made with keys of `Purpose.REGISTRATION` alone, so that nothing here can be joined with a
conversation about services: the same chat has other hashes there.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    literal_column,
)

from event_registration.states import HOLDING, LIVE
from event_registration.vocabulary import GatheringState, MessageState, RegistrationState
from storage.columns import BigId
from storage.database import Base, UtcDateTime

_HASH = String(32)


def _one_of(column: str, values: object) -> str:
    names = ", ".join(f"'{value}'" for value in sorted(str(value) for value in values))  # type: ignore[attr-defined]  # any iterable of words
    return f"{column} IN ({names})"


gatherings = Table(
    "gatherings",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("code", String(10), nullable=False),
    # The code with look-alike signs made the same: two that sound alike can't both exist.
    Column("folded_code", String(10), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("region", String(24)),
    Column("name_fr", String(120), nullable=False),
    Column("name_bm", String(120)),
    Column("theme_fr", String(300)),
    Column("theme_bm", String(300)),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("venue_fr", String(200), nullable=False),
    Column("venue_bm", String(200)),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("capacity", Integer, nullable=False),
    Column("places_taken", Integer, nullable=False),
    Column("next_number", Integer, nullable=False),
    Column("most_delegates", SmallInteger, nullable=False),
    Column("opens_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("correct_until", UtcDateTime, nullable=False),
    Column("needs_approval", Boolean, nullable=False),
    Column("co_organizers", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("cloned_from", BigId),
    Column("anonymised_at", UtcDateTime),
    UniqueConstraint("folded_code"),
    CheckConstraint(_one_of("state", GatheringState), name="state"),
    CheckConstraint("capacity >= 1", name="capacity"),
    CheckConstraint("most_delegates >= 1 AND most_delegates <= capacity", name="delegates"),
    CheckConstraint("places_taken >= 0 AND places_taken <= capacity", name="places"),
)

registrations = Table(
    "registrations",
    Base.metadata,
    # The number of the draft it was made of: a draft becomes one registration, never two.
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("gathering_id", BigId, ForeignKey("gatherings.id"), nullable=False),
    Column("code", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("queue_number", Integer, nullable=False),
    Column("size", SmallInteger, nullable=False),
    Column("least_places", SmallInteger, nullable=False),
    Column("places", SmallInteger, nullable=False),
    Column("passed_over", SmallInteger, nullable=False),
    Column("offer_until", UtcDateTime),
    Column("registrant_hash", _HASH, nullable=False),
    Column("name_hash", _HASH, nullable=False),
    Column("acronym_hash", _HASH),
    Column("receipt_hash", _HASH),
    Column("phone_hash", _HASH, nullable=False),
    Column("sealed_chat", LargeBinary),
    Column("sealed_details", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("organization_kind", String(20), nullable=False),
    Column("region", String(24), nullable=False),
    Column("cercle", String(24)),
    Column("women", SmallInteger, nullable=False),
    Column("men", SmallInteger, nullable=False),
    Column("young", SmallInteger, nullable=False),
    Column("disabled", SmallInteger, nullable=False),
    Column("wants_to_speak", Boolean, nullable=False),
    Column("wants_stand", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
    Column("reminder_time", String(10)),
    Column("photo_consent", Boolean, nullable=False),
    Column("consented_at", UtcDateTime, nullable=False),
    Column("similar_to", BigId),
    Column("merged_into", BigId),
    Column("checked_in_at", UtcDateTime),
    Column("checked_in_people", SmallInteger),
    Column("entered_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("code"),
    CheckConstraint(_one_of("state", RegistrationState), name="state"),
    CheckConstraint(f"({_one_of('state', HOLDING)}) = (places > 0)", name="places"),
    CheckConstraint("women >= 0 AND men >= 0 AND size = women + men AND size > 0", name="size"),
    CheckConstraint("places >= 0 AND places <= size", name="places_in_size"),
    CheckConstraint("least_places >= 1 AND least_places <= size", name="least_places"),
    CheckConstraint("(state = 'offered') = (offer_until IS NOT NULL)", name="offer"),
)
_r = registrations.c
_is_live = _r.state.in_(sorted(state.value for state in LIVE))
# Said with the value itself, here and in queries: with a parameter in its place neither database
# knows that the index holds what is asked for.
WAITS = _r.state == literal_column(f"'{RegistrationState.WAITING.value}'")
"""The condition of the waiting list's indexes."""

Index(
    "ix_registrations_one_live",
    _r.gathering_id,
    _r.registrant_hash,
    _r.name_hash,
    unique=True,
    sqlite_where=_is_live,
    postgresql_where=_is_live,
)
Index(
    "ix_registrations_waiting_order",
    _r.gathering_id,
    _r.queue_number,
    sqlite_where=WAITS,
    postgresql_where=WAITS,
)
Index(
    "ix_registrations_waiting_size",
    _r.gathering_id,
    _r.least_places,
    _r.queue_number,
    sqlite_where=WAITS,
    postgresql_where=WAITS,
)
Index(
    None, _r.offer_until, sqlite_where=_r.offer_until.is_not(None),
    postgresql_where=_r.offer_until.is_not(None),
)  # fmt: skip
Index(None, _r.registrant_hash)
Index(None, _r.gathering_id, _r.name_hash)
Index(None, _r.gathering_id, _r.acronym_hash)
Index(None, _r.gathering_id, _r.receipt_hash)

delegates = Table(
    "delegates",
    Base.metadata,
    Column(
        "registration_id",
        BigId,
        ForeignKey("registrations.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("sealed_details", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
)

registration_drafts = Table(
    "registration_drafts",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column("registrant_hash", _HASH, nullable=False),
    Column("sealed_answers", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    UniqueConstraint("registrant_hash"),
)

registration_messages = Table(
    "registration_messages",
    Base.metadata,
    Column("id", BigId, primary_key=True, autoincrement=False),
    Column(
        "registration_id",
        BigId,
        ForeignKey("registrations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("kind", String(20), nullable=False),
    # Which of several of its kind: the same news is told once.
    Column("occasion", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("sealed_payload", LargeBinary),
    Column("key_number", Integer, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("failure", String(40)),
    UniqueConstraint("registration_id", "kind", "occasion"),
    CheckConstraint(_one_of("state", MessageState), name="state"),
    CheckConstraint("(state = 'waiting') = (sealed_payload IS NOT NULL)", name="payload"),
)
_m = registration_messages.c
IS_TO_SEND = _m.state == literal_column(f"'{MessageState.WAITING.value}'")
"""The condition of the outbox's index."""

Index(
    "ix_registration_messages_due",
    _m.not_before,
    sqlite_where=IS_TO_SEND,
    postgresql_where=IS_TO_SEND,
)

code_attempts = Table(
    "code_attempts",
    Base.metadata,
    # A hash of the chat that tried, or of the code that was tried.
    Column("subject", _HASH, primary_key=True),
    Column("failures", SmallInteger, nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
)

gathering_figures = Table(
    "gathering_figures",
    Base.metadata,
    Column("gathering_id", BigId, ForeignKey("gatherings.id"), primary_key=True),
    Column("dimension", String(20), primary_key=True),
    Column("value", String(24), primary_key=True),
    Column("number", Integer, nullable=False),
)
Index(None, gatherings.c.ends_at)
Index(None, registration_drafts.c.expires_at)
Index(None, code_attempts.c.first_at)
