"""What goes into registration and comes out of it: plain values, no text of presentation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from event_registration.vocabulary import (
    GatheringKind,
    GatheringState,
    Language,
    Need,
    OrganizationKind,
    RegistrationState,
    ReminderTime,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text in both languages; `bm` is `None` where there is none yet."""

    fr: str
    bm: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the map, in decimal degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGathering:
    """A gathering as staff enter it.

    Attributes:
        code: 2 to 10 letters and digits, such as `JIF27`; stands in front of every code.
        region: slug of the region it is held for; `None` for the whole country.
        starts_at: aware UTC, which is the clock of Bamako.
        most_delegates: how many people one organisation may bring.
        opens_at: from when on organisations may register; until `closes_at`.
        correct_until: until when a registration may be changed.
        needs_approval: staff look at each registration before it gets places.
        co_organizers: names of ministries and partners, as they are to be read.
    """

    code: str
    kind: GatheringKind
    name: Text
    starts_at: datetime
    ends_at: datetime
    venue: Text
    capacity: int
    most_delegates: int
    opens_at: datetime
    closes_at: datetime
    correct_until: datetime
    theme: Text | None = None
    region: str | None = None
    point: Point | None = None
    needs_approval: bool = False
    co_organizers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering(NewGathering):
    """A gathering as it stands.

    Attributes:
        id: its number.
        places_taken: places that confirmed and offered registrations hold.
        cloned_from: the gathering it was copied from.
    """

    id: int
    state: GatheringState
    places_taken: int
    cloned_from: int | None = None

    @property
    def free(self) -> int:
        """How many places nobody holds."""
        return self.capacity - self.places_taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What an organisation answers in order to register.

    Attributes:
        organization: its name as it is typed.
        receipt: number of the receipt (récépissé) or framework agreement; "" where none is given.
        region: slug; of the `cercle` likewise, `None` where it is not said.
        phone: as typed; kept in international form.
        young: how many of the delegates are under 35.
        disabled: how many live with a disability.
        least_places: the smallest number of places it agrees to beforehand; `None` never splits
            the group.
        recommendations: for the JPO, at most three.
        data_consent: without it nothing is kept.
        reminder_time: when a reminder may come; `None` for no reminders.
    """

    organization: str
    kind: OrganizationKind
    region: str
    contact_name: str
    contact_role: str
    phone: str
    women: int
    men: int
    data_consent: bool
    acronym: str = ""
    receipt: str = ""
    cercle: str | None = None
    young: int = 0
    disabled: int = 0
    least_places: int | None = None
    language: Language = Language.FRENCH
    needs: Sequence[Need] = ()
    wants_to_speak: bool = False
    wants_stand: bool = False
    recommendations: Sequence[str] = ()
    photo_consent: bool = False
    reminder_time: ReminderTime | None = None


@dataclass(frozen=True, slots=True)
class Delegate:
    """Somebody who comes."""

    name: str
    is_woman: bool
    is_young: bool = False
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A registration as it stands.

    Attributes:
        code: such as `JIF27-K4WP-7`.
        application: the answers as they are kept.
        queue_number: order of entry.
        places: places it holds; with an offer, how many are offered.
        passed_over: how often a smaller group was served before it while it stood first.
        offer_until: until when the offer holds.
        similar_to: another registration that may be of the same organisation.
        checked_in_at: when its delegation entered.
    """

    id: int
    gathering_id: int
    code: str
    state: RegistrationState
    application: Application
    queue_number: int
    places: int
    passed_over: int
    offer_until: datetime | None
    similar_to: int | None
    merged_into: int | None
    checked_in_at: datetime | None
    checked_in_people: int | None
    entered_at: datetime
    changed_at: datetime
    reason: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        """How many people it asks for."""
        return self.application.women + self.application.men
