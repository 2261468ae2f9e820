"""From values to rows and back."""

from typing import Any

from sqlalchemy import Row

from event_registration.cleaning import recognise
from event_registration.schemas import (
    Application,
    Gathering,
    NewGathering,
    Point,
    Registration,
    Text,
)
from event_registration.sealing import Subject, Vault
from event_registration.vocabulary import (
    GatheringKind,
    GatheringState,
    Language,
    Need,
    OrganizationKind,
    RegistrationState,
    ReminderTime,
)

type AnyRow = Row[*tuple[Any, ...]]


def gathering_values(gathering: NewGathering) -> dict[str, Any]:
    """Return the columns that staff decide."""
    theme, point = gathering.theme, gathering.point
    return {
        "kind": gathering.kind.value,
        "region": gathering.region,
        "name_fr": gathering.name.fr,
        "name_bm": gathering.name.bm,
        "theme_fr": theme.fr if theme else None,
        "theme_bm": theme.bm if theme else None,
        "starts_at": gathering.starts_at,
        "ends_at": gathering.ends_at,
        "venue_fr": gathering.venue.fr,
        "venue_bm": gathering.venue.bm,
        "latitude": point.latitude if point else None,
        "longitude": point.longitude if point else None,
        "capacity": gathering.capacity,
        "most_delegates": gathering.most_delegates,
        "opens_at": gathering.opens_at,
        "closes_at": gathering.closes_at,
        "correct_until": gathering.correct_until,
        "needs_approval": gathering.needs_approval,
        "co_organizers": list(gathering.co_organizers),
    }


def gathering_of(row: AnyRow) -> Gathering:
    """Return the gathering of a row."""
    has_point = row.latitude is not None and row.longitude is not None
    return Gathering(
        id=row.id,
        code=row.code,
        kind=GatheringKind(row.kind),
        region=row.region,
        name=Text(row.name_fr, row.name_bm),
        theme=Text(row.theme_fr, row.theme_bm) if row.theme_fr else None,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        venue=Text(row.venue_fr, row.venue_bm),
        point=Point(row.latitude, row.longitude) if has_point else None,
        capacity=row.capacity,
        places_taken=row.places_taken,
        most_delegates=row.most_delegates,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        correct_until=row.correct_until,
        needs_approval=row.needs_approval,
        co_organizers=tuple(row.co_organizers),
        state=GatheringState(row.state),
        cloned_from=row.cloned_from,
    )


def application_values(
    vault: Vault, application: Application, *, reason: str = ""
) -> dict[str, Any]:
    """Return the columns that an application fills; what is personal is sealed in one of them."""
    names = recognise(application.organization, application.acronym, application.receipt)
    size = application.women + application.men
    details = {
        "organization": application.organization,
        "acronym": application.acronym,
        "receipt": application.receipt,
        "contact_name": application.contact_name,
        "contact_role": application.contact_role,
        "phone": application.phone,
        "needs": [need.value for need in application.needs],
        "recommendations": list(application.recommendations),
        "reason": reason,
    }
    return {
        "size": size,
        "least_places": application.least_places or size,
        "name_hash": vault.hash(Subject.NAME, names.name),
        "acronym_hash": vault.hash_if(Subject.ACRONYM, names.acronym),
        "receipt_hash": vault.hash_if(Subject.RECEIPT, names.receipt),
        "phone_hash": vault.hash(Subject.PHONE, application.phone),
        "sealed_details": vault.seal(details),
        "key_number": vault.key_number,
        "organization_kind": application.kind.value,
        "region": application.region,
        "cercle": application.cercle,
        "women": application.women,
        "men": application.men,
        "young": application.young,
        "disabled": application.disabled,
        "wants_to_speak": application.wants_to_speak,
        "wants_stand": application.wants_stand,
        "language": application.language.value,
        "reminder_time": application.reminder_time.value if application.reminder_time else None,
        "photo_consent": application.photo_consent,
    }


def registration_of(vault: Vault, row: AnyRow) -> Registration:
    """Return the registration of a row, opened.

    Raises:
        storage.keys.SealBrokenError: no key opens it.
    """
    details = vault.open(row.sealed_details)
    return Registration(
        id=row.id,
        gathering_id=row.gathering_id,
        code=row.code,
        state=RegistrationState(row.state),
        application=_application_of(row, details),
        queue_number=row.queue_number,
        places=row.places,
        passed_over=row.passed_over,
        offer_until=row.offer_until,
        similar_to=row.similar_to,
        merged_into=row.merged_into,
        checked_in_at=row.checked_in_at,
        checked_in_people=row.checked_in_people,
        entered_at=row.entered_at,
        changed_at=row.changed_at,
        reason=details["reason"],
    )


def _application_of(row: AnyRow, details: dict[str, Any]) -> Application:
    return Application(
        organization=details["organization"],
        acronym=details["acronym"],
        receipt=details["receipt"],
        kind=OrganizationKind(row.organization_kind),
        region=row.region,
        cercle=row.cercle,
        contact_name=details["contact_name"],
        contact_role=details["contact_role"],
        phone=details["phone"],
        women=row.women,
        men=row.men,
        young=row.young,
        disabled=row.disabled,
        least_places=row.least_places if row.least_places < row.size else None,
        language=Language(row.language),
        needs=tuple(Need(each) for each in details["needs"]),
        wants_to_speak=row.wants_to_speak,
        wants_stand=row.wants_stand,
        recommendations=tuple(details["recommendations"]),
        data_consent=True,
        photo_consent=row.photo_consent,
        reminder_time=ReminderTime(row.reminder_time) if row.reminder_time else None,
    )
