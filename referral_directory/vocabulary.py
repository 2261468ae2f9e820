"""The closed word lists of the directory: every coded field takes its values from here."""

from enum import StrEnum


class Need(StrEnum):
    """What a person may look for; the directory's taxonomy terms, one code each."""

    MEDICAL = "medical"
    PSYCHOSOCIAL = "psychosocial"
    LEGAL = "legal"
    SHELTER = "shelter"
    PROTECTION = "protection"
    LIVELIHOOD = "livelihood"
    CASE_MANAGEMENT = "case_management"
    CHILD_PROTECTION = "child_protection"
    COMPLAINT = "complaint"
    MISCONDUCT = "misconduct"


class Answer(StrEnum):
    """What is known about one question put to a service."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """What is stored of where an entry stands: only `PUBLISHED` ones can reach the public.

    What follows from dates is never stored, see `referral_directory.life`.
    """

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    CLOSED = "closed"
    DELETED = "deleted"


class Mark(StrEnum):
    """How well an entry's sources hold: how many agree, and whether they still can."""

    CONFIRMED = "C"
    SINGLE = "S"
    UNVERIFIED = "U"
    NOT_TO_PUBLISH = "NO"
    CONFLICT = "conflict"
    OBSOLETE = "obsolete"


HIDDEN_MARKS = frozenset({Mark.UNVERIFIED, Mark.NOT_TO_PUBLISH, Mark.CONFLICT, Mark.OBSOLETE})
"""Entries with such a mark stay drafts until a person confirmed them."""


class OrganizationKind(StrEnum):
    """Who stands behind a service; police and gendarmerie are never put first."""

    HEALTH = "health"
    ONE_STOP_CENTRE = "one_stop_centre"
    STATE = "state"
    POLICE = "police"
    GENDARMERIE = "gendarmerie"
    CIVIL_PROTECTION = "civil_protection"
    NGO = "ngo"
    NETWORK = "network"
    INTERNATIONAL = "international"
    COMPANY = "company"


class ServiceKind(StrEnum):
    """`ENTRY`: one named service. `PUBLIC_STRUCTURE`: what stands everywhere, as a CSCom does."""

    ENTRY = "entry"
    PUBLIC_STRUCTURE = "public_structure"


class Reach(StrEnum):
    """How far a phone line serves."""

    NATIONAL = "national"
    REGIONAL = "regional"
    LOCAL = "local"


class Fees(StrEnum):
    """Whether the service asks money."""

    FREE = "free"
    PAID = "paid"
    UNKNOWN = "unknown"


class PlaceKind(StrEnum):
    """Level of a place. Bamako's six communes stand on the level of a cercle."""

    REGION = "region"
    CERCLE = "cercle"
    COMMUNE = "commune"
    TOWN = "town"


class Extent(StrEnum):
    """How wide a service area is."""

    CERCLE = "cercle"
    REGION = "region"
    COUNTRY = "country"


class Freshness(StrEnum):
    """How old the last verification is; `UNVERIFIED` means that there never was one."""

    UNVERIFIED = "unverified"
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"


class EditState(StrEnum):
    """What became of a proposed edit."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class EditOrigin(StrEnum):
    """Who proposed an edit: somebody of staff, a provider by its link, a file."""

    STAFF = "staff"
    PROVIDER = "provider"
    IMPORT = "import"


class ReportKind(StrEnum):
    """What somebody says about a service, without saying who. The words stand in old buttons."""

    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    CLOSED = "closed"
    REFUSED = "refused"
    GOT_HELP = "got_help"


class Width(StrEnum):
    """How far the search had to go before it found something."""

    CERCLE = "cercle"
    REGION = "region"
    NEARBY = "nearby"
    NATIONAL = "national"
    NONE = "none"


class Fallback(StrEnum):
    """What the answer leans on where no service stood in the asked area."""

    NOT_NEEDED = "not_needed"
    WIDER_AREA = "wider_area"
    NATIONAL_LINES = "national_lines"
    PUBLIC_STRUCTURE = "public_structure"
