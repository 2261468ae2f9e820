"""What the directory hands out: frozen values without HTML, links or presentation text."""

from dataclasses import dataclass, field
from datetime import date, time

from referral_directory.vocabulary import (
    Answer,
    Fallback,
    Fees,
    Freshness,
    Mark,
    Need,
    OrganizationKind,
    PlaceKind,
    Reach,
    ServiceKind,
    Width,
)


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in French and, where somebody wrote it, in Bambara."""

    fr: str
    bm: str | None = None

    def in_language(self, language: str) -> str:
        """Return the text in `language` ("fr" or "bm"), in French where Bambara is missing."""
        return self.bm if language == "bm" and self.bm else self.fr

    def has(self, language: str) -> bool:
        """Tell whether the text exists in `language` itself."""
        return language == "fr" or bool(self.bm)


@dataclass(frozen=True, slots=True)
class Place:
    """A region, cercle, Bamako commune or town.

    `latitude` and `longitude` are those of its seat, in degrees. A cercle stands for its seat
    town too. `cercle` is None for a region and for the few towns outside the known cercles.
    """

    slug: str
    kind: PlaceKind
    name: Bilingual
    region: str
    cercle: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a typed place may be: one found, or several to choose among, or nothing at all.

    `candidates` is in order of likelihood; it is empty when one was found or nothing fits.
    """

    found: Place | None = None
    candidates: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """One stretch of opening, Africa/Bamako time (= UTC); `day` is 0 for Monday.

    A stretch that runs to midnight ends at 23:59, which counts as open until the next day.
    """

    day: int
    opens_at: time
    closes_at: time


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone number that may be shown, with all that must be said about it.

    `number` is what one dials (national digits or a short code), `display` how it is written.
    `is_open` is None where the hours are not known.
    """

    slug: str
    label: Bilingual
    number: str
    display: str
    reach: Reach
    is_free: bool | None
    is_emergency: bool
    is_police: bool
    hours: tuple[OpeningHours, ...]
    is_open: bool | None
    freshness: Freshness
    assured_date: date | None
    source: str
    source_date: str | None

    @property
    def is_verified(self) -> bool:
        """Tell whether a person confirmed the number, however long ago."""
        return self.freshness is not Freshness.UNVERIFIED


@dataclass(frozen=True, slots=True)
class ClinicalFacts:
    """What is known about clinical care after rape at one service; `known_on` dates it."""

    pep: Answer = Answer.UNKNOWN
    emergency_contraception: Answer = Answer.UNKNOWN
    woman_caregiver: Answer = Answer.UNKNOWN
    takes_minors: Answer = Answer.UNKNOWN
    takes_men: Answer = Answer.UNKNOWN
    asks_requisition: Answer = Answer.UNKNOWN
    asks_fee: Answer = Answer.UNKNOWN
    known_on: date | None = None


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """One service as the public may see it.

    A restricted service (a shelter) has no address, coordinates, cercle or direct number here:
    they are absent, not rounded. `distance_km` is from the centre of the asked place, None where
    it was not measured. `languages` are ISO 639 codes, `accessibility` codes of the word list in
    docs/directory.md. A card of kind PUBLIC_STRUCTURE is a way that holds everywhere ("the
    nearest CSCom"), shown without verification because it holds no detail that could be wrong.
    """

    slug: str
    kind: ServiceKind
    name: Bilingual
    organization: Bilingual
    organization_kind: OrganizationKind
    description: Bilingual
    needs: tuple[Need, ...]
    eligibility: Bilingual | None
    fees: Fees
    fees_note: Bilingual | None
    region: Bilingual | None
    place: Bilingual | None
    address: str | None
    latitude: float | None
    longitude: float | None
    distance_km: float | None
    phones: tuple[PhoneLine, ...]
    hours: tuple[OpeningHours, ...]
    is_open: bool | None
    languages: tuple[str, ...]
    accessibility: tuple[str, ...]
    clinical: ClinicalFacts | None
    restricted: bool
    freshness: Freshness
    assured_date: date | None
    mark: Mark
    source: str
    source_date: str | None

    @property
    def is_verified(self) -> bool:
        """Tell whether a person confirmed the entry, however long ago."""
        return self.freshness is not Freshness.UNVERIFIED

    @property
    def is_police(self) -> bool:
        """Tell whether the sentence that a complaint is one's own choice must stand beside it."""
        return self.organization_kind in (OrganizationKind.POLICE, OrganizationKind.GENDARMERIE)

    @property
    def has_confirmed_pep(self) -> bool:
        """Tell whether the treatment against HIV was confirmed to be there."""
        return self.clinical is not None and self.clinical.pep is Answer.YES


@dataclass(frozen=True, slots=True)
class FoundServices:
    """The answer to a search: never without anything to go on.

    `services` is in the order to show and never begins with police. `width` says how far the
    search went, `fallback` what it leans on. `found_in` names the area the services are in when
    that is not the asked one. `health` is the nearest place of care when sexual violence was
    said and something else than care was asked. `national_lines` has the lines that serve the
    whole country, the ones that are no police first.
    """

    services: tuple[ServiceCard, ...]
    width: Width
    fallback: Fallback
    national_lines: tuple[PhoneLine, ...]
    asked_place: Place | None = None
    found_in: Bilingual | None = None
    health: ServiceCard | None = None
    pep_confirmed: bool = field(default=False)
