"""Gatherings and organisations made up for the tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from event_registration.desk import Desk
from event_registration.schemas import Application, Gathering, NewGathering, Registration, Text
from event_registration.vocabulary import GatheringKind, OrganizationKind
from event_registration.vocabulary import RegistrationState as State
from storage.store import Store

NOW = datetime(2027, 2, 15, 10, 0, tzinfo=UTC)
STARTS = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
STAFF = "Fanta"


def a_gathering(**changed: Any) -> NewGathering:
    """Return the JIF of 2027, with ten places."""
    values: dict[str, Any] = {
        "code": "JIF27",
        "kind": GatheringKind.JIF,
        "name": Text("Journée internationale de la femme 2027", "Musow ka don 2027"),
        "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=8),
        "venue": Text("Palais de la culture, Bamako"),
        "capacity": 10,
        "most_delegates": 5,
        "opens_at": NOW - timedelta(days=10),
        "closes_at": STARTS - timedelta(days=5),
        "correct_until": STARTS - timedelta(days=4),
    }
    return NewGathering(**{**values, **changed})


def an_application(number: int = 1, **changed: Any) -> Application:
    """Return the answers of an organisation; each number is another one."""
    values: dict[str, Any] = {
        "organization": f"Association Benkadi numéro {number}",
        "kind": OrganizationKind.ASSOCIATION,
        "region": "segou",
        "contact_name": "Awa Traoré",
        "contact_role": "présidente",
        "phone": "76 12 34 56",
        "women": 1,
        "men": 0,
        "data_consent": True,
    }
    return Application(**{**values, **changed})


class People:
    """Registers organisations in one line."""

    def __init__(self, store: Store, desk: Desk, gathering: Gathering) -> None:
        self.store, self.desk, self.gathering = store, desk, gathering

    async def register(
        self, number: int, *, chat_id: int | None = None, now: datetime = NOW, **answers: Any
    ) -> Registration:
        although = answers.pop("although_similar", False)
        return await self.store.write(
            self.desk.registrations.register,
            self.gathering.id,
            an_application(number, **answers),
            number=number,
            chat_id=chat_id or number,
            now=now,
            although_similar=although,
        )

    async def state_of(self, number: int) -> State:
        found = await self.store.read(self.desk.registrations.get, number)
        return found.state

    async def taken(self) -> int:
        found = await self.store.read(self.desk.gatherings.get, self.gathering.id)
        return found.places_taken
