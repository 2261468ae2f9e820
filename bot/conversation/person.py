"""What the driver remembers of a person between two events: choices, for 15 minutes."""

import json
from dataclasses import dataclass, field

from flows.engine.session import Session, decode_session, encode_session

DEFAULT_LANGUAGE = "fr"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Person:
    """A person in a conversation.

    Attributes:
        session: where they stand in the flows.
        language: `fr` or `bm`; `None` until it is known.
        notice_given: the safety notice has been part of a message.
        misses: free texts in a row that were not understood.
        late_told: a late update has had its one neutral line.
    """

    session: Session = field(default_factory=Session)
    language: str | None = None
    notice_given: bool = False
    misses: int = 0
    late_told: bool = False

    @property
    def speaks(self) -> str:
        """The language to answer in."""
        return self.language or DEFAULT_LANGUAGE


def encode_person(person: Person) -> bytes:
    """Return what is saved of `person`; the store seals it."""
    return json.dumps(
        {
            "v": _VERSION,
            "session": encode_session(person.session),
            "language": person.language,
            "notice_given": person.notice_given,
            "misses": person.misses,
            "late_told": person.late_told,
        },
        separators=(",", ":"),
    ).encode()


def decode_person(state: bytes | None) -> Person:
    """Return the person that was saved; a new one where there is none or it can't be read."""
    if state is None:
        return Person()
    try:
        data = json.loads(state)
        if data["v"] != _VERSION:
            return Person()
        return Person(
            session=decode_session(data["session"]),
            language=data["language"],
            notice_given=data["notice_given"],
            misses=data["misses"],
            late_told=data["late_told"],
        )
    except (ValueError, KeyError, TypeError):
        # An older release's session, or a damaged one: beginning anew is what a person expects.
        return Person()
