"""An import is seen beforehand, written whole or by choice in part, and can be taken back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select, update

from referral_directory.changes import ChangeKind
from referral_directory.exchange import PreviewOutdatedError
from referral_directory.import_log import (
    CannotUndoError,
    UnknownImportError,
    past_imports,
    undo_import,
)
from referral_directory.import_models import KEPT, UNDO_WITHIN, Import, ImportEntry
from referral_directory.inventory import read_services
from referral_directory.models import Location, Organization, Service, ServiceArea
from referral_directory.verification import verify
from storage import retention
from storage.audit import Audit
from tests.referral_directory.files import (
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
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    put_organization,
    put_phone,
    put_service,
)
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything

TRACES = ("audit_entries", "imports", "import_entries", "entry_versions")
LATER = NOW + timedelta(hours=2)


def _undo(directory: Connection, number: int | None, **options: Any) -> Any:
    assert number is not None
    return undo_import(directory, number, **({"now": LATER, "actor": "Fanta"} | options))


def _changed(directory: Connection, folder: Path, slug: str, **cells: str) -> Path:
    return take_out_with(directory, folder, slug, cells)


# -- seeing it beforehand ------------------------------------------------------------------------


def test_a_preview_shows_old_and_new_contents(starter: Connection, tmp_path: Path) -> None:
    path = _changed(starter, tmp_path, "osc-mopti", name_fr="Autre nom", hours="lun 08:00-12:00")
    preview = bring_in(starter, path, dry_run=True)
    (change,) = preview.changes
    assert (change.kind, preview.import_id) == (ChangeKind.CHANGED, None)
    shown = {one.field: (one.old, one.new) for one in change.values}
    assert shown["name_fr"] == (change.name, "Autre nom")
    assert shown["hours"] == ("", "lun 08:00-12:00")
    assert {one.heading for one in change.values} == {"nom en français", "horaires"}


def test_a_preview_names_what_changes_at_a_shelter_without_saying_where_it_is(
    places_only: Connection, tmp_path: Path
) -> None:
    put_shelter_with_everything(places_only)
    path = _changed(places_only, tmp_path, "refuge", areas="gao|kayes", name_fr="Autre nom")
    preview = bring_in(places_only, path, dry_run=True)
    values = {one.field: (one.old, one.new) for one in preview.changes[0].values}
    assert values["areas"] == (None, None)
    assert values["name_fr"][1] == "Autre nom"
    assert betrays(preview) == []


def test_notes_for_staff_are_in_no_preview(places_only: Connection, tmp_path: Path) -> None:
    put_service(places_only, "s", "sevare", note="Awa y travaille")
    path = _changed(places_only, tmp_path, "s", note="Awa n'y travaille plus")
    preview = bring_in(places_only, path, dry_run=True)
    assert preview.changes[0].fields == ("note",)
    assert "Awa" not in str(preview)


def test_what_was_looked_at_is_what_is_written(starter: Connection, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE, PHONE])
    preview = bring_in(starter, path, dry_run=True)
    report = bring_in(starter, path, expected=preview.fingerprint)
    assert (report.changes, report.written) == (preview.changes, True)


@pytest.mark.parametrize("what", ["the directory", "the file"])
def test_what_changed_since_the_preview_keeps_it_from_being_written(
    starter: Connection, tmp_path: Path, what: str
) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE, PHONE])
    preview = bring_in(starter, path, dry_run=True)
    if what == "the file":
        write_rows(path, [ORGANIZATION, SERVICE | {"name_fr": "Autre"}, PHONE])
    else:
        put_organization(starter, "neuve")
    before = content(starter)
    with pytest.raises(PreviewOutdatedError):
        bring_in(starter, path, expected=preview.fingerprint)
    assert content(starter) == before


# -- in part -------------------------------------------------------------------------------------


def test_wrong_rows_are_left_out_only_by_choice(starter: Connection, tmp_path: Path) -> None:
    wrong = SERVICE | {"slug": "autre", "needs": "magie"}
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE, wrong])
    before = content(starter)
    assert not bring_in(starter, path).written
    assert content(starter) == before
    report = bring_in(starter, path, partial=True)
    assert (report.written, report.added, report.refused_rows) == (True, 2, 1)
    assert "autre" not in {one.slug for one in read_services(starter)}


def test_what_belongs_to_a_row_left_out_is_left_out_too(
    starter: Connection, tmp_path: Path
) -> None:
    rows = [ORGANIZATION | {"kind": "cirque"}, SERVICE, PHONE]
    report = bring_in(starter, write_rows(tmp_path / "x.csv", rows), partial=True)
    assert (report.written, report.changes, report.import_id) == (True, (), None)
    assert [one.line for one in report.problems] == [2, 3, 4]


# -- removing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["supprimer", "Fermer", "remove"])
def test_a_file_removes_what_it_says_and_nothing_else(
    starter: Connection, tmp_path: Path, word: str
) -> None:
    rows = [{"record": "service", "slug": "osc-mopti", "action": word}]
    report = bring_in(starter, write_rows(tmp_path / "x.csv", rows))
    assert [(one.kind, one.slug) for one in report.changes] == [(ChangeKind.REMOVED, "osc-mopti")]
    assert (report.removed, report.added, report.changed) == (1, 0, 0)
    closed = {one.slug for one in read_services(starter) if one.status == "closed"}
    assert closed == {"osc-mopti"}
    assert [one.tag for one in Audit().of(starter, "osc-mopti")] == ["service:closed"]
    again = bring_in(starter, tmp_path / "x.csv")
    assert (again.changes, again.unchanged) == ((), 1)


@pytest.mark.parametrize(
    ("cells", "column"), [({"slug": "personne"}, "slug"), ({"action": "brûler"}, "action")]
)
def test_a_removal_that_means_nothing_is_refused(
    starter: Connection, tmp_path: Path, cells: dict[str, str], column: str
) -> None:
    row = {"record": "service", "slug": "osc-mopti", "action": "supprimer"} | cells
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [row]))
    assert [one.column for one in report.problems] == [column]


# -- undoing -------------------------------------------------------------------------------------


def test_an_undone_import_leaves_the_directory_as_it_was(
    starter: Connection, tmp_path: Path
) -> None:
    verify(starter, "tel-18", by="A", on=TODAY, now=NOW)
    before = content(starter, *TRACES)
    path = take_out(starter, tmp_path, "csv")
    rows = rows_of(path)
    by_slug = {row["slug"]: row for row in rows}
    by_slug["tel-18"]["number"] = "17"
    by_slug["osc-mopti"] |= {"place": "cercle-gao", "needs": "legal", "hours": "lun 08:00-09:00"}
    by_slug["apdf"]["name_fr"] = "Autre nom"
    removal = {"record": "service", "slug": "osc-gao", "action": "supprimer"}
    rows = [row for row in rows if row["slug"] != "osc-gao"]
    report = bring_in(starter, write_rows(path, [*rows, removal, ORGANIZATION, SERVICE, PHONE]))
    assert (report.added, report.changed, report.removed) == (3, 3, 1)
    undone = _undo(starter, report.import_id)
    assert (undone.removed, undone.restored, undone.still_guarded) == (3, 4, ())
    assert content(starter, *TRACES) == before
    (one,) = past_imports(starter, LATER)
    assert (one.undone_by, one.undone_at, one.undo_until) == ("Fanta", LATER, None)
    assert [entry.tag for entry in Audit().of(starter, "osc-mopti")] == [
        "service:updated",
        "service:restored",
    ]
    assert [entry.tag for entry in Audit().of(starter, f"import-{report.import_id}")] == [
        "import:written",
        "import:undone",
    ]


_WORDS = st.text("abé ɛ'=", min_size=1, max_size=12).map(str.strip).filter(bool)
_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "name_fr": _WORDS,
        "description_bm": _WORDS,
        "needs": st.sampled_from(["legal", "medical|legal", "psychosocial"]),
        "place": st.sampled_from(["sevare", "cercle-gao", ""]),
        "areas": st.sampled_from(["mali", "gao|kayes", "mopti"]),
        "hours": st.sampled_from(["", "lun-ven 08:00-17:00", "dim 09:00-10:00"]),
        "languages": st.sampled_from(["", "bm", "bm|fr"]),
        "accessibility": st.sampled_from(["", "ramp"]),
        "fees": st.sampled_from(["free", "unknown"]),
        "action": st.sampled_from(["", "supprimer"]),
    },
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=st.tuples(_CHANGES, _CHANGES))
def test_any_import_can_be_undone(
    places_only: Connection, tmp_path: Path, changes: tuple[dict[str, str], dict[str, str]]
) -> None:
    with places_only.begin_nested() as moment:
        for number in range(2):
            put_service(places_only, f"s{number}", "sevare", areas="mopti", hours="lun 08:00-09:00")
            put_phone(places_only, f"tel-{number}", f"2021222{number}", service=f"s{number}")
        path = take_out(places_only, tmp_path, "csv")
        before = content(places_only, *TRACES)
        rows = rows_of(path)
        for number, cells in enumerate(changes):
            next(row for row in rows if row["slug"] == f"s{number}").update(cells)
        report = bring_in(places_only, write_rows(path, rows))
        if report.import_id is not None:
            _undo(places_only, report.import_id)
        after = content(places_only, *TRACES)
        moment.rollback()
    assert report.problems == ()
    assert after == before


def test_who_changed_an_entry_since_keeps_the_import_from_being_undone(
    starter: Connection, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE, PHONE])
    report = bring_in(starter, path)
    verify(starter, "ecoute-neuve", by="Awa", on=TODAY, now=NOW + timedelta(hours=1))
    before = content(starter)
    with pytest.raises(CannotUndoError) as error:
        _undo(starter, report.import_id)
    reasons = {one.slug: one.reason for one in error.value.obstacles}
    assert reasons.keys() == {"ecoute-neuve", "neuve"}  # its organisation was published with it
    assert reasons["ecoute-neuve"] == "changée depuis par Awa, le 23/11/2026 à 13:00"
    assert content(starter) == before


def test_a_change_without_a_trace_is_noticed_too(starter: Connection, tmp_path: Path) -> None:
    report = bring_in(starter, _changed(starter, tmp_path, "osc-mopti", hours="lun 08:00-12:00"))
    area = select(func.min(ServiceArea.id)).where(ServiceArea.service_slug == "osc-mopti")
    starter.execute(
        update(ServiceArea)
        .where(ServiceArea.id == area.scalar_subquery())
        .values(region_slug="gao", cercle_slug=None)
    )
    with pytest.raises(CannotUndoError) as error:
        _undo(starter, report.import_id)
    assert [one.reason for one in error.value.obstacles] == ["changée depuis"]


def test_what_was_added_to_an_added_organisation_keeps_it(
    starter: Connection, tmp_path: Path
) -> None:
    report = bring_in(starter, write_rows(tmp_path / "x.csv", [ORGANIZATION, SERVICE]))
    put_phone(starter, "tel-autre", "20212299", organization="neuve")
    with pytest.raises(CannotUndoError) as error:
        _undo(starter, report.import_id)
    assert [(one.slug, "neuve" in one.reason) for one in error.value.obstacles] == [
        ("tel-autre", True)
    ]


def test_imports_are_undone_the_last_one_first(starter: Connection, tmp_path: Path) -> None:
    before = content(starter, *TRACES)
    first = bring_in(starter, _changed(starter, tmp_path, "osc-mopti", name_fr="Un"))
    second = bring_in(starter, _changed(starter, tmp_path, "osc-mopti", name_fr="Deux"), now=LATER)
    with pytest.raises(CannotUndoError):
        _undo(starter, first.import_id)
    _undo(starter, second.import_id)
    _undo(starter, first.import_id)
    assert content(starter, *TRACES) == before


def test_an_import_is_undone_once_and_in_time(starter: Connection, tmp_path: Path) -> None:
    report = bring_in(starter, _changed(starter, tmp_path, "osc-mopti", name_fr="Un"))
    with pytest.raises(CannotUndoError):
        _undo(starter, report.import_id, now=NOW + UNDO_WITHIN)
    _undo(starter, report.import_id)
    with pytest.raises(CannotUndoError):
        _undo(starter, report.import_id)
    with pytest.raises(UnknownImportError):
        _undo(starter, 4_711)


def test_an_import_that_changes_nothing_is_not_remembered(
    starter: Connection, tmp_path: Path
) -> None:
    assert bring_in(starter, take_out(starter, tmp_path, "csv")).import_id is None
    assert past_imports(starter, NOW) == []


# -- shelters ------------------------------------------------------------------------------------


def test_nothing_that_leads_to_a_shelter_is_kept_with_an_import(
    places_only: Connection, tmp_path: Path
) -> None:
    put_shelter_with_everything(places_only)
    path = _changed(places_only, tmp_path, "refuge", name_fr="Autre nom", languages="bm")
    whereabouts = select(Location.address_1, Location.latitude)
    before = places_only.execute(whereabouts).all()
    report = bring_in(places_only, path)
    kept = places_only.execute(select(ImportEntry.before)).scalars().all()
    assert kept[0] is not None
    assert betrays(kept) == []
    _undo(places_only, report.import_id)
    assert places_only.execute(whereabouts).all() == before
    name = select(Service.name_fr).where(Service.slug == "refuge")
    assert places_only.execute(name).scalar_one() != "Autre nom"


def test_undoing_never_lifts_a_restriction(places_only: Connection, tmp_path: Path) -> None:
    put_service(places_only, "s", "sevare", address="Rue 12", areas="gao")
    cells = {"restricted": "yes", "place": "", "address": "", "name_fr": "Abri"}
    report = bring_in(places_only, _changed(places_only, tmp_path, "s", **cells))
    kept = places_only.execute(select(ImportEntry.before)).scalars().all()
    assert "Rue 12" not in str(kept)
    undone = _undo(places_only, report.import_id)
    assert undone.still_guarded == ("s",)
    service = next(one for one in read_services(places_only) if one.slug == "s")
    assert (service.is_restricted, service.place, service.name_fr) == (True, None, "Service s")
    assert places_only.execute(select(func.count()).select_from(Location)).scalar_one() == 0


# -- how long it is remembered -------------------------------------------------------------------


def test_what_entries_were_like_is_forgotten_after_a_month_the_import_after_two_years(
    starter: Connection, tmp_path: Path
) -> None:
    bring_in(starter, _changed(starter, tmp_path, "osc-mopti", name_fr="Un"))

    def held() -> tuple[int, int]:
        counts = (select(func.count()).select_from(table) for table in (ImportEntry, Import))
        one, other = (starter.execute(count).scalar_one() for count in counts)
        return one, other

    retention.purge(starter, NOW + UNDO_WITHIN - timedelta(seconds=1))
    assert held() == (1, 1)
    retention.purge(starter, NOW + UNDO_WITHIN)
    assert held() == (0, 1)
    retention.purge(starter, NOW + KEPT)
    assert held() == (0, 0)


def test_a_closed_organisation_hides_what_is_its(starter: Connection, tmp_path: Path) -> None:
    rows = [{"record": "organization", "slug": "apdf", "action": "supprimer"}]
    bring_in(starter, write_rows(tmp_path / "x.csv", rows))
    status = select(Organization.status).where(Organization.slug == "apdf")
    assert starter.execute(status).scalar_one() == "closed"
