"""Whether an application can be taken as it is."""

import re
from collections.abc import Sequence
from dataclasses import replace

from event_registration.cleaning import MOST_RECOMMENDATIONS, clean
from event_registration.errors import InvalidAnswerError
from event_registration.phones import read_phone
from event_registration.schemas import Application, Delegate, Gathering
from event_registration.vocabulary import GatheringKind

_SLUG = re.compile(r"[a-z0-9-]{1,24}")


def check_application(application: Application, gathering: Gathering) -> Application:
    """Return the application cleaned, its phone number in international form.

    Raises:
        InvalidAnswerError: the first answer that can't be taken.
    """
    if not application.data_consent:
        raise InvalidAnswerError("data_consent", "not_given")
    _check_numbers(application, gathering.most_delegates)
    _check_places(application)
    return replace(
        application,
        organization=clean("organization", application.organization),
        acronym=clean("acronym", application.acronym, optional=True),
        receipt=clean("receipt", application.receipt, optional=True),
        contact_name=clean("contact_name", application.contact_name),
        contact_role=clean("contact_role", application.contact_role),
        phone=read_phone(application.phone),
        needs=tuple(dict.fromkeys(application.needs)),
        recommendations=_recommendations(application, gathering),
    )


def check_delegates(people: Sequence[Delegate], size: int) -> tuple[Delegate, ...]:
    """Return the delegates with their names cleaned.

    Raises:
        InvalidAnswerError: more of them than places, or a name that can't be taken.
    """
    if len(people) > size:
        raise InvalidAnswerError("delegates", "too_large", size)
    return tuple(replace(each, name=clean("delegate", each.name)) for each in people)


def _check_numbers(application: Application, most: int) -> None:
    counts = {
        "women": application.women,
        "men": application.men,
        "young": application.young,
        "disabled": application.disabled,
    }
    for field, count in counts.items():
        if count < 0:
            raise InvalidAnswerError(field, "too_small", 0)
        if count > most:
            raise InvalidAnswerError(field, "too_large", most)
    size = application.women + application.men
    if size == 0:
        raise InvalidAnswerError("delegates", "too_small", 1)
    if size > most:
        raise InvalidAnswerError("delegates", "too_large", most)
    for field in ("young", "disabled"):
        if counts[field] > size:
            raise InvalidAnswerError(field, "too_large", size)
    least = application.least_places
    if least is not None and not 1 <= least <= size:
        raise InvalidAnswerError("least_places", "too_large" if least > size else "too_small", size)


def _check_places(application: Application) -> None:
    for field, slug in (("region", application.region), ("cercle", application.cercle)):
        if slug is not None and not _SLUG.fullmatch(slug):
            raise InvalidAnswerError(field, "unknown")


def _recommendations(application: Application, gathering: Gathering) -> tuple[str, ...]:
    given = [each for each in application.recommendations if each.strip()]
    if given and gathering.kind is not GatheringKind.JPO:
        raise InvalidAnswerError("recommendation", "unknown")
    if len(given) > MOST_RECOMMENDATIONS:
        raise InvalidAnswerError("recommendation", "too_large", MOST_RECOMMENDATIONS)
    return tuple(clean("recommendation", each) for each in given)
