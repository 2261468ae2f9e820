"""`jigi gatherings`: enter, copy, enlarge and cancel the events one registers for."""

from datetime import UTC, datetime

from cyclopts import App
from sqlalchemy import Connection

from bot.cli.desk import COMMAND_LINE, at_desk
from event_registration.desk import Desk
from event_registration.schemas import NewGathering, Point, Text
from event_registration.vocabulary import GatheringKind

app = App(name="gatherings", help="The events one registers for: JIF, JPO and others.")


@app.command(name="list")
def list_() -> None:
    """List all gatherings."""
    for each in at_desk(lambda connection, desk, _now: desk.gatherings.all(connection)):
        print(
            f"{each.code:<10} {each.starts_at:%d/%m/%Y %H:%M}  {each.state.value:<9}"
            f" {each.places_taken}/{each.capacity}  {each.name.fr}"
        )


@app.command
def add(  # noqa: PLR0913  # a gathering has this many sides
    code: str,
    name: str,
    *,
    kind: GatheringKind,
    starts: datetime,
    ends: datetime,
    venue: str,
    places: int,
    delegates: int = 5,
    opens: datetime | None = None,
    closes: datetime | None = None,
    correct_until: datetime | None = None,
    name_bm: str | None = None,
    theme: str | None = None,
    theme_bm: str | None = None,
    venue_bm: str | None = None,
    region: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    approval: bool = False,
    with_: tuple[str, ...] = (),
    by: str = COMMAND_LINE,
) -> None:
    """Enter a gathering and publish it. Times are those of Bamako.

    Args:
        code: such as JIF27; stands in front of every registration's code.
        name: in French.
        kind: jif, jpo or other.
        starts: when it begins, as 2027-03-08T09:00.
        ends: when it ends.
        venue: where, in French.
        places: how many there are.
        delegates: how many people one organisation may bring.
        opens: from when on one may register; at once unless said.
        closes: until when; until it begins unless said.
        correct_until: until when a registration may be changed; as `closes` unless said.
        name_bm: in Bambara.
        theme: in French.
        theme_bm: in Bambara.
        venue_bm: in Bambara.
        region: slug of the region it is for; the whole country unless said.
        latitude: of the venue.
        longitude: of the venue.
        approval: staff look at each registration first.
        with_: ministries and partners who hold it too.
        by: who enters it, for the audit log.
    """
    has_point = latitude is not None and longitude is not None

    def enter(connection: Connection, desk: Desk, now: datetime) -> None:
        closing = _utc(closes or starts)
        new = NewGathering(
            code=code,
            kind=kind,
            name=Text(name, name_bm),
            theme=Text(theme, theme_bm) if theme else None,
            starts_at=_utc(starts),
            ends_at=_utc(ends),
            venue=Text(venue, venue_bm),
            point=Point(latitude or 0.0, longitude or 0.0) if has_point else None,
            capacity=places,
            most_delegates=min(delegates, places),
            opens_at=_utc(opens) if opens else now,
            closes_at=closing,
            correct_until=_utc(correct_until) if correct_until else closing,
            region=region,
            needs_approval=approval,
            co_organizers=with_,
        )
        added = desk.gatherings.add(connection, new, actor=by, now=now)
        desk.gatherings.publish(connection, added.id, actor=by, now=now)

    at_desk(enter)
    print(f"{code.upper()} is published.")


@app.command
def clone(code: str, new_code: str, *, starts: datetime, by: str = COMMAND_LINE) -> None:
    """Copy a gathering to another day and publish the copy; all its times move along.

    Args:
        code: which to copy.
        new_code: what the copy is called.
        starts: when the copy begins.
        by: who, for the audit log.
    """

    def copy(connection: Connection, desk: Desk, now: datetime) -> None:
        old = desk.gatherings.of_code(connection, code)
        new = desk.gatherings.clone(
            connection, old.id, code=new_code, starts_at=_utc(starts), actor=by, now=now
        )
        desk.gatherings.publish(connection, new.id, actor=by, now=now)

    at_desk(copy)
    print(f"{new_code.upper()} is published.")


@app.command
def move(  # noqa: PLR0913  # what may change of time and place
    code: str,
    *,
    starts: datetime | None = None,
    venue: str | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    by: str = COMMAND_LINE,
) -> None:
    """Move a gathering to another time or place; everybody who is registered is told.

    Args:
        code: which gathering.
        starts: when it begins now; its end moves along, its deadlines stay.
        venue: where it is now, in French.
        latitude: of the new venue.
        longitude: of the new venue.
        by: who, for the audit log.
    """
    point = None
    if latitude is not None and longitude is not None:
        point = Point(latitude, longitude)

    def change(connection: Connection, desk: Desk, now: datetime) -> None:
        found = desk.gatherings.of_code(connection, code)
        desk.gatherings.move(
            connection,
            found.id,
            starts_at=_utc(starts) if starts else None,
            venue=Text(venue) if venue else None,
            point=point,
            actor=by,
            now=now,
        )

    at_desk(change)
    print(f"{code.upper()} is moved; everybody will be told.")


@app.command
def resize(code: str, places: int, *, by: str = COMMAND_LINE) -> None:
    """Change how many places there are; more places promote from the waiting list.

    Args:
        code: which gathering.
        places: how many.
        by: who, for the audit log.
    """

    def change(connection: Connection, desk: Desk, now: datetime) -> int:
        found = desk.gatherings.of_code(connection, code)
        return len(desk.gatherings.resize(connection, found.id, places, actor=by, now=now))

    print(f"{at_desk(change)} registrations got places.")


@app.command
def cancel(code: str, *, by: str = COMMAND_LINE) -> None:
    """Call a gathering off; everybody who is registered is told.

    Args:
        code: which gathering.
        by: who, for the audit log.
    """

    def call_off(connection: Connection, desk: Desk, now: datetime) -> None:
        found = desk.gatherings.of_code(connection, code)
        desk.gatherings.cancel(connection, found.id, actor=by, now=now)

    at_desk(call_off)
    print(f"{code.upper()} is cancelled.")


def _utc(at: datetime) -> datetime:
    """Return a time that was given without a zone: the clock of Bamako is UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
