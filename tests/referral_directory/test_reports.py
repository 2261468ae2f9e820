"""A report is a number in a week: nobody's, and nothing that the public sees."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from referral_directory.cards import service_card
from referral_directory.life_tables import MissingService, ServiceReport
from referral_directory.reports import Gate, count_missing, count_report, missing, reported
from referral_directory.vocabulary import ReportKind
from storage.actors import NotAllowedError
from storage.retention import purge
from tests.referral_directory.people import NOBODY, READER
from tests.referral_directory.samples import NOW, put_service

WEEK = timedelta(weeks=1)


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """One public service."""
    put_service(places_only, "s", "sevare")
    return places_only


def say(directory: Connection, times: int, kind=ReportKind.NO_ANSWER, now=NOW) -> None:
    for _ in range(times):
        assert count_report(directory, "s", kind, now)


def figures(directory: Connection, now=NOW) -> list[tuple[str, str, int]]:
    found = reported(directory, READER, now)
    return [(one.service, one.kind.value, one.at_least) for one in found]


def test_s28_a_report_holds_a_week_a_service_a_kind_and_nothing_else(directory):
    say(directory, 2)
    (row,) = directory.execute(select(*ServiceReport.__table__.columns)).all()
    assert row._asdict() == {
        "week": NOW.date(),
        "service_slug": "s",
        "kind": "no_answer",
        "count": 2,
    }


def test_s28_staff_see_a_figure_from_five_on_and_in_steps(directory):
    say(directory, 4)
    assert figures(directory) == []
    say(directory, 1)
    assert figures(directory) == [("s", "no_answer", 5)]
    say(directory, 4)
    assert figures(directory) == [("s", "no_answer", 5)]
    say(directory, 1)
    assert figures(directory) == [("s", "no_answer", 10)]


def test_weeks_add_up_over_a_quarter_and_no_longer(directory):
    say(directory, 3)
    say(directory, 2, now=NOW + WEEK)
    assert figures(directory, NOW + WEEK) == [("s", "no_answer", 5)]
    assert figures(directory, NOW + 12 * WEEK) == [("s", "no_answer", 5)]
    assert figures(directory, NOW + 13 * WEEK) == []


@pytest.mark.parametrize("kind", list(ReportKind))
def test_s28_no_figure_changes_what_the_public_sees(directory, kind):
    before = service_card(directory, "s", now=NOW)
    say(directory, 500, kind)
    assert service_card(directory, "s", now=NOW) == before


def test_who_has_no_role_sees_no_figure(directory):
    with pytest.raises(NotAllowedError):
        reported(directory, NOBODY, NOW)
    with pytest.raises(NotAllowedError):
        missing(directory, NOBODY, NOW)


def test_what_is_not_there_is_not_counted(directory):
    put_service(directory, "draft", "sevare", status="draft", assured_date=None)
    for slug in ("nothing", "draft", "x' OR '1'='1"):
        assert not count_report(directory, slug, ReportKind.CLOSED, NOW)
    assert directory.execute(select(ServiceReport.count)).all() == []


def test_a_missing_service_is_a_need_and_a_cercle(directory):
    for _ in range(5):
        assert count_missing(directory, "legal", "sevare", NOW)
    (row,) = directory.execute(select(*MissingService.__table__.columns)).all()
    assert row._asdict() == {
        "week": NOW.date(),
        "need": "legal",
        "place_slug": "cercle-mopti",
        "count": 5,
    }
    assert missing(directory, READER, NOW) == {("legal", "cercle-mopti"): 5}
    assert not count_missing(directory, "legal", "atlantis", NOW)
    assert not count_missing(directory, "my story", "sevare", NOW)
    assert count_missing(directory, "legal", "mopti", NOW)


def test_reports_end_after_half_a_year_and_missed_services_after_three(directory):
    say(directory, 5)
    count_missing(directory, "legal", "sevare", NOW)
    purge(directory, NOW + 26 * WEEK)
    assert directory.execute(select(ServiceReport.count)).all() != []
    purge(directory, NOW + 27 * WEEK)
    assert directory.execute(select(ServiceReport.count)).all() == []
    assert directory.execute(select(MissingService.count)).all() != []
    purge(directory, NOW + 157 * WEEK)
    assert directory.execute(select(MissingService.count)).all() == []


def test_a_flood_is_held_back_without_knowing_anybody():
    gate = Gate()
    passed = [gate.lets_pass("s", "no_answer", NOW) for _ in range(100)]
    assert passed == [True] * 3 + [False] * 97
    assert gate.lets_pass("s", "closed", NOW)
    assert gate.lets_pass("t", "no_answer", NOW)
    assert not gate.lets_pass("s", "no_answer", NOW + timedelta(minutes=59))
    assert gate.lets_pass("s", "no_answer", NOW + timedelta(hours=1))
