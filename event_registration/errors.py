"""What can stand in the way of a registration; each error carries fields, none a person's words."""

from datetime import datetime

from event_registration.vocabulary import RegistrationState


class RegistrationError(Exception):
    """Something a registrant or staff asked for can't be done; nothing was changed."""


class InvalidAnswerError(RegistrationError, ValueError):
    """An answer can't be taken.

    Attributes:
        field: which answer.
        reason: one word: `empty`, `too_long`, `signs`, `not_a_number`, `too_small`, `too_large`,
            `unknown`, `too_short`, `not_given`.
        limit: the number that was passed, where there is one.
    """

    def __init__(self, field: str, reason: str, limit: int | None = None) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.limit = limit


class UnknownGatheringError(RegistrationError):
    """There is no such gathering, or none that is published."""


class ClosedWindowError(RegistrationError):
    """The gathering takes no registrations or changes now.

    Attributes:
        reason: `not_yet`, `closed`, `too_late_to_correct`, `over`, `cancelled` or `draft`.
        at: since when, or from when on.
    """

    def __init__(self, reason: str, at: datetime | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class DuplicateOrganizationError(RegistrationError):
    """The organisation seems to be registered for this gathering already.

    Attributes:
        is_own: the same chat registered it: it is to be corrected, not entered again.
        by: what is the same: `name`, `acronym` or `receipt`.
        registration_id: the other registration; shown to nobody but its own registrant and staff.
    """

    def __init__(self, by: str, registration_id: int, *, is_own: bool) -> None:
        super().__init__(f"the same {by}")
        self.by = by
        self.registration_id = registration_id
        self.is_own = is_own


class UnknownRegistrationError(RegistrationError):
    """No registration is known under this number, or not to this person."""


class WrongCodeError(RegistrationError):
    """A code can't be right.

    Attributes:
        reason: `form` (not like a code), `check` (a sign is mistyped), `gathering` (of another
            gathering) or `unknown` (with this phone number).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyAttemptsError(RegistrationError):
    """Codes were tried too often.

    Attributes:
        until: when the next attempt is heard.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__("too many attempts")
        self.until = until


class WrongStateError(RegistrationError):
    """This can't be done with a registration that stands where it stands.

    Attributes:
        state: where it stands.
        wanted: where it was to go, or what was to be done.
    """

    def __init__(self, state: RegistrationState, wanted: str) -> None:
        super().__init__(f"{state.value}: not {wanted}")
        self.state = state
        self.wanted = wanted


class NoPlaceLeftError(RegistrationError):
    """More places were asked for than are free.

    Attributes:
        free: how many are free for this registration.
    """

    def __init__(self, free: int) -> None:
        super().__init__(f"{free} free")
        self.free = free


class OfferExpiredError(RegistrationError):
    """The place was offered until a time that has passed."""


class AlreadyCheckedInError(RegistrationError):
    """The delegation has entered already.

    Attributes:
        at: when.
    """

    def __init__(self, at: datetime) -> None:
        super().__init__("checked in already")
        self.at = at
