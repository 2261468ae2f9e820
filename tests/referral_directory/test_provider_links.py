"""A provider's link shows what the public reads, confirms by a press, and corrects by waiting."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from referral_directory.cards import service_card
from referral_directory.deeds import close, delete, restrict
from referral_directory.edit_errors import InvalidEditError
from referral_directory.edits import approve, open_edits
from referral_directory.models import Organization, Service
from referral_directory.provider_links import (
    LINK_LIVES,
    DeadLinkError,
    NoLinkError,
    ProviderLinks,
)
from referral_directory.verification import verify
from referral_directory.versions import Seen, version_of
from storage.actors import NotAllowedError
from storage.audit import Audit
from storage.keys import Keyring
from tests.referral_directory.people import APPROVER, EDITOR, EVENTS, NOBODY, READER
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    days_ago,
    put_phone,
    put_service,
    set_values,
)

LATER = NOW + timedelta(hours=1)
OTHER_SECRET = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"  # noqa: S105  # made up for the tests


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """One due service with a number of its own and one for the whole country."""
    put_service(places_only, "s", "sevare", address="Rue 12", assured_date=days_ago(100))
    put_phone(places_only, "tel-s", "20212223", service="s", assured_date=days_ago(100))
    put_phone(places_only, "tel-n", "20212224", service="s", reach="national")
    return places_only


@pytest.fixture
def links(keyring: Keyring) -> ProviderLinks:
    return ProviderLinks(keyring)


def seen(directory: Connection) -> Seen:
    return Seen("service", "s", version_of(directory, "service", "s"))


def test_reading_shows_what_the_public_reads_and_changes_nothing(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    for _ in range(3):
        invited = links.read(directory, token, LATER)
    assert (invited.name, invited.organization) == ("Service s", "essai")
    assert invited.fields["address"] == "Rue 12"
    assert invited.numbers == {"tel-s": "+223 20 21 22 23"}
    assert version_of(directory, "service", "s") == 1
    assert [one.tag for one in Audit().of(directory, "s")] == ["service:provider_link"]


def test_links_for_all_who_are_due_or_soon_will_be(directory, links):
    put_service(directory, "bientot", "sevare", assured_date=days_ago(80))
    put_service(directory, "frais", "sevare", assured_date=days_ago(10))
    put_service(directory, "jamais", "sevare", assured_date=None)
    put_service(directory, "cache", "sevare", assured_date=days_ago(100))
    set_values(directory, Service, "cache", restricted=True)
    set_values(directory, Organization, "essai", email="contact@example.org")
    found = links.make_due(directory, EDITOR, NOW)
    assert [(one.slug, one.email) for one in found] == [
        ("s", "contact@example.org"),
        ("bientot", "contact@example.org"),
    ]
    links.confirm(directory, found[0].token, LATER)
    assert [one.slug for one in links.make_due(directory, EDITOR, LATER)] == ["bientot"]
    with pytest.raises(NotAllowedError):
        links.make_due(directory, READER, NOW)


def test_confirming_renews_the_service_and_its_own_numbers_and_uses_the_link_up(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    links.confirm(directory, token, LATER)
    card = service_card(directory, "s", now=LATER)
    assert card is not None
    assert card.assured_date == TODAY
    assert {line.number: line.assured_date for line in card.phones}["20212223"] == TODAY
    assert Audit().of(directory, "tel-n") == []
    for use in (links.read, links.confirm):
        with pytest.raises(DeadLinkError):
            use(directory, token, LATER)


def test_s27_a_correction_waits_and_the_public_reads_what_was_approved(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    given = {"address": "Rue 14", "tel-s": "20 21 22 25", "name_fr": "Autre", "do": "correct"}
    assert links.correct(directory, token, given, LATER) == 2
    card = service_card(directory, "s", now=LATER)
    assert card is not None
    assert card.address == "Rue 12"
    assert "20212223" in {line.number for line in card.phones}
    edits = open_edits(directory, READER)
    assert {change.name for edit in edits for change in edit.changes} == {"address", "number"}
    for edit in edits:
        approve(directory, APPROVER, edit.id, LATER)
    card = service_card(directory, "s", now=LATER)
    assert card is not None
    assert (card.address, card.assured_date, card.name.fr) == ("Rue 14", TODAY, "Service s")
    assert "20212225" in {line.number for line in card.phones}


def test_a_second_correction_replaces_the_first(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    links.correct(directory, token, {"address": "Rue 14"}, LATER)
    links.correct(directory, token, {"address": "Rue 16"}, LATER)
    (edit,) = open_edits(directory, READER)
    assert edit.changes[0].new == "Rue 16"


@pytest.mark.parametrize(
    "given", [{}, {"address": "Rue 12"}, {"hours": "toujours"}, {"tel-s": "x"}]
)
def test_a_correction_that_says_nothing_or_makes_no_entry_is_refused(directory, links, given):
    token = links.make(directory, EDITOR, "s", NOW)
    with pytest.raises(InvalidEditError):
        links.correct(directory, token, given, LATER)
    assert open_edits(directory, READER) == []


def test_a_link_ends_after_two_weeks(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    links.read(directory, token, NOW + LINK_LIVES - timedelta(seconds=1))
    with pytest.raises(DeadLinkError):
        links.read(directory, token, NOW + LINK_LIVES)


@pytest.mark.parametrize("change", [close, delete, restrict])
def test_a_link_is_dead_once_its_entry_changed(directory, links, change):
    token = links.make(directory, EDITOR, "s", NOW)
    change(directory, EDITOR, seen(directory), NOW)
    for use in (links.read, links.confirm):
        with pytest.raises(DeadLinkError):
            use(directory, token, LATER)
    with pytest.raises(DeadLinkError):
        links.correct(directory, token, {"address": "Rue 14"}, LATER)


def test_a_forged_link_opens_nothing(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    other = ProviderLinks(Keyring(OTHER_SECRET)).make(directory, EDITOR, "s", NOW)
    head, _, tail = token.rpartition(".")
    for forged in ("", ".", "a.b", other, f"{head}.{tail[::-1]}", f"{head[:-2]}.{tail}", "é" * 999):
        with pytest.raises(DeadLinkError):
            links.read(directory, forged, LATER)


def test_there_is_no_link_for_a_restricted_service_or_one_that_is_not_public(directory, links):
    put_service(directory, "d", "sevare", status="draft", assured_date=None)
    for slug in ("d", "nothing"):
        with pytest.raises(NoLinkError):
            links.make(directory, EDITOR, slug, NOW)
    restrict(directory, EDITOR, seen(directory), NOW)
    with pytest.raises(NoLinkError):
        links.make(directory, EDITOR, "s", NOW)


@pytest.mark.parametrize("actor", [READER, EVENTS, NOBODY])
def test_who_is_no_editor_makes_no_link(directory, links, actor):
    with pytest.raises(NotAllowedError):
        links.make(directory, actor, "s", NOW)


def test_a_link_outlives_nothing_that_staff_confirmed_meanwhile(directory, links):
    token = links.make(directory, EDITOR, "s", NOW)
    verify(directory, "s", by="A", on=TODAY, now=NOW)
    with pytest.raises(DeadLinkError):
        links.confirm(directory, token, LATER)
