"""Registrations as they stand, and who may see them."""

from sqlalchemy import Connection, func, select

from event_registration.errors import UnknownRegistrationError
from event_registration.hall import Hall
from event_registration.messages import Messages
from event_registration.rows import AnyRow, registration_of
from event_registration.schemas import Delegate, Registration
from event_registration.sealing import Subject, Vault
from event_registration.tables import WAITS, delegates, registrations
from event_registration.vocabulary import RegistrationState as State
from storage.keys import Keyring

_r = registrations.c


class RegistrationReader:
    """What all who work on registrations have in common.

    A `chat_id` says who asks: somebody else's registration is unknown to them. `None` is staff.

    Args:
        keyring: the keys of the installation.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._vault = Vault(keyring)
        self._messages = Messages(self._vault)

    def get(
        self, connection: Connection, registration_id: int, *, chat_id: int | None = None
    ) -> Registration:
        """Return a registration.

        Raises:
            UnknownRegistrationError: there is none of this number, or not for this chat.
        """
        return registration_of(self._vault, self._row(connection, registration_id, chat_id))

    def of_chat(self, connection: Connection, chat_id: int) -> list[Registration]:
        """Return what a chat has registered, the latest first; merged ones are left out."""
        wanted = (
            select(registrations)
            .where(
                _r.registrant_hash.in_(self._vault.hashes(Subject.CHAT, str(chat_id))),
                _r.state != State.MERGED.value,
            )
            .order_by(_r.entered_at.desc(), _r.id)
        )
        return [registration_of(self._vault, row) for row in connection.execute(wanted)]

    def of_gathering(
        self, connection: Connection, gathering_id: int, *, state: State | None = None
    ) -> list[Registration]:
        """Return a gathering's registrations in order of entry, all or those in one state."""
        wanted = select(registrations).where(_r.gathering_id == gathering_id)
        if state is not None:
            wanted = wanted.where(_r.state == state.value)
        rows = connection.execute(wanted.order_by(_r.queue_number))
        return [registration_of(self._vault, row) for row in rows]

    def delegates_of(self, connection: Connection, registration_id: int) -> list[Delegate]:
        """Return the delegates that were named, in order."""
        wanted = (
            select(delegates.c.sealed_details)
            .where(delegates.c.registration_id == registration_id)
            .order_by(delegates.c.position)
        )
        return [
            Delegate(**self._vault.open(sealed)) for sealed in connection.execute(wanted).scalars()
        ]

    def rank(self, connection: Connection, registration_id: int) -> int:
        """Return how many stand before a registration on the waiting list, itself included."""
        row = self._row(connection, registration_id, None)
        ahead = select(func.count()).where(
            _r.gathering_id == row.gathering_id,
            WAITS,
            _r.queue_number <= row.queue_number,
        )
        return int(connection.execute(ahead).scalar_one())

    def rank_if_waiting(self, connection: Connection, registration: Registration) -> int | None:
        """Return the place on the waiting list; `None` for a registration that does not wait."""
        waits = registration.state is State.WAITING
        return self.rank(connection, registration.id) if waits else None

    def _row(self, connection: Connection, registration_id: int, chat_id: int | None) -> AnyRow:
        wanted = select(registrations).where(_r.id == registration_id)
        row = connection.execute(wanted).one_or_none()
        if row is None:
            raise UnknownRegistrationError
        self._check_owner(row, chat_id)
        return row

    def _check_owner(self, row: AnyRow, chat_id: int | None) -> None:
        if chat_id is None:
            return
        if row.registrant_hash not in self._vault.hashes(Subject.CHAT, str(chat_id)):
            raise UnknownRegistrationError

    def _enter(
        self, connection: Connection, registration_id: int, chat_id: int | None
    ) -> tuple[Hall, AnyRow]:
        """Lock the registration's gathering, then read the registration as it is now."""
        before = self._row(connection, registration_id, chat_id)
        hall = Hall.enter(connection, before.gathering_id, self._messages)
        return hall, self._row(connection, registration_id, chat_id)
