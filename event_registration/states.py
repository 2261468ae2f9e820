"""The life of a registration: which state may follow which, and which of them hold places."""

from collections.abc import Mapping

from event_registration.errors import WrongStateError
from event_registration.vocabulary import RegistrationState as State

FOLLOWING: Mapping[State, frozenset[State]] = {
    # Waits for staff; holds no place, but its number in the order of entry.
    State.RECEIVED: frozenset(
        {State.CONFIRMED, State.WAITING, State.OFFERED, State.REFUSED, State.CANCELLED}
        | {State.MERGED}
    ),
    State.WAITING: frozenset(
        {State.OFFERED, State.CONFIRMED, State.REFUSED, State.CANCELLED, State.MERGED}
    ),
    State.OFFERED: frozenset(
        {State.CONFIRMED, State.LAPSED, State.REFUSED, State.CANCELLED, State.MERGED}
    ),
    State.CONFIRMED: frozenset({State.REFUSED, State.CANCELLED, State.MERGED}),
    # Who let an offer pass may join the list again, at its end.
    State.LAPSED: frozenset({State.WAITING, State.OFFERED, State.CONFIRMED, State.CANCELLED}),
    State.REFUSED: frozenset(),
    State.CANCELLED: frozenset(),
    State.MERGED: frozenset(),
}
"""What may follow each state."""

LIVE = frozenset({State.RECEIVED, State.WAITING, State.OFFERED, State.CONFIRMED})
"""Registrations that count as one: an organisation has one of these per gathering and chat."""

HOLDING = frozenset({State.OFFERED, State.CONFIRMED})
"""Registrations that hold places."""


def check_step(state: State, following: State) -> None:
    """Let a registration go from a state to the next.

    Raises:
        WrongStateError: it can't go there.
    """
    if following not in FOLLOWING[state]:
        raise WrongStateError(state, following.value)
