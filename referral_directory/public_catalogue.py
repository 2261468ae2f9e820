"""What other directories may read over the network, in the words of HSDS: pages and single entries.

Only what the public may see anyway, and less: a restricted service (a shelter) does not exist here
at all. Everything else is asked of the database a page at a time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, or_, select

from referral_directory.entries import Database, location_slug
from referral_directory.hsds_export import group
from referral_directory.hsds_words import (
    TAXONOMY,
    HsdsWriter,
    TermWords,
    hsds_id,
    moment_text,
    read_places,
    read_terms,
)
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.models import (
    Location,
    Organization,
    Phone,
    Service,
    ServiceNeed,
)
from referral_directory.public_ids import KnownIds
from referral_directory.public_search import holds, lend_plain_text
from referral_directory.spelling import plain
from referral_directory.visibility import PHONE_IS_VISIBLE, SERVICE_IS_VISIBLE, seen_by

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for; conditions add up, an empty one does not count.

    Attributes:
        search: Words that the texts of an entry hold, in any spelling of accents and capitals.
        taxonomy_term_id: Of a need.
        taxonomy_id: Of a taxonomy; there is one.
        organization_id: Of an organisation.
        parent_id: Of a term that terms hang on; none does.
        modified_after: Changed then or later, aware.
        minimal: Ids and dates of change alone.
        full: Everything that hangs on an entry, not its own fields alone.
        full_service: The same for the services of an organisation.
        page: From 1.
        per_page: How many a page.
    """

    search: str = ""
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    parent_id: str = ""
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    page: int = 1
    per_page: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of entries.

    Attributes:
        total: How many entries there are on all pages.
        contents: Those of this page.
    """

    total: int
    contents: tuple[Json, ...]


_SERVICE_MAY_GO = (SERVICE_IS_VISIBLE, Service.restricted.is_(False))
_SERVICES = (
    select(Service.slug, Service.last_modified, Service.organization_slug)
    .join(Organization, Organization.slug == Service.organization_slug)
    .where(*_SERVICE_MAY_GO)
    .order_by(Service.slug)
)
_LINES = (
    select(Phone.slug, Phone.organization_slug, Phone.service_slug)
    .join(Organization, Organization.slug == Phone.organization_slug)
    .outerjoin(Service, Service.slug == Phone.service_slug)
    .where(PHONE_IS_VISIBLE)
)
_ORGANIZATIONS = (
    select(Organization.slug, Organization.last_modified)
    .select_from(Organization)
    .order_by(Organization.slug)
)
_SERVICE_TEXTS = (
    Service.name_fr,
    Service.name_bm,
    Service.description_fr,
    Organization.name_fr,
)
_ORGANIZATION_TEXTS = (
    Organization.name_fr,
    Organization.name_bm,
    Organization.alternate_name,
    Organization.description_fr,
)
_HAS_LINE = (
    select(Phone.slug)
    .outerjoin(Service, Service.slug == Phone.service_slug)
    .where(Phone.organization_slug == Organization.slug, PHONE_IS_VISIBLE)
    .correlate(Organization)
    .exists()
)
_HAS_PLACE = (
    select(Location.slug)
    .where(Location.slug == literal(location_slug("")) + Service.slug)
    .where(Location.restricted.is_(False))
    .exists()
)


class PublicCatalogue:
    """Reads the public directory; each method asks the connection it was made with."""

    def __init__(self, database: Database, now: datetime, ids: KnownIds | None = None) -> None:
        self._database = database
        self._now = now
        self._ids = ids or KnownIds()
        self._seen = seen_by(now, allow_unverified=False)

    # -- services ------------------------------------------------------------------------------

    def services(self, query: Query) -> Page:
        """Return a page of services."""
        total, rows = self._service_rows(query)
        if query.minimal:
            return Page(total, tuple(_minimal("service", row) for row in rows))
        services = self._full_services(rows)
        return Page(total, tuple(services if query.full else map(one_to_one, services)))

    def service(self, entry_id: str) -> Json | None:
        """Return one service with all that hangs on it."""
        rows = self._of_id("service", entry_id)
        return next(iter(self._full_services(rows)), None)

    # -- organisations -------------------------------------------------------------------------

    def organizations(self, query: Query) -> Page:
        """Return a page of organisations that have something to show."""
        total, rows = self._organization_rows(query)
        if query.minimal:
            return Page(total, tuple(_minimal("organization", row) for row in rows))
        found = self._full_organizations(rows, full_service=query.full_service)
        keep = query.full or query.full_service
        return Page(total, tuple(found if keep else map(one_to_one, found)))

    def organization(self, entry_id: str, *, full_service: bool) -> Json | None:
        """Return one organisation with its numbers and services."""
        known = self._known("organization", entry_id)
        rows = (
            []
            if known is None
            else self._rows(
                _ORGANIZATIONS, Organization.slug == known, or_(_has_service([]), _HAS_LINE)
            )
        )
        return next(iter(self._full_organizations(rows, full_service=full_service)), None)

    # -- services at locations -----------------------------------------------------------------

    def service_at_locations(self, query: Query) -> Page:
        """Return a page of services where they are given."""
        total, rows = self._service_rows(query, _HAS_PLACE)
        if query.minimal:
            return Page(total, tuple(_minimal("service_at_location", row) for row in rows))
        found = [_at_location(service) for service in self._full_services(rows)]
        if not query.full:
            found = [one | {"service": one_to_one(one["service"])} for one in found]
        return Page(total, tuple(found))

    def service_at_location(self, entry_id: str) -> Json | None:
        """Return one service where it is given."""
        rows = self._of_id("service_at_location", entry_id, _HAS_PLACE)
        return next((_at_location(one) for one in self._full_services(rows)), None)

    # -- taxonomies ----------------------------------------------------------------------------

    def taxonomies(self, query: Query) -> Page:
        """Return the one taxonomy there is."""
        return _chosen([self._writer([], []).taxonomy()], query)

    def taxonomy(self, entry_id: str) -> Json | None:
        """Return the taxonomy of this id."""
        return _of_id(self.taxonomies(Query()).contents, entry_id)

    def taxonomy_terms(self, query: Query) -> Page:
        """Return a page of needs."""
        if query.parent_id or query.taxonomy_id not in {"", hsds_id("taxonomy", TAXONOMY)}:
            return Page(0, ())
        return _chosen(self._terms(), query)

    def taxonomy_term(self, entry_id: str) -> Json | None:
        """Return one need."""
        return _of_id(self._terms(), entry_id)

    # -- inside --------------------------------------------------------------------------------

    def _rows(self, statement: Any, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
        return list(self._database.execute(statement.where(*conditions), self._seen))

    def _of_id(self, kind: str, entry_id: str, *conditions: ColumnElement[bool]) -> list[Row[Any]]:
        """Return the row of the service that has this id as an entry of a kind, or none."""
        known = self._known(kind, entry_id)
        return [] if known is None else self._rows(_SERVICES, Service.slug == known, *conditions)

    def _known(self, kind: str, entry_id: str) -> str | None:
        """Return the slug of an entry of a kind, whether or not it may be seen."""
        slug = self._ids.slug(self._database, entry_id, self._now)
        return slug if slug is not None and hsds_id(kind, slug) == entry_id else None

    def _service_rows(
        self, query: Query, *more: ColumnElement[bool]
    ) -> tuple[int, Sequence[Row[Any]]]:
        """Return how many services there are, and those of the page."""
        conditions = self._term_conditions(query)
        if conditions is None:
            return 0, ()
        conditions += more
        if query.modified_after is not None:
            conditions.append(Service.last_modified >= query.modified_after)
        if query.organization_id:
            owner = self._known("organization", query.organization_id)
            conditions.append(Service.organization_slug == (owner or ""))
        return self._cut(_SERVICES, query, [*conditions, *self._holds(query, _SERVICE_TEXTS)])

    def _organization_rows(self, query: Query) -> tuple[int, Sequence[Row[Any]]]:
        """Return how many organisations with something to show there are, and the page's."""
        terms = self._term_conditions(query)
        if terms is None:
            return 0, ()
        conditions = [_has_service(terms) if terms else or_(_has_service([]), _HAS_LINE)]
        if query.modified_after is not None:
            conditions.append(Organization.last_modified >= query.modified_after)
        conditions += self._holds(query, _ORGANIZATION_TEXTS)
        return self._cut(_ORGANIZATIONS, query, conditions)

    def _holds(self, query: Query, texts: Sequence[Any]) -> list[ColumnElement[bool]]:
        if not query.search:
            return []
        lend_plain_text(self._database)
        return holds(query.search, *texts)

    def _cut(
        self, statement: Any, query: Query, conditions: Sequence[ColumnElement[bool]]
    ) -> tuple[int, Sequence[Row[Any]]]:
        """Return how many rows there are, and those of the page."""
        counted = statement.with_only_columns(func.count()).order_by(None).where(*conditions)
        total = self._database.execute(counted, self._seen).scalar_one()
        first = (query.page - 1) * query.per_page
        if first >= total:
            return total, ()
        return total, self._rows(statement.limit(query.per_page).offset(first), *conditions)

    def _term_conditions(self, query: Query) -> list[ColumnElement[bool]] | None:
        """Return what a service must fulfil; None where none can."""
        if query.taxonomy_id not in {"", hsds_id("taxonomy", TAXONOMY)}:
            return None
        if not query.taxonomy_term_id:
            return []
        term = self._terms_by_id().get(query.taxonomy_term_id)
        if term is None:
            return None
        answering = select(ServiceNeed.service_slug).where(ServiceNeed.need == term.code)
        return [Service.slug.in_(answering)]

    def _full_services(self, rows: Sequence[Row[Any]]) -> list[Json]:
        modified = {row.slug: row.last_modified for row in rows}
        owners = {row.organization_slug for row in rows}
        writer = self._writer(owners, list(modified))
        services = read_services(self._database, list(modified)) if modified else []
        return [writer.service(one, modified[one.slug]) for one in services]

    def _full_organizations(self, rows: Sequence[Row[Any]], *, full_service: bool) -> list[Json]:
        slugs = {row.slug for row in rows}
        own = self._rows(_SERVICES, Service.organization_slug.in_(slugs)) if slugs else []
        services = group(
            (row.organization_slug, service)
            for row, service in zip(own, self._full_services(own), strict=True)
        )
        writer = self._writer(slugs, [])
        found = []
        for slug in sorted(slugs):
            theirs = services.get(slug, [])
            listed = theirs if full_service else [_named(service) for service in theirs]
            found.append(writer.organization(slug) | ({"services": listed} if listed else {}))
        return found

    def _writer(self, organizations: Iterable[str], services: Sequence[str]) -> HsdsWriter:
        owners = list(organizations)
        lines = []
        if owners:
            of_them = or_(
                Phone.service_slug.in_(services),
                Phone.service_slug.is_(None) & Phone.organization_slug.in_(owners),
            )
            visible = [row.slug for row in self._rows(_LINES, of_them)]
            lines = read_phones(self._database, visible)
        return HsdsWriter(
            {one.slug: one for one in read_organizations(self._database, owners)},
            group((one.service, one) for one in lines if one.service is not None),
            group((one.organization, one) for one in lines if one.service is None),
            read_places(self._database) if services else {},
            read_terms(self._database),
        )

    def _terms(self) -> list[Json]:
        writer = self._writer([], [])
        return [writer.term(term) for term in writer.terms.values()]

    def _terms_by_id(self) -> Mapping[str, TermWords]:
        terms = read_terms(self._database).values()
        return {hsds_id("taxonomy_term", term.code): term for term in terms}


def _has_service(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Say that an organisation has a service that may go out and fulfils the conditions."""
    own = select(Service.slug).where(
        Service.organization_slug == Organization.slug, *_SERVICE_MAY_GO, *conditions
    )
    return own.correlate(Organization).exists()


def _page[T](rows: Sequence[T], query: Query) -> Sequence[T]:
    first = (query.page - 1) * query.per_page
    return rows[first : first + query.per_page]


def _chosen(entries: Sequence[Json], query: Query) -> Page:
    words = plain(query.search).split()

    def holds(entry: Json) -> bool:
        said = plain(f"{entry['name']} {entry['description']} {entry.get('x_name_bm', '')}")
        return all(word in said for word in words)

    found = [entry for entry in entries if holds(entry)]
    shown: Callable[[Json], Json] = _id_alone if query.minimal else dict
    return Page(len(found), tuple(shown(entry) for entry in _page(found, query)))


def _id_alone(entry: Json) -> Json:
    return {"id": entry["id"]}


def _minimal(kind: str, row: Row[Any]) -> Json:
    changed = row.last_modified
    shown = {"id": hsds_id(kind, row.slug)}
    return shown | ({"last_modified": moment_text(changed)} if changed is not None else {})


def _named(service: Json) -> Json:
    return {name: service[name] for name in ("id", "name", "status")}


def _of_id(entries: Iterable[Json], entry_id: str) -> Json | None:
    return next((entry for entry in entries if entry["id"] == entry_id), None)


def one_to_one(entry: Json) -> Json:
    """Return an entry with the fields it has once, without the lists that hang on it."""
    return {
        name: one_to_one(value) if isinstance(value, dict) else value
        for name, value in entry.items()
        if not isinstance(value, list)
    }


def _at_location(service: Json) -> Json:
    """Return a service's place with the service in it."""
    (place,) = service["service_at_locations"]
    inside = {name: value for name, value in service.items() if name != "service_at_locations"}
    return {**place, "service": inside}
