"""What the driver remembers of a person between two events: choices, for 15 minutes."""

import json
from dataclasses import dataclass, field

from flows.engine.session import Session, decode_session, encode_session

DEFAULT_LANGUAGE = "fr"
LASTS_SECONDS: dict[str, int | None] = {"hour": 60 * 60, "day": 24 * 60 * 60, "keep": None}
"""How long messages of the survivor path last, by what a person may choose."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Manner:
    """How a person is spoken to. It travels with every button; see `bot.conversation.buttons`.

    Attributes:
        language: `fr` or `bm`.
        discreet: in words that tell an onlooker nothing.
        lasts: when messages delete themselves, one of `LASTS_SECONDS`.
    """

    language: str = DEFAULT_LANGUAGE
    discreet: bool = False
    lasts: str = "day"


@dataclass(frozen=True, slots=True)
class Person:
    """A person in a conversation.

    Attributes:
        session: where they stand in the flows.
        language: `fr` or `bm`; `None` until it is known.
        notice_given: the safety notice has been part of a message.
        misses: free texts in a row that were not understood.
        late_told: a late update has had its one neutral line.
        discreet: they want words that tell an onlooker nothing.
        lasts: when their messages delete themselves, one of `LASTS_SECONDS`.
        protect: they want screens that can't be copied, where nothing on them has to be.
    """

    session: Session = field(default_factory=Session)
    language: str | None = None
    notice_given: bool = False
    misses: int = 0
    late_told: bool = False
    discreet: bool = False
    lasts: str = "day"
    protect: bool = False

    @property
    def speaks(self) -> str:
        """The language to answer in."""
        return self.language or DEFAULT_LANGUAGE

    @property
    def manner(self) -> Manner:
        """How to speak to them."""
        return Manner(self.speaks, self.discreet, self.lasts)


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
            "discreet": person.discreet,
            "lasts": person.lasts,
            "protect": person.protect,
        },
        separators=(",", ":"),
    ).encode()


def decode_person(state: bytes | None) -> Person:
    """Return the person that was saved; a new one where there is none or it can't be read."""
    if state is None:
        return Person()
    try:
        data = json.loads(state)
        if data.pop("v") != _VERSION or data["lasts"] not in LASTS_SECONDS:
            return Person()
        return Person(**{**data, "session": decode_session(data["session"])})
    except (ValueError, KeyError, TypeError, AttributeError):
        # An older release's session, or a damaged one: beginning anew is what a person expects.
        return Person()
