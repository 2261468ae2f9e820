"""Figures of a gathering: who comes, from where, and whether both sexes have their share."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from event_registration.tables import gathering_figures, registrations
from event_registration.vocabulary import RegistrationState as State

QUOTA = 0.30
"""The least share of each sex, as law 2015-052 sets it for nominations and elections."""

SMALLEST_SHOWN = 5
"""A smaller figure about where somebody comes from is kept as 4, which says: fewer than five."""

_r = registrations.c
_f = gathering_figures.c
_EXACT = frozenset({"people", "state"})


@dataclass(frozen=True, slots=True)
class Figures:
    """A gathering in numbers. People are those of confirmed registrations.

    Attributes:
        people: `women`, `men`, `young`, `disabled` and `entered`.
        states: registrations by state.
        regions: people by region; `kinds` likewise by kind of organisation.
        is_closed: the registrations are gone, and small figures are known as "fewer than 5" alone.
    """

    people: Mapping[str, int]
    states: Mapping[str, int]
    regions: Mapping[str, int]
    kinds: Mapping[str, int]
    is_closed: bool = False

    @property
    def total(self) -> int:
        """How many people come."""
        return self.people.get("women", 0) + self.people.get("men", 0)

    @property
    def share_of_women(self) -> float | None:
        """The share of women, 0 to 1; `None` where nobody comes."""
        return self.people.get("women", 0) / self.total if self.total else None

    @property
    def meets_quota(self) -> bool | None:
        """Whether neither sex has less than its share; `None` where nobody comes."""
        share = self.share_of_women
        return None if share is None else QUOTA <= share <= 1 - QUOTA


def figures_of(connection: Connection, gathering_id: int) -> Figures:
    """Return a gathering's figures: counted, or after its registrations are gone as they stood."""
    kept = connection.execute(
        select(gathering_figures).where(_f.gathering_id == gathering_id)
    ).all()
    if kept:
        found: dict[str, dict[str, int]] = {}
        for row in kept:
            found.setdefault(row.dimension, {})[row.value] = row.number
        return _figures(found, is_closed=True)
    return _figures(_count(connection, gathering_id), is_closed=False)


def keep_figures(connection: Connection, gathering_id: int) -> None:
    """Write a gathering's figures down, without persons, before its registrations go."""
    rows = [
        {
            "gathering_id": gathering_id,
            "dimension": dimension,
            "value": value,
            "number": count if dimension in _EXACT else _rounded(count),
        }
        for dimension, values in _count(connection, gathering_id).items()
        for value, count in values.items()
        if count
    ]
    connection.execute(delete(gathering_figures).where(_f.gathering_id == gathering_id))
    if rows:
        connection.execute(insert(gathering_figures), rows)


def _count(connection: Connection, gathering_id: int) -> dict[str, dict[str, int]]:
    coming = (_r.gathering_id == gathering_id) & (_r.state == State.CONFIRMED.value)
    sums = connection.execute(
        select(
            *(
                func.coalesce(func.sum(column), 0).label(name)
                for name, column in {
                    "women": _r.women,
                    "men": _r.men,
                    "young": _r.young,
                    "disabled": _r.disabled,
                    "entered": _r.checked_in_people,
                }.items()
            )
        ).where(coming)
    )
    people = sums.mappings().one()
    by_state = select(_r.state, func.count()).where(_r.gathering_id == gathering_id)
    by_region = select(_r.region, func.sum(_r.size)).where(coming).group_by(_r.region)
    by_kind = select(_r.organization_kind, func.sum(_r.size)).where(coming)
    states: Counter[str] = Counter(
        {name: int(count) for name, count in connection.execute(by_state.group_by(_r.state))}
    )
    return {
        "people": {name: int(value) for name, value in people.items()},
        "state": {state.value: states[state.value] for state in State},
        "region": {name: int(count) for name, count in connection.execute(by_region)},
        "kind": {
            name: int(count)
            for name, count in connection.execute(by_kind.group_by(_r.organization_kind))
        },
    }


def _figures(found: Mapping[str, Mapping[str, int]], *, is_closed: bool) -> Figures:
    return Figures(
        people=found.get("people", {}),
        states=found.get("state", {}),
        regions=found.get("region", {}),
        kinds=found.get("kind", {}),
        is_closed=is_closed,
    )


def _rounded(count: int) -> int:
    return SMALLEST_SHOWN - 1 if count < SMALLEST_SHOWN else count
