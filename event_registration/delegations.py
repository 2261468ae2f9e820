"""Who comes: the names of a registration's delegates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from event_registration.checking import check_delegates
from event_registration.errors import WrongStateError
from event_registration.gatherings import check_correctable
from event_registration.reading import RegistrationReader
from event_registration.schemas import Application, Delegate, Registration
from event_registration.states import LIVE
from event_registration.tables import delegates, registrations
from event_registration.vocabulary import RegistrationState as State

_r = registrations.c


class Delegations(RegistrationReader):
    """What registrants do with their delegates; each method works on the connection it is given."""

    def set_delegates(
        self,
        connection: Connection,
        registration_id: int,
        people: Sequence[Delegate],
        *,
        chat_id: int | None,
        now: datetime,
    ) -> Registration:
        """Name the delegates; once all are named, the counts follow from them.

        Raises:
            UnknownRegistrationError, ClosedWindowError, InvalidAnswerError, WrongStateError.
        """
        hall, row = self._enter(connection, registration_id, chat_id)
        if State(row.state) not in LIVE:
            raise WrongStateError(State(row.state), "name delegates")
        check_correctable(hall.gathering, now)
        named = check_delegates(people, row.size)
        connection.execute(delete(delegates).where(delegates.c.registration_id == row.id))
        if named:
            connection.execute(insert(delegates), self._delegate_rows(row.id, named))
        values: dict[str, Any] = {"changed_at": now}
        if len(named) == row.size:
            women = sum(each.is_woman for each in named)
            values |= {
                "women": women,
                "men": row.size - women,
                "young": sum(each.is_young for each in named),
                "disabled": sum(each.is_disabled for each in named),
            }
        connection.execute(update(registrations).where(_r.id == row.id).values(**values))
        return self.get(connection, registration_id)

    def _delegate_rows(self, number: int, people: Sequence[Delegate]) -> list[dict[str, Any]]:
        return [
            {
                "registration_id": number,
                "position": position,
                "sealed_details": self._vault.seal(
                    {
                        "name": each.name,
                        "is_woman": each.is_woman,
                        "is_young": each.is_young,
                        "is_disabled": each.is_disabled,
                    }
                ),
                "key_number": self._vault.key_number,
            }
            for position, each in enumerate(people)
        ]


def cut_delegates(connection: Connection, number: int, application: Application) -> None:
    """Forget the names of those for whom there is no place any more."""
    size = application.women + application.men
    beyond = delete(delegates).where(
        delegates.c.registration_id == number, delegates.c.position >= size
    )
    connection.execute(beyond)
