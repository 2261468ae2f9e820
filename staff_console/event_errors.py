"""What registration refuses, in French sentences for staff."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from event_registration.errors import (
    AlreadyCheckedInError,
    ClosedWindowError,
    InvalidAnswerError,
    NoPlaceLeftError,
    OfferExpiredError,
    RegistrationError,
    UnknownGatheringError,
    UnknownRegistrationError,
    WrongCodeError,
    WrongStateError,
)
from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.wording import WORDS

_CODES: Mapping[str, str] = {
    "form": "Cela ne ressemble pas à un code d'inscription.",
    "check": "Un signe du code est mal tapé.",
    "gathering": "Ce code est celui d'une autre rencontre.",
    "unknown": "Aucune inscription n'a ce code.",
}
_WINDOWS: Mapping[str, str] = {
    "cancelled": "La rencontre est annulée.",
    "draft": "La rencontre n'est pas encore publiée.",
    "over": "La rencontre est passée.",
}
_REASONS: Mapping[str, str] = {
    "empty": "est à remplir",
    "too_long": "est trop long",
    "too_small": "est trop petit ou trop tôt",
    "too_large": "est trop grand ou trop tard",
    "taken": "est déjà pris",
    "signs": "contient des signes qui ne vont pas",
    "unknown": "ne peut pas changer",
}
_FIELDS: Mapping[str, str] = {
    "code": "le code",
    "capacity": "le nombre de places",
    "most_delegates": "le nombre de personnes par organisation",
    "closes_at": "la clôture des inscriptions",
    "correct_until": "la fin des corrections",
    "starts_at": "le début",
    "ends_at": "la fin",
    "reason": "le motif",
    "people": "le nombre de personnes",
}
_OTHERS: Mapping[type[RegistrationError], str] = {
    NoPlaceLeftError: "Il n'y a plus assez de places.",
    OfferExpiredError: "La proposition est passée.",
}


@contextmanager
def in_french() -> Iterator[None]:
    """Turn what registration refuses into what the console refuses.

    Raises:
        RefusedError: with a sentence for staff.
    """
    try:
        yield
    except (UnknownGatheringError, UnknownRegistrationError):
        raise UnknownRecordError from None
    except RegistrationError as error:
        field = error.field if isinstance(error, InvalidAnswerError) else ""
        raise RefusedError(_sentence(error), field) from None


def _sentence(error: RegistrationError) -> str:
    match error:
        case WrongCodeError(reason=reason):
            return _CODES.get(reason, _CODES["unknown"])
        case AlreadyCheckedInError(at=at):
            return f"Cette délégation est déjà entrée, à {at:%H:%M}."
        case WrongStateError(state=state):
            return f"L'inscription est {WORDS['registration'][state.value]} : cela ne va plus."
        case ClosedWindowError(reason=reason):
            return _WINDOWS.get(reason, "Ce n'est plus possible pour cette rencontre.")
        case InvalidAnswerError(field=field, reason=reason, limit=limit):
            bound = f" (limite : {limit})" if limit is not None else ""
            name = _FIELDS.get(field, field)
            return f"Vérifiez : {name} {_REASONS.get(reason, 'ne va pas')}{bound}."
        case _:
            return _OTHERS.get(type(error), "Cela n'est pas possible.")
