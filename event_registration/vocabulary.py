"""The words of registration: a value's name stands in the database, so never rename one."""

from datetime import time
from enum import StrEnum


class GatheringKind(StrEnum):
    """Which gathering it is."""

    JIF = "jif"
    JPO = "jpo"
    OTHER = "other"


class GatheringState(StrEnum):
    """How far a gathering is; whether its window is open follows from the time."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class RegistrationState(StrEnum):
    """Where a registration stands; `event_registration.states` says what follows what."""

    RECEIVED = "received"
    WAITING = "waiting"
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    MERGED = "merged"


class OrganizationKind(StrEnum):
    """What kind of organisation comes."""

    ASSOCIATION = "association"
    NGO = "ngo"
    NETWORK = "network"
    GROUP = "group"
    COOPERATIVE = "cooperative"
    YOUTH = "youth"
    DISABILITY = "disability"
    MEDIA = "media"
    OTHER = "other"


class Need(StrEnum):
    """What a delegation needs in order to take part."""

    SIGN_LANGUAGE = "sign_language"
    RAMP = "ramp"
    GUIDE = "guide"
    CHILDCARE = "childcare"
    LODGING = "lodging"
    TRANSPORT = "transport"


class ReminderTime(StrEnum):
    """When on a day a reminder may come; the clock of Bamako is UTC all year."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"

    @property
    def hour(self) -> time:
        """The hour in Bamako, which is UTC."""
        return time({"morning": 8, "noon": 12, "evening": 18}[self.value])


class Language(StrEnum):
    """In which language a registrant is written to."""

    FRENCH = "fr"
    BAMBARA = "bm"


class MessageKind(StrEnum):
    """What a registrant is told outside of a conversation."""

    CONFIRMED = "confirmed"
    APPROVED_WAITING = "approved_waiting"
    REFUSED = "refused"
    OFFERED = "offered"
    OFFER_LAPSED = "offer_lapsed"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    MERGED = "merged"
    REMINDER_WEEK = "reminder_week"
    REMINDER_DAY = "reminder_day"


class MessageState(StrEnum):
    """How far a message is."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
