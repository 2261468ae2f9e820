"""How often signing in may fail, per account, per network address and per both together."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from staff_console.errors import TooManyAttemptsError
from staff_console.models import staff_attempts
from storage.columns import add_up
from storage.keys import Keyring, Purpose

BARRED_FOR = timedelta(minutes=15)
MOST_BY_BOTH = 5
MOST_BY_ADDRESS = 30
# Higher, so that who fails on purpose from elsewhere can't lock a colleague out with five tries.
MOST_BY_ACCOUNT = 50

_a = staff_attempts.c
_COUNT = add_up(staff_attempts, "failures")


class Attempts:
    """Counts attempts; nobody can read from the counts whose they are.

    Each attempt is counted before it is looked at, so that many at once gain nothing.

    Args:
        keyring: the keys of the installation.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def count(self, connection: Connection, account: str, address: str, now: datetime) -> None:
        """Count an attempt that is about to be looked at.

        Raises:
            TooManyAttemptsError: one of the limits is reached; the attempt is not to be heard.
        """
        limits = self._limits(account, address)
        over = delete(staff_attempts).where(_a.subject.in_(limits), _a.expires_at <= now)
        connection.execute(over)
        # Added first and read afterwards: of many at once each waits for the row of the other.
        for subject in sorted(limits):
            row = {"subject": subject, "failures": 1, "expires_at": now + BARRED_FOR}
            connection.execute(_COUNT.on(connection), row)
        rows = connection.execute(select(staff_attempts).where(_a.subject.in_(limits)))
        barred = [row.expires_at for row in rows if row.failures > limits[row.subject]]
        if barred:
            raise TooManyAttemptsError(max(barred))

    def forget(self, connection: Connection, account: str, address: str) -> None:
        """Take back the count of who has signed in; what others tried on the account stays."""
        both = self._hash("both", f"{account} {address}")
        connection.execute(delete(staff_attempts).where(_a.subject == both))
        whole = (self._hash("account", account), self._hash("address", address))
        one_less = update(staff_attempts).where(_a.subject.in_(whole), _a.failures > 0)
        connection.execute(one_less.values(failures=_a.failures - 1))

    def _limits(self, account: str, address: str) -> dict[str, int]:
        return {
            self._hash("both", f"{account} {address}"): MOST_BY_BOTH,
            self._hash("address", address): MOST_BY_ADDRESS,
            self._hash("account", account): MOST_BY_ACCOUNT,
        }

    def _hash(self, kind: str, value: str) -> str:
        return self._keyring.hash(Purpose.STAFF, f"{kind}:{value}".encode())
