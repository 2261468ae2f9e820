"""What an entry looks like in the database: kept before an import, so that it can be undone.

The whereabouts of a restricted service are never copied: no import changes them.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import batched
from typing import Any

from sqlalchemy import Column, Date, DateTime, Table, Time, delete, insert, inspect, select, update

from referral_directory.entries import (
    Areas,
    Database,
    children_of,
    location_slug,
    organization_values,
    phone_hours,
    phone_values,
    service_values,
)
from referral_directory.inventory import KEPT_BACK
from referral_directory.models import (
    Accessibility,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceNeed,
)
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import Status
from storage.database import UtcDateTime

type Image = dict[str, Any]
"""The entry's own row under `row`, and the rows that hang on it by the name of their table."""

_BATCH = 400


def _table(model: Any) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)  # noqa: S101  # mapped classes of the directory stand on tables
    return table


@dataclass(frozen=True, slots=True)
class _Hanging:
    """A table whose rows hang on an entry, by which of its columns."""

    table: Table
    owner: str

    @property
    def name(self) -> str:
        return self.table.name


MODELS: Mapping[str, type[Organization | Service | Phone]] = {
    "organization": Organization,
    "service": Service,
    "phone": Phone,
}
_LOCATIONS = _Hanging(_table(Location), "slug")
_HANGING: Mapping[str, tuple[_Hanging, ...]] = {
    "organization": (),
    # In the order in which they can be written.
    "service": (
        _LOCATIONS,
        _Hanging(_table(ServiceAtLocation), "location_slug"),
        *(
            _Hanging(_table(model), "service_slug")
            for model in (ServiceNeed, Language, Accessibility, Schedule, ServiceArea)
        ),
    ),
    "phone": (_Hanging(_table(Schedule), "phone_slug"),),
}
_BY_LOCATION = frozenset({"locations", "services_at_location"})
_WHEREABOUTS = frozenset({"locations", "services_at_location", "schedules"})
_AREAS = "service_areas"
_OF_ITS_LIFE = frozenset({"version", "last_tried", "tries"})
"""What goes on whatever an import does: versions never go back, and a try stays a try."""
_DROPPED, _WAS_OPEN = "dropped", "was_open"


def read_images(database: Database, subject: str, slugs: Iterable[str]) -> dict[str, Image]:
    """Return what the entries look like now; those that are not there are left out."""
    table = _table(MODELS[subject])
    images: dict[str, Image] = {}
    for some in batched(slugs, _BATCH):
        rows = database.execute(select(table).where(table.c.slug.in_(some)))
        found: dict[str, Image] = {row.slug: {"row": _own(row._asdict())} for row in rows}
        for hanging in _HANGING[subject]:
            for slug, values in _hanging_rows(database, hanging, list(found)):
                found[slug].setdefault(hanging.name, []).append(values)
        images |= found
    return images


def image_of_new(
    record: OrganizationRecord | ServiceRecord | PhoneRecord, areas: Areas, now: datetime
) -> Image:
    """Return what `read_images` will say of a new entry, before it is written.

    Args:
        record: As it will be added.
        areas: Where places lie.
        now: When it is added.

    Raises:
        UnknownPlaceError: When it names a place that is not there.
    """
    parts: dict[str, list[dict[str, Any]]] = {}
    match record:
        case OrganizationRecord():
            table, values = _table(Organization), organization_values(record)
        case ServiceRecord():
            table, values = _table(Service), service_values(record)
            for model, rows in children_of([record], areas).items():
                parts[_table(model).name] = [_full(_table(model), row) for row in rows]
        case _:
            table, values = _table(Phone), phone_values(record)
            parts["schedules"] = [_full(_table(Schedule), row) for row in phone_hours([record])]
    row = _full(table, values | {"last_modified": now.astimezone(UTC)})
    return {"row": _own(row)} | {name: rows for name, rows in parts.items() if rows}


def _full(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as it will be read back: packed, with its empty columns, without its number."""
    names = [column.name for column in table.columns if column.name != "id"]
    return _packed({name: values.get(name) for name in names})


def _hanging_rows(
    database: Database, hanging: _Hanging, slugs: Sequence[str]
) -> Iterable[tuple[str, dict[str, Any]]]:
    by_location = {location_slug(slug): slug for slug in slugs}
    owners = by_location if hanging.name in _BY_LOCATION else slugs
    owner = hanging.table.c[hanging.owner]
    for row in database.execute(select(hanging.table).where(owner.in_(list(owners)))):
        values = _packed(row._asdict())
        values.pop("id", None)
        key = values[hanging.owner]
        yield by_location.get(key, key), values


def without_whereabouts(image: Image, changed: Collection[str]) -> Image:
    """Return the image of a restricted service with what an import changes, and no more.

    Args:
        image: Of `read_images`.
        changed: The names of the fields that the import changes. Where `restricted` is among
            them, the service was open before: not even its areas are kept then.
    """
    was_open = "restricted" in changed
    areas = {_AREAS} if was_open or "areas" not in changed else set()
    dropped = _WHEREABOUTS | areas
    kept = {name: part for name, part in image.items() if name not in dropped}
    row = {name: value for name, value in image["row"].items() if name not in KEPT_BACK}
    row.pop("restricted")  # to lift it is up to staff, one service at a time
    return kept | {"row": row, _DROPPED: sorted(dropped), _WAS_OPEN: was_open}


def is_kept_restricted(image: Image) -> bool:
    """Tell whether a service was open at its image's time, and stays restricted all the same."""
    return bool(image.get(_WAS_OPEN))


def digest(image: Image) -> str:
    """Return a fingerprint: two images with the same one are the same.

    Whether a draft waits to be approved is no part of it.
    """
    row = dict(image["row"])
    if row.get("status") == Status.IN_REVIEW:
        row["status"] = Status.DRAFT
    ordered = {
        name: sorted(json.dumps(row, sort_keys=True) for row in part)
        for name, part in image.items()
        if name != "row"
    } | {"row": row}
    return hashlib.sha256(json.dumps(ordered, sort_keys=True).encode()).hexdigest()


def restore(database: Database, subject: str, slug: str, image: Image) -> None:
    """Make a known entry look as its image does; whereabouts of a restricted one stay."""
    table = _table(MODELS[subject])
    values = _unpacked(table, image["row"])
    grown = update(table).where(table.c.slug == slug).values(version=table.c.version + 1)
    database.execute(grown.values(**values))
    dropped = image.get(_DROPPED, ())
    parts = [part for part in _HANGING[subject] if part.name not in dropped]
    for part in reversed(parts):
        place = location_slug(slug) if part.name in _BY_LOCATION else slug
        database.execute(delete(part.table).where(part.table.c[part.owner] == place))
    for part in parts:
        rows = [_unpacked(part.table, row) for row in image.get(part.name, ())]
        if rows:
            database.execute(insert(part.table), rows)


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    return _packed({name: value for name, value in values.items() if name not in _OF_ITS_LIFE})


def _packed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it."""
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in values.items()
    }


def _unpacked(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_text(table.c[name], value) for name, value in values.items()}


def _from_text(column: Column[Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(column.type, UtcDateTime | DateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return time.fromisoformat(value) if isinstance(column.type, Time) else value
