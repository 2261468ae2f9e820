"""What goes out comes in again unchanged, nothing secret goes out, and a dry run writes nothing."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest
import tablib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from referral_directory.exchange import FileFormat
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.models import Location, Phone, Service
from referral_directory.tables import UnreadableFileError
from referral_directory.verification import verify
from storage.audit import Audit
from tests.referral_directory.files import (
    LOOKS_SPOILT,
    ORGANIZATION,
    PHONE,
    SERVICE,
    bring_in,
    content,
    rows_of,
    take_out,
    take_out_with,
    write_rows,
)
from tests.referral_directory.samples import NOW, TODAY, put_phone, put_service, set_values
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything

FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)


@pytest.mark.parametrize("file_format", FORMATS)
def test_what_goes_out_comes_in_again_and_changes_nothing(
    starter: Connection, tmp_path: Path, file_format: FileFormat
) -> None:
    verify(starter, "tel-18", by="A", on=TODAY, now=NOW)
    set_values(starter, Service, "apdf-refuge-mopti", note="secret")
    path = take_out(starter, tmp_path, file_format)
    before = content(starter)
    report = bring_in(starter, path)
    assert (report.changes, report.problems) == ((), ())
    assert report.unchanged > 40
    assert content(starter) == before


_TEXT = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"),
        min_size=1,
        max_size=40,
    )
    .map(str.strip)
    .filter(lambda text: not LOOKS_SPOILT.search(text))
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=_TEXT.filter(bool), note=_TEXT, file_format=st.sampled_from(["csv", "xlsx"]))
def test_any_words_survive_going_out_and_coming_in(
    places_only: Connection,
    tmp_path: Path,
    name: str,
    note: str,
    file_format: FileFormat,
) -> None:
    with places_only.begin_nested() as moment:
        put_service(places_only, "s", "sevare", name_fr=name, note=note or None)
        path = take_out(places_only, tmp_path, file_format)
        report = bring_in(places_only, path, dry_run=True)
        moment.rollback()
    assert (report.changes, report.problems) == ((), ())


@pytest.mark.parametrize("file_format", FORMATS)
def test_nothing_that_leads_to_a_shelter_goes_out(
    places_only: Connection, tmp_path: Path, file_format: FileFormat
) -> None:
    put_shelter_with_everything(places_only)
    put_service(places_only, "open", "sevare", address="Rue visible")
    path = take_out(places_only, tmp_path, file_format)
    if file_format == "xlsx":
        book = tablib.Databook().load(path.read_bytes(), format="xlsx")
        text = "".join(sheet.export("csv") for sheet in book.sheets())
    else:
        text = path.read_text(encoding="utf-8")
    assert "Rue visible" in text
    assert "refuge" in text
    assert [one for one in betrays(text) if one != "ombori"] == []
    assert "hombori" not in text


def test_a_dry_run_says_what_would_change_and_writes_nothing(
    starter: Connection, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "new.csv", [ORGANIZATION, SERVICE, PHONE])
    before = content(starter)
    report = bring_in(starter, path, dry_run=True)
    assert (report.added, report.changed, report.written) == (3, 0, False)
    assert content(starter) == before


def test_new_entries_come_in_unverified_with_an_audit_entry_each(
    starter: Connection, tmp_path: Path
) -> None:
    claims = {"assured_date": "2026-11-01", "verified_by": "quelqu'un"}
    path = write_rows(tmp_path / "new.csv", [ORGANIZATION, SERVICE | claims, PHONE | claims])
    report = bring_in(starter, path)
    assert (report.added, report.written, report.problems) == (3, True, ())
    service = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert (service.assured_date, service.verified_by) == (None, None)
    phone = next(one for one in read_phones(starter) if one.slug == "tel-neuf")
    assert (phone.number, phone.assured_date, phone.status) == ("20212223", None, "draft")
    assert [one.tag for one in Audit().of(starter, "ecoute-neuve")] == ["service:added"]


def test_a_changed_number_loses_its_verification_a_changed_name_does_not(
    starter: Connection, tmp_path: Path
) -> None:
    verify(starter, "tel-18", by="A", on=TODAY, now=NOW)
    path = take_out(starter, tmp_path, "csv")
    rows = rows_of(path)
    line = next(row for row in rows if row["slug"] == "tel-18")
    line["label_fr"] = "Pompiers"
    report = bring_in(starter, write_rows(path, rows))
    assert [(one.slug, one.fields) for one in report.changes] == [("tel-18", ("label_fr",))]
    assert _assured(starter, "tel-18") == TODAY
    line["number"] = "17"
    report = bring_in(starter, write_rows(path, rows))
    assert report.changes[0].withdraws_verification
    assert _assured(starter, "tel-18") is None


def _assured(directory: Connection, slug: str) -> date | None:
    found: date | None = directory.execute(
        select(Phone.assured_date).where(Phone.slug == slug)
    ).scalar_one()
    return found


def test_a_service_moves_with_its_area(starter: Connection, tmp_path: Path) -> None:
    path = take_out(starter, tmp_path, "csv")
    rows = rows_of(path)
    line = next(row for row in rows if row["slug"] == "osc-mopti")
    line |= {"place": "cercle-gao", "hours": "lun-ven 08:00-17:00", "needs": "medical"}
    report = bring_in(starter, write_rows(path, rows))
    assert set(report.changes[0].fields) == {"place", "hours", "needs"}
    moved = next(one for one in read_services(starter) if one.slug == "osc-mopti")
    assert (moved.place, moved.areas, moved.needs) == ("cercle-gao", (), ("medical",))
    assert len(moved.hours) == 5
    assert bring_in(starter, path).changes == ()


def test_the_secrets_of_a_shelter_survive_an_import_that_changes_its_name(
    places_only: Connection, tmp_path: Path
) -> None:
    put_shelter_with_everything(places_only)
    path = take_out_with(places_only, tmp_path, "refuge", {"name_fr": "Autre nom"})
    report = bring_in(places_only, path)
    assert [one.fields for one in report.changes] == [("name_fr",)]
    address = places_only.execute(select(Location.address_1)).scalar_one()
    note = select(Service.note).where(Service.slug == "refuge")
    assert betrays(address)
    assert betrays(places_only.execute(note).scalar_one())


@pytest.mark.parametrize(
    ("column", "value"),
    [("restricted", "no"), ("place", "hombori"), ("address", "Rue 12"), ("latitude", "14.5")],
)
def test_a_file_cannot_expose_a_shelter(
    starter: Connection, tmp_path: Path, column: str, value: str
) -> None:
    path = take_out_with(starter, tmp_path, "apdf-refuge-mopti", {column: value})
    before = content(starter)
    report = bring_in(starter, path)
    assert report.problems
    assert not report.written
    assert content(starter) == before


def test_a_number_of_a_shelter_comes_into_no_file(starter: Connection, tmp_path: Path) -> None:
    number = PHONE | {"organization": "apdf", "service": "apdf-refuge-mopti"}
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [number]))
    assert [problem.column for problem in report.problems] == ["service"]


def test_a_shelter_that_says_nothing_of_restriction_is_restricted(
    starter: Connection, tmp_path: Path
) -> None:
    shelter = SERVICE | {"needs": "shelter", "place": "", "areas": "mopti"}
    assert bring_in(starter, write_rows(tmp_path / "x.csv", [ORGANIZATION, shelter])).written
    found = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert found.is_restricted


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"place": "atlantis"}, "place"),
        ({"organization": "personne"}, "organization"),
        ({"needs": "magie"}, "needs"),
        ({"hours": "toujours"}, "hours"),
        ({"number": "18"}, "number"),
        ({"record": "animal"}, "record"),
        ({"slug": "neuve " * 9}, "slug"),
    ],
)
def test_one_wrong_row_keeps_all_out_and_is_named(
    starter: Connection, tmp_path: Path, changed: dict[str, str], column: str
) -> None:
    before = content(starter)
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE | changed])
    report = bring_in(starter, path)
    assert (report.problems[0].line, report.problems[0].column) == (3, column)
    assert not report.written
    assert content(starter) == before


@pytest.mark.parametrize("column", ["organization", "service"])
def test_a_number_of_nobody_is_refused(starter: Connection, tmp_path: Path, column: str) -> None:
    rows = [ORGANIZATION, SERVICE, PHONE | {column: "personne"}]
    report = bring_in(starter, write_rows(tmp_path / "x.csv", rows))
    assert [problem.column for problem in report.problems] == [column]


def test_a_row_with_more_cells_than_columns_is_refused(starter: Connection, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(
        "record,slug,kind,name_fr,source\norganization,neuve,ngo,N,s,too,much\n", "utf-8"
    )
    assert bring_in(starter, path).problems[0].line == 2


def test_a_confirmed_draft_goes_back_when_a_file_changes_its_number(
    starter: Connection, tmp_path: Path
) -> None:
    verify(starter, "tel-80333", by="A", on=TODAY, now=NOW)
    path = take_out_with(starter, tmp_path, "tel-80333", {"number": "80001132"})
    assert bring_in(starter, path).written
    status = select(Phone.status).where(Phone.slug == "tel-80333")
    assert starter.execute(status).scalar_one() == "draft"


def test_an_entry_that_stands_twice_in_a_file_is_refused(
    starter: Connection, tmp_path: Path
) -> None:
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [ORGANIZATION, ORGANIZATION]))
    assert report.problems[0].column == "slug"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_no_cell_is_a_formula(
    places_only: Connection, tmp_path: Path, sign: str, file_format: FileFormat
) -> None:
    put_service(places_only, "s", "sevare", name_fr=f"{sign}HYPERLINK(1)")
    path = take_out(places_only, tmp_path, file_format)
    if file_format == "xlsx":
        book = tablib.Databook().load(path.read_bytes(), format="xlsx")
        cells = [str(cell) for sheet in book.sheets() for row in sheet for cell in row]
    else:
        cells = [cell for row in rows_of(path) for cell in row.values()]
    assert f"'{sign}HYPERLINK(1)" in cells
    assert f"{sign}HYPERLINK(1)" not in cells
    assert bring_in(places_only, path).changes == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", b""),
        ("x.csv", b"a,b\n1,2\n"),
        ("x.csv", b"\xff\xfe\x00record"),
        ("x.xlsx", b"no workbook"),
        ("x.xlsx", b"PK\x05\x06" + bytes(18)),
        ("x.json", b"{"),
        ("x.json", b"3"),
        ("x.json", b'{"contents": [1, 2]}'),
        ("x.json", b"[" * 100_000),
    ],
)
def test_a_file_that_is_no_directory_is_refused_in_words(
    starter: Connection, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as error:
        bring_in(starter, path)
    assert error.value.reason


def test_a_table_with_semicolons_is_read_too(starter: Connection, tmp_path: Path) -> None:
    path = tmp_path / "fr.csv"
    path.write_text(
        "record;slug;kind;name_fr;source\norganization;neuve;ngo;Neuve;appel\n", "utf-8"
    )
    assert bring_in(starter, path).added == 1
    assert "neuve" in {one.slug for one in read_organizations(starter)}


def test_closed_entries_go_out_for_staff(places_only: Connection, tmp_path: Path) -> None:
    put_service(places_only, "s", "sevare")
    put_phone(places_only, "tel-s", "20212223", service="s")
    set_values(places_only, Service, "s", status="closed")
    assert "closed" in take_out(places_only, tmp_path, "csv").read_text("utf-8")
