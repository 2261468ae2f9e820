"""Checks that incoming entries name what is there, and that no file exposes a shelter."""

from collections.abc import Collection, Mapping
from typing import Protocol

from referral_directory.entries import Areas, UnknownPlaceError, area_rows
from referral_directory.incoming import Incoming
from referral_directory.inventory import KEPT_BACK
from referral_directory.records import (
    COUNTRY_AREA,
    OrganizationRecord,
    PhoneRecord,
    ServiceRecord,
    SourcedRecord,
)
from referral_directory.vocabulary import Need, Status

_NO_ORGANIZATION = "aucune organisation n'a cet identifiant"
_NO_SERVICE = "aucun service n'a cet identifiant"
_NO_PLACE = "lieu inconnu"
_NOT_LIFTED = "un fichier ne peut pas lever la protection d'un lieu"
_NO_NUMBERS = "les numéros d'un lieu protégé n'entrent dans aucun fichier"
_DELETED = "cette fiche est supprimée : restaurez-la d'abord"
_NOTHING_TO_REMOVE = "aucune fiche n'a cet identifiant"


class Directory(Protocol):
    """What the directory holds before an import."""

    organizations: dict[str, OrganizationRecord]
    services: dict[str, ServiceRecord]
    phones: dict[str, PhoneRecord]
    hidden_phones: set[str]
    hidden_places: set[str]
    areas: Areas


def check_links(incoming: Incoming, known: Directory) -> None:
    """Refuse entries that name what is neither in the directory nor comes in with the file.

    Services come before numbers, so that a number whose service is refused is refused with it.
    """
    _check_removals(incoming, known)
    _check_deleted(incoming, known)
    organizations = {*known.organizations, *_slugs(incoming, "organization")}
    for service in _of_kind(incoming, ServiceRecord):
        _check_service(incoming, service, known, organizations)
    services = {*known.services, *_slugs(incoming, "service")}
    restricted = {one.slug for one in known.services.values() if one.is_restricted}
    restricted |= {one.slug for one in _of_kind(incoming, ServiceRecord) if one.is_restricted}
    # Whatever becomes of a number, what it was before would be kept to be undone.
    own = {slug for slug, old in known.phones.items() if old.service in restricted}
    for kind, slug in list(incoming.removals):
        if kind == "phone" and slug in own:
            incoming.refuse((kind, slug), "service", _NO_NUMBERS)
    for phone in _of_kind(incoming, PhoneRecord):
        key = ("phone", phone.slug)
        if phone.organization not in organizations:
            incoming.refuse(key, "organization", _NO_ORGANIZATION)
        elif phone.service and phone.service not in services:
            incoming.refuse(key, "service", _NO_SERVICE)
        elif phone.service in restricted or phone.slug in known.hidden_phones | own:
            incoming.refuse(key, "service", _NO_NUMBERS)


def _check_removals(incoming: Incoming, known: Directory) -> None:
    there: dict[str, Collection[str]] = {
        "organization": known.organizations,
        "service": known.services,
        "phone": known.phones,
    }
    for kind, slug in list(incoming.removals):
        if slug not in there[kind]:
            incoming.refuse((kind, slug), "slug", _NOTHING_TO_REMOVE)


def _check_deleted(incoming: Incoming, known: Directory) -> None:
    """Refuse what would bring back an entry that staff deleted, or change it unseen."""
    there: dict[str, Mapping[str, SourcedRecord]] = {
        "organization": known.organizations,
        "service": known.services,
        "phone": known.phones,
    }
    for kind, slug in [*incoming.entries, *incoming.removals]:
        old = there[kind].get(slug)
        if old is not None and old.status == Status.DELETED:
            incoming.refuse((kind, slug), "slug", _DELETED)


def _check_service(
    incoming: Incoming, service: ServiceRecord, known: Directory, organizations: set[str]
) -> None:
    key = ("service", service.slug)
    old = known.services.get(service.slug)
    if service.organization not in organizations:
        incoming.refuse(key, "organization", _NO_ORGANIZATION)
    elif old is not None and old.is_restricted and not service.is_restricted:
        incoming.refuse(key, "restricted", _NOT_LIFTED)
    elif service.place is not None and service.slug in known.hidden_places:
        incoming.refuse(key, "place", _NOT_LIFTED)
    else:
        try:
            area_rows(service, known.areas)
        except UnknownPlaceError as error:
            column = "place" if error.slug == service.place else "areas"
            incoming.refuse(key, column, f"{_NO_PLACE} : {error.slug}")
        else:
            if old is None and Need.SHELTER in service.needs and not service.is_restricted:
                incoming.keep_back(key, _kept_back(service, known.areas))


def _kept_back(service: ServiceRecord, areas: Areas) -> ServiceRecord:
    """Return a shelter as it comes in, whatever its file says: without where it is.

    That it only arranges a safe place is for staff to say, two of them, one service at a time.
    """
    named = filter(None, (service.place, *service.areas))
    regions = dict.fromkeys(one if one == COUNTRY_AREA else areas[one][1] for one in named)
    left_behind: dict[str, object] = dict.fromkeys(KEPT_BACK) | {"hours": ()}
    kept = left_behind | {"restricted": True, "areas": tuple(regions)}
    return service.model_copy(update=kept)


def _slugs(incoming: Incoming, kind: str) -> list[str]:
    return [slug for one, slug in incoming.entries if one == kind]


def _of_kind[R: (ServiceRecord, PhoneRecord)](incoming: Incoming, kind: type[R]) -> list[R]:
    return [one for one in incoming.entries.values() if isinstance(one, kind)]
