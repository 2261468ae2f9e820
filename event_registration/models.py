"""All tables of registration, with how long they keep what: import this to have them known."""

from event_registration import retention
from event_registration.tables import (
    code_attempts,
    delegates,
    gathering_figures,
    gatherings,
    registration_drafts,
    registration_messages,
    registrations,
)

__all__ = [
    "code_attempts",
    "delegates",
    "gathering_figures",
    "gatherings",
    "registration_drafts",
    "registration_messages",
    "registrations",
    "retention",
]
