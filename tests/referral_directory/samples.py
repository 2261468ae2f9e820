"""Made-up entries for tests of the directory."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text, update

from referral_directory.entries import add_organizations, add_phones, add_services, read_areas
from referral_directory.findable import FINDABLE
from referral_directory.models import Organization, Phone, Service
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import Need

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
TODAY = NOW.date()


type Rows = list[tuple[object, ...]]


def held(directory: Connection) -> Rows:
    """Return what a search looks at."""
    asked = text(f"SELECT {', '.join(FINDABLE.columns)} FROM findable_services")  # noqa: S608  # our own names
    return sorted((tuple(row) for row in directory.execute(asked)), key=repr)


def derived(directory: Connection) -> Rows:
    """Return what the tables say that a search should look at."""
    return sorted((tuple(row) for row in directory.execute(text(FINDABLE.query))), key=repr)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def put_organization(directory: Connection, slug: str, **values: Any) -> None:
    given = {"kind": "ngo", "name_fr": slug, "status": "published", "mark": "C", "source": "essai"}
    record = OrganizationRecord.model_validate({"slug": slug} | given | values)
    add_organizations(directory, [record], NOW)


def put_service(directory: Connection, slug: str, place: str | None = None, **values: Any) -> None:
    """Add a published, verified service of the organisation `essai`."""
    given: dict[str, Any] = {
        "slug": slug,
        "organization": "essai",
        "name_fr": f"Service {slug}",
        "description_fr": "Un service",
        "needs": (Need.MEDICAL,),
        "restricted": False,
        "status": "published",
        "mark": "C",
        "source": "essai",
        "assured_date": TODAY,
        "place": place,
    }
    record = ServiceRecord.model_validate(given | values)
    add_services(directory, [record], read_areas(directory), NOW)


def put_phone(directory: Connection, slug: str, number: str, **values: Any) -> None:
    given: dict[str, Any] = {
        "slug": slug,
        "number": number,
        "organization": "essai",
        "label_fr": slug,
        "status": "published",
        "mark": "C",
        "source": "essai",
        "assured_date": TODAY,
    }
    add_phones(directory, [PhoneRecord.model_validate(given | values)], NOW)


def set_values(
    directory: Connection, model: type[Organization | Service | Phone], slug: str, **values: Any
) -> None:
    directory.execute(update(model).where(model.slug == slug).values(**values))
