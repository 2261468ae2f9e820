"""The conversations that are open in browsers: in this process's memory and nowhere else."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

MOST_ROOMS = 500


@dataclass(slots=True, eq=False)
class Room:
    """One browser page's conversation.

    Attributes:
        chat_id: what the driver knows it by: no chat of an earlier process has it, so that nobody
            finds the registration of somebody who sat here before.
        expires_at: from then on it is forgotten, aware UTC.
        state: the session as the driver gave it.
        shown: the messages that are there and can be changed.
        last_id: the newest message id, of either side.
        turn: held while an event is answered, so that events keep their order.
        waiting: how many events want that turn, the one that has it included.
        answered: the last event's number and its answer, for a page that did not hear it.
    """

    chat_id: int
    expires_at: datetime
    state: bytes | None = None
    shown: set[int] = field(default_factory=set)
    last_id: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    answered: tuple[int, Mapping[str, object]] | None = None

    def next_id(self) -> int:
        """Return the id of a new message."""
        self.last_id += 1
        return self.last_id


class Rooms:
    """Keeps the open conversations, the least recently used first out."""

    def __init__(self, most: int = MOST_ROOMS) -> None:
        self._most = most
        self._rooms: OrderedDict[str, Room] = OrderedDict()

    def __len__(self) -> int:
        """Return how many conversations are open."""
        return len(self._rooms)

    def enter(self, token: str, now: datetime, lifetime: timedelta) -> Room:
        """Return the room of `token`, a new one that lives for `lifetime` where there is none."""
        self.sweep(now)
        room = self._rooms.get(token)
        if room is None:
            self._make_place()
            room = self._rooms[token] = Room(_new_chat_id(), now + lifetime)
        self._rooms.move_to_end(token)
        return room

    def holds(self, token: str, room: Room) -> bool:
        """Return whether `room` is still the one of `token`."""
        return self._rooms.get(token) is room

    def forget(self, token: str) -> None:
        """Drop the room of `token`, if there is one, and all that it knew."""
        self._rooms.pop(token, None)

    def sweep(self, now: datetime) -> None:
        """Drop every room whose time is over, but none where an event is being answered."""
        over = [
            token
            for token, room in self._rooms.items()
            if room.expires_at <= now and not room.waiting
        ]
        for token in over:
            self.forget(token)

    def _make_place(self) -> None:
        while len(self._rooms) >= self._most:
            idle = (token for token, room in self._rooms.items() if not room.waiting)
            self.forget(next(idle, next(iter(self._rooms))))


def _new_chat_id() -> int:
    """Return a number beyond those of Telegram, which have at most 52 bits."""
    return (1 << 52) + secrets.randbits(52)
