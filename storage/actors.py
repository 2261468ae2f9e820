"""Who acts among staff, and what their roles let them do: services ask here, not pages alone."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_NAME = 120
"""Characters of an actor's name at most: it stands in audit entries and beside verifications."""


class Role(StrEnum):
    """What a member of staff may do. The words stand in the accounts: never rename one."""

    READER = "reader"
    EDITOR = "editor"
    APPROVER = "approver"
    EVENTS = "events"
    ADMINISTRATOR = "administrator"


_INCLUDED: dict[Role, frozenset[Role]] = {
    Role.READER: frozenset({Role.READER}),
    Role.EDITOR: frozenset({Role.READER, Role.EDITOR}),
    Role.APPROVER: frozenset({Role.READER, Role.EDITOR, Role.APPROVER}),
    Role.EVENTS: frozenset({Role.READER, Role.EVENTS}),
    Role.ADMINISTRATOR: frozenset(Role),
}
"""What each role may do besides its own: an approver edits, whoever has a role reads."""


class NotAllowedError(Exception):
    """Somebody asked for what their roles do not let them do.

    No `PermissionError`: that is an `OSError`, which storage takes for a database that is away.

    Attributes:
        name: Who.
        needed: The role that is missing.
    """

    def __init__(self, name: str, needed: Role) -> None:
        super().__init__(f"{name} has no role that includes {needed.value}")
        self.name = name
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of staff, or a command that runs in one's name.

    Attributes:
        name: How the audit log calls them: stable and unique, as the account's address is.
        roles: What they were given.
    """

    name: str
    roles: frozenset[Role]

    def may(self, role: Role) -> bool:
        """Tell whether one of the actor's roles includes this one."""
        return any(role in _INCLUDED[own] for own in self.roles)


def require(actor: Actor, role: Role) -> None:
    """Let pass whoever has a role that includes this one.

    Raises:
        NotAllowedError: When none of the actor's roles does.
    """
    if not actor.may(role):
        raise NotAllowedError(actor.name, role)
