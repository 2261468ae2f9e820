"""Once a service is kept back, no copy of where it is stays behind."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from referral_directory.deeds import restrict
from referral_directory.import_log import CannotUndoError, undo_import
from referral_directory.import_models import ImportEntry
from referral_directory.life_tables import EntryVersion
from referral_directory.versions import Seen, version_of
from tests.referral_directory.files import bring_in, rows_of, take_out, write_rows
from tests.referral_directory.people import EDITOR
from tests.referral_directory.samples import NOW, put_phone, put_service
from tests.referral_directory.test_cards import CANARY, CANARY_NUMBER, betrays


def _import_a_move(directory: Connection, folder: Path, number: str) -> int:
    """Import other words and another number for a service whose address was public until then."""
    put_service(directory, "s", "hombori", address=CANARY, hours="lun 06:17-12:00", note=CANARY)
    put_phone(directory, "tel-s", CANARY_NUMBER, service="s")
    path = take_out(directory, folder, "csv")
    rows = rows_of(path)
    next(row for row in rows if row["slug"] == "s").update(name_fr="Abri", address="Rue 9")
    next(row for row in rows if row["slug"] == "tel-s").update(number=number)
    number_of_import = bring_in(directory, write_rows(path, rows)).import_id
    assert number_of_import is not None
    return number_of_import


@pytest.mark.parametrize("how", ["by staff", "by an import"])
def test_what_an_import_kept_is_forgotten_when_the_service_is_restricted_later(
    places_only: Connection, tmp_path: Path, how: str
) -> None:
    first = _import_a_move(places_only, tmp_path, "20 21 22 99")
    kept = select(ImportEntry.before).where(ImportEntry.import_id == first)
    assert betrays(places_only.execute(kept).scalars().all())
    if how == "by staff":
        restrict(places_only, EDITOR, Seen("service", "s", _version(places_only)), NOW)
    else:
        cells = {"restricted": "yes", "place": "", "address": "", "hours": "", "areas": "gao"}
        path = take_out(places_only, tmp_path, "csv")
        ours = [row | cells for row in rows_of(path) if row["slug"] == "s"]
        report = bring_in(places_only, write_rows(path, ours))
        assert (report.problems, report.written) == ((), True)
    assert betrays(places_only.execute(kept).scalars().all()) == []
    assert betrays(places_only.execute(select(EntryVersion.cells)).scalars().all()) == []
    digests = select(ImportEntry.after_digest).where(ImportEntry.import_id == first)
    assert set(places_only.execute(digests).scalars()) == {""}
    with pytest.raises(CannotUndoError):
        undo_import(places_only, first, now=NOW, actor="Fanta")


@pytest.mark.parametrize(
    "fate",
    [
        {"number": "20 21 22 99"},
        {"number": "20 21 22 99", "service": ""},
        {"service": "autre"},
        {"action": "supprimer"},
        {"status": "closed", "service": ""},
    ],
)
def test_one_file_that_restricts_a_service_keeps_none_of_its_numbers(
    places_only: Connection, tmp_path: Path, fate: dict[str, str]
) -> None:
    put_service(places_only, "s", "hombori", address=CANARY, hours="lun 06:17-12:00", note=CANARY)
    put_service(places_only, "autre", "sevare")
    put_phone(places_only, "tel-s", CANARY_NUMBER, service="s", hours="lun 06:17-12:00")
    path = take_out(places_only, tmp_path, "csv")
    rows = [row | {"action": ""} for row in rows_of(path)]
    cells = {"restricted": "yes", "place": "", "address": "", "hours": "", "areas": "gao"}
    next(row for row in rows if row["slug"] == "s").update(cells)
    next(row for row in rows if row["slug"] == "tel-s").update(fate)
    done = bring_in(places_only, write_rows(path, rows), partial=True)
    assert [one.column for one in done.problems] == ["service"]
    assert done.changed == 1
    assert betrays(places_only.execute(select(ImportEntry.before)).scalars().all()) == []
    assert betrays(places_only.execute(select(EntryVersion.cells)).scalars().all()) == []


def _version(directory: Connection) -> int:
    return version_of(directory, "service", "s")
