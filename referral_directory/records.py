"""The directory as rows of a table: the columns of its files, each value checked.

The starter files, the exchange with spreadsheets and the loading share these records, so that
a file means the same wherever it comes in. Several values in one cell stand between bars.
"""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from referral_directory.french_dates import as_day, as_source_date
from referral_directory.hours import parse_hours
from referral_directory.models import SLUG_LENGTH
from referral_directory.numbers import is_dialable, is_short_code, normalise_number
from referral_directory.schemas import OpeningHours
from referral_directory.vocabulary import (
    HIDDEN_MARKS,
    Answer,
    Fees,
    Mark,
    Need,
    OrganizationKind,
    PlaceKind,
    Reach,
    ServiceKind,
    Status,
)

COUNTRY_AREA = "mali"
"""What stands in `areas` for the whole country."""


def _split(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _read_hours(value: Any) -> Any:
    return parse_hours(value) if isinstance(value, str) else value


def _normalise(value: Any) -> Any:
    return normalise_number(value) if isinstance(value, str) else value


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=SLUG_LENGTH)]
LongSlug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Several = Annotated[tuple[str, ...], BeforeValidator(_split)]
Hours = Annotated[tuple[OpeningHours, ...], BeforeValidator(_read_hours)]
Day = Annotated[date, BeforeValidator(as_day)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Record(BaseModel):
    """A row; an empty cell is an absent one, an unknown column an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    @classmethod
    def from_cells(cls, cells: dict[str, Any]) -> Self:
        """Read one row.

        Raises:
            pydantic.ValidationError: With the columns that are wrong.
        """
        return cls.model_validate(
            {name: value for name, value in cells.items() if value is not None and value != ""}
        )


class PlaceRecord(Record):
    """A row of places.csv."""

    slug: Slug
    kind: PlaceKind
    name_fr: str
    name_bm: str | None = None
    other_names: Several = ()
    region: Slug
    cercle: Slug | None = None
    latitude: Latitude
    longitude: Longitude
    code: str | None = None
    source: str


class NeedRecord(Record):
    """A row of needs.csv."""

    code: Need
    position: int
    name_fr: str
    name_bm: str | None = None
    description_fr: str


class SourcedRecord(Record):
    """What every entry of the directory says about where it comes from."""

    status: Status = Status.DRAFT
    mark: Mark = Mark.UNVERIFIED
    source: str
    source_date: Annotated[str | None, BeforeValidator(as_source_date)] = None
    fact_row: str | None = None
    note: str | None = None
    assured_date: Day | None = None
    verified_by: str | None = None

    @model_validator(mode="after")
    def _is_not_deleted(self) -> Self:
        if self.status is Status.DELETED:
            raise ValueError("une fiche se supprime à l'écran, où elle peut être restaurée")
        return self

    @model_validator(mode="after")
    def _publishes_only_what_may_be(self) -> Self:
        if (
            self.status is Status.PUBLISHED
            and self.mark in HIDDEN_MARKS
            and self.assured_date is None
        ):
            raise ValueError(
                "avec cette qualité de source, la fiche reste un brouillon jusqu'à sa confirmation"
            )
        return self


class OrganizationRecord(SourcedRecord):
    """A row of organizations.csv."""

    slug: LongSlug
    kind: OrganizationKind
    name_fr: str
    name_bm: str | None = None
    alternate_name: str | None = None
    description_fr: str | None = None
    website: str | None = None
    email: str | None = None


class ServiceRecord(SourcedRecord):
    """A row of services.csv.

    `place` is where it is given; `areas` names further cercles or regions it is for, or `mali`.
    A service that shelters and does not say whether it is restricted is taken as restricted.
    """

    slug: Slug
    organization: LongSlug
    kind: ServiceKind = ServiceKind.ENTRY
    name_fr: str
    name_bm: str | None = None
    description_fr: str
    description_bm: str | None = None
    eligibility_fr: str | None = None
    eligibility_bm: str | None = None
    fees: Fees = Fees.UNKNOWN
    fees_note_fr: str | None = None
    fees_note_bm: str | None = None
    needs: Annotated[tuple[Need, ...], BeforeValidator(_split), Field(min_length=1)]
    place: Slug | None = None
    address: str | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    areas: Several = ()
    hours: Hours = ()
    languages: Several = ()
    accessibility: Several = ()
    restricted: bool | None = None
    pep: Answer = Answer.UNKNOWN
    emergency_contraception: Answer = Answer.UNKNOWN
    woman_caregiver: Answer = Answer.UNKNOWN
    takes_minors: Answer = Answer.UNKNOWN
    takes_men: Answer = Answer.UNKNOWN
    asks_requisition: Answer = Answer.UNKNOWN
    asks_fee: Answer = Answer.UNKNOWN
    clinical_known_on: Day | None = None

    @property
    def is_restricted(self) -> bool:
        """Tell whether its whereabouts are kept back; unsaid counts as yes for a shelter."""
        return Need.SHELTER in self.needs if self.restricted is None else self.restricted

    @model_validator(mode="after")
    def _keeps_shelters_back(self) -> Self:
        whereabouts = (self.place, self.address, self.latitude, self.longitude)
        if self.is_restricted and any(value is not None for value in whereabouts):
            raise ValueError("le lieu d'un service protégé n'entre dans aucun fichier")
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude et longitude vont ensemble")
        if self.place is None and not self.areas:
            raise ValueError("il faut un lieu ou une zone couverte")
        return self


class PhoneRecord(SourcedRecord):
    """A row of phones.csv.

    A published number must be one that the numbering plan knows, or a short code that a person
    dialled: libraries learn of new short codes late.
    """

    slug: Slug
    number: Annotated[str, BeforeValidator(_normalise)]
    type: str = "voice"
    organization: LongSlug
    service: Slug | None = None
    label_fr: str
    label_bm: str | None = None
    reach: Reach = Reach.LOCAL
    is_free: bool | None = None
    is_emergency: bool = False
    position: Annotated[int, Field(ge=0, le=9_999)] = 50
    hours: Hours = ()

    @model_validator(mode="after")
    def _can_be_dialled(self) -> Self:
        tried = is_short_code(self.number) and self.assured_date is not None
        if self.status is Status.PUBLISHED and not (tried or is_dialable(self.number)):
            raise ValueError("ce numéro n'existe pas dans le plan de numérotation du Mali")
        return self
