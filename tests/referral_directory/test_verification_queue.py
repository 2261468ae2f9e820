"""The most urgent first, one at a time; nothing that is confirmed is ever hidden by it."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from referral_directory.cards import service_card
from referral_directory.deeds import restrict
from referral_directory.edits import NewEdit, propose
from referral_directory.models import Phone, Service
from referral_directory.verification import CannotVerifyError
from referral_directory.verification_queue import (
    Urgency,
    due_entries,
    for_a_person,
    is_closed,
    next_due,
    no_answer,
    queue_figures,
    still_right,
)
from referral_directory.versions import EntryChangedError, Seen, version_of
from storage.actors import NotAllowedError
from storage.audit import Audit
from tests.referral_directory.people import APPROVER, EDITOR, EVENTS, NOBODY, READER
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    days_ago,
    put_phone,
    put_service,
    set_values,
)

DAY = timedelta(days=1)


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """Entries of every age; `tel-n` is for emergencies everywhere."""
    for slug, age in (("fresh", 75), ("warned", 76), ("due", 91), ("expired", 181)):
        put_service(places_only, slug, "sevare", assured_date=days_ago(age))
    put_service(places_only, "never", "sevare", assured_date=None)
    put_service(places_only, "draft", "sevare", status="draft", assured_date=None)
    put_phone(places_only, "tel-due", "20212223", service="due")
    put_phone(
        places_only,
        "tel-n",
        "20212224",
        reach="national",
        is_emergency=True,
        assured_date=days_ago(80),
    )
    return places_only


def seen(directory: Connection, slug: str, subject: str = "service") -> Seen:
    return Seen(subject, slug, version_of(directory, subject, slug))


def order(directory: Connection, now=NOW, actor=EDITOR) -> list[str]:
    return [one.slug for one in due_entries(directory, actor, now)]


def test_the_national_number_comes_first_then_expired_due_warned_and_new_ones(directory):
    assert order(directory) == ["tel-n", "expired", "due", "warned", "never"]
    entry = next_due(directory, EDITOR, NOW)
    assert entry is not None
    assert (entry.slug, entry.urgency) == ("tel-n", Urgency.NATIONAL)
    assert entry.numbers == ("+223 20 21 22 24",)
    figures = queue_figures(directory, EDITOR, NOW)
    assert figures == dict.fromkeys(Urgency, 1)


def test_an_entry_comes_with_the_numbers_it_is_reached_by(directory):
    (entry,) = [one for one in due_entries(directory, EDITOR, NOW) if one.slug == "due"]
    assert entry.numbers == ("+223 20 21 22 23",)
    assert (entry.last_confirmed, entry.last_tried, entry.tries) == (days_ago(91), None, 0)


def test_what_was_put_off_is_skipped(directory):
    entry = next_due(directory, EDITOR, NOW, skipping=[("phone", "tel-n"), ("service", "expired")])
    assert entry is not None
    assert entry.slug == "due"


def test_still_right_renews_and_the_entry_is_public_throughout(directory):
    propose(directory, EDITOR, NewEdit("service", "due", 1, {"name_fr": "Neuf"}), NOW)
    still_right(directory, EDITOR, seen(directory, "due"), NOW)
    card = service_card(directory, "due", now=NOW)
    assert card is not None
    assert card.assured_date == TODAY
    assert "due" not in order(directory)
    (entry,) = [one for one in Audit().of(directory, "due") if one.tag == "service:verified"]
    assert entry.actor == EDITOR.name


def test_an_expired_entry_is_public_again_once_confirmed(directory):
    assert service_card(directory, "expired", now=NOW) is None
    still_right(directory, EDITOR, seen(directory, "expired"), NOW)
    assert service_card(directory, "expired", now=NOW) is not None


def test_no_answer_comes_back_in_two_days_and_after_three_tries_goes_to_a_person(directory):
    for number, days in enumerate((0, 2, 4), start=1):
        now = NOW + days * DAY
        assert "due" in order(directory, now)
        assert no_answer(directory, EDITOR, seen(directory, "due"), now) == number
        assert "due" not in order(directory, now)
        assert "due" not in order(directory, now + DAY)
    assert "due" not in order(directory, NOW + 30 * DAY)
    assert [one.slug for one in for_a_person(directory, EDITOR, NOW + 5 * DAY)] == ["due"]
    still_right(directory, EDITOR, seen(directory, "due"), NOW + 6 * DAY)
    assert for_a_person(directory, EDITOR, NOW + 6 * DAY) == []


def test_a_try_is_not_a_confirmation_and_hides_nothing(directory):
    no_answer(directory, EDITOR, seen(directory, "due"), NOW)
    dates = select(Service.assured_date, Service.last_tried).where(Service.slug == "due")
    assert directory.execute(dates).one() == (days_ago(91), TODAY)
    assert service_card(directory, "due", now=NOW) is not None
    assert [one.tag for one in Audit().of(directory, "due")] == ["service:no_answer"]


def test_a_confirmation_counts_as_a_try(directory):
    still_right(directory, EDITOR, seen(directory, "due"), NOW)
    dates = select(Service.last_tried, Service.tries).where(Service.slug == "due")
    assert directory.execute(dates).one() == (TODAY, 0)


def test_closed_takes_it_from_the_public(directory):
    is_closed(directory, EDITOR, seen(directory, "due"), NOW)
    assert service_card(directory, "due", now=NOW, allow_unverified=True) is None
    assert "due" not in order(directory)
    with pytest.raises(CannotVerifyError):
        still_right(directory, EDITOR, seen(directory, "due"), NOW)


@pytest.mark.parametrize("actor", [READER, EVENTS, NOBODY])
@pytest.mark.parametrize("deed", [still_right, no_answer, is_closed])
def test_who_is_no_editor_has_no_queue(directory, actor, deed):
    with pytest.raises(NotAllowedError):
        next_due(directory, actor, NOW)
    with pytest.raises(NotAllowedError):
        for_a_person(directory, actor, NOW)
    with pytest.raises(NotAllowedError):
        deed(directory, actor, seen(directory, "due"), NOW)
    assert Audit().of(directory, "due") == []


def test_restricted_entries_come_to_approvers_alone_and_never_into_a_chat(directory):
    restrict(directory, EDITOR, seen(directory, "due"), NOW)
    assert "due" not in order(directory)
    assert "due" in order(directory, actor=APPROVER)
    chat = due_entries(directory, APPROVER, NOW, restricted=False)
    assert "due" not in [one.slug for one in chat]
    set_values(directory, Phone, "tel-due", assured_date=days_ago(100))
    assert "tel-due" not in order(directory)
    assert "tel-due" in order(directory, actor=APPROVER)
    for deed in (still_right, no_answer, is_closed):
        with pytest.raises(NotAllowedError):
            deed(directory, EDITOR, seen(directory, "due"), NOW)
        with pytest.raises(NotAllowedError):
            deed(directory, EDITOR, seen(directory, "tel-due", "phone"), NOW)
    still_right(directory, APPROVER, seen(directory, "due"), NOW)


def test_whoever_works_on_an_older_version_is_told(directory):
    old = seen(directory, "due")
    still_right(directory, EDITOR, old, NOW)
    for deed in (still_right, no_answer, is_closed):
        with pytest.raises(EntryChangedError):
            deed(directory, EDITOR, old, NOW)
