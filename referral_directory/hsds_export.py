"""Writes published entries to a file in the words of HSDS 3.1, for other directories."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from referral_directory.entries import Database
from referral_directory.hsds_words import (
    HSDS_VERSION,
    HsdsWriter,
    read_places,
    read_terms,
)
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.records import OrganizationRecord, ServiceRecord
from referral_directory.vocabulary import Status


def write_hsds(database: Database, path: Path) -> int:
    """Write the published services as one page of HSDS services; return how many.

    Organisations with numbers but no service of their own stand in `x_organizations`.
    """
    page = hsds_page(database)
    path.write_text(json.dumps(page, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return len(page["contents"]) + len(page["x_organizations"])


def hsds_page(database: Database) -> dict[str, Any]:
    """Return what `write_hsds` writes."""
    organizations = {
        one.slug: one for one in read_organizations(database) if one.status == Status.PUBLISHED
    }
    services = [
        one
        for one in read_services(database)
        if one.status == Status.PUBLISHED and one.organization in organizations
    ]
    writer = _writer(database, organizations, services)
    contents = [writer.service(one) for one in services]
    with_service = {one.organization for one in services}
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


def _writer(
    database: Database,
    organizations: dict[str, OrganizationRecord],
    services: list[ServiceRecord],
) -> HsdsWriter:
    restricted = {one.slug for one in services if one.is_restricted}
    published = {one.slug for one in services}
    lines = [
        one
        for one in read_phones(database)
        if one.status == Status.PUBLISHED
        and one.organization in organizations
        and one.service not in restricted
    ]
    return HsdsWriter(
        organizations,
        group((one.service, one) for one in lines if one.service in published),
        group((one.organization, one) for one in lines if one.service is None),
        read_places(database),
        read_terms(database),
    )


def group[T](pairs: Iterable[tuple[str | None, T]]) -> dict[str, list[T]]:
    """Return the values of each key; those without one are left out."""
    grouped: dict[str, list[T]] = {}
    for key, value in pairs:
        if key is not None:
            grouped.setdefault(key, []).append(value)
    return grouped
