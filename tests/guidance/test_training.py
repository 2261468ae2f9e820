"""Training requests: sealed, by consent, changed and cancelled by a code, and gone in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select

import guidance.tables  # noqa: F401  # registers its tables
from guidance.focal_points import COLUMNS, FocalPointError, public, replace_all
from guidance.tables import focal_points, training_requests
from guidance.training import (
    KEPT,
    KEPT_AS_DRAFT,
    TrainingDesk,
    TrainingRequest,
    is_contact,
    purge,
    random_code,
    read_code,
)
from storage.database import Base
from storage.keys import Keyring

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
FORMER = "an-older-and-longer-phrase-0123456789"
KEYS = Keyring("a-long-and-varied-phrase-0123456789-xyz", FORMER)
ASKED = TrainingRequest("wps", "mopti", 8, 12, "2027-03", "AFEM canary, 76 12 34 56")


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    tables = [training_requests, focal_points]
    Base.metadata.create_all(engine, tables=tables)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def desk():
    return TrainingDesk(KEYS)


def test_nothing_that_was_given_stands_in_clear(connection, desk):
    code = desk.draft(connection, ASKED, NOW)
    row = connection.execute(select(training_requests)).one()
    assert b"canary" not in row.sealed_request
    assert code not in str(row)
    assert desk.find(connection, code, NOW) == ASKED


def test_without_consent_it_is_gone_after_an_hour(connection, desk):
    code = desk.draft(connection, ASKED, NOW)
    assert desk.asked(connection, NOW) == ()
    late = NOW + KEPT_AS_DRAFT
    assert desk.find(connection, code, late) is None
    assert desk.ask(connection, code, late) is False
    assert purge(connection, late) == 1


def test_with_consent_staff_see_it_until_its_time_is_over(connection, desk):
    code = desk.draft(connection, ASKED, NOW)
    assert desk.ask(connection, code, NOW) is True
    assert desk.asked(connection, NOW + KEPT - timedelta(seconds=1)) == (ASKED,)
    assert purge(connection, NOW + KEPT) == 1


def test_it_is_changed_and_cancelled_by_its_code_alone(connection, desk):
    code = desk.draft(connection, ASKED, NOW)
    assert desk.change(connection, code, NOW, women=20, month="open")
    assert desk.find(connection, code, NOW).women == 20
    assert desk.change(connection, "f-22222222", NOW, women=1) is False
    assert desk.cancel(connection, "f-22222222") is False
    assert desk.cancel(connection, code) is True
    assert desk.find(connection, code, NOW) is None


def test_a_change_of_keys_keeps_it_findable(connection):
    code = TrainingDesk(Keyring(FORMER)).draft(connection, ASKED, NOW)
    desk = TrainingDesk(KEYS)
    assert desk.find(connection, code, NOW) == ASKED
    assert desk.rekey(connection) == 1
    assert desk.rekey(connection) == 0
    alone = TrainingDesk(Keyring("a-long-and-varied-phrase-0123456789-xyz"))
    assert alone.find(connection, code, NOW) == ASKED


@pytest.mark.parametrize("written", ["F-7KQ3M9AX", "f7kq3m9ax", " f-7kq3 m9ax "])
def test_a_code_is_read_however_it_is_written(written):
    assert read_code(written) == "f-7kq3m9ax"


@pytest.mark.parametrize("text", ["", "bonjour", "f-7kq3m9a", "g-7kq3m9ax", "f-0kq3m9ax"])
def test_what_is_no_code_is_none(text):
    assert read_code(text) is None


def test_every_new_code_can_be_read():
    codes = {random_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(read_code(code.upper()) == code for code in codes)


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("AFEM, 76 12 34 56", True),
        ("AFEM +223 76123456", True),
        ("AFEM afem@exemple.ml", True),
        ("AFEM", False),
        ("AFEM 123", False),
        ("x" * 190 + " 76 12 34 56", False),
    ],
)
def test_a_contact_reaches_somebody(text, reaches):
    assert is_contact(text) is reaches


# -- focal points ------------------------------------------------------------------------------


def lines(*rows):
    return [",".join(COLUMNS), *rows]


REGIONS = ("bamako", "mopti")


def test_the_two_networks_are_kept_apart(connection):
    given = lines(
        "gender,mopti,Police,Point focal genre,bureau 3,,,",
        "women,mopti,Police,Point focal femmes,bureau 4,,,",
    )
    assert replace_all(connection, given, REGIONS) == 2
    assert [each.channel for each in public(connection, "gender", "mopti")] == ["bureau 3"]
    assert [each.channel for each in public(connection, "women", "mopti")] == ["bureau 4"]


def test_a_name_is_shown_with_consent_in_the_capital_and_elsewhere_only_if_agreed(connection):
    given = lines(
        "gender,bamako,A,chef,b,Awa,2026-01-02,",
        "gender,mopti,B,chef,b,Binta,2026-01-02,",
        "gender,mopti,C,chef,b,Coumba,2026-01-02,yes",
    )
    replace_all(connection, given, REGIONS)
    assert [each.name for each in public(connection, "gender", "bamako")] == ["Awa"]
    assert [each.name for each in public(connection, "gender", "mopti")] == [None, "Coumba"]
    assert connection.execute(select(focal_points.c.consent_on)).scalars().first() == date(
        2026, 1, 2
    )


@pytest.mark.parametrize(
    "row",
    [
        "gender,bamako,A,chef,b,Awa,,",
        "other,bamako,A,chef,b,,,",
        "gender,atlantis,A,chef,b,,,",
        "gender,bamako,,chef,b,,,",
        "gender,bamako,A,chef,b,Awa,hier,",
    ],
)
def test_a_row_that_is_not_right_changes_nothing(connection, row):
    replace_all(connection, lines("gender,bamako,A,chef,b,,,"), REGIONS)
    with pytest.raises(FocalPointError):
        replace_all(connection, lines(row), REGIONS)
    assert len(public(connection, "gender", "bamako")) == 1
