"""Gatherings and registrations for those of staff who may: the desk, behind the role of events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from event_registration.desk import Desk
from event_registration.exporting import Format
from event_registration.figures import Figures
from event_registration.lists import Dossier
from event_registration.messages import MessageReport
from event_registration.schemas import Gathering, NewGathering, Registration
from event_registration.vocabulary import RegistrationState as State
from staff_console.errors import ChangedMeanwhileError
from staff_console.event_errors import in_french
from staff_console.meanwhile import changed_meanwhile
from staff_console.second_factor import token_hash
from storage.actors import Actor, Role, require


@dataclass(frozen=True, slots=True)
class Overview:
    """A gathering as staff see it, without persons."""

    gathering: Gathering
    figures: Figures
    counts: Mapping[State, int]


class Events:
    """What staff do with gatherings; each method works on the connection it is given.

    Args:
        desk: does it.
        actor: who acts.
        now: aware UTC.

    Raises:
        NotAllowedError: the actor has no role for events.
    """

    def __init__(self, desk: Desk, actor: Actor, now: datetime) -> None:
        require(actor, Role.EVENTS)
        self._desk, self._by, self._now = desk, actor.name, now

    # -- gatherings ------------------------------------------------------------------------

    def all(self, connection: Connection) -> list[Gathering]:
        """Return all gatherings, the latest first."""
        return self._desk.gatherings.all(connection)

    def get(self, connection: Connection, number: int) -> Gathering:
        """Return a gathering."""
        with in_french():
            return self._desk.gatherings.get(connection, number)

    def overview(self, connection: Connection, number: int) -> Overview:
        """Return a gathering with its figures."""
        with in_french():
            return Overview(
                self._desk.gatherings.get(connection, number),
                self._desk.lists.figures(connection, number),
                self._desk.lists.counts(connection, number),
            )

    def add(self, connection: Connection, new: NewGathering) -> Gathering:
        """Enter a gathering as a draft."""
        with in_french():
            return self._desk.gatherings.add(connection, new, actor=self._by, now=self._now)

    def change(self, connection: Connection, number: int, changed: NewGathering, seen: str) -> int:
        """Change a gathering; return how many registrations got places by it.

        Args:
            connection: in a transaction.
            number: which.
            changed: as it shall be.
            seen: the `fingerprint` of what the person changed.

        Raises:
            ChangedMeanwhileError: somebody else changed it since.
        """
        with in_french():
            old = self._desk.gatherings.hold(connection, number)
            if fingerprint(old) != seen:
                raise _changed_meanwhile(connection, old, seen)
            given = self._desk.gatherings.change(
                connection, number, changed, actor=self._by, now=self._now
            )
            return len(given)

    def copy(
        self, connection: Connection, number: int, code: str, starts_at: datetime
    ) -> Gathering:
        """Copy a gathering to another day."""
        with in_french():
            return self._desk.gatherings.clone(
                connection, number, code=code, starts_at=starts_at, actor=self._by, now=self._now
            )

    def publish(self, connection: Connection, number: int) -> None:
        """Show a draft to everybody."""
        with in_french():
            self._desk.gatherings.publish(connection, number, actor=self._by, now=self._now)

    def cancel(self, connection: Connection, number: int) -> None:
        """Call a gathering off; everybody who is registered is told."""
        with in_french():
            self._desk.gatherings.cancel(connection, number, actor=self._by, now=self._now)

    # -- registrations ---------------------------------------------------------------------

    def registrations(
        self, connection: Connection, number: int, state: State | None
    ) -> Sequence[Registration]:
        """Return the registrations of a gathering; that they were read is in the audit log."""
        with in_french():
            return self._desk.lists.show(
                connection, number, actor=self._by, now=self._now, state=state
            )

    def dossier(self, connection: Connection, registration: int) -> Dossier:
        """Return one registration with all about it; that it was read is in the audit log."""
        with in_french():
            return self._desk.lists.open(connection, registration, actor=self._by, now=self._now)

    def twins(
        self, connection: Connection, number: int
    ) -> Sequence[tuple[Registration, Registration]]:
        """Return pairs that seem to be of one organisation."""
        with in_french():
            return self._desk.lists.twins(connection, number, actor=self._by, now=self._now)

    def approve(self, connection: Connection, registration: int) -> Registration:
        """Let a registration in."""
        with in_french():
            return self._desk.decisions.approve(
                connection, registration, actor=self._by, now=self._now
            )

    def refuse(self, connection: Connection, registration: int, reason: str) -> Registration:
        """Refuse a registration; its registrant is told why."""
        with in_french():
            return self._desk.decisions.refuse(
                connection, registration, reason, actor=self._by, now=self._now
            )

    def withdraw(self, connection: Connection, registration: int) -> Registration:
        """Cancel a registration for its registrant, who is told."""
        with in_french():
            return self._desk.decisions.withdraw(
                connection, registration, actor=self._by, now=self._now
            )

    def merge(self, connection: Connection, ending: int, staying: int) -> Registration:
        """Make two registrations of one organisation one."""
        with in_french():
            return self._desk.decisions.merge(
                connection, ending, staying, actor=self._by, now=self._now
            )

    # -- the door --------------------------------------------------------------------------

    def of_code(self, connection: Connection, number: int, code: str) -> Registration:
        """Return the registration of a code, which has to be of this gathering."""
        with in_french():
            return self._desk.claims.of_code(connection, code, gathering_id=number)

    def check_in(
        self, connection: Connection, registration: int, people: int | None
    ) -> Registration:
        """Let a delegation in."""
        with in_french():
            return self._desk.decisions.check_in(
                connection, registration, actor=self._by, now=self._now, people=people
            )

    def undo_check_in(self, connection: Connection, registration: int) -> Registration:
        """Take an entry back."""
        with in_french():
            return self._desk.decisions.undo_check_in(
                connection, registration, actor=self._by, now=self._now
            )

    # -- taken away ------------------------------------------------------------------------

    def export(self, connection: Connection, number: int, form: Format, reason: str) -> bytes:
        """Return the registrations as a file; the reason stands in the audit log (S37)."""
        with in_french():
            return self._desk.lists.export(
                connection, number, form, actor=self._by, now=self._now, reason=reason
            )

    def door_list(self, connection: Connection, number: int) -> bytes:
        """Return the printable list for the door."""
        with in_french():
            return self._desk.lists.door(connection, number, actor=self._by, now=self._now)

    def messages(self, connection: Connection, number: int) -> Sequence[MessageReport]:
        """Return how the messages of a gathering stand."""
        with in_french():
            return self._desk.lists.messages(connection, number)


_TOLD: Mapping[str, str] = {
    "state": "l'état",
    "name": "le nom",
    "theme": "le thème",
    "venue": "le lieu",
    "point": "le point sur la carte",
    "starts_at": "le début",
    "ends_at": "la fin",
    "opens_at": "l'ouverture des inscriptions",
    "closes_at": "la clôture des inscriptions",
    "correct_until": "la fin des corrections",
    "capacity": "le nombre de places",
    "most_delegates": "le nombre de personnes par organisation",
    "needs_approval": "l'examen de chaque inscription",
    "co_organizers": "les co-organisateurs",
}
"""What makes two versions of a gathering differ; places taken do not count."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name_fr", "name_bm"),
    "theme": ("theme_fr", "theme_bm"),
    "venue": ("venue_fr", "venue_bm"),
    "point": ("latitude", "longitude"),
}
"""What the audit log calls those of them that are several columns."""


def fingerprint(gathering: Gathering) -> str:
    """Return what tells whether somebody changed a gathering, and which of its fields."""
    return "_".join(token_hash(repr(getattr(gathering, name)))[:8] for name in _TOLD)


def _changed_meanwhile(
    connection: Connection, gathering: Gathering, seen: str
) -> ChangedMeanwhileError:
    pairs = zip(_TOLD, fingerprint(gathering).split("_"), seen.split("_"), strict=False)
    is_ours = seen.count("_") == len(_TOLD) - 1
    names = [name for name, now, before in pairs if now != before] if is_ours else []
    columns = [column for name in names for column in _COLUMNS.get(name, (name,))]
    told = [_TOLD[name] for name in names]
    what = "modifié cette rencontre"
    return changed_meanwhile(connection, f"gathering:{gathering.id}", what, columns, told)
