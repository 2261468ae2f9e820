"""A shelter comes in kept back, whatever its file says of it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from referral_directory.inventory import read_services
from tests.referral_directory.files import (
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    content,
    write_rows,
)


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
