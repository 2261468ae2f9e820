"""What can go wrong between a turn and the database."""

from collections.abc import Mapping


class VersionConflictError(Exception):
    """The session was changed since it was loaded: load again and replay the turn.

    Attributes:
        version: The version that the turn had loaded; 0 where it had found none.
    """

    def __init__(self, version: int) -> None:
        super().__init__(f"the session is no longer at version {version}")
        self.version = version


class UpdateNotWaitingError(Exception):
    """The update was worked or dropped meanwhile: nothing of this turn may be kept or sent.

    Attributes:
        update_id: Telegram's number of it.
    """

    def __init__(self, update_id: int) -> None:
        super().__init__(f"update {update_id} is not waiting")
        self.update_id = update_id


class StorageUnavailableError(Exception):
    """The database could not be reached, or stayed locked, through all attempts.

    Attributes:
        attempts: How often it was tried.
        kind: The name of the driver's last error; none of its text.
    """

    def __init__(self, attempts: int, kind: str) -> None:
        super().__init__(f"no answer from the database in {attempts} attempts: {kind}")
        self.attempts = attempts
        self.kind = kind


class ErasureIncompleteError(Exception):
    """Rows of a person are left although all were to be deleted.

    Attributes:
        left: How many rows of which table.
    """

    def __init__(self, left: Mapping[str, int]) -> None:
        super().__init__(f"left: {', '.join(sorted(left))}")
        self.left = left
