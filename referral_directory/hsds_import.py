"""Reads HSDS services as rows of the directory; what is new comes in as a draft.

A service that shelters, or that our own export calls restricted, is taken as restricted and its
whereabouts are left behind, whatever else the file says: only staff can decide otherwise.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Any

from referral_directory.entries import Database, known_slugs
from referral_directory.gazetteer import Gazetteer
from referral_directory.hours import format_hours
from referral_directory.hsds_own_keys import own_words, phone_cells, phone_slug, provenance
from referral_directory.hsds_words import hsds_id
from referral_directory.inventory import KEPT_BACK
from referral_directory.models import SLUG_LENGTH, Organization, Phone
from referral_directory.records import COUNTRY_AREA, ServiceRecord
from referral_directory.schemas import OpeningHours
from referral_directory.spelling import plain
from referral_directory.table_reading import check_size
from referral_directory.tables import MOST_ROWS, Line, UnreadableFileError, cells_of
from referral_directory.vocabulary import Need, OrganizationKind

type Json = Mapping[str, Any]

_DAYS = {name: day for day, name in enumerate(("MO", "TU", "WE", "TH", "FR", "SA", "SU"))}
_LONG_SLUG = 40
_WORDS = {
    "health": Need.MEDICAL,
    "sante": Need.MEDICAL,
    "medical": Need.MEDICAL,
    "psychosocial": Need.PSYCHOSOCIAL,
    "mental": Need.PSYCHOSOCIAL,
    "legal": Need.LEGAL,
    "justice": Need.LEGAL,
    "juridique": Need.LEGAL,
    "shelter": Need.SHELTER,
    "safe house": Need.SHELTER,
    "hebergement": Need.SHELTER,
    "abri": Need.SHELTER,
    "protection": Need.PROTECTION,
    "security": Need.PROTECTION,
    "police": Need.COMPLAINT,
    "livelihood": Need.LIVELIHOOD,
    "economic": Need.LIVELIHOOD,
    "case management": Need.CASE_MANAGEMENT,
    "child": Need.CHILD_PROTECTION,
    "enfant": Need.CHILD_PROTECTION,
}


def read_hsds(database: Database, path: Path, known: Mapping[str, ServiceRecord]) -> list[Line]:
    """Return the services of a file, with their organisations and numbers, as rows.

    Raises:
        UnreadableFileError: When the file holds no HSDS services.
    """
    check_size(path)
    reader = _Reader(
        Gazetteer.read(database),
        known,
        known_slugs(database, Organization),
        known_slugs(database, Phone),
    )
    lines: dict[tuple[str, str], Line] = {}
    services, alone = _contents(path)
    for number, service in enumerate(services, start=1):
        for line in reader.lines(number, service):
            lines.setdefault((line.kind, str(line.cells.get("slug"))), line)
    for organization in alone:
        for line in reader.organization(len(services), organization):
            lines.setdefault((line.kind, str(line.cells.get("slug"))), line)
    return list(lines.values())


def _contents(path: Path) -> tuple[list[Json], list[Json]]:
    """Return the services, and the organisations that stand beside them without one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise UnreadableFileError("le fichier n'est pas du JSON en UTF-8") from error
    alone: list[Json] = []
    if isinstance(data, dict):
        alone = _objects(data.get("x_organizations"))
        data = data.get("contents", [data])
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise UnreadableFileError("le fichier ne contient pas de liste de services HSDS")
    if len(data) > MOST_ROWS:
        raise UnreadableFileError(f"le fichier a plus de {MOST_ROWS} services : partagez-le")
    return data, alone


class _Reader:
    def __init__(
        self,
        gazetteer: Gazetteer,
        known: Mapping[str, ServiceRecord],
        organizations: Collection[str],
        phones: Collection[str],
    ) -> None:
        self._gazetteer = gazetteer
        self._known = known
        self._organizations = organizations
        self._phones = phones
        self._by_id = {hsds_id("service", slug): slug for slug in known}

    def lines(self, number: int, service: Json) -> Iterable[Line]:
        slug = self._by_id.get(_text(service, "id")) or _own_slug(service, SLUG_LENGTH)
        old = self._known.get(slug)
        if old is not None:
            yield Line(number, "service", cells_of(old) | self._carried(service, old))
            return
        organization = service.get("organization")
        owner = organization if isinstance(organization, dict) else {}
        owner_slug = _own_slug(owner, _LONG_SLUG)
        source = f"HSDS : {_text(owner, 'name') or path_free_name(service)}"
        cells = self._new(service, slug, owner_slug, source)
        yield from self.organization(number, owner, source)
        yield Line(number, "service", cells)
        if "restricted" not in cells:
            yield from self._lines_of(number, service, source, owner_slug, slug)

    def organization(self, number: int, owner: Json, source: str = "") -> Iterable[Line]:
        """Yield an organisation with the numbers that belong to no service.

        One that the directory knows stays as it is: the file would make a draft of it.
        """
        slug = _own_slug(owner, _LONG_SLUG)
        source = source or f"HSDS : {_text(owner, 'name')}"
        if slug not in self._organizations:
            yield Line(number, "organization", _organization(owner, slug, source))
        yield from self._lines_of(number, owner, source, slug)

    def _lines_of(
        self, number: int, owner: Json, source: str, organization: str, service: str = ""
    ) -> Iterable[Line]:
        """Yield the numbers that the directory does not know; known ones stay as they are."""
        for place, phone in enumerate(_objects(owner.get("phones")), start=1):
            slug = phone_slug(phone, service or organization, place)
            if slug not in self._phones:
                links = {"slug": slug, "organization": organization, "service": service}
                yield Line(number, "phone", phone_cells(phone, source) | links)

    def _carried(self, service: Json, old: ServiceRecord) -> dict[str, Any]:
        """Return what the file says about a known service; the rest stays as it is."""
        cells: dict[str, Any] = _texts(service)
        if not old.is_restricted and "schedules" in service:
            cells["hours"] = _hours(service)
        return {name: value for name, value in cells.items() if value}

    def _new(self, service: Json, slug: str, owner: str, source: str) -> dict[str, Any]:
        needs = _needs(service)
        cells = _texts(service) | {
            "slug": slug,
            "organization": owner,
            "needs": "|".join(needs),
            "hours": _hours(service),
            "languages": "|".join(_codes(service.get("languages"))),
            **own_words(service),
            **provenance(service, source),
            **self._whereabouts(service),
        }
        cells["description_fr"] = cells.get("description_fr") or cells.get("name_fr")
        if Need.SHELTER in needs or service.get("x_restricted") is True:
            region = self._gazetteer.place(str(cells.get("place") or ""))
            areas = cells.get("areas") or (region.region if region else COUNTRY_AREA)
            cells = {name: value for name, value in cells.items() if name not in KEPT_BACK}
            cells |= {"restricted": "yes", "areas": areas}
        return {name: value for name, value in cells.items() if value}

    def _whereabouts(self, service: Json) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for link in _objects(service.get("service_at_locations")):
            location = link.get("location")
            if isinstance(location, dict):
                found |= self._location(location)
        areas = [
            self._place_of(_text(area, "x_place"), _text(area, "name"))
            for area in _objects(service.get("service_areas"))
        ]
        found["areas"] = "|".join(
            dict.fromkeys(area for area in areas if area and area != found.get("place"))
        )
        return found

    def _location(self, location: Json) -> dict[str, Any]:
        found: dict[str, Any] = {
            "place": self._place_of(_text(location, "x_place"), _text(location, "name")),
            "latitude": location.get("latitude"),
            "longitude": location.get("longitude"),
        }
        access = _objects(location.get("accessibility"))
        if access:
            found["accessibility"] = "|".join(_text(one, "description") for one in access)
        for address in _objects(location.get("addresses")):
            found["address"] = _text(address, "address_1")
            found["place"] = self._place_of("", _text(address, "city")) or found["place"]
        return found

    def _place_of(self, slug: str, name: str) -> str:
        if slug == COUNTRY_AREA or plain(name) == COUNTRY_AREA:
            return COUNTRY_AREA
        if slug and self._gazetteer.place(slug):
            return slug
        found = self._gazetteer.match(name).found if name else None
        return found.slug if found else ""


def path_free_name(service: Json) -> str:
    """Return a service's name to stand for a source that names no organisation."""
    return _text(service, "name") or "sans nom"


def _organization(owner: Json, slug: str, source: str) -> dict[str, Any]:
    name, description = _text(owner, "name"), _text(owner, "description")
    kind = _text(owner, "x_kind")
    return {
        "slug": slug,
        "kind": kind if kind in OrganizationKind else str(OrganizationKind.NGO),
        "name_fr": name,
        "name_bm": _text(owner, "x_name_bm"),
        "alternate_name": _text(owner, "alternate_name"),
        # HSDS requires a description: where there is none, the name stands for it.
        "description_fr": "" if description == name else description,
        "website": _text(owner, "website"),
        "email": _text(owner, "email"),
        **provenance(owner, source),
    }


def _texts(service: Json) -> dict[str, Any]:
    return {
        "name_fr": _text(service, "name"),
        "description_fr": _text(service, "description"),
        "eligibility_fr": _text(service, "eligibility_description"),
    }


def _needs(service: Json) -> list[Need]:
    found: dict[Need, None] = {}
    for attribute in _objects(service.get("attributes")):
        term = attribute.get("taxonomy_term")
        if not isinstance(term, dict):
            continue
        code = _text(term, "code")
        if code in Need:
            found[Need(code)] = None
            continue
        name = plain(_text(term, "name"))
        found |= {need: None for word, need in _WORDS.items() if word in name}
    return list(found)


def _hours(service: Json) -> str:
    stretches: list[OpeningHours] = []
    for schedule in _objects(service.get("schedules")):
        try:
            opens = time.fromisoformat(_text(schedule, "opens_at")).replace(tzinfo=None)
            closes = time.fromisoformat(_text(schedule, "closes_at")).replace(tzinfo=None)
        except ValueError:
            continue
        days = _text(schedule, "byday").split(",")
        stretches += [OpeningHours(_DAYS[day], opens, closes) for day in days if day in _DAYS]
    return format_hours(stretches)


def _codes(languages: Any) -> list[str]:
    return [code for one in _objects(languages) if (code := _text(one, "code"))]


def _own_slug(thing: Json, longest: int) -> str:
    own = _text(thing, "x_slug") or re.sub(r"[^a-z0-9]+", "-", plain(_text(thing, "name")))
    return own[:longest].strip("-") or "sans-nom"


def _objects(value: Any) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(thing: Json, name: str) -> str:
    value = thing.get(name)
    return value.strip() if isinstance(value, str) else ""
