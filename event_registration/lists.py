"""What staff read: lists, files, figures, messages. Who looks at persons is in the audit log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from event_registration.cleaning import clean
from event_registration.errors import UnknownGatheringError
from event_registration.figures import Figures, figures_of
from event_registration.messages import MessageReport
from event_registration.reading import RegistrationReader
from event_registration.rows import gathering_of, registration_of
from event_registration.schemas import Delegate, Gathering, Registration
from event_registration.states import LIVE
from event_registration.tables import gatherings, registrations
from event_registration.vocabulary import RegistrationState as State
from storage.audit import AuditEntry, record

if TYPE_CHECKING:
    from event_registration.exporting import Format

DOOR_HEADINGS = ("Code", "Organisation", "Contact", "F + H", "Entrée")
"""The columns of the list for the door: it is printed for staff, in French."""

_g = gatherings.c
_r = registrations.c


@dataclass(frozen=True, slots=True)
class Dossier:
    """One registration with all that staff may want to know when they decide about it.

    Attributes:
        rank: its place on the waiting list; `None` where it does not wait.
        twin: the registration that seems to be of the same organisation, if any still stands.
    """

    registration: Registration
    gathering: Gathering
    delegates: Sequence[Delegate]
    rank: int | None
    twin: Registration | None


class Lists(RegistrationReader):
    """What staff read; each method works on the connection it is given.

    Whoever reads names and phone numbers says who they are: that they looked is entered in the
    audit log, what they saw is not. Figures and messages show no person and need no name.
    """

    def show(
        self, connection: Connection, gathering_id: int, *, actor: str, now: datetime,
        state: State | None = None,
    ) -> list[Registration]:  # fmt: skip
        """Return a gathering's registrations in order of entry, all or those in one state.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        self._gathering(connection, gathering_id)
        self._note(connection, "registrations:listed", f"gathering:{gathering_id}", actor, now)
        return self.of_gathering(connection, gathering_id, state=state)

    def open(
        self, connection: Connection, registration_id: int, *, actor: str, now: datetime
    ) -> Dossier:
        """Return one registration with its delegates, its rank and its possible twin.

        Raises:
            UnknownRegistrationError: there is none of this number.
        """
        found = self.get(connection, registration_id)
        self._note(connection, "registration:read", f"registration:{found.id}", actor, now)
        twin = connection.execute(
            select(registrations).where(_r.id == found.similar_to)
        ).one_or_none()
        return Dossier(
            found,
            self._gathering(connection, found.gathering_id),
            self.delegates_of(connection, found.id),
            self.rank_if_waiting(connection, found),
            registration_of(self._vault, twin) if twin is not None else None,
        )

    def twins(
        self, connection: Connection, gathering_id: int, *, actor: str, now: datetime
    ) -> list[tuple[Registration, Registration]]:
        """Return pairs that seem to be of one organisation, the older first: staff may merge them.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        rows = self.show(connection, gathering_id, actor=actor, now=now)
        live = {each.id: each for each in rows if each.state in LIVE}
        return [(live[each.similar_to], each) for each in live.values() if each.similar_to in live]

    def export(  # noqa: PLR0913  # which, as what, who, when and why
        self, connection: Connection, gathering_id: int, form: "Format", *, actor: str,
        now: datetime, reason: str,
    ) -> bytes:  # fmt: skip
        """Return a gathering's registrations as a file for a spreadsheet; no cell is a formula.

        Args:
            connection: in a transaction.
            gathering_id: which gathering.
            form: csv or xlsx.
            actor: who takes the file away.
            now: aware UTC.
            reason: what for; stands in the audit log.

        Raises:
            UnknownGatheringError: there is none of this number.
            InvalidAnswerError: no reason, or one that is too long.
        """
        from event_registration.exporting import export  # noqa: PLC0415  # 30 MB, for staff alone

        said = clean("reason", reason)
        self._gathering(connection, gathering_id)
        self._note(
            connection, "registrations:exported", f"gathering:{gathering_id}", actor, now, said
        )
        return export(self.of_gathering(connection, gathering_id), form)

    def door(
        self, connection: Connection, gathering_id: int, *, actor: str, now: datetime
    ) -> bytes:
        """Return the printable list (PDF) of those who come, for the door.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        from event_registration.exporting import door_list  # noqa: PLC0415  # 30 MB, as above

        found = self._gathering(connection, gathering_id)
        self._note(connection, "registrations:printed", f"gathering:{gathering_id}", actor, now)
        rows = self.of_gathering(connection, gathering_id, state=State.CONFIRMED)
        return door_list(f"{found.code} · {found.name.fr}", DOOR_HEADINGS, rows, now)

    def figures(self, connection: Connection, gathering_id: int) -> Figures:
        """Return a gathering's figures, which know no person.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        self._gathering(connection, gathering_id)
        return figures_of(connection, gathering_id)

    def messages(self, connection: Connection, gathering_id: int) -> list[MessageReport]:
        """Return how all messages of a gathering stand, the newest first.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        self._gathering(connection, gathering_id)
        return self._messages.of_gathering(connection, gathering_id)

    def counts(self, connection: Connection, gathering_id: int) -> Mapping[State, int]:
        """Return how many registrations stand in each state; those in which none does too.

        Raises:
            UnknownGatheringError: there is none of this number.
        """
        states = self.figures(connection, gathering_id).states
        return {state: states.get(state.value, 0) for state in State}

    # -- inside ----------------------------------------------------------------------------

    def _gathering(self, connection: Connection, gathering_id: int) -> Gathering:
        row = connection.execute(select(gatherings).where(_g.id == gathering_id)).one_or_none()
        if row is None:
            raise UnknownGatheringError
        return gathering_of(row)

    def _note(  # noqa: PLR0913, PLR0917  # an audit entry has these parts
        self,
        connection: Connection,
        tag: str,
        what: str,
        actor: str,
        now: datetime,
        note: str = "",
    ) -> None:
        record(connection, AuditEntry(now, actor, tag, what, note=note))
