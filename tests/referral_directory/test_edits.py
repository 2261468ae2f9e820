"""Edits wait beside what the public reads, and a second person lets them through."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from referral_directory.cards import service_card
from referral_directory.deeds import close, delete, restrict
from referral_directory.edit_errors import (
    EditConflictError,
    EditDecidedError,
    InvalidEditError,
    SamePersonError,
)
from referral_directory.edits import (
    NewEdit,
    approve,
    edit_of,
    edits_of_entry,
    open_edits,
    propose,
    propose_as_provider,
    reject,
    withdraw,
)
from referral_directory.life import ImpossibleDeedError
from referral_directory.life_tables import EntryVersion
from referral_directory.models import Phone, Service
from referral_directory.schemas import ServiceCard
from referral_directory.versions import (
    EntryChangedError,
    FieldChange,
    Seen,
    UnknownEntryError,
    version_of,
)
from referral_directory.vocabulary import EditOrigin, EditState, Status
from storage.actors import Actor, NotAllowedError
from storage.audit import Audit
from tests.referral_directory.people import (
    ADMINISTRATOR,
    APPROVER,
    EDITOR,
    EVENTS,
    NOBODY,
    OTHER_EDITOR,
    READER,
)
from tests.referral_directory.samples import NOW, TODAY, put_phone, put_service, set_values

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """One public service with a number."""
    put_service(places_only, "s", "sevare", address="Rue 12")
    put_phone(places_only, "tel-s", "20212223", service="s")
    return places_only


def change(version: int = 1, **changes: str) -> NewEdit:
    return NewEdit("service", "s", version, changes)


def seen(directory: Connection, subject: str = "service", slug: str = "s") -> Seen:
    return Seen(subject, slug, version_of(directory, subject, slug))


def public(directory: Connection) -> ServiceCard:
    card = service_card(directory, "s", now=LATER)
    assert card is not None
    return card


def tags(directory: Connection, slug: str = "s") -> list[tuple[str, str]]:
    return [(one.actor, one.tag) for one in Audit().of(directory, slug)]


def test_s27_the_public_reads_the_approved_version_until_somebody_approved_the_next(directory):
    number = propose(directory, EDITOR, change(name_fr="Nouveau nom"), NOW)
    assert public(directory).name.fr == "Service s"
    approve(directory, APPROVER, number, LATER)
    assert public(directory).name.fr == "Nouveau nom"
    assert tags(directory) == [
        (EDITOR.name, "service:edit_proposed"),
        (APPROVER.name, "service:edit_approved"),
    ]
    assert "Nouveau" not in str(Audit().of(directory, "s"))


def test_an_edit_shows_each_field_as_it_was_and_as_it_becomes(directory):
    number = propose(
        directory, EDITOR, change(name_fr="Nouveau nom", address="", hours="lun 08:00-12:00"), NOW
    )
    edit = edit_of(directory, READER, number)
    assert set(edit.changes) == {
        FieldChange("name_fr", "Service s", "Nouveau nom"),
        FieldChange("address", "Rue 12", ""),
        FieldChange("hours", "", "lun 08:00-12:00"),
    }
    assert (edit.state, edit.origin, edit.proposed_by) == (
        EditState.OPEN,
        EditOrigin.STAFF,
        EDITOR.name,
    )
    assert [one.id for one in open_edits(directory, READER)] == [number]


def test_fields_that_stay_as_they_are_are_no_part_of_an_edit(directory):
    number = propose(directory, EDITOR, change(name_fr="Neuf", address="Rue 12"), NOW)
    assert [one.name for one in edit_of(directory, READER, number).changes] == ["name_fr"]
    with pytest.raises(InvalidEditError) as error:
        propose(directory, EDITOR, change(address="Rue 12"), NOW)
    assert "changes" in error.value.problems


def test_nobody_approves_what_they_proposed(directory):
    number = propose(directory, APPROVER, change(name_fr="Neuf"), NOW)
    with pytest.raises(SamePersonError):
        approve(directory, APPROVER, number, LATER)
    assert public(directory).name.fr == "Service s"
    with pytest.raises(SamePersonError):
        approve(directory, Actor(APPROVER.name, ADMINISTRATOR.roles), number, LATER)
    approve(directory, ADMINISTRATOR, number, LATER)
    assert public(directory).name.fr == "Neuf"


def test_where_there_is_one_person_that_is_said_and_one_is_enough(directory):
    number = propose(directory, APPROVER, change(name_fr="Neuf"), NOW)
    approve(directory, APPROVER, number, LATER, single_staff=True)
    assert public(directory).name.fr == "Neuf"


@pytest.mark.parametrize("actor", [READER, EVENTS, NOBODY])
def test_who_is_no_editor_proposes_nothing(directory, actor):
    with pytest.raises(NotAllowedError):
        propose(directory, actor, change(name_fr="Neuf"), NOW)
    assert open_edits(directory, READER) == []


@pytest.mark.parametrize("actor", [READER, EVENTS, NOBODY, OTHER_EDITOR])
def test_who_is_no_approver_decides_nothing(directory, actor):
    number = propose(directory, EDITOR, change(name_fr="Neuf"), NOW)
    with pytest.raises(NotAllowedError):
        approve(directory, actor, number, LATER, single_staff=True)
    with pytest.raises(NotAllowedError):
        reject(directory, actor, number, "non", LATER)
    with pytest.raises(NotAllowedError):
        withdraw(directory, actor, number, LATER)
    assert edit_of(directory, READER, number).state is EditState.OPEN
    with pytest.raises(NotAllowedError):
        open_edits(directory, NOBODY)


def test_a_rejection_says_why_and_changes_nothing(directory):
    number = propose(directory, EDITOR, change(name_fr="Neuf"), NOW)
    with pytest.raises(InvalidEditError):
        reject(directory, APPROVER, number, "  ", LATER)
    reject(directory, APPROVER, number, "Le nom est celui d'avant.", LATER)
    edit = edit_of(directory, READER, number)
    assert (edit.state, edit.reason) == (EditState.REJECTED, "Le nom est celui d'avant.")
    assert public(directory).name.fr == "Service s"
    assert edits_of_entry(directory, READER, "service", "s") == [edit]


def test_whoever_proposed_may_take_it_back(directory):
    number = propose(directory, EDITOR, change(name_fr="Neuf"), NOW)
    withdraw(directory, EDITOR, number, LATER)
    assert edit_of(directory, READER, number).state is EditState.WITHDRAWN


def test_an_edit_is_decided_once(directory):
    number = propose(directory, EDITOR, change(name_fr="Neuf"), NOW)
    approve(directory, APPROVER, number, LATER)
    with pytest.raises(EditDecidedError):
        approve(directory, APPROVER, number, LATER)
    with pytest.raises(EditDecidedError):
        reject(directory, APPROVER, number, "non", LATER)
    with pytest.raises(EditDecidedError):
        withdraw(directory, EDITOR, number, LATER)


def test_the_second_saver_learns_what_changed_in_between(directory):
    number = propose(directory, EDITOR, change(address="Rue 14"), NOW)
    approve(directory, APPROVER, number, LATER)
    with pytest.raises(EntryChangedError) as error:
        propose(directory, OTHER_EDITOR, change(name_fr="Neuf"), LATER)
    assert error.value.version == 2
    assert error.value.by == APPROVER.name
    assert FieldChange("address", "Rue 12", "Rue 14") in error.value.changes
    propose(directory, OTHER_EDITOR, change(error.value.version, name_fr="Neuf"), LATER)


def test_edits_of_different_fields_do_not_undo_each_other(directory):
    first = propose(directory, EDITOR, change(address="Rue 14"), NOW)
    second = propose(directory, OTHER_EDITOR, change(name_fr="Neuf"), NOW)
    approve(directory, APPROVER, first, LATER)
    approve(directory, APPROVER, second, LATER)
    fields = select(Service.name_fr).where(Service.slug == "s")
    assert directory.execute(fields).scalar_one() == "Neuf"
    edit = edits_of_entry(directory, READER, "service", "s")[0]
    assert edit.state is EditState.APPROVED


def test_two_edits_of_one_field_meet_and_the_second_is_not_written(directory):
    first = propose(directory, EDITOR, change(name_fr="Un"), NOW)
    second = propose(directory, OTHER_EDITOR, change(name_fr="Deux"), NOW)
    approve(directory, APPROVER, first, LATER)
    assert edit_of(directory, READER, second).outdated == ("name_fr",)
    with pytest.raises(EditConflictError) as error:
        approve(directory, APPROVER, second, LATER)
    assert error.value.changes == (FieldChange("name_fr", "Service s", "Un"),)
    assert edit_of(directory, READER, second).state is EditState.OPEN
    assert public(directory).name.fr == "Un"


def test_a_correction_that_a_call_confirmed_stays_confirmed(directory):
    new = NewEdit("phone", "tel-s", 1, {"number": "20212224"}, confirmed_on=TODAY)
    approve(directory, APPROVER, propose(directory, EDITOR, new, NOW), LATER)
    (line,) = public(directory).phones
    assert (line.number, line.assured_date) == ("20212224", TODAY)
    who = select(Phone.verified_by).where(Phone.slug == "tel-s")
    assert directory.execute(who).scalar_one() == EDITOR.name


def test_a_number_that_nobody_dialled_is_not_called_verified(directory):
    new = NewEdit("phone", "tel-s", 1, {"number": "20212224"})
    approve(directory, APPROVER, propose(directory, EDITOR, new, NOW), LATER)
    assert public(directory).phones == ()


def test_a_draft_is_in_review_until_somebody_lets_it_out(directory):
    put_service(directory, "d", "sevare", status="draft", assured_date=None)
    new = NewEdit("service", "d", 1, {"name_fr": "Neuf"}, confirmed_on=TODAY, publishes=True)
    number = propose(directory, EDITOR, new, NOW)
    status = select(Service.status).where(Service.slug == "d")
    assert directory.execute(status).scalar_one() == Status.IN_REVIEW
    assert service_card(directory, "d", now=LATER, allow_unverified=True) is None
    with pytest.raises(ImpossibleDeedError):
        propose(directory, OTHER_EDITOR, new, NOW)
    reject(directory, APPROVER, number, "Adresse ?", LATER)
    assert directory.execute(status).scalar_one() == Status.DRAFT
    approve(directory, APPROVER, propose(directory, EDITOR, new, NOW), LATER)
    card = service_card(directory, "d", now=LATER)
    assert card is not None
    assert card.name.fr == "Neuf"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "12345678901"}, "number"),
        ({"reach": "moon"}, "reach"),
        ({"organization": "nobody"}, "organization"),
        ({"service": "nothing"}, "service"),
        ({"slug": "other"}, "slug"),
        ({"status": "draft"}, "status"),
        ({"assured_date": "2026-11-01"}, "assured_date"),
        ({"label_fr": ""}, "label_fr"),
        ({"shoe_size": "44"}, "shoe_size"),
    ],
)
def test_an_edit_that_makes_no_entry_is_refused_field_by_field(directory, changes, field):
    with pytest.raises(InvalidEditError) as error:
        propose(directory, EDITOR, NewEdit("phone", "tel-s", 1, changes), NOW)
    assert field in error.value.problems
    assert open_edits(directory, READER) == []


def test_an_unknown_place_is_refused(directory):
    with pytest.raises(InvalidEditError):
        propose(directory, EDITOR, change(place="atlantis"), NOW)
    with pytest.raises(UnknownEntryError):
        propose(directory, EDITOR, NewEdit("service", "nothing", 1, {"name_fr": "x"}), NOW)


def test_a_day_that_has_not_come_confirms_nothing(directory):
    new = NewEdit("service", "s", 1, {}, confirmed_on=TODAY + timedelta(days=1))
    with pytest.raises(InvalidEditError):
        propose(directory, EDITOR, new, NOW)


@pytest.mark.parametrize("hide", [close, delete])
def test_what_was_closed_meanwhile_is_not_brought_back_by_an_edit(directory, hide):
    number = propose(directory, EDITOR, change(name_fr="Neuf"), NOW)
    hide(directory, OTHER_EDITOR, seen(directory), LATER)
    with pytest.raises(ImpossibleDeedError):
        approve(directory, APPROVER, number, LATER)
    assert service_card(directory, "s", now=LATER, allow_unverified=True) is None
    reject(directory, APPROVER, number, "fermé", LATER)


def test_a_provider_waits_for_approval_and_has_one_edit_at_a_time(directory):
    first = propose_as_provider(directory, "provider:s", change(name_fr="Un"), NOW)
    second = propose_as_provider(directory, "provider:s", change(name_fr="Deux"), NOW)
    assert edit_of(directory, READER, first).state is EditState.WITHDRAWN
    assert edit_of(directory, READER, second).origin is EditOrigin.PROVIDER
    assert public(directory).name.fr == "Service s"
    approve(directory, APPROVER, second, LATER)
    assert public(directory).name.fr == "Deux"


def test_no_edit_carries_where_a_restricted_service_is(directory):
    restrict(directory, EDITOR, seen(directory), NOW)
    version = version_of(directory, "service", "s")
    with pytest.raises(InvalidEditError):
        propose(directory, EDITOR, change(version, address="Rue 14", place="sevare"), NOW)
    with pytest.raises(UnknownEntryError):
        propose(directory, EDITOR, NewEdit("phone", "tel-s", 1, {"number": "20212224"}), NOW)
    number = propose(directory, EDITOR, change(version, name_fr="Neuf"), NOW)
    assert "Rue 12" not in str(edit_of(directory, READER, number))


def test_once_kept_back_no_edit_and_no_former_version_knows_where_it_is(directory):
    first = propose(directory, EDITOR, change(address="Rue 13"), NOW)
    approve(directory, APPROVER, first, LATER)
    second = propose(directory, EDITOR, change(2, address="Rue 14", name_fr="Neuf"), LATER)
    number = NewEdit("phone", "tel-s", 1, {"number": "20212224"})
    third = propose(directory, EDITOR, number, LATER)
    other = propose(directory, OTHER_EDITOR, change(2, name_bm="Kura"), LATER)
    restrict(directory, EDITOR, seen(directory), LATER)
    told = [edit_of(directory, READER, each) for each in (first, second, third)]
    versions = directory.execute(select(EntryVersion.cells)).all()
    for secret in ("Rue 12", "Rue 13", "Rue 14", "20212224", "20212223"):
        assert secret not in str([told, versions])
    assert [one.state for one in told] == [
        EditState.APPROVED,
        EditState.WITHDRAWN,
        EditState.WITHDRAWN,
    ]
    assert edit_of(directory, READER, other).state is EditState.OPEN


def test_keeping_back_is_done_at_once_and_not_by_an_edit(directory):
    with pytest.raises(InvalidEditError):
        propose(directory, EDITOR, change(restricted="yes"), NOW)


def test_an_edit_of_an_organisation_goes_the_same_way(directory):
    new = NewEdit("organization", "essai", 1, {"name_fr": "Nouvelle"})
    approve(directory, APPROVER, propose(directory, EDITOR, new, NOW), LATER)
    assert public(directory).organization.fr == "Nouvelle"


def test_a_version_grows_with_every_change(directory):
    set_values(directory, Service, "s", version=7)
    number = propose(directory, EDITOR, change(7, name_fr="Neuf"), NOW)
    assert version_of(directory, "service", "s") == 7
    approve(directory, APPROVER, number, LATER)
    assert version_of(directory, "service", "s") == 8
