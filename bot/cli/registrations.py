"""`jigi registrations`: decisions, the door, figures and exports."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from cyclopts import App
from sqlalchemy import Connection

from bot.cli.desk import COMMAND_LINE, at_desk
from bot.settings import SettingsError
from event_registration.desk import Desk
from event_registration.exporting import Format
from event_registration.figures import SMALLEST_SHOWN, Figures
from event_registration.messages import MessageReport
from event_registration.schemas import Registration
from event_registration.vocabulary import MessageState, RegistrationState

app = App(name="registrations", help="Registrations for gatherings, and the door.")


@app.command(name="list")
def list_(code: str, *, state: RegistrationState | None = None, by: str = COMMAND_LINE) -> None:
    """List a gathering's registrations in order of entry.

    Args:
        code: which gathering.
        state: those alone that stand there.
        by: who looks, for the audit log.
    """

    def show(connection: Connection, desk: Desk, now: datetime) -> list[Registration]:
        found = desk.gatherings.of_code(connection, code)
        return desk.lists.show(connection, found.id, actor=by, now=now, state=state)

    for each in at_desk(show):
        answers = each.application
        print(
            f"{each.queue_number:>5} {each.code:<16} {each.state.value:<10}"
            f" {answers.women}+{answers.men}  {answers.organization}"
        )


@app.command
def approve(code: str, *, by: str = COMMAND_LINE) -> None:
    """Let a received registration in.

    Args:
        code: the registration's code.
        by: who, for the audit log.
    """
    made = at_desk(
        lambda connection, desk, now: desk.decisions.approve(
            connection, desk.claims.of_code(connection, code).id, actor=by, now=now
        )
    )
    print(f"{made.code} is {made.state.value}.")


@app.command
def refuse(code: str, reason: str, *, by: str = COMMAND_LINE) -> None:
    """Refuse a registration; its registrant reads the reason.

    Args:
        code: the registration's code.
        reason: a sentence.
        by: who, for the audit log.
    """
    made = at_desk(
        lambda connection, desk, now: desk.decisions.refuse(
            connection, desk.claims.of_code(connection, code).id, reason, actor=by, now=now
        )
    )
    print(f"{made.code} is {made.state.value}.")


@app.command
def cancel(code: str, *, by: str = COMMAND_LINE) -> None:
    """Cancel a registration for its registrant, who is told; its places go to those who wait.

    Args:
        code: the registration's code.
        by: who, for the audit log.
    """
    made = at_desk(
        lambda connection, desk, now: desk.decisions.withdraw(
            connection, desk.claims.of_code(connection, code).id, actor=by, now=now
        )
    )
    print(f"{made.code} is {made.state.value}.")


@app.command
def twins(code: str, *, by: str = COMMAND_LINE) -> None:
    """List pairs that seem to be of one organisation, to be merged or left.

    Args:
        code: which gathering.
        by: who looks, for the audit log.
    """

    def find(
        connection: Connection, desk: Desk, now: datetime
    ) -> list[tuple[Registration, Registration]]:
        found = desk.gatherings.of_code(connection, code)
        return desk.lists.twins(connection, found.id, actor=by, now=now)

    for older, newer in at_desk(find):
        print(
            f"{newer.code} {newer.application.organization}"
            f" -> {older.code} {older.application.organization}"
        )


@app.command
def merge(code: str, into: str, *, by: str = COMMAND_LINE) -> None:
    """Make two registrations of one organisation one.

    Args:
        code: the one that ends.
        into: the one that stays.
        by: who, for the audit log.
    """
    made = at_desk(
        lambda connection, desk, now: desk.decisions.merge(
            connection,
            desk.claims.of_code(connection, code).id,
            desk.claims.of_code(connection, into).id,
            actor=by,
            now=now,
        )
    )
    print(f"{code} ended in {made.code}.")


@app.command
def check_in(
    code: str,
    *,
    event: str | None = None,
    people: int | None = None,
    undo: bool = False,
    by: str = COMMAND_LINE,
) -> None:
    """Let a delegation in at the door, or take that back.

    Args:
        code: the registration's code.
        event: the gathering at whose door one stands; a code of another one is refused.
        people: how many have come; all unless said.
        undo: it was a mistake.
        by: who stands at the door, for the audit log.
    """

    def enter(connection: Connection, desk: Desk, now: datetime) -> Registration:
        place = desk.gatherings.of_code(connection, event).id if event else None
        number = desk.claims.of_code(connection, code, gathering_id=place).id
        if undo:
            return desk.decisions.undo_check_in(connection, number, actor=by, now=now)
        return desk.decisions.check_in(connection, number, actor=by, now=now, people=people)

    made = at_desk(enter)
    entered = "not in" if made.checked_in_people is None else f"in, {made.checked_in_people} people"
    print(f"{made.code} {made.application.organization}: {entered}.")


# -- files and figures -------------------------------------------------------------------------


@app.command(name="export")
def export_(
    file: Path,
    *,
    event: str,
    format: Literal["csv", "xlsx"],  # noqa: A002  # the contract's word
    reason: str = COMMAND_LINE,
    by: str = COMMAND_LINE,
) -> None:
    """Write an event's registrations to a file for a spreadsheet.

    Args:
        file: where to.
        event: the gathering's code.
        format: csv or xlsx.
        reason: what the list is for, for the audit log.
        by: who takes it away, for the audit log.
    """

    def take(connection: Connection, desk: Desk, now: datetime) -> bytes:
        found = desk.gatherings.of_code(connection, event)
        return desk.lists.export(
            connection, found.id, Format(format), actor=by, now=now, reason=reason
        )

    _write(file, at_desk(take))
    print(f"The registrations of {event.upper()} are in {file}.")


@app.command
def door(file: Path, *, event: str, by: str = COMMAND_LINE) -> None:
    """Write the list for the door as a PDF.

    Args:
        file: where to.
        event: the gathering's code.
        by: who prints it, for the audit log.
    """

    def find(connection: Connection, desk: Desk, now: datetime) -> bytes:
        found = desk.gatherings.of_code(connection, event)
        return desk.lists.door(connection, found.id, actor=by, now=now)

    _write(file, at_desk(find))
    print(f"The list of {event.upper()} for the door is in {file}.")


@app.command
def figures(code: str) -> None:
    """Show who comes: women and men, regions, kinds, and the share against 30 %.

    Args:
        code: which gathering.
    """

    def count(connection: Connection, desk: Desk, _now: datetime) -> Figures:
        return desk.lists.figures(connection, desk.gatherings.of_code(connection, code).id)

    found = at_desk(count)
    for name, value in found.people.items():
        print(f"{name:<12} {value}")
    share = found.share_of_women
    if share is not None:
        verdict = "each sex has" if found.meets_quota else "one sex has less than"
        print(f"{'share':<12} {share:.0%} women, {1 - share:.0%} men: {verdict} 30 %")
    for title, values in (
        ("state", found.states),
        ("region", found.regions),
        ("kind", found.kinds),
    ):
        for name, value in values.items():
            is_few = found.is_closed and title != "state" and value < SMALLEST_SHOWN
            print(f"{title:<7} {name:<24} {f'< {SMALLEST_SHOWN}' if is_few else value}")


@app.command
def messages(code: str) -> None:
    """Show how the messages to a gathering's registrants stand.

    Args:
        code: which gathering.
    """

    def find(connection: Connection, desk: Desk, _now: datetime) -> list[MessageReport]:
        return desk.lists.messages(connection, desk.gatherings.of_code(connection, code).id)

    for each in at_desk(find):
        at = each.sent_at or (each.not_before if each.state is MessageState.WAITING else None)
        print(
            f"{each.code:<16} {each.kind.value:<18} {each.state.value:<8}"
            f" {at or each.created_at:%d/%m/%Y %H:%M} {each.failure or ''}".rstrip()
        )


def _write(file: Path, content: bytes) -> None:
    """Write a file that its owner alone may read: it holds names and phone numbers.

    Raises:
        SettingsError: it can't be written.
    """
    try:
        file.touch(mode=0o600)
        file.write_bytes(content)
    except OSError as error:
        raise SettingsError(f"{file} can't be written: {error.strerror}.") from None
