"""A shelter comes in kept back, whatever its file says of it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from referral_directory.exchange import FileFormat
from referral_directory.inventory import read_phones, read_services
from referral_directory.models import Phone, Service
from tests.referral_directory.files import (
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    content,
    take_out,
    write_rows,
)
from tests.referral_directory.samples import put_phone, put_service

UNCONFIRMED = {"assured_date": None, "verified_by": None}


@pytest.mark.parametrize("hold", [True, False])
def test_a_shelter_is_kept_back_whatever_its_file_says(
    starter: Connection, tmp_path: Path, *, hold: bool
) -> None:
    shelter = SERVICE | {
        "needs": "shelter|medical",
        "restricted": "no",
        "address": "Rue 12",
        "latitude": "14.51371",
        "longitude": "-4.1",
        "hours": "lun 08:00-12:00",
    }
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, shelter])
    report = bring_in(starter, path, hold=hold)
    told = next(one for one in report.changes if one.slug == "ecoute-neuve").values
    assert [(one.field, one.old, one.new) for one in told] == [("restricted", "no", "yes")]
    found = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert (found.is_restricted, found.areas) == (True, ("mopti",))
    assert "Rue 12" not in str(content(starter))
    assert "14.51371" not in str(content(starter))


def test_a_number_of_a_shelter_that_is_called_open_does_not_come_in(
    starter: Connection, tmp_path: Path
) -> None:
    shelter = SERVICE | {"needs": "shelter", "restricted": "no"}
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [ORGANIZATION, shelter, PHONE]))
    assert [(one.line, one.column) for one in report.problems] == [(4, "service")]
    assert not report.written


@pytest.mark.parametrize("needs", ["psychosocial", "shelter|medical"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "hsds"])
def test_what_was_kept_back_comes_back_kept_back(
    places_only: Connection, tmp_path: Path, file_format: FileFormat, needs: str
) -> None:
    put_service(places_only, "abri", restricted=True, areas="mopti|gao", needs=needs)
    (before,) = read_services(places_only, ["abri"])
    path = take_out(places_only, tmp_path, file_format)
    places_only.execute(delete(Service).where(Service.slug == "abri"))
    assert bring_in(places_only, path).problems == ()
    (after,) = read_services(places_only, ["abri"])
    assert (after.is_restricted, after.place) == (True, None)
    for name in ("areas", "needs", "name_fr"):
        assert set(getattr(after, name)) == set(getattr(before, name))


def test_several_numbers_of_a_service_come_back_each(
    places_only: Connection, tmp_path: Path
) -> None:
    put_service(places_only, "s", "sevare", name_bm="Lamɛnni ɲuman ŋana")
    for number in range(3):
        put_phone(
            places_only, f"tel-{number}", f"2021222{number}", service="s", hours="lun 08:00-12:00"
        )
    before = [one.model_copy(update=UNCONFIRMED) for one in read_phones(places_only)]
    path = take_out(places_only, tmp_path, "xlsx")
    places_only.execute(delete(Phone))
    assert bring_in(places_only, path).added == 3
    assert read_phones(places_only) == before
