"""Exports keep to HSDS 3.1, and what others publish comes in as drafts.

The rules below are ours, written from the field lists of the specification: required fields,
word lists, no null, ids that are UUIDs.
"""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from referral_directory.exchange import import_file
from referral_directory.hsds_export import hsds_page, write_hsds
from referral_directory.inventory import read_services
from referral_directory.models import Organization
from referral_directory.records import ServiceRecord
from referral_directory.vocabulary import Need, Status
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    put_organization,
    put_phone,
    put_service,
    set_values,
)
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything

REQUIRED = {
    "service": {"id", "name", "status"},
    "organization": {"id", "name", "description"},
    "location": {"id", "location_type"},
    "address": {
        "id",
        "address_1",
        "city",
        "state_province",
        "postal_code",
        "country",
        "address_type",
    },
    "phone": {"id", "number"},
    "schedule": {"id"},
    "service_area": {"id"},
    "language": {"id"},
    "accessibility": {"id"},
    "attribute": {"id", "link_id", "link_entity", "taxonomy_term"},
    "taxonomy_term": {"id", "name", "description"},
}
LISTS = {
    "phones": "phone",
    "schedules": "schedule",
    "service_areas": "service_area",
    "languages": "language",
    "addresses": "address",
    "accessibility": "accessibility",
    "attributes": "attribute",
}
STATUSES = {"active", "inactive", "defunct", "temporarily closed"}


def _check(kind: str, thing: dict[str, Any]) -> None:
    assert REQUIRED[kind] <= thing.keys(), kind
    UUID(thing["id"])
    assert None not in thing.values(), kind
    for name, value in thing.items():
        if name in LISTS:
            for one in value:
                _check(LISTS[name], one)
        elif name == "service_at_locations":
            for link in value:
                UUID(link["id"])
                _check("location", link["location"])
        elif name in {"organization", "taxonomy_term"}:
            _check(name, value)


def test_the_starter_directory_goes_out_in_the_words_of_hsds(starter: Connection) -> None:
    page = hsds_page(starter)
    assert page["total_items"] == len(page["contents"]) == page["size"] > 30
    assert page["empty"] is False
    for service in page["contents"]:
        _check("service", service)
        assert service["status"] in STATUSES
        assert service["attributes"]
    for organization in page["x_organizations"]:
        _check("organization", organization)
    ids = [service["id"] for service in page["contents"]]
    assert len(set(ids)) == len(ids)


def test_numbers_without_a_service_go_out_with_their_organisation(starter: Connection) -> None:
    page = hsds_page(starter)
    numbers = [line["number"] for one in page["x_organizations"] for line in one.get("phones", [])]
    assert "18" in numbers
    assert "+223 80 00 11 14" in numbers


def test_drafts_and_closed_entries_stay_inside(places_only: Connection) -> None:
    put_service(places_only, "draft", "sevare", status="draft")
    put_service(places_only, "closed", "sevare", status="closed")
    put_organization(places_only, "gone")
    put_service(places_only, "of-gone", "sevare", organization="gone")
    set_values(places_only, Organization, "gone", status=Status.CLOSED)
    slugs = {one["x_slug"] for one in hsds_page(places_only)["contents"]}
    assert slugs.isdisjoint({"draft", "closed", "of-gone"})


def test_a_complete_service_goes_out_complete(places_only: Connection) -> None:
    put_service(
        places_only,
        "s",
        "sevare",
        address="Rue 12",
        latitude=14.5,
        longitude=-4.1,
        hours="lun-dim 00:00-23:59; ",
        languages="bm|fr",
        accessibility="ramp",
        pep="yes",
        clinical_known_on=TODAY,
    )
    put_phone(places_only, "tel-s", "20212223", service="s")
    service = next(one for one in hsds_page(places_only)["contents"] if one["x_slug"] == "s")
    _check("service", service)
    assert service["assured_date"] == TODAY.isoformat()
    assert service["schedules"][0]["byday"] == "MO,TU,WE,TH,FR,SA,SU"
    assert service["schedules"][0]["freq"] == "WEEKLY"
    location = service["service_at_locations"][0]["location"]
    assert (location["latitude"], location["longitude"]) == (14.5, -4.1)
    assert location["addresses"][0]["postal_code"] == ""
    assert location["addresses"][0]["country"] == "ML"
    assert service["phones"][0]["number"] == "+223 20 21 22 23"
    assert service["x_clinical"] == {"pep": "yes", "known_on": TODAY.isoformat()}


def test_a_shelter_goes_out_with_its_region_and_nothing_else(places_only: Connection) -> None:
    put_shelter_with_everything(places_only)
    service = next(one for one in hsds_page(places_only)["contents"] if one["x_restricted"])
    _check("service", service)
    assert betrays(service) == []
    assert "service_at_locations" not in service
    assert "phones" not in service
    assert [area["name"] for area in service["service_areas"]] == ["Mopti"]
    assert service["alert"]


def test_names_of_who_verified_stay_inside(places_only: Connection, tmp_path: Path) -> None:
    put_service(places_only, "s", "sevare", verified_by="Awa Traoré", note="secret")
    path = tmp_path / "x.json"
    write_hsds(places_only, path)
    text = path.read_text(encoding="utf-8")
    assert "Traoré" not in text
    assert "secret" not in text


_KEYS = st.sampled_from(
    [
        *("id", "name", "description", "organization", "attributes", "taxonomy_term", "code"),
        *("service_at_locations", "location", "latitude", "longitude", "addresses", "city"),
        *("service_areas", "schedules", "byday", "opens_at", "closes_at", "languages"),
        *("x_slug", "x_place"),
    ]
)


def _foreign(**changes: Any) -> dict[str, Any]:
    return {
        "id": "b1ad2f40-5ae8-56df-9a8e-ce9fb21db200",
        "name": "Centre d'écoute Yiriwa",
        "status": "active",
        "description": "Écoute",
        "assured_date": "2026-01-01",
        "organization": {
            "id": "b1ad2f40-5ae8-56df-9a8e-ce9fb21db201",
            "name": "Yiriwa",
            "description": "ONG",
        },
        "attributes": [
            {"id": "1", "taxonomy_term": {"id": "2", "name": "Soutien psychosocial"}},
            {"id": "3", "taxonomy_term": {"id": "4", "name": "Legal aid"}},
        ],
        "service_at_locations": [
            {
                "location": {
                    "location_type": "physical",
                    "latitude": 14.5,
                    "longitude": -4.1,
                    "addresses": [{"address_1": "Rue 3", "city": "Sévaré"}],
                }
            }
        ],
        "schedules": [{"byday": "MO,TU", "opens_at": "08:00Z", "closes_at": "17:00Z"}],
        "languages": [{"code": "bm"}],
    } | changes


def _bring_in(directory: Connection, folder: Path, service: dict[str, Any]) -> ServiceRecord:
    path = folder / "foreign.json"
    path.write_text(json.dumps({"contents": [service]}), encoding="utf-8")
    report = import_file(directory, path, dry_run=False, now=NOW, actor="test")
    assert report.problems == ()
    return next(one for one in read_services(directory) if one.name_fr == service["name"])


def test_what_others_publish_comes_in_as_a_draft(places_only: Connection, tmp_path: Path) -> None:
    found = _bring_in(places_only, tmp_path, _foreign())
    assert (found.status, found.assured_date) == (Status.DRAFT, None)
    assert found.needs == (Need.PSYCHOSOCIAL, Need.LEGAL)
    assert (found.place, found.address, found.latitude) == ("sevare", "Rue 3", 14.5)
    assert [one.day for one in found.hours] == [0, 1]
    assert found.languages == ("bm",)


@pytest.mark.parametrize("claim", [{}, {"x_restricted": False}])
def test_a_shelter_of_others_comes_in_restricted_without_its_whereabouts(
    places_only: Connection, tmp_path: Path, claim: dict[str, Any]
) -> None:
    shelter = _foreign(
        attributes=[{"taxonomy_term": {"name": "Safe house / hébergement"}}], **claim
    )
    found = _bring_in(places_only, tmp_path, shelter)
    assert found.is_restricted
    assert (found.place, found.address, found.latitude) == (None, None, None)
    assert found.areas == ("mopti",)


@pytest.mark.parametrize("attributes", [[], [{"taxonomy_term": {"name": "Jardinage"}}], "x"])
def test_a_service_whose_need_is_not_understood_is_named_as_a_problem(
    places_only: Connection, tmp_path: Path, attributes: Any
) -> None:
    path = tmp_path / "foreign.json"
    path.write_text(json.dumps([_foreign(attributes=attributes)]), encoding="utf-8")
    report = import_file(places_only, path, dry_run=False, now=NOW, actor="test")
    assert [problem.column for problem in report.problems] == ["needs"]
    assert not report.written


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["legal", "mali"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=25,
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(services=st.lists(st.dictionaries(_KEYS, _JSON, max_size=10), max_size=4))
def test_any_json_comes_in_or_is_named_as_a_problem(
    places_only: Connection, tmp_path: Path, services: list[dict[str, Any]]
) -> None:
    path = tmp_path / "any.json"
    path.write_text(json.dumps(services), encoding="utf-8")
    with places_only.begin_nested() as moment:
        report = import_file(places_only, path, dry_run=False, now=NOW, actor="test")
        moment.rollback()
    assert report.written is not bool(report.problems)
