"""Where a conversation stands: choices, never sentences, sealed and short-lived."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Table,
    bindparam,
    case,
    delete,
    select,
    update,
)

from storage.columns import PersonKey, insert_or_ignore
from storage.database import Base, UtcDateTime
from storage.errors import VersionConflictError
from storage.keys import Keyring, Person, Purpose, SealBrokenError

_HIGHEST_FIRST_VERSION = 2**30

sessions = Table(
    "sessions",
    Base.metadata,
    Column("person_key", PersonKey, primary_key=True),
    Column("sealed_state", LargeBinary, nullable=False),
    Column("key_number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
Index(None, sessions.c.expires_at)

OF_PERSON = sessions.c.person_key.in_((bindparam("key"), bindparam("former_key")))
CURRENT_KEY_FIRST = case((sessions.c.person_key == bindparam("key"), 0), else_=1)

_LOAD = (
    select(sessions.c.sealed_state, sessions.c.version, sessions.c.expires_at)
    .where(OF_PERSON)
    .order_by(CURRENT_KEY_FIRST)
    .limit(1)
)
_AT_VERSION = sessions.c.version == bindparam("loaded_version")
_BEGIN = insert_or_ignore(sessions)
_CHANGE = (
    update(sessions)
    .where(OF_PERSON, _AT_VERSION)
    .values(
        person_key=bindparam("key"),
        sealed_state=bindparam("new_state"),
        key_number=bindparam("new_number"),
        version=bindparam("new_version"),
        expires_at=bindparam("new_expiry"),
    )
)
_END = delete(sessions).where(OF_PERSON, _AT_VERSION)
_ERASE = delete(sessions).where(OF_PERSON)
_PURGE = delete(sessions).where(sessions.c.expires_at <= bindparam("before"))


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it was found.

    Attributes:
        state: What was saved; None where there is none, it expired, or no key opens it.
        version: To hand back when saving; 0 where there is no row.
    """

    state: bytes | None = field(repr=False)
    version: int


NO_SESSION = StoredSession(None, 0)


class Sessions:
    """What is done with sessions. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def load(self, connection: Connection, person: Person, now: datetime) -> StoredSession:
        """Return the person's session; one that is past its time comes without its state."""
        keys = {"key": person.key, "former_key": person.former_key}
        row = connection.execute(_LOAD, keys).one_or_none()
        if row is None:
            return NO_SESSION
        return self.opened(row.sealed_state, row.version, row.expires_at, now)

    def opened(
        self, sealed: bytes, version: int, expires_at: datetime, now: datetime
    ) -> StoredSession:
        """Return the session of a row's values, as `load` would."""
        if expires_at <= now:
            return StoredSession(None, version)
        try:
            return StoredSession(self._keyring.open(Purpose.SESSION, sealed), version)
        except SealBrokenError:
            # Beginning anew is kinder than failing: a session is worth a few taps.
            return StoredSession(None, version)

    def save(
        self,
        connection: Connection,
        person: Person,
        state: bytes,
        *,
        version: int,
        expires_at: datetime,
    ) -> int:
        """Save the state over the version that was loaded; return the new version.

        Args:
            connection: In whose transaction.
            person: Whose session.
            state: What `load` gives back.
            version: What `load` gave; 0 for a new session.
            expires_at: From then on `load` finds no state.

        Raises:
            VersionConflictError: When another turn saved, began or erased it meanwhile.
        """
        sealed = self._keyring.seal(Purpose.SESSION, state)
        if version == 0:
            return self._begin(connection, person, sealed, expires_at)
        values = {
            "key": person.key,
            "former_key": person.former_key,
            "loaded_version": version,
            "new_state": sealed,
            "new_number": self._keyring.key_number,
            "new_version": version + 1,
            "new_expiry": expires_at,
        }
        if connection.execute(_CHANGE, values).rowcount != 1:
            raise VersionConflictError(version)
        return version + 1

    def end(self, connection: Connection, person: Person, *, version: int) -> None:
        """Delete the session that was loaded; nothing where none was.

        Raises:
            VersionConflictError: When another turn changed it meanwhile.
        """
        if version == 0:
            return
        values = {"key": person.key, "former_key": person.former_key, "loaded_version": version}
        if connection.execute(_END, values).rowcount != 1:
            raise VersionConflictError(version)

    def erase(self, connection: Connection, person: Person) -> int:
        """Delete the person's session whatever its version; return how many rows went."""
        keys = {"key": person.key, "former_key": person.former_key}
        return connection.execute(_ERASE, keys).rowcount

    def _begin(
        self, connection: Connection, person: Person, sealed: bytes, expires_at: datetime
    ) -> int:
        # A random first version: a turn that loaded an erased session must not fit a new one.
        version = 1 + secrets.randbelow(_HIGHEST_FIRST_VERSION)
        row = {
            "person_key": person.key,
            "sealed_state": sealed,
            "key_number": self._keyring.key_number,
            "version": version,
            "expires_at": expires_at,
        }
        if connection.execute(_BEGIN.on(connection), row).rowcount != 1:
            raise VersionConflictError(0)
        return version


def purge(connection: Connection, now: datetime) -> int:
    """Delete what expired; return how many."""
    return connection.execute(_PURGE, {"before": now}).rowcount
