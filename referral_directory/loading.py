"""Fills the directory with the places of Mali and the starter entries, again and again alike.

Places and needs are ours and are brought up to date. Organisations, services and numbers are
added where their slug is new and otherwise left alone: what staff changed or verified stays.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from referral_directory.entries import (
    Database,
    add_organizations,
    add_phones,
    add_services,
    known_slugs,
    read_areas,
)
from referral_directory.models import Organization, Phone, Service, TaxonomyTerm
from referral_directory.models import Place as PlaceRow
from referral_directory.records import (
    NeedRecord,
    OrganizationRecord,
    PhoneRecord,
    PlaceRecord,
    Record,
    ServiceRecord,
)

DATA = Path(str(files("referral_directory") / "data"))
"""The files of the starter directory."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """How many rows a loading added."""

    places: int
    organizations: int
    services: int
    phones: int


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a file as cells by column name."""
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def read_records[R: Record](kind: type[R], path: Path) -> list[R]:
    """Return the rows of a file, each checked.

    Raises:
        pydantic.ValidationError: With the columns of the first row that is wrong.
    """
    return [kind.from_cells(cells) for cells in read_csv(path)]


def load_starter(database: Database, *, now: datetime, data: Path = DATA) -> LoadReport:
    """Load places, needs and the starter directory; call it as often as you like.

    From asynchronous code: `await session.run_sync(load_starter, now=now)`.
    """
    places = load_places(database, read_records(PlaceRecord, data / "places.csv"))
    _load_needs(database, read_records(NeedRecord, data / "needs.csv"))
    new_organizations = _new(database, Organization, OrganizationRecord, data)
    add_organizations(database, new_organizations, now)
    new_services = _new(database, Service, ServiceRecord, data)
    add_services(database, new_services, read_areas(database), now)
    new_phones = _new(database, Phone, PhoneRecord, data)
    add_phones(database, new_phones, now)
    return LoadReport(places, len(new_organizations), len(new_services), len(new_phones))


def is_new(database: Database) -> bool:
    """Tell whether nobody has put an organisation into the directory yet."""
    return database.execute(select(Organization.slug).limit(1)).first() is None


def _new[R: (OrganizationRecord, ServiceRecord, PhoneRecord)](
    database: Database,
    model: type[Organization | Service | Phone],
    kind: type[R],
    data: Path,
) -> list[R]:
    known = known_slugs(database, model)
    records = read_records(kind, data / f"{model.__tablename__}.csv")
    return [record for record in records if record.slug not in known]


def place_values(record: PlaceRecord) -> dict[str, Any]:
    """Return the columns of `places` for a record."""
    values = record.model_dump(exclude={"region", "cercle", "other_names"})
    return values | {
        "region_slug": record.region,
        "cercle_slug": record.cercle,
        "other_names": "|".join(record.other_names) or None,
    }


def load_places(database: Database, records: list[PlaceRecord]) -> int:
    """Add places, or bring them up to date where their slug is known; return how many are new."""
    columns = PlaceRow.__table__.columns
    known = {row.slug: row._asdict() for row in database.execute(select(*columns))}
    wanted = [place_values(record) for record in records]
    new = [values for values in wanted if values["slug"] not in known]
    if new:
        database.execute(insert(PlaceRow), new)
    for values in wanted:
        if values["slug"] in known and values != known[values["slug"]]:
            database.execute(
                update(PlaceRow).where(PlaceRow.slug == values["slug"]).values(**values)
            )
    return len(new)


def _load_needs(database: Database, records: list[NeedRecord]) -> None:
    known = set(database.execute(select(TaxonomyTerm.code)).scalars())
    new = [record.model_dump() for record in records if record.code not in known]
    if new:
        database.execute(insert(TaxonomyTerm), new)
    for record in records:
        if record.code in known:
            values = record.model_dump(exclude={"code"})
            database.execute(
                update(TaxonomyTerm).where(TaxonomyTerm.code == record.code).values(**values)
            )
