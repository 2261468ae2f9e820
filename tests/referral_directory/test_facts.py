"""The starter directory holds what is known, with source and mark, and nothing it must not."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from referral_directory.loading import DATA, read_csv, read_records
from referral_directory.numbers import is_dialable
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.vocabulary import HIDDEN_MARKS, Need, ServiceKind, Status

FACT_ROWS = Path(__file__).parent / "fact_rows.csv"
ROOT = DATA.parent.parent

ORGANIZATIONS = read_records(OrganizationRecord, DATA / "organizations.csv")
SERVICES = read_records(ServiceRecord, DATA / "services.csv")
PHONES = read_records(PhoneRecord, DATA / "phones.csv")
ENTRIES = [*ORGANIZATIONS, *SERVICES, *PHONES]


def _named(rows: Iterable[str | None]) -> set[str]:
    return {one for row in rows for one in (row or "").split()}


def _facts() -> dict[str, str]:
    with FACT_ROWS.open(encoding="utf-8", newline="") as lines:
        return {row["fact_row"]: row["title"] for row in csv.DictReader(lines)}


def test_every_known_row_is_in_the_directory_or_left_out_with_a_reason() -> None:
    in_directory = _named(entry.fact_row for entry in ENTRIES)
    left_out = {row["fact_row"]: row["reason"] for row in read_csv(DATA / "left_out.csv")}
    assert all(left_out.values())
    assert in_directory | left_out.keys() == set(_facts())
    assert in_directory.isdisjoint(left_out)


@pytest.mark.parametrize(("section", "rows"), [("1-", 18), ("2.1-", 11), ("2.2-", 21)])
def test_each_section_of_the_facts_is_counted(section: str, rows: int) -> None:
    assert sum(row.startswith(section) for row in _facts()) == rows


def test_every_entry_says_where_it_comes_from() -> None:
    assert all(entry.source and entry.fact_row for entry in ENTRIES)


def test_no_entry_is_called_verified() -> None:
    assert [one.slug for one in ENTRIES if one.assured_date or one.verified_by] == []


def test_doubtful_rows_are_drafts() -> None:
    published = [one for one in ENTRIES if one.status is not Status.DRAFT]
    assert [one.slug for one in published if one.mark in HIDDEN_MARKS] == []


def test_every_published_number_is_one_of_the_numbering_plan() -> None:
    published = [one for one in PHONES if one.status is Status.PUBLISHED]
    assert published
    assert [one.number for one in published if not is_dialable(one.number)] == []


def test_every_service_and_number_belongs_to_an_organisation() -> None:
    known = {one.slug for one in ORGANIZATIONS}
    assert {one.organization for one in (*SERVICES, *PHONES)} <= known


def test_whatever_shelters_by_itself_is_restricted_and_says_not_where() -> None:
    shelters = [one for one in SERVICES if "Hébergement protégé" in one.description_fr]
    assert len(shelters) >= 8
    for shelter in shelters:
        assert shelter.is_restricted, shelter.slug
        assert shelter.place is None, shelter.slug
        assert all(area in _regions() for area in shelter.areas), shelter.slug
    numbered = {phone.service for phone in PHONES}
    assert numbered.isdisjoint({shelter.slug for shelter in shelters})


def test_every_restricted_service_is_without_address() -> None:
    restricted = [one for one in SERVICES if one.restricted]
    assert [one.slug for one in restricted if one.address or one.latitude] == []


def _regions() -> set[str]:
    return {row["slug"] for row in read_csv(DATA / "places.csv") if row["kind"] == "region"}


def test_every_need_has_a_way_everywhere_that_is_no_police() -> None:
    police = {one.slug for one in ORGANIZATIONS if one.kind in {"police", "gendarmerie"}}
    everywhere = [one for one in SERVICES if one.kind is ServiceKind.PUBLIC_STRUCTURE]
    # No source names a channel for complaints about staff: the answer says so and leads to care,
    # see tests/guidance/test_misconduct.py.
    assert not [one for one in SERVICES if Need.MISCONDUCT in one.needs]
    for need in set(Need) - {Need.MISCONDUCT}:
        ways = [one for one in everywhere if need in one.needs and one.organization not in police]
        assert ways, need


def test_numbers_stand_in_the_data_files_alone() -> None:
    looks_like_a_number = re.compile(r"(?:\+223|\b)[ .]?(?:80|[2-9]\d)(?:[ .]?\d{2}){3}\b")
    for source in sorted((ROOT / "referral_directory").glob("*.py")):
        assert looks_like_a_number.findall(source.read_text(encoding="utf-8")) == [], source.name


def test_no_number_of_another_country_came_in() -> None:
    assert {phone.number for phone in PHONES}.isdisjoint({"116", "117", "1195"})
