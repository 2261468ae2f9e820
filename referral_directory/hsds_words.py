"""Says entries of the directory in the words of HSDS 3.1, key by key.

Every key is named here one by one: what is not named does not leave. A restricted service goes
out with its region, without location, address, number or hours. Keys that start with `x_` are
ours; HSDS allows them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from referral_directory.entries import Database
from referral_directory.hours import DAYS, format_hours
from referral_directory.models import Place as PlaceRow
from referral_directory.models import TaxonomyTerm
from referral_directory.numbers import format_number
from referral_directory.records import (
    COUNTRY_AREA,
    OrganizationRecord,
    PhoneRecord,
    ServiceRecord,
    SourcedRecord,
)
from referral_directory.schemas import OpeningHours
from referral_directory.vocabulary import Answer, Fees, Need

HSDS_VERSION = "3.1"
COUNTRY = "ML"
TAXONOMY = "besoins"
_WITH_SCHEME = re.compile(r"https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]+", re.ASCII)
_NO_SCHEME = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}(?:/[\w.~:/?#@!$&'()*+,;=%-]*)?", re.ASCII)
_EMAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-zA-Z]{2,}", re.ASCII)
PHONE_TYPES = frozenset({"text", "voice", "fax", "cell", "video", "pager", "textphone"})

# Ids are made from slugs, so that the same entry has the same id in every export.
_NAMESPACE = UUID("5f0a8f4e-5f0b-5c58-9d7e-3f0b8f6f2c11")
_BYDAY = dict(zip(range(7), ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))
CLINICAL = (
    "pep",
    "emergency_contraception",
    "woman_caregiver",
    "takes_minors",
    "takes_men",
    "asks_requisition",
    "asks_fee",
)
FEES = {Fees.FREE: "Gratuit", Fees.PAID: "Payant", Fees.UNKNOWN: None}
_KEPT_BACK_ALERT = (
    "Lieu protégé : s'adresser à un service d'accompagnement, qui organise l'accueil."
)


def hsds_id(kind: str, name: str) -> str:
    """Return the stable UUID of an entry in exports."""
    return str(uuid5(_NAMESPACE, f"{kind}:{name}"))


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """What is said of a place."""

    slug: str
    name_fr: str
    region_slug: str
    code: str | None


@dataclass(frozen=True, slots=True)
class TermWords:
    """What is said of a need."""

    code: str
    position: int
    name_fr: str
    name_bm: str | None
    description_fr: str


def read_places(database: Database) -> dict[str, PlaceWords]:
    """Return all places by slug."""
    query = select(PlaceRow.slug, PlaceRow.name_fr, PlaceRow.region_slug, PlaceRow.code)
    return {row.slug: PlaceWords(*row) for row in database.execute(query)}


def read_terms(database: Database) -> dict[str, TermWords]:
    """Return all needs by code, in their order."""
    query = select(
        TaxonomyTerm.code,
        TaxonomyTerm.position,
        TaxonomyTerm.name_fr,
        TaxonomyTerm.name_bm,
        TaxonomyTerm.description_fr,
    ).order_by(TaxonomyTerm.position)
    return {row.code: TermWords(*row) for row in database.execute(query)}


@dataclass(frozen=True, slots=True)
class HsdsWriter:
    """Says entries with what hangs on them.

    Attributes:
        organizations: That may be named, by slug.
        lines_by_service: Numbers that may be shown, by their service.
        lines_by_organization: Likewise, those that belong to no service.
        places: All.
        terms: All.
    """

    organizations: Mapping[str, OrganizationRecord]
    lines_by_service: Mapping[str, Sequence[PhoneRecord]]
    lines_by_organization: Mapping[str, Sequence[PhoneRecord]]
    places: Mapping[str, PlaceWords]
    terms: Mapping[str, TermWords]

    def organization(self, slug: str) -> dict[str, Any]:
        """Return an organisation with its own numbers."""
        one = self.organizations[slug]
        return _filled(
            {
                "id": hsds_id("organization", slug),
                "name": one.name_fr,
                "alternate_name": one.alternate_name,
                "description": one.description_fr or one.name_fr,
                "website": _uri(one.website),
                "email": _email(one.email),
                "phones": [_phone(line) for line in self.lines_by_organization.get(slug, ())],
                "x_slug": slug,
                "x_kind": str(one.kind),
                "x_name_bm": one.name_bm,
                **_sources(one),
            }
        )

    def service(self, one: ServiceRecord, last_modified: datetime | None = None) -> dict[str, Any]:
        """Return a service with all that hangs on it.

        Args:
            one: A service of an organisation that may be named.
            last_modified: When anything of it was changed last; aware.
        """
        kept_back = one.is_restricted
        locations = [] if kept_back else self._locations(one)
        return _filled(
            {
                "id": hsds_id("service", one.slug),
                "name": one.name_fr,
                "status": "active",
                "description": one.description_fr,
                "eligibility_description": one.eligibility_fr,
                "fees_description": one.fees_note_fr or FEES[Fees(one.fees)],
                "assured_date": one.assured_date and one.assured_date.isoformat(),
                "last_modified": last_modified and moment_text(last_modified),
                "alert": _KEPT_BACK_ALERT if kept_back else None,
                "organization": self.organization(one.organization),
                "phones": (
                    []
                    if kept_back
                    else [_phone(line) for line in self.lines_by_service.get(one.slug, ())]
                ),
                "schedules": [] if kept_back else list(_schedules(one.slug, one.hours)),
                "service_areas": [
                    self._area(one, area, whole_region=kept_back)
                    for area in one.areas or filter(None, (one.place,))
                ],
                "service_at_locations": locations,
                "languages": [
                    {"id": hsds_id("language", f"{one.slug}:{code}"), "code": code}
                    for code in one.languages
                ],
                "attributes": [self._need(one, need) for need in one.needs],
                "x_slug": one.slug,
                "x_kind": str(one.kind),
                "x_name_bm": one.name_bm,
                "x_description_bm": one.description_bm,
                "x_eligibility_bm": one.eligibility_bm,
                "x_fees": str(one.fees),
                "x_fees_note_bm": one.fees_note_bm,
                # HSDS knows accessibility of places alone.
                "x_accessibility": [] if locations else list(one.accessibility),
                "x_restricted": kept_back,
                **_sources(one),
                "x_clinical": _clinical(one) if Need.MEDICAL in one.needs else None,
            }
        )

    def _area(self, one: ServiceRecord, slug: str, *, whole_region: bool) -> dict[str, Any]:
        place = self.places.get(slug)
        if whole_region and place is not None:
            place = self.places.get(place.region_slug)
        return _filled(
            {
                "id": hsds_id("service_area", f"{one.slug}:{slug}"),
                "name": place.name_fr if place else "Mali",
                "uri": place.code if place else None,
                "x_place": place.slug if place else COUNTRY_AREA,
            }
        )

    def _locations(self, one: ServiceRecord) -> list[dict[str, Any]]:
        if one.place is None:
            return []
        place = self.places[one.place]
        region = self.places[place.region_slug]
        address = {
            "id": hsds_id("address", one.slug),
            "address_1": one.address,
            "city": place.name_fr,
            "state_province": region.name_fr,
            "postal_code": "",  # Mali has none, HSDS requires one
            "country": COUNTRY,
            "address_type": "physical",
        }
        location = _filled(
            {
                "id": hsds_id("location", one.slug),
                "location_type": "physical",
                "name": place.name_fr,
                "latitude": one.latitude,
                "longitude": one.longitude,
                "addresses": [address] if one.address else [],
                "accessibility": [
                    {
                        "id": hsds_id("accessibility", f"{one.slug}:{code}"),
                        "description": code,
                    }
                    for code in one.accessibility
                ],
                "x_place": place.slug,
            }
        )
        return [{"id": hsds_id("service_at_location", one.slug), "location": location}]

    def taxonomy(self) -> dict[str, Any]:
        """Return the one taxonomy there is: what people look for."""
        return {
            "id": hsds_id("taxonomy", TAXONOMY),
            "name": "Besoins",
            "description": "Ce qu'une personne peut chercher après des violences.",
        }

    def term(self, term: TermWords) -> dict[str, Any]:
        """Return a need as a term of the taxonomy."""
        return _filled(
            {
                "id": hsds_id("taxonomy_term", term.code),
                "code": term.code,
                "name": term.name_fr,
                "description": term.description_fr,
                "taxonomy": "Besoins",
                "taxonomy_detail": self.taxonomy(),
                "language": "fr",
                "x_name_bm": term.name_bm,
            }
        )

    def _need(self, one: ServiceRecord, need: Need) -> dict[str, Any]:
        term = self.terms[need]
        return {
            "id": hsds_id("attribute", f"{one.slug}:{need}"),
            "link_id": hsds_id("service", one.slug),
            "link_entity": "service",
            "taxonomy_term": {
                "id": hsds_id("taxonomy_term", need),
                "code": str(need),
                "name": term.name_fr,
                "description": term.description_fr,
            },
        }


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: HSDS has no null."""
    return {name: value for name, value in values.items() if value is not None and value != []}


def _uri(text: str | None) -> str | None:
    """Return a website as HSDS takes it, with its scheme; None where it is no address."""
    if text is None or _NO_SCHEME.fullmatch(text) is None:
        return text if text is not None and _WITH_SCHEME.fullmatch(text) else None
    return f"https://{text}"


def _email(text: str | None) -> str | None:
    return text if text is not None and _EMAIL.fullmatch(text) else None


def _sources(one: SourcedRecord) -> dict[str, Any]:
    return {"x_mark": str(one.mark), "x_source": one.source, "x_source_date": one.source_date}


def moment_text(moment: datetime) -> str:
    """Return a moment as HSDS writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _phone(line: PhoneRecord) -> dict[str, Any]:
    return _filled(
        {
            "id": hsds_id("phone", line.slug),
            "number": format_number(line.number),
            "type": line.type if line.type in PHONE_TYPES else None,
            "description": line.label_fr,
            "x_slug": line.slug,
            "x_reach": str(line.reach),
            "x_label_bm": line.label_bm,
            "x_is_free": line.is_free,
            "x_is_emergency": line.is_emergency,
            "x_position": line.position,
            "x_hours": format_hours(line.hours) or None,
            "x_assured_date": line.assured_date and line.assured_date.isoformat(),
            **_sources(line),
        }
    )


def _schedules(slug: str, hours: Sequence[OpeningHours]) -> Iterable[dict[str, Any]]:
    by_times: dict[tuple[str, str], list[int]] = {}
    for stretch in hours:
        times = (f"{stretch.opens_at:%H:%M}Z", f"{stretch.closes_at:%H:%M}Z")
        by_times.setdefault(times, []).append(stretch.day)
    for (opens_at, closes_at), days in by_times.items():
        yield {
            "id": hsds_id("schedule", f"{slug}:{opens_at}:{closes_at}:{DAYS[days[0]]}"),
            "freq": "WEEKLY",
            "wkst": "MO",
            "byday": ",".join(_BYDAY[day] for day in days),
            "opens_at": opens_at,
            "closes_at": closes_at,
        }


def _clinical(one: ServiceRecord) -> dict[str, str] | None:
    known = {
        name: str(value) for name in CLINICAL if (value := getattr(one, name)) != Answer.UNKNOWN
    }
    if one.clinical_known_on is not None:
        known["known_on"] = one.clinical_known_on.isoformat()
    return known or None
