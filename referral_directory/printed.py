"""What stands in a printed directory of a region: the entries, in the order and words of the page.

Paper cannot be corrected. So only what is verified goes on it, each entry with the day of its
confirmation, and nothing of a restricted service: who arranges a safe place is on it, the place is
not.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, bindparam, select

from referral_directory.cards import cards_of
from referral_directory.entries import Database
from referral_directory.models import Organization, Place, Service, ServiceArea
from referral_directory.phone_lines import emergency_numbers, helplines
from referral_directory.schemas import Bilingual, PhoneLine, ServiceCard
from referral_directory.visibility import SERVICE_IS_VISIBLE, seen_by, today
from referral_directory.vocabulary import PlaceKind


class UnknownRegionError(LookupError):
    """No region has this slug or name.

    Attributes:
        region: What was given.
    """

    def __init__(self, region: str) -> None:
        super().__init__("there is no such region")
        self.region = region


@dataclass(frozen=True, slots=True)
class PrintedDirectory:
    """A region's directory, ready for paper.

    Attributes:
        region: Its name.
        day: Of the data.
        emergency: Numbers for danger, those that are no police first.
        lines: Further numbers for the whole country.
        services: By place, then by name.
    """

    region: Bilingual
    day: date
    emergency: tuple[PhoneLine, ...]
    lines: tuple[PhoneLine, ...]
    services: tuple[ServiceCard, ...]


def collect(database: Database, region: str, now: datetime) -> PrintedDirectory:
    """Return what goes on paper for a region.

    Args:
        database: A connection or session.
        region: Its slug.
        now: Aware time.

    Raises:
        UnknownRegionError: When there is no such region.
    """
    row = database.execute(
        select(Place.name_fr, Place.name_bm).where(
            Place.slug == region, Place.kind == PlaceKind.REGION
        )
    ).one_or_none()
    if row is None:
        raise UnknownRegionError(region)
    seen = seen_by(now, allow_unverified=False) | {"region": region}
    slugs = list(database.execute(_OF_REGION, seen).scalars())
    cards = cards_of(database, slugs, now=now)
    return PrintedDirectory(
        Bilingual(row.name_fr, row.name_bm),
        today(now),
        tuple(emergency_numbers(database, now=now)),
        tuple(helplines(database, now=now)),
        tuple(sorted(cards, key=_order)),
    )


_IS_OF_REGION: ColumnElement[bool] = ServiceArea.region_slug == bindparam("region")
_OF_REGION = (
    select(Service.slug)
    .join(Organization, Organization.slug == Service.organization_slug)
    .join(ServiceArea, ServiceArea.service_slug == Service.slug)
    .where(SERVICE_IS_VISIBLE, Service.restricted.is_(False), _IS_OF_REGION)
    .distinct()
)


def _order(card: ServiceCard) -> tuple[bool, str, str]:
    """Police and gendarmerie come last, the others by place and name."""
    place = card.place.fr if card.place is not None else ""
    return card.is_police, place, card.name.fr
