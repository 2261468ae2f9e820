"""Only what a person confirmed is called verified, and who did it is on record."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, select

from referral_directory.models import Organization, Phone, Service
from referral_directory.phone_lines import emergency_numbers
from referral_directory.verification import (
    CannotVerifyError,
    UnknownEntryError,
    national_emergency_is_old,
    national_emergency_ready,
    unverify,
    verify,
)
from referral_directory.vocabulary import Status
from storage.audit import Audit
from tests.referral_directory.samples import NOW, TODAY, days_ago, put_phone, set_values


def _status(directory: Connection, slug: str) -> str:
    return directory.execute(select(Phone.status).where(Phone.slug == slug)).scalar_one()


def test_serving_may_start_once_one_number_for_the_whole_country_is_verified(
    starter: Connection,
) -> None:
    assert not national_emergency_ready(starter)
    verify(starter, "tel-18", by="A. Traoré", on=TODAY, now=NOW)
    assert national_emergency_ready(starter)
    assert [line.number for line in emergency_numbers(starter, now=NOW)] == ["18"]
    unverify(starter, "tel-18", now=NOW, actor="A. Traoré")
    assert not national_emergency_ready(starter)


@pytest.mark.parametrize(
    "change",
    [
        {"is_emergency": False},
        {"reach": "regional"},
        {"reach": "local"},
        {"status": "draft"},
        {"status": "closed"},
    ],
)
def test_a_number_that_is_not_for_emergencies_everywhere_is_not_enough(
    starter: Connection, change: dict[str, object]
) -> None:
    verify(starter, "tel-18", by="A. Traoré", on=TODAY, now=NOW)
    set_values(starter, Phone, "tel-18", **change)
    assert not national_emergency_ready(starter)


def test_a_number_of_a_closed_organisation_is_not_enough(starter: Connection) -> None:
    verify(starter, "tel-18", by="A. Traoré", on=TODAY, now=NOW)
    set_values(starter, Organization, "protection-civile", status=Status.CLOSED)
    assert not national_emergency_ready(starter)


def test_a_verified_service_is_not_enough(starter: Connection) -> None:
    verify(starter, "osc-mopti", by="A. Traoré", on=TODAY, now=NOW)
    assert not national_emergency_ready(starter)


def test_an_old_verification_keeps_serving_and_alarms_staff(starter: Connection) -> None:
    verify(starter, "tel-18", by="A. Traoré", on=days_ago(180), now=NOW)
    assert not national_emergency_is_old(starter, NOW)
    assert national_emergency_is_old(starter, NOW + timedelta(days=1))
    assert national_emergency_ready(starter)


def test_the_audit_log_has_who_what_and_which_fields(starter: Connection) -> None:
    verify(starter, "tel-18", by="A. Traoré", on=TODAY, now=NOW, actor="staff@example.org")
    unverify(starter, "tel-18", now=NOW, actor="B")
    entries = Audit().of(starter, "tel-18")
    assert [(one.actor, one.tag) for one in entries] == [
        ("staff@example.org", "phone:verified"),
        ("B", "phone:unverified"),
    ]
    assert "assured_date" in entries[0].changed_fields
    assert "Traoré" not in str(entries[0].changed_fields)


def test_a_confirmed_draft_is_published_and_goes_back_when_that_is_taken_back(
    starter: Connection,
) -> None:
    assert _status(starter, "tel-80333") == Status.DRAFT
    verify(starter, "tel-80333", by="A. Traoré", on=TODAY, now=NOW)
    assert _status(starter, "tel-80333") == Status.PUBLISHED
    unverify(starter, "tel-80333", now=NOW, actor="A. Traoré")
    assert _status(starter, "tel-80333") == Status.DRAFT


def test_what_its_sources_carry_stays_published_when_a_verification_is_taken_back(
    starter: Connection,
) -> None:
    verify(starter, "tel-18", by="A. Traoré", on=TODAY, now=NOW)
    unverify(starter, "tel-18", now=NOW, actor="A. Traoré")
    assert _status(starter, "tel-18") == Status.PUBLISHED


def test_confirming_an_entry_publishes_its_organisation(starter: Connection) -> None:
    verify(starter, "osc-tombouctou", by="A. Traoré", on=TODAY, now=NOW)
    status = select(Organization.status).where(Organization.slug == "osc-tombouctou")
    assert starter.execute(status).scalar_one() == Status.PUBLISHED


def test_an_organisation_can_be_confirmed_too(starter: Connection) -> None:
    assert verify(starter, "apdf", by="A. Traoré", on=TODAY, now=NOW).subject == "organization"


def test_an_unknown_id_is_an_error_that_names_it(starter: Connection) -> None:
    with pytest.raises(UnknownEntryError) as error:
        verify(starter, "nobody", by="A", on=TODAY, now=NOW)
    assert error.value.entry_id == "nobody"
    with pytest.raises(UnknownEntryError):
        unverify(starter, "nobody", now=NOW, actor="A")


@pytest.mark.parametrize(
    ("by", "on"), [("", TODAY), ("   ", TODAY), ("A", TODAY + timedelta(days=1))]
)
def test_a_verification_needs_a_name_and_a_day_that_has_come(
    starter: Connection, by: str, on: date
) -> None:
    with pytest.raises(CannotVerifyError):
        verify(starter, "tel-18", by=by, on=on, now=NOW)
    assert not national_emergency_ready(starter)


def test_what_is_closed_cannot_be_verified(starter: Connection) -> None:
    set_values(starter, Service, "osc-mopti", status=Status.CLOSED)
    with pytest.raises(CannotVerifyError):
        verify(starter, "osc-mopti", by="A", on=TODAY, now=NOW)
    set_values(starter, Organization, "protection-civile", status=Status.CLOSED)
    with pytest.raises(CannotVerifyError):
        verify(starter, "tel-18", by="A", on=TODAY, now=NOW)


def test_a_number_of_a_draft_service_waits_for_its_service(starter: Connection) -> None:
    with pytest.raises(CannotVerifyError):
        verify(starter, "tel-80002246", by="A", on=TODAY, now=NOW)
    verify(starter, "hakew-kunafoni", by="A", on=TODAY, now=NOW)
    assert verify(starter, "tel-80002246", by="A", on=TODAY, now=NOW).on == TODAY


def test_a_number_that_cannot_exist_is_not_verified(places_only: Connection) -> None:
    put_phone(places_only, "tel-x", "20212223", assured_date=None)
    set_values(places_only, Phone, "tel-x", number="10000000")
    with pytest.raises(CannotVerifyError):
        verify(places_only, "tel-x", by="A", on=TODAY, now=NOW)
