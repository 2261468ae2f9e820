"""Where an entry stands, what may be done with it there, and how long a confirmation holds."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.settings import ROOT
from referral_directory.cards import service_card
from referral_directory.life import (
    TRANSITIONS,
    Deed,
    ImpossibleDeedError,
    State,
    after,
    state_of,
)
from referral_directory.models import Organization, Phone, Service
from referral_directory.periods import (
    PERIODS,
    Period,
    Periods,
    WrongPeriodsError,
    read_periods,
)
from referral_directory.search import find_services
from referral_directory.visibility import phone_in_time, seen_by, service_in_time
from referral_directory.vocabulary import Freshness, Need, OrganizationKind, Status
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    days_ago,
    put_organization,
    put_phone,
    put_service,
    set_values,
)

SHORT = Period.of_days("short", {"due": 20, "warn": 5, "expire": 30, "gone": 40})


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, State.PUBLISHED),
        (90, State.PUBLISHED),
        (91, State.DUE),
        (180, State.DUE),
        (181, State.EXPIRED),
        (4000, State.EXPIRED),
    ],
)
def test_due_and_expired_follow_from_the_date_and_the_last_day_belongs_to_it(days, state):
    assert state_of(Status.PUBLISHED, days_ago(days), PERIODS.default, TODAY) is state


def test_no_date_is_not_expired():
    assert state_of(Status.PUBLISHED, None, PERIODS.default, TODAY) is State.PUBLISHED


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.PUBLISHED])
def test_what_is_not_published_is_never_due(status):
    assert state_of(status, days_ago(4000), PERIODS.default, TODAY).value == status.value


def test_staff_are_warned_fourteen_days_before():
    assert not PERIODS.default.is_warned(days_ago(75), TODAY)
    assert PERIODS.default.is_warned(days_ago(76), TODAY)


def test_only_a_confirmation_or_a_second_person_publishes():
    publishing = {
        (status, deed)
        for (status, deed), becomes in TRANSITIONS.items()
        if becomes is Status.PUBLISHED and status is not Status.PUBLISHED
    }
    assert publishing == {
        (Status.DRAFT, Deed.CONFIRM),
        (Status.IN_REVIEW, Deed.CONFIRM),
        (Status.IN_REVIEW, Deed.APPROVE),
    }


@pytest.mark.parametrize("deed", [Deed.CONFIRM, Deed.APPROVE, Deed.REJECT, Deed.WITHDRAW])
def test_confirming_or_deciding_never_unpublishes(deed):
    assert after(Status.PUBLISHED, deed) is Status.PUBLISHED


def test_a_deletion_is_undone_to_where_the_entry_stood():
    for status in (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED, Status.CLOSED):
        assert after(status, Deed.DELETE) is Status.DELETED
        assert after(Status.DELETED, Deed.RESTORE, status) is status


def test_what_is_not_in_the_table_is_refused():
    for status in Status:
        for deed in Deed:
            if (status, deed) not in TRANSITIONS:
                with pytest.raises(ImpossibleDeedError):
                    after(status, deed)
    with pytest.raises(ImpossibleDeedError):
        after(Status.CLOSED, Deed.CONFIRM)


def test_the_table_of_the_documentation_says_the_same():
    lines = (ROOT / "docs" / "directory.md").read_text(encoding="utf-8").splitlines()
    said = {
        tuple(cell.strip(" `") for cell in line.split("|")[1:4])
        for line in lines
        if line.startswith("| `") and line.count("|") == 4
    }
    wanted = {
        (status.value, deed.value, becomes.value if becomes else "as before")
        for (status, deed), becomes in TRANSITIONS.items()
    }
    assert said == wanted


# -- periods -----------------------------------------------------------------------------------


def test_the_periods_are_those_of_the_file():
    days = {each: getattr(PERIODS.default, each).days for each in ("due", "warn", "expire", "gone")}
    assert days == {"due": 90, "warn": 14, "expire": 180, "gone": 365}


def test_a_category_may_have_its_own_and_the_shortest_holds():
    periods = Periods(
        PERIODS.default, {OrganizationKind.NGO: SHORT}, {Need.SHELTER: PERIODS.default}
    )
    assert periods.of(OrganizationKind.HEALTH) == PERIODS.default
    assert periods.of("ngo").expire == timedelta(days=30)
    assert periods.of("ngo", ["shelter"]).due == timedelta(days=20)


def test_a_file_may_name_categories_and_takes_the_rest_from_the_default(tmp_path: Path):
    path = tmp_path / "periods.yml"
    path.write_text(
        "default: {due: 90, warn: 14, expire: 180, gone: 365}\n"
        "organizations: {police: {due: 60}}\nneeds: {shelter: {expire: 100}}\n",
        encoding="utf-8",
    )
    periods = read_periods(path)
    assert periods.of("police").due.days == 60
    assert periods.of("ngo", [Need.SHELTER]).expire.days == 100
    assert periods.of("ngo", [Need.LEGAL]) == periods.default


@pytest.mark.parametrize(
    "days",
    [
        {"due": 90, "warn": 14, "expire": 80, "gone": 365},
        {"due": 90, "warn": 90, "expire": 180, "gone": 365},
        {"due": 90, "warn": 14, "expire": 180, "gone": 100},
        {"due": 90, "warn": 14, "expire": 180},
        {"due": "soon", "warn": 14, "expire": 180, "gone": 365},
    ],
)
def test_days_that_cannot_be_are_refused(days):
    with pytest.raises(WrongPeriodsError):
        Period.of_days("here", days)


def test_the_database_asks_for_the_same_days_as_the_rules(places_only: Connection):
    periods = Periods(PERIODS.default, {OrganizationKind.POLICE: SHORT}, {Need.SHELTER: SHORT})
    put_organization(places_only, "garde", kind="police")
    for age in (30, 31, 180, 181):
        put_service(places_only, f"n{age}", "sevare", assured_date=days_ago(age))
        put_service(
            places_only, f"p{age}", "sevare", organization="garde", assured_date=days_ago(age)
        )
        put_service(
            places_only,
            f"s{age}",
            "sevare",
            needs=(Need.SHELTER, Need.LEGAL),
            assured_date=days_ago(age),
        )
        put_phone(places_only, f"t{age}", "20212223", assured_date=days_ago(age))
    values = seen_by(NOW, allow_unverified=False, periods=periods)

    def found(query) -> set[str]:
        return set(places_only.execute(query, values).scalars())

    join = Organization.slug == Service.organization_slug
    services = select(Service.slug).join(Organization, join).where(service_in_time(periods))
    assert found(services) == {"n30", "n31", "n180", "p30", "s30"}
    owner = Organization.slug == Phone.organization_slug
    phones = select(Phone.slug).join(Organization, owner).where(phone_in_time(periods))
    assert found(phones) == {"t30", "t31", "t180"}


# -- what that means for the public -------------------------------------------------------------


def test_where_nothing_else_is_near_an_expired_service_is_shown_as_such_until_it_is_gone(
    places_only: Connection,
) -> None:
    put_service(places_only, "s", "sevare", assured_date=days_ago(365))
    put_phone(places_only, "tel-s", "20212223", service="s", assured_date=days_ago(365))
    found = find_services(places_only, Need.MEDICAL, "sevare", now=NOW)
    (card,) = [card for card in found.services if card.slug == "s"]
    assert card.freshness is Freshness.EXPIRED
    assert [line.freshness for line in card.phones] == [Freshness.EXPIRED]
    set_values(places_only, Service, "s", assured_date=days_ago(366))
    found = find_services(places_only, Need.MEDICAL, "sevare", now=NOW)
    assert "s" not in {card.slug for card in found.services}


def test_a_card_opened_by_itself_shows_an_expired_service_only_to_who_was_led_there(
    places_only: Connection,
) -> None:
    put_service(places_only, "s", "sevare", assured_date=days_ago(181))
    assert service_card(places_only, "s", now=NOW) is None
    assert service_card(places_only, "s", now=NOW, expired_too=True) is not None
    set_values(places_only, Service, "s", assured_date=None)
    assert service_card(places_only, "s", now=NOW, expired_too=True) is None
