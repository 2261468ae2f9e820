"""No file lets the public read anything new by one person alone, whatever it changes.

Each way is tried through each door, and what the public reads is compared fact by fact: an import
may take away at once, never add or change.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from referral_directory.edits import SamePersonError, open_edits, reject
from referral_directory.exchange import ImportReport
from referral_directory.import_holds import approve_all
from referral_directory.import_log import CannotUndoError, undo_import
from referral_directory.models import Organization, Phone, Service
from storage.actors import Actor, Role
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
from tests.referral_directory.people import APPROVER
from tests.referral_directory.public_reading import Fact, public_reading
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    put_organization,
    put_phone,
    put_service,
    set_values,
)
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything

IMPORTER = Actor("Fanta", frozenset({Role.APPROVER}))
STRUCTURE = SERVICE | {
    "slug": "structure",
    "kind": "public_structure",
    "place": "",
    "areas": "mali",
    "mark": "C",
}
type Cells = Mapping[str, str]


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    """A directory with an entry of each state from which something could come to be shown."""
    put_service(places_only, "sur", "sevare", note="pour nous")
    put_phone(places_only, "tel-sur", "20212223", service="sur")
    put_phone(places_only, "tel-pays", "80001115", reach="national", is_emergency=True)
    put_service(places_only, "jamais", "sevare", assured_date=None)
    put_phone(places_only, "tel-jamais", "20212224", service="sur", assured_date=None)
    put_service(places_only, "brouillon", "sevare")
    set_values(places_only, Service, "brouillon", status="draft")
    put_phone(places_only, "tel-brouillon", "20212225", service="sur")
    set_values(places_only, Phone, "tel-brouillon", status="draft")
    for status in ("draft", "in_review", "closed"):
        slug = f"structure-{status.replace('_', '-')}"
        put_service(places_only, slug, kind="public_structure", areas="mali", assured_date=None)
        set_values(places_only, Service, slug, status=status)
    put_service(places_only, "faible", kind="public_structure", areas="mali", assured_date=None)
    set_values(places_only, Service, "faible", status="draft", mark="U")
    for status in ("draft", "closed"):
        put_organization(places_only, f"maison-{status}", status=status)
        put_service(places_only, f"chez-{status}", "sevare", organization=f"maison-{status}")
        put_phone(places_only, f"tel-{status}", "20212226", organization=f"maison-{status}")
    put_shelter_with_everything(places_only)
    return places_only


def imported(
    directory: Connection, folder: Path, slug: str, cells: Cells, *, hold: bool = True
) -> ImportReport:
    """Import the directory with other cells in one row."""
    path = take_out_with(directory, folder, slug, cells)
    return bring_in(directory, path, hold=hold, actor=IMPORTER.name)


def added(directory: Connection, folder: Path, *rows: Cells, hold: bool = True) -> ImportReport:
    path = write_rows(folder / "neuf.csv", list(rows))
    return bring_in(directory, path, hold=hold, actor=IMPORTER.name)


def new_facts(directory: Connection, before: set[Fact]) -> list[Fact]:
    return sorted(public_reading(directory, NOW) - before)


CLAIM = {"assured_date": TODAY.isoformat(), "verified_by": "quelqu'un"}
"""A file that says that somebody called: it counts for nothing."""

WAYS: dict[str, tuple[str, Cells]] = {
    "other words of a confirmed service": ("sur", {"description_fr": "Autres mots"}),
    "another Bambara name": ("sur", {"name_bm": "Tɔgɔ kura"}),
    "another source on the card": ("sur", {"source": "radio", "source_date": "2026"}),
    "another mark": ("sur", {"mark": "S"}),
    "another place": ("sur", {"place": "cercle-gao"}),
    "another address": ("sur", {"address": "Rue 12"}),
    "other hours": ("sur", {"hours": "lun-ven 08:00-17:00"}),
    "other languages": ("sur", {"languages": "bm|fr"}),
    "other needs": ("sur", {"needs": "legal"}),
    "another price": ("sur", {"fees": "free", "fees_note_fr": "Gratuit"}),
    "another owner": ("sur", {"organization": "maison-draft"}),
    "a confirmed service made a public structure": (
        "sur",
        {"kind": "public_structure", "name_fr": "Autre"},
    ),
    "an unconfirmed service made a public structure": ("jamais", {"kind": "public_structure"}),
    "an unconfirmed service said to be confirmed": ("jamais", CLAIM),
    "a draft published on an old call": ("brouillon", {"status": "published"}),
    "a number published on an old call": ("tel-brouillon", {"status": "published"}),
    "an unconfirmed number said to be confirmed": ("tel-jamais", CLAIM),
    "another number": ("tel-sur", {"number": "20212299"}),
    "another label of a number": ("tel-sur", {"label_fr": "Autre"}),
    "another order of numbers": ("tel-sur", {"position": "1"}),
    "a number of the whole country": ("tel-pays", {"number": "80001116"}),
    "a local number made a national one": ("tel-sur", {"reach": "national"}),
    "a number moved to another service": ("tel-sur", {"service": "jamais"}),
    "a draft structure published": ("structure-draft", {"status": "published"}),
    "a draft structure published with other words": (
        "structure-draft",
        {"status": "published", "name_fr": "Autre"},
    ),
    "a structure in review published": ("structure-in-review", {"status": "published"}),
    "a closed structure published": ("structure-closed", {"status": "published"}),
    "a structure of weak sources published": ("faible", {"status": "published"} | CLAIM),
    "other words of a public structure": ("cscom-csref", {"description_fr": "Autres mots"}),
    "other languages of a public structure": ("cscom-csref", {"languages": "bm|snk"}),
    "a public structure of weak sources": ("cscom-csref", {"mark": "U", "name_fr": "X"} | CLAIM),
    "a draft organisation published": ("maison-draft", {"status": "published"}),
    "a closed organisation published": ("maison-closed", {"status": "published"}),
    "another name of an organisation": ("essai", {"name_fr": "Autre nom"}),
    "another kind of organisation": ("essai", {"kind": "police"}),
    "another address of an organisation": ("essai", {"website": "https://exemple.ml"}),
    "other words of a shelter": ("refuge", {"description_fr": "Autres mots"}),
    "a shelter said to be open": ("refuge", {"restricted": "no"}),
    "a shelter that shelters no more": ("refuge", {"needs": "medical", "restricted": ""}),
    "a shelter with its town": ("refuge", {"place": "hombori"}),
    "a service closed": ("sur", {"status": "closed"}),
    "a service made a draft": ("sur", {"status": "draft", "name_fr": "Autre"}),
    "an organisation closed": ("essai", {"status": "closed"}),
    "a service kept back": ("sur", {"restricted": "yes", "place": "", "areas": "mopti"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_changed_row_shows_nothing_new(directory: Connection, tmp_path: Path, way: str) -> None:
    slug, cells = WAYS[way]
    before = public_reading(directory, NOW)
    report = imported(directory, tmp_path, slug, cells)
    assert new_facts(directory, before) == []
    assert report.changes or report.problems or CLAIM.items() <= cells.items()


@pytest.mark.parametrize(
    "rows",
    [
        [ORGANIZATION | {"status": "published", "mark": "C"}],
        [ORGANIZATION, SERVICE | CLAIM, PHONE | CLAIM | {"status": "published", "mark": "C"}],
        [ORGANIZATION, STRUCTURE],
        [ORGANIZATION | {"status": "published", "mark": "C"}, STRUCTURE],
        [STRUCTURE | {"organization": "essai"}],
        [STRUCTURE | {"organization": "essai", "mark": "U"} | CLAIM],
        [STRUCTURE | {"organization": "essai", "restricted": "yes"}],
        [PHONE | CLAIM | {"organization": "essai", "service": "", "status": "published",
                          "mark": "C", "reach": "national", "is_emergency": "yes"}],
        [SERVICE | CLAIM | {"organization": "essai", "needs": "shelter", "restricted": "no"}],
        # Needs, places and languages are no entries that a file could bring.
        [{"record": "need", "slug": "medical", "name_fr": "Autre"}],
        [{"record": "taxonomy_term", "slug": "medical", "name_fr": "Autre"}],
        [{"record": "place", "slug": "mopti", "name_fr": "Autre"}],
        [{"record": "language", "slug": "bm", "name_fr": "Autre"}],
        [{"record": "service", "slug": "sur", "action": "supprimer"}],
        [{"record": "phone", "slug": "tel-pays", "action": "supprimer"}],
        [{"record": "service", "slug": "refuge", "action": "supprimer"}],
    ],
)  # fmt: skip
@pytest.mark.parametrize("partial", [True, False])
def test_a_new_row_shows_nothing_new(
    directory: Connection, tmp_path: Path, rows: list[Cells], *, partial: bool
) -> None:
    before = public_reading(directory, NOW)
    path = write_rows(tmp_path / "neuf.csv", rows)
    report = bring_in(directory, path, hold=True, partial=partial, actor=IMPORTER.name)
    assert new_facts(directory, before) == []
    assert report.changes or report.problems


_FIELDS = {
    "status": ["draft", "published", "closed", "in_review"],
    "mark": ["C", "S", "U", "NO"],
    "kind": ["entry", "public_structure"],
    "name_fr": ["Autre"],
    "needs": ["medical", "legal", "shelter"],
    "restricted": ["", "yes", "no"],
    "place": ["", "sevare"],
    "areas": ["", "mali", "gao"],
    "hours": ["", "lun 08:00-12:00"],
    "languages": ["", "bm"],
    "organization": ["essai", "maison-draft", "maison-closed"],
    "assured_date": ["", TODAY.isoformat()],
    "action": ["", "supprimer"],
}
_ANYTHING = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(values) for name, values in _FIELDS.items()}
)
_ROWS = st.dictionaries(
    st.sampled_from(
        (
            *("sur", "jamais", "brouillon", "structure-draft", "structure-closed", "faible"),
            *("structure-in-review", "cscom-csref", "chez-closed", "refuge", "neuf"),
        )
    ),
    _ANYTHING,
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changed=_ROWS, owner=st.sampled_from(["", "published", "closed"]))
def test_no_mixture_of_changes_shows_anything_new(
    directory: Connection, tmp_path: Path, changed: dict[str, dict[str, str]], owner: str
) -> None:
    with directory.begin_nested() as moment:
        before = public_reading(directory, NOW)
        path = take_out(directory, tmp_path, "csv")
        rows = [*rows_of(path), STRUCTURE | {"slug": "neuf", "organization": "essai"}]
        for row in rows:
            row.update(changed.get(row["slug"], {}))
            if owner and row["slug"].startswith("maison-"):
                row["status"] = owner
        kept = [row for row in rows if row["slug"] != "neuf" or "neuf" in changed]
        report = bring_in(
            directory, write_rows(path, kept), hold=True, partial=True, actor=IMPORTER.name
        )
        found = new_facts(directory, before)
        stays = content(directory, *TRACES) if report.import_id is None else None
        moment.rollback()
    assert found == []
    assert stays is None or stays == content(directory, *TRACES)


TRACES = ("audit_entries", "imports", "import_entries", "entry_versions")


def test_what_hsds_brings_shows_nothing_new(directory: Connection, tmp_path: Path) -> None:
    path = take_out(directory, tmp_path, "hsds")
    text = path.read_text("utf-8").replace("Un service", "Autres mots")
    path.write_text(text.replace("Service sur", "Autre nom"), "utf-8")
    before = public_reading(directory, NOW)
    report = bring_in(directory, path, hold=True, actor=IMPORTER.name)
    assert report.waiting > 0
    assert new_facts(directory, before) == []


# -- public structures, which nobody confirms -----------------------------------------------------


def _names(directory: Connection) -> Iterator[Any]:
    for fact in public_reading(directory, NOW):
        if fact[0] == "card" and fact[2:4] == ("name", "fr"):
            yield fact[1]


def test_a_new_public_structure_waits_for_a_second_person(
    directory: Connection, tmp_path: Path
) -> None:
    report = added(directory, tmp_path, ORGANIZATION, STRUCTURE)
    assert (report.added, report.waiting, report.written) == (2, 1, True)
    assert "structure" not in set(_names(directory))
    (edit,) = open_edits(directory, APPROVER)
    assert edit.publishes
    words = {each.name: (each.old, each.new) for each in edit.changes}
    assert words["description_fr"] == ("", "On écoute")
    assert not words.keys() & {"slug", "status", "assured_date"}
    with pytest.raises(SamePersonError):
        approve_all(directory, IMPORTER, edit.proposed_at, NOW)
    assert approve_all(directory, APPROVER, edit.proposed_at, NOW) == 1
    assert "structure" in set(_names(directory))


@pytest.mark.parametrize(
    "slug", ["structure-draft", "structure-in-review", "structure-closed", "maison-closed"]
)
def test_what_was_hidden_is_shown_once_somebody_else_approved(
    directory: Connection, tmp_path: Path, slug: str
) -> None:
    shown = "chez-closed" if slug == "maison-closed" else slug
    assert imported(directory, tmp_path, slug, {"status": "published"}).waiting == 1
    assert shown not in set(_names(directory))
    (edit,) = open_edits(directory, APPROVER)
    approve_all(directory, APPROVER, edit.proposed_at, NOW)
    assert shown in set(_names(directory))


def test_a_file_that_comes_again_waits_again_and_once(
    directory: Connection, tmp_path: Path
) -> None:
    added(directory, tmp_path, ORGANIZATION, STRUCTURE)
    again = added(directory, tmp_path, ORGANIZATION, STRUCTURE | {"name_fr": "Autre"})
    assert again.waiting == 1
    (edit,) = open_edits(directory, APPROVER)
    assert {each.name: each.new for each in edit.changes}["name_fr"] == "Autre"


@pytest.mark.parametrize("slug", ["structure-draft", "structure-closed", "structure"])
def test_undoing_takes_back_a_structure_that_waits(
    directory: Connection, tmp_path: Path, slug: str
) -> None:
    before = content(directory, *TRACES, "entry_edits")
    if slug == "structure":
        report = added(directory, tmp_path, ORGANIZATION, STRUCTURE)
    else:
        report = imported(directory, tmp_path, slug, {"status": "published", "name_fr": "Autre"})
    assert report.import_id is not None
    undo_import(directory, report.import_id, now=NOW, actor="Awa")
    assert open_edits(directory, APPROVER) == []
    assert content(directory, *TRACES, "entry_edits") == before


def test_a_structure_that_was_turned_down_does_not_keep_its_import(
    directory: Connection, tmp_path: Path
) -> None:
    report = added(directory, tmp_path, ORGANIZATION, STRUCTURE)
    (edit,) = open_edits(directory, APPROVER)
    reject(directory, APPROVER, edit.id, "existe déjà", NOW)
    assert report.import_id is not None
    assert undo_import(directory, report.import_id, now=NOW, actor="Awa").removed == 2


def test_a_structure_that_was_approved_keeps_its_import_and_is_named_once(
    directory: Connection, tmp_path: Path
) -> None:
    report = added(directory, tmp_path, ORGANIZATION, STRUCTURE)
    (edit,) = open_edits(directory, APPROVER)
    approve_all(directory, APPROVER, edit.proposed_at, NOW)
    assert report.import_id is not None
    with pytest.raises(CannotUndoError) as told:
        undo_import(directory, report.import_id, now=NOW, actor="Awa")
    reasons = {one.slug: one.reason for one in told.value.obstacles}
    assert reasons["structure"] == f"validée depuis par {APPROVER.name}"
    assert len(told.value.obstacles) == len(reasons)


def test_one_person_alone_writes_a_structure_at_once(directory: Connection, tmp_path: Path) -> None:
    organization = ORGANIZATION | {"status": "published", "mark": "C"}
    report = added(directory, tmp_path, organization, STRUCTURE, hold=False)
    assert report.waiting == 0
    assert "structure" in set(_names(directory))


# -- shelters ------------------------------------------------------------------------------------


def test_nothing_of_a_shelter_waits_among_the_edits(directory: Connection, tmp_path: Path) -> None:
    assert imported(directory, tmp_path, "refuge", {"description_fr": "Autres mots"}).waiting == 1
    edits = open_edits(directory, APPROVER)
    assert [one.slug for one in edits] == ["refuge"]
    assert betrays(edits) == []


def test_a_published_organisation_that_owns_nothing_needs_nobody(
    directory: Connection, tmp_path: Path
) -> None:
    report = added(directory, tmp_path, ORGANIZATION | {"status": "published", "mark": "C"})
    assert report.waiting == 0
    status = select(Organization.status).where(Organization.slug == "neuve")
    assert directory.execute(status).scalar_one() == "published"
