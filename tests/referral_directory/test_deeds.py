"""Closing, deleting and keeping back work at once; each can be undone in the way that is safe."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select

from referral_directory.cards import service_card
from referral_directory.confidential import Whereabouts, read_whereabouts, write_whereabouts
from referral_directory.deeds import (
    close,
    delete,
    deleted_entries,
    reopen,
    restore,
    restrict,
)
from referral_directory.exchange import export_file, import_file
from referral_directory.hours import parse_hours
from referral_directory.import_log import undo_import
from referral_directory.life import ImpossibleDeedError
from referral_directory.models import Location, Organization, Phone, Service
from referral_directory.phone_lines import phone_line
from referral_directory.search import find_services
from referral_directory.verification import CannotVerifyError, verify
from referral_directory.verification_queue import no_answer
from referral_directory.versions import EntryChangedError, Seen, UnknownEntryError, version_of
from referral_directory.vocabulary import Need
from storage.actors import NotAllowedError
from storage.audit import Audit
from storage.retention import purge
from tests.referral_directory.people import APPROVER, EDITOR, EVENTS, NOBODY, READER
from tests.referral_directory.samples import NOW, TODAY, put_phone, put_service

DAY = timedelta(days=1)


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """One public service with a number."""
    put_service(places_only, "s", "sevare", address="Rue 12", latitude=14.5, longitude=-4.1)
    put_phone(places_only, "tel-s", "20212223", service="s")
    return places_only


def seen(directory: Connection, subject: str = "service", slug: str = "s") -> Seen:
    return Seen(subject, slug, version_of(directory, subject, slug))


def is_public(directory: Connection, *, unverified: bool = True) -> bool:
    card = service_card(directory, "s", now=NOW, allow_unverified=unverified)
    found = find_services(directory, Need.MEDICAL, "sevare", now=NOW, allow_unverified=unverified)
    listed = "s" in {one.slug for one in found.services}
    line = phone_line(directory, "tel-s", now=NOW, allow_unverified=unverified)
    assert (card is not None) == listed == (line is not None)
    return listed


@pytest.mark.parametrize("hide", [close, delete])
@pytest.mark.parametrize(("subject", "slug"), [("service", "s"), ("organization", "essai")])
def test_what_is_closed_or_deleted_is_hidden_at_once(directory, hide, subject, slug):
    assert is_public(directory)
    hide(directory, EDITOR, seen(directory, subject, slug), NOW)
    assert not is_public(directory)


def test_a_deletion_is_undone_within_thirty_days(directory):
    delete(directory, EDITOR, seen(directory), NOW)
    (found,) = deleted_entries(directory, READER, NOW)
    assert (found.slug, found.name, found.until) == ("s", "Service s", NOW + 30 * DAY)
    restore(directory, EDITOR, "service", "s", NOW + 29 * DAY)
    assert is_public(directory, unverified=False)
    assert deleted_entries(directory, READER, NOW) == []
    assert [one.tag for one in Audit().of(directory, "s")] == [
        "service:deleted",
        "service:restored",
    ]


def test_a_closed_entry_that_was_deleted_comes_back_closed(directory):
    close(directory, EDITOR, seen(directory), NOW)
    delete(directory, EDITOR, seen(directory), NOW)
    restore(directory, EDITOR, "service", "s", NOW)
    assert not is_public(directory)
    with pytest.raises(ImpossibleDeedError):
        restore(directory, EDITOR, "service", "s", NOW)


def test_after_thirty_days_a_deletion_is_for_good(directory):
    put_service(directory, "t", "sevare")
    delete(directory, EDITOR, seen(directory), NOW)
    purge(directory, NOW + 29 * DAY)
    assert directory.execute(select(Service.slug).where(Service.slug == "s")).first()
    with pytest.raises(UnknownEntryError):
        restore(directory, EDITOR, "service", "s", NOW + 30 * DAY)
    purge(directory, NOW + 30 * DAY)
    for model, slug in ((Service, "s"), (Phone, "tel-s"), (Location, "at-s")):
        assert directory.execute(select(model.slug).where(model.slug == slug)).first() is None
    assert directory.execute(select(Location.slug).where(Location.slug == "at-t")).first()
    delete(directory, EDITOR, seen(directory, "organization", "essai"), NOW)
    purge(directory, NOW + 30 * DAY)
    left = select(func.count()).select_from(Organization).where(Organization.slug == "essai")
    assert directory.execute(left).scalar_one() == 0


def test_a_closed_entry_opens_as_a_draft_and_is_public_once_confirmed(directory):
    close(directory, EDITOR, seen(directory), NOW)
    with pytest.raises(CannotVerifyError):
        verify(directory, "s", by="A", on=TODAY, now=NOW)
    reopen(directory, EDITOR, seen(directory), NOW)
    assert not is_public(directory)
    verify(directory, "s", by="A", on=TODAY, now=NOW)
    assert is_public(directory, unverified=False)


def test_what_is_deleted_cannot_be_verified(directory):
    delete(directory, EDITOR, seen(directory), NOW)
    with pytest.raises(CannotVerifyError):
        verify(directory, "s", by="A", on=TODAY, now=NOW)
    delete(directory, EDITOR, seen(directory, "organization", "essai"), NOW)
    restore(directory, EDITOR, "service", "s", NOW)
    with pytest.raises(CannotVerifyError):
        verify(directory, "s", by="A", on=TODAY, now=NOW)


@pytest.mark.parametrize("actor", [READER, EVENTS, NOBODY])
@pytest.mark.parametrize("deed", [close, reopen, delete, restrict])
def test_who_is_no_editor_does_nothing(directory, actor, deed):
    with pytest.raises(NotAllowedError):
        deed(directory, actor, seen(directory), NOW)
    with pytest.raises(NotAllowedError):
        restore(directory, actor, "service", "s", NOW)
    assert is_public(directory)


@pytest.mark.parametrize("deed", [close, delete, restrict])
def test_who_saw_another_version_is_told(directory, deed):
    old = seen(directory)
    verify(directory, "s", by="A", on=TODAY, now=NOW)
    with pytest.raises(EntryChangedError):
        deed(directory, EDITOR, old, NOW)
    assert is_public(directory)


def test_an_impossible_deed_changes_nothing(directory):
    with pytest.raises(ImpossibleDeedError):
        reopen(directory, EDITOR, seen(directory), NOW)
    with pytest.raises(UnknownEntryError):
        close(directory, EDITOR, Seen("service", "nothing", 1), NOW)
    assert is_public(directory)


# -- confidential places -----------------------------------------------------------------------


def test_keeping_back_hides_where_a_service_is_at_once(directory):
    restrict(directory, EDITOR, seen(directory), NOW)
    card = service_card(directory, "s", now=NOW)
    assert card is not None
    assert (card.restricted, card.place, card.address, card.latitude) == (True, None, None, None)
    assert card.phones == ()
    assert phone_line(directory, "tel-s", now=NOW, allow_unverified=True) is None


def test_an_approver_reads_where_it_is_and_each_reading_is_on_record(directory):
    restrict(directory, EDITOR, seen(directory), NOW)
    where = read_whereabouts(directory, APPROVER, "s", NOW)
    assert (where.place, where.address, where.latitude) == ("sevare", "Rue 12", 14.5)
    assert where.numbers == ("+223 20 21 22 23",)
    assert repr(where) == "Whereabouts()"
    (entry,) = [one for one in Audit().of(directory, "s") if one.tag == "service:read_restricted"]
    assert (entry.actor, entry.changed_fields) == (APPROVER.name, ())


@pytest.mark.parametrize("actor", [EDITOR, READER, EVENTS, NOBODY])
def test_nobody_else_reads_or_writes_it(directory, actor):
    restrict(directory, EDITOR, seen(directory), NOW)
    version = version_of(directory, "service", "s")
    with pytest.raises(NotAllowedError):
        read_whereabouts(directory, actor, "s", NOW)
    with pytest.raises(NotAllowedError):
        write_whereabouts(
            directory, actor, "s", version=version, where=Whereabouts("sevare"), now=NOW
        )


def test_where_it_is_can_be_corrected_and_stays_kept_back(directory):
    restrict(directory, EDITOR, seen(directory), NOW)
    where = Whereabouts("mopti", "Rue 99", hours=parse_hours("lun 08:00-12:00"), note="sonner")
    version = version_of(directory, "service", "s")
    write_whereabouts(directory, APPROVER, "s", version=version, where=where, now=NOW)
    read = read_whereabouts(directory, APPROVER, "s", NOW)
    assert (read.place, read.address, read.hours_text, read.note) == (
        "mopti",
        "Rue 99",
        "lun 08:00-12:00",
        "sonner",
    )
    card = service_card(directory, "s", now=NOW)
    assert card is not None
    assert "Rue 99" not in repr(card)
    assert card.hours == ()
    assert "Rue 99" not in str(Audit().of(directory, "s"))
    with pytest.raises(EntryChangedError):
        write_whereabouts(directory, APPROVER, "s", version=version, where=where, now=NOW)


def test_only_a_restricted_service_has_something_confidential(directory):
    with pytest.raises(UnknownEntryError):
        read_whereabouts(directory, APPROVER, "s", NOW)
    restrict(directory, EDITOR, seen(directory), NOW)
    version = version_of(directory, "service", "s")
    with pytest.raises(UnknownEntryError):
        write_whereabouts(
            directory, APPROVER, "s", version=version, where=Whereabouts("atlantis"), now=NOW
        )


def test_a_deleted_entry_goes_out_in_no_file_and_no_file_brings_it_back(directory, tmp_path):
    path = tmp_path / "a.csv"
    export_file(directory, path, "csv")
    delete(directory, EDITOR, seen(directory), NOW)
    report = import_file(directory, path, dry_run=False, now=NOW, actor="test")
    assert {problem.column for problem in report.problems} == {"slug"}
    assert not is_public(directory)
    export_file(directory, path, "csv")
    assert "Service s" not in path.read_text(encoding="utf-8")


def test_a_version_never_goes_back_whatever_is_undone(directory, tmp_path):
    path = tmp_path / "a.csv"
    export_file(directory, path, "csv")
    text = path.read_text(encoding="utf-8").replace("Service s", "Nouveau nom")
    path.write_text(text, encoding="utf-8")
    report = import_file(directory, path, dry_run=False, now=NOW, actor="test")
    assert report.import_id is not None
    assert version_of(directory, "service", "s") == 2
    no_answer(directory, EDITOR, seen(directory), NOW)
    undo_import(directory, report.import_id, now=NOW, actor="test")
    assert version_of(directory, "service", "s") == 3
    close(directory, EDITOR, seen(directory), NOW)
    reopen(directory, EDITOR, seen(directory), NOW)
    assert version_of(directory, "service", "s") == 5
