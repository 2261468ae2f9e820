"""Writes published entries in the words of HSDS 3.1, for other directories.

Every key is named here one by one: what is not named does not leave. A restricted service goes
out with its region, without location, address, number or hours. Keys that start with `x_` are
ours; HSDS allows them.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from referral_directory.entries import Database
from referral_directory.hours import DAYS
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.models import Place as PlaceRow
from referral_directory.models import TaxonomyTerm
from referral_directory.numbers import format_number
from referral_directory.records import (
    COUNTRY_AREA,
    OrganizationRecord,
    PhoneRecord,
    ServiceRecord,
)
from referral_directory.schemas import OpeningHours
from referral_directory.vocabulary import Answer, Fees, Need, Status

HSDS_VERSION = "3.1"
COUNTRY = "ML"

# Ids are made from slugs, so that the same entry has the same id in every export.
_NAMESPACE = UUID("5f0a8f4e-5f0b-5c58-9d7e-3f0b8f6f2c11")
_BYDAY = dict(zip(range(7), ("MO", "TU", "WE", "TH", "FR", "SA", "SU"), strict=True))
_CLINICAL = (
    "pep",
    "emergency_contraception",
    "woman_caregiver",
    "takes_minors",
    "takes_men",
    "asks_requisition",
    "asks_fee",
)
_FEES = {Fees.FREE: "Gratuit", Fees.PAID: "Payant", Fees.UNKNOWN: None}
_KEPT_BACK_ALERT = (
    "Lieu protégé : s'adresser à un service d'accompagnement, qui organise l'accueil."
)


def hsds_id(kind: str, name: str) -> str:
    """Return the stable UUID of an entry in exports."""
    return str(uuid5(_NAMESPACE, f"{kind}:{name}"))


def write_hsds(database: Database, path: Path) -> int:
    """Write the published services as one page of HSDS services; return how many.

    Organisations with numbers but no service of their own stand in `x_organizations`.
    """
    page = hsds_page(database)
    path.write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(page["contents"]) + len(page["x_organizations"])


def hsds_page(database: Database) -> dict[str, Any]:
    """Return what `write_hsds` writes."""
    writer = _Writer(database)
    contents = [writer.service(one) for one in writer.services]
    with_service = {one.organization for one in writer.services}
    alone = [
        writer.organization(slug)
        for slug, lines in writer.lines_by_organization.items()
        if lines and slug not in with_service
    ]
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
        "x_hsds_version": HSDS_VERSION,
        "x_organizations": alone,
    }


class _Writer:
    """Writes entries with what hangs on them."""

    def __init__(self, database: Database) -> None:
        self._organizations = {
            one.slug: one for one in read_organizations(database) if one.status == Status.PUBLISHED
        }
        self.services = [
            one
            for one in read_services(database)
            if one.status == Status.PUBLISHED and one.organization in self._organizations
        ]
        restricted = {one.slug for one in self.services if one.is_restricted}
        published = {one.slug for one in self.services}
        lines = [
            one
            for one in read_phones(database)
            if one.status == Status.PUBLISHED
            and one.organization in self._organizations
            and one.service not in restricted
        ]
        self._lines_by_service = _group(
            (one.service, one) for one in lines if one.service in published
        )
        self.lines_by_organization = _group(
            (one.organization, one) for one in lines if one.service is None
        )
        places = select(PlaceRow.slug, PlaceRow.name_fr, PlaceRow.region_slug, PlaceRow.code)
        self._places = {row.slug: row for row in database.execute(places)}
        self._terms = {
            row.code: row for row in database.execute(select(*TaxonomyTerm.__table__.columns))
        }

    def organization(self, slug: str) -> dict[str, Any]:
        one: OrganizationRecord = self._organizations[slug]
        return _filled(
            {
                "id": hsds_id("organization", slug),
                "name": one.name_fr,
                "alternate_name": one.alternate_name,
                "description": one.description_fr or one.name_fr,
                "website": one.website,
                "email": one.email,
                "phones": [_phone(line) for line in self.lines_by_organization.get(slug, ())],
                "x_slug": slug,
                "x_kind": str(one.kind),
            }
        )

    def service(self, one: ServiceRecord) -> dict[str, Any]:
        kept_back = one.is_restricted
        return _filled(
            {
                "id": hsds_id("service", one.slug),
                "name": one.name_fr,
                "status": "active",
                "description": one.description_fr,
                "eligibility_description": one.eligibility_fr,
                "fees_description": one.fees_note_fr or _FEES[Fees(one.fees)],
                "assured_date": one.assured_date and one.assured_date.isoformat(),
                "alert": _KEPT_BACK_ALERT if kept_back else None,
                "organization": self.organization(one.organization),
                "phones": (
                    []
                    if kept_back
                    else [_phone(line) for line in self._lines_by_service.get(one.slug, ())]
                ),
                "schedules": [] if kept_back else list(_schedules(one.slug, one.hours)),
                "service_areas": [
                    self._area(one, area, whole_region=kept_back)
                    for area in one.areas or filter(None, (one.place,))
                ],
                "service_at_locations": [] if kept_back else self._locations(one),
                "languages": [
                    {"id": hsds_id("language", f"{one.slug}:{code}"), "code": code}
                    for code in one.languages
                ],
                "attributes": [self._need(one, need) for need in one.needs],
                "x_slug": one.slug,
                "x_kind": str(one.kind),
                "x_name_bm": one.name_bm,
                "x_description_bm": one.description_bm,
                "x_restricted": kept_back,
                "x_mark": str(one.mark),
                "x_source": one.source,
                "x_source_date": one.source_date,
                "x_clinical": _clinical(one) if Need.MEDICAL in one.needs else None,
            }
        )

    def _area(self, one: ServiceRecord, slug: str, *, whole_region: bool) -> dict[str, Any]:
        place = self._places.get(slug)
        if whole_region and place is not None:
            place = self._places.get(place.region_slug)
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
        place = self._places[one.place]
        region = self._places[place.region_slug]
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

    def _need(self, one: ServiceRecord, need: Need) -> dict[str, Any]:
        term = self._terms[need]
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


def _group[T](pairs: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    grouped: dict[str, list[T]] = {}
    for key, value in pairs:
        if key is not None:
            grouped.setdefault(key, []).append(value)
    return grouped


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: HSDS has no null."""
    return {name: value for name, value in values.items() if value is not None and value != []}


def _phone(line: PhoneRecord) -> dict[str, Any]:
    return {
        "id": hsds_id("phone", line.slug),
        "number": format_number(line.number),
        "type": line.type,
        "description": line.label_fr,
        "x_slug": line.slug,
        "x_reach": str(line.reach),
    }


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
        name: str(value) for name in _CLINICAL if (value := getattr(one, name)) != Answer.UNKNOWN
    }
    if known and one.clinical_known_on is not None:
        known["known_on"] = one.clinical_known_on.isoformat()
    return known or None
