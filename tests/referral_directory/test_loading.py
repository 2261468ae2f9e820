"""Loading the starter directory again changes nothing that staff did."""

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, func, select, update

from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.loading import LoadReport, load_starter
from referral_directory.models import Place, Service
from referral_directory.records import OrganizationRecord, PhoneRecord, ServiceRecord
from referral_directory.verification import verify
from storage.database import Base
from tests.referral_directory.samples import NOW, TODAY, set_values


def _rows(directory: Connection) -> dict[str, int]:
    return {
        table.name: directory.execute(select(func.count()).select_from(table)).scalar_one()
        for table in Base.metadata.sorted_tables
    }


def test_a_second_loading_adds_nothing(starter: Connection) -> None:
    before = _rows(starter)
    assert load_starter(starter, now=NOW) == LoadReport(0, 0, 0, 0)
    assert _rows(starter) == before


def test_a_second_loading_leaves_what_staff_changed(starter: Connection) -> None:
    set_values(starter, Service, "osc-mopti", name_fr="Changé")
    verify(starter, "tel-18", by="A", on=TODAY, now=NOW)
    load_starter(starter, now=NOW)
    services = {one.slug: one for one in read_services(starter)}
    phones = {one.slug: one for one in read_phones(starter)}
    assert services["osc-mopti"].name_fr == "Changé"
    assert phones["tel-18"].assured_date == TODAY


def test_a_second_loading_corrects_places(starter: Connection) -> None:
    starter.execute(update(Place).where(Place.slug == "sevare").values(latitude=0.0))
    load_starter(starter, now=NOW)
    latitude = select(Place.latitude).where(Place.slug == "sevare")
    assert starter.execute(latitude).scalar_one() == pytest.approx(14.53)


def test_what_was_loaded_reads_back_as_records(starter: Connection) -> None:
    assert len(read_organizations(starter)) > 40
    sevare_side = next(one for one in read_services(starter) if one.slug == "wildaf-bamako")
    assert sevare_side.place == "cercle-bamako"
    assert sevare_side.areas == ()
    assert sevare_side.address is not None


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (OrganizationRecord, {"slug": "Not A Slug", "kind": "ngo", "name_fr": "x", "source": "x"}),
        (OrganizationRecord, {"slug": "x", "kind": "circus", "name_fr": "x", "source": "x"}),
        (OrganizationRecord, {"slug": "x", "kind": "ngo", "name_fr": "x", "source": ""}),
        (ServiceRecord, {"needs": ""}),
        (ServiceRecord, {"needs": "magic"}),
        (ServiceRecord, {"place": "", "areas": ""}),
        (ServiceRecord, {"latitude": "12.5"}),
        (ServiceRecord, {"latitude": "95", "longitude": "0"}),
        (ServiceRecord, {"hours": "toujours"}),
        (ServiceRecord, {"needs": "shelter"}),
        (ServiceRecord, {"restricted": "yes"}),
        (ServiceRecord, {"status": "published", "mark": "NO"}),
        (ServiceRecord, {"surprise": "x"}),
        (PhoneRecord, {"number": "223 74 74"}),
        (PhoneRecord, {"status": "published", "mark": "C", "number": "116"}),
    ],
)
def test_a_wrong_row_is_refused(
    kind: type[OrganizationRecord | ServiceRecord | PhoneRecord], cells: dict[str, str]
) -> None:
    good: dict[str, str] = {}
    if kind is ServiceRecord:
        good = {
            "slug": "x",
            "organization": "x",
            "name_fr": "x",
            "description_fr": "x",
            "needs": "medical",
            "place": "sevare",
            "source": "x",
        }
    if kind is PhoneRecord:
        good = {
            "slug": "x",
            "organization": "x",
            "label_fr": "x",
            "number": "18",
            "source": "x",
        }
    if good:
        kind.from_cells(good)
    with pytest.raises(ValidationError):
        kind.from_cells(good | cells)
