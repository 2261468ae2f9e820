"""All look-ups together: each name is answered by the part of the house that knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from bot.adapters.directory import DirectoryLookUps
from bot.adapters.registration import LOOK_UPS as REGISTRATION
from bot.adapters.registration import RegistrationLookUps
from bot.adapters.staff_queue import LOOK_UPS as STAFF
from bot.adapters.staff_queue import StaffLookUps
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp

OF_A_CHAT = REGISTRATION | STAFF
"""The look-ups whose answer depends on the chat."""


class SomeLookUps(Protocol):
    """Answers some look-ups."""

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found."""
        ...


@dataclass(frozen=True, slots=True)
class JoinedLookUps:
    """Fulfils the `LookUps` port.

    Attributes:
        directory: answers what nobody else answers, and maps points to places.
        others: look-up's name -> who answers it.
        registration: answers what concerns a chat's own registrations.
        staff: answers staff whose chat is linked; for everybody else there is nothing.
    """

    directory: DirectoryLookUps
    others: Mapping[str, SomeLookUps]
    registration: RegistrationLookUps
    staff: StaffLookUps

    def of(self, chat_id: int) -> "JoinedLookUps":
        """Return the look-ups for a chat; registration and the links of staff alone hear of it."""
        return replace(
            self, registration=self.registration.of(chat_id), staff=self.staff.of(chat_id)
        )

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        if request.name in REGISTRATION:
            return await self.registration.look_up(request, now)
        if request.name in STAFF:
            return await self.staff.look_up(request, now)
        return await self.others.get(request.name, self.directory).look_up(request, now)

    async def locate(self, latitude: float, longitude: float) -> str | None:
        """Return the slug of the cercle around a point, or `None` in the sea or abroad."""
        return await self.directory.locate(latitude, longitude)

    def counted(self, slots: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return what the weekly figures are told of a search."""
        return self.directory.counted(slots)
