"""A card holds what may be seen, and of a restricted service nothing that leads there."""

from dataclasses import asdict
from datetime import time
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from referral_directory.cards import service_card
from referral_directory.models import Location, Phone, Schedule, Service, ServiceAtLocation
from referral_directory.phone_lines import emergency_numbers, helplines, phone_line
from referral_directory.vocabulary import Freshness, Status
from tests.referral_directory.samples import (
    NOW,
    days_ago,
    put_phone,
    put_service,
    set_values,
)

CANARY = "canari-7f3a"
CANARY_NUMBER = "20212223"


def put_shelter_with_everything(directory: Connection, slug: str = "refuge") -> None:
    """Add a shelter whose every secret field is set, as staff may enter them."""
    put_service(directory, slug, areas="mopti", needs="shelter|medical", restricted=True)
    directory.execute(
        insert(Location).values(
            slug=f"at-{slug}",
            organization_slug="essai",
            place_slug="hombori",
            name_fr=CANARY,
            name_bm=CANARY,
            address_1=CANARY,
            latitude=15.4321,
            longitude=-1.2345,
            restricted=True,
        )
    )
    directory.execute(
        insert(ServiceAtLocation).values(service_slug=slug, location_slug=f"at-{slug}")
    )
    directory.execute(update(Service).where(Service.slug == slug).values(note=CANARY))
    directory.execute(
        insert(Schedule).values(
            service_slug=slug, day=0, opens_at=time(6, 17), closes_at=time(23, 59)
        )
    )
    put_phone(directory, f"tel-{slug}", CANARY_NUMBER, service=slug, note=CANARY)


def betrays(text: Any) -> list[str]:
    """Return what in a text leads to that shelter."""
    secrets = (
        CANARY,
        CANARY_NUMBER,
        "20 21 22 23",
        "06:17",
        "6, 17",
        "15.4321",
        "1.2345",
        "ombori",
    )
    return [secret for secret in secrets if secret in str(text)]


@pytest.mark.parametrize("location_is_restricted", [True, False])
def test_a_card_of_a_shelter_leads_nowhere(
    places_only: Connection, *, location_is_restricted: bool
) -> None:
    put_shelter_with_everything(places_only)
    places_only.execute(update(Location).values(restricted=location_is_restricted))
    card = service_card(places_only, "refuge", now=NOW, allow_unverified=True)
    assert card is not None
    assert betrays(asdict(card)) == []
    assert (card.latitude, card.longitude, card.distance_km) == (None, None, None)
    assert card.phones == ()


def test_the_number_of_a_shelter_is_in_no_list(places_only: Connection) -> None:
    put_shelter_with_everything(places_only)
    set_values(places_only, Phone, "tel-refuge", reach="national", is_emergency=True)
    assert emergency_numbers(places_only, now=NOW, allow_unverified=True) == []
    set_values(places_only, Phone, "tel-refuge", is_emergency=False)
    assert helplines(places_only, now=NOW, allow_unverified=True) == []
    assert phone_line(places_only, "tel-refuge", now=NOW, allow_unverified=True) is None


def test_a_card_never_holds_notes_for_staff(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare", note=CANARY, verified_by=CANARY, fact_row="1-01")
    assert betrays(asdict(service_card(places_only, "s", now=NOW) or object)) == []


@pytest.mark.parametrize("slug", ["nobody", "", "closed", "draft"])
def test_there_is_no_card_of_what_is_not_published(places_only: Connection, slug: str) -> None:
    put_service(places_only, "closed", "sevare", status=Status.CLOSED)
    put_service(places_only, "draft", "sevare", status=Status.DRAFT)
    assert service_card(places_only, slug, now=NOW, allow_unverified=True) is None


@pytest.mark.parametrize(
    ("days", "freshness"),
    [
        (0, Freshness.FRESH),
        (90, Freshness.FRESH),
        (91, Freshness.STALE),
        (180, Freshness.STALE),
        (181, Freshness.EXPIRED),
    ],
)
def test_a_card_says_how_old_its_verification_is(
    places_only: Connection, days: int, freshness: Freshness
) -> None:
    put_service(places_only, "s", "sevare", assured_date=days_ago(days))
    card = service_card(places_only, "s", now=NOW, allow_unverified=True)
    assert card is not None
    assert card.freshness is freshness
    assert card.is_verified


def test_never_verified_is_not_the_same_as_long_ago(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare", assured_date=None)
    card = service_card(places_only, "s", now=NOW, allow_unverified=True)
    assert card is not None
    assert card.freshness is Freshness.UNVERIFIED
    assert not card.is_verified


def test_the_centre_of_a_town_is_no_pin(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare")
    card = service_card(places_only, "s", now=NOW)
    assert card is not None
    assert (card.latitude, card.longitude) == (None, None)
    assert card.place is not None
    assert card.place.fr == "Sévaré"


def test_a_card_holds_what_was_entered(places_only: Connection) -> None:
    put_service(
        places_only,
        "s",
        "sevare",
        address="Rue 12",
        latitude=14.5,
        longitude=-4.1,
        hours="lun-ven 08:00-17:00",
        languages="bm|fr",
        accessibility="ramp",
        fees="free",
        pep="yes",
        clinical_known_on=days_ago(3),
        name_bm="Dɔgɔtɔrɔso",
    )
    put_phone(places_only, "tel-s", "20 21 22 23", service="s", hours="lun 08:00-12:00")
    card = service_card(places_only, "s", now=NOW)
    assert card is not None
    assert card.is_open is True
    assert card.languages == ("bm", "fr")
    assert card.accessibility == ("ramp",)
    assert (card.address, card.latitude, card.longitude) == ("Rue 12", 14.5, -4.1)
    assert card.has_confirmed_pep
    assert card.clinical is not None
    assert card.clinical.known_on == days_ago(3)
    assert card.name.in_language("bm") == "Dɔgɔtɔrɔso"
    assert card.description.in_language("bm") == card.description.fr
    assert [(line.display, line.is_open) for line in card.phones] == [("+223 20 21 22 23", False)]


def test_emergency_numbers_begin_with_one_that_is_no_police(starter: Connection) -> None:
    numbers = emergency_numbers(starter, now=NOW, allow_unverified=True)
    assert [line.number for line in numbers] == ["18", "17", "80001115", "80001114"]
    assert emergency_numbers(starter, now=NOW) == []


def test_an_expired_national_number_stays_with_its_date(starter: Connection) -> None:
    set_values(starter, Phone, "tel-18", assured_date=days_ago(2000))
    numbers = emergency_numbers(starter, now=NOW)
    assert [(line.number, line.freshness) for line in numbers] == [("18", Freshness.EXPIRED)]
    assert numbers[0].assured_date == days_ago(2000)


def test_an_expired_local_number_goes(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare")
    put_phone(places_only, "tel-s", "20212223", service="s", assured_date=days_ago(366))
    card = service_card(places_only, "s", now=NOW)
    assert card is not None
    assert card.phones == ()


def test_doubtful_numbers_are_in_no_list_of_a_demonstration(starter: Connection) -> None:
    lines = [
        *emergency_numbers(starter, now=NOW, allow_unverified=True),
        *helplines(starter, now=NOW, allow_unverified=True),
    ]
    doubtful = {"15", "80333", "80331", "80001132", "80002246", "37321", "80001116", "80001201"}
    assert doubtful.isdisjoint(line.number for line in lines)
