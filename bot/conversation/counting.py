"""What a turn adds to the weekly figures: a need and a region, nothing of the person."""

from bot.conversation.answering import Answer
from bot.conversation.composing import last_offer
from bot.conversation.person import Person
from bot.conversation.ports import LookUps
from bot.conversation.pressing import FIND_HELP
from flows.engine.session import Session

_LIST = "list"
_SHOWN = frozenset({_LIST, "card", "map"})
_ASKED_FOR = ("need", "place", "area")


def counts_of(before: Person, answer: Answer, look_ups: LookUps) -> tuple[tuple[str, str], ...]:
    """Return what is counted: a search, once, when its services come on the screen.

    Who goes back to the list, or from a card to the next, searches for nothing new. Of somebody
    under 18 nothing is kept, and nothing is counted.
    """
    offer = last_offer(answer.effects)
    if answer.keep_nothing or offer is None or (offer.flow, offer.step) != (FIND_HELP, _LIST):
        return ()
    asked = _asked_for(answer.person.session)
    current = before.session.current
    was_shown = current is not None and current.flow == FIND_HELP and current.step in _SHOWN
    if was_shown and _asked_for(before.session) == asked:
        return ()
    return look_ups.counted(answer.person.session.slots)


def _asked_for(session: Session) -> tuple[str | None, ...]:
    return tuple(session.slots.get(name) for name in _ASKED_FOR)
