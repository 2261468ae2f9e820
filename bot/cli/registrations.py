"""`jigi registrations`: decisions, the door, figures and exports."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from cyclopts import App
from sqlalchemy import Connection

from bot.cli.desk import COMMAND_LINE, at_desk
from event_registration.desk import Desk
from event_registration.exporting import Format, door_list, export
from event_registration.figures import Figures, figures_of
from event_registration.messages import MessageReport
from event_registration.schemas import Registration
from event_registration.vocabulary import RegistrationState

app = App(name="registrations", help="Registrations for gatherings, and the door.")
DOOR_HEADINGS = ("Code", "Organisation", "Contact", "F + H", "")


@app.command(name="list")
def list_(code: str, *, state: RegistrationState | None = None) -> None:
    """List a gathering's registrations in order of entry.

    Args:
        code: which gathering.
        state: those alone that stand there.
    """
    for each in at_desk(lambda connection, desk, _now: _all(connection, desk, code, state)):
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
    code: str, *, people: int | None = None, undo: bool = False, by: str = COMMAND_LINE
) -> None:
    """Let a delegation in at the door, or take that back.

    Args:
        code: the registration's code.
        people: how many have come; all unless said.
        undo: it was a mistake.
        by: who stands at the door, for the audit log.
    """

    def enter(connection: Connection, desk: Desk, now: datetime) -> Registration:
        number = desk.claims.of_code(connection, code).id
        if undo:
            return desk.decisions.undo_check_in(connection, number, actor=by, now=now)
        return desk.decisions.check_in(connection, number, actor=by, now=now, people=people)

    made = at_desk(enter)
    entered = "not in" if made.checked_in_people is None else f"in, {made.checked_in_people} people"
    print(f"{made.code} {made.application.organization}: {entered}.")


# -- files and figures -------------------------------------------------------------------------


@app.command(name="export")
def export_(code: str, file: Path, *, form: Literal["csv", "xlsx"] = "csv") -> None:
    """Write a gathering's registrations to a file for a spreadsheet.

    Args:
        code: which gathering.
        file: where to.
        form: csv or xlsx.
    """
    rows = at_desk(lambda connection, desk, _now: _all(connection, desk, code, None))
    file.write_bytes(export(rows, Format(form)))
    print(f"{len(rows)} registrations are in {file}.")


@app.command
def door(code: str, file: Path) -> None:
    """Write the list for the door as a PDF.

    Args:
        code: which gathering.
        file: where to.
    """

    def find(connection: Connection, desk: Desk, now: datetime) -> tuple[str, bytes]:
        found = desk.gatherings.of_code(connection, code)
        rows = desk.decisions.of_gathering(connection, found.id)
        title = f"{found.code} · {found.name.fr}"
        return found.code, door_list(title, DOOR_HEADINGS, rows, now)

    name, content = at_desk(find)
    file.write_bytes(content)
    print(f"The list of {name} is in {file}.")


@app.command
def figures(code: str) -> None:
    """Show who comes: women and men, regions, kinds, and the share against 30 %.

    Args:
        code: which gathering.
    """

    def count(connection: Connection, desk: Desk, _now: datetime) -> Figures:
        return figures_of(connection, desk.gatherings.of_code(connection, code).id)

    found = at_desk(count)
    share = found.share_of_women
    for name, value in found.people.items():
        print(f"{name:<12} {value}")
    if share is not None:
        print(f"{'women':<12} {share:.0%} ({'within' if found.meets_quota else 'outside'} 30-70 %)")
    for title, values in (
        ("state", found.states),
        ("region", found.regions),
        ("kind", found.kinds),
    ):
        for name, value in values.items():
            print(f"{title:<7} {name:<24} {value}")


@app.command
def messages(code: str) -> None:
    """Show how the messages to a gathering's registrants stand.

    Args:
        code: which gathering.
    """

    def find(connection: Connection, desk: Desk, _now: datetime) -> list[MessageReport]:
        return desk.messages.of_gathering(connection, desk.gatherings.of_code(connection, code).id)

    for each in at_desk(find):
        at = f"{each.sent_at:%d/%m/%Y %H:%M}" if each.sent_at else ""
        print(f"{each.kind.value:<18} {each.state.value:<8} {at} {each.failure or ''}")


def _all(
    connection: Connection, desk: Desk, code: str, state: RegistrationState | None
) -> list[Registration]:
    found = desk.gatherings.of_code(connection, code)
    return desk.decisions.of_gathering(connection, found.id, state=state)
