"""Where one person stands in the flows: plain data with a version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SPEC_VERSION = 1
MAX_TRAIL = 12


class SessionVersionError(ValueError):
    """A saved session has a version this release does not read."""

    def __init__(self, version: object) -> None:
        super().__init__(f"session version {version!r}")
        self.version = version


@dataclass(frozen=True, slots=True)
class Place:
    """A screen a person has seen, with the slots as they were when it was shown."""

    flow: str
    step: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """Where a person stands. Holds choices, never sentences.

    Attributes:
        current: the screen that waits for an answer, or for its look-up while `looking_up`.
        slots: the answers so far.
        trail: the screens before this one, oldest first, for `back`.
        looking_up: name of the look-up under way, `None` between turns.
    """

    current: Place | None = None
    slots: Mapping[str, str] = field(default_factory=dict)
    trail: tuple[Place, ...] = ()
    looking_up: str | None = None


def encode_session(session: Session) -> dict[str, Any]:
    """Return the session as JSON-ready data."""
    return {
        "v": SPEC_VERSION,
        "current": _encode_place(session.current) if session.current else None,
        "slots": dict(session.slots),
        "trail": [_encode_place(place) for place in session.trail],
        "looking_up": session.looking_up,
    }


def decode_session(data: Mapping[str, Any]) -> Session:
    """Return the session that `encode_session` wrote.

    Raises:
        SessionVersionError: it was written by another version.
    """
    if data.get("v") != SPEC_VERSION:
        raise SessionVersionError(data.get("v"))
    current = data["current"]
    return Session(
        current=_decode_place(current) if current else None,
        slots=dict(data["slots"]),
        trail=tuple(_decode_place(place) for place in data["trail"]),
        looking_up=data["looking_up"],
    )


def _encode_place(place: Place) -> list[Any]:
    return [place.flow, place.step, dict(place.slots)]


def _decode_place(data: list[Any]) -> Place:
    flow, step, slots = data
    return Place(flow, step, dict(slots))
