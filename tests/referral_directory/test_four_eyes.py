"""What an import would let the public read at once waits for a second person."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from referral_directory.cards import service_card
from referral_directory.edits import SamePersonError, approve, open_edits
from referral_directory.exchange import ImportReport
from referral_directory.import_log import CannotUndoError, undo_import
from referral_directory.life_tables import EntryEdit
from referral_directory.models import Organization, Phone, Service
from referral_directory.vocabulary import EditState
from storage.actors import Actor, Role
from storage.audit import Audit
from tests.referral_directory.files import (
    bring_in,
    rows_of,
    take_out,
    take_out_with,
    write_rows,
)
from tests.referral_directory.people import APPROVER
from tests.referral_directory.samples import NOW, put_phone, put_service

IMPORTER = "Fanta"


def changed(directory: Connection, folder: Path, slug: str, **cells: str) -> ImportReport:
    """Import the directory with other cells in one row, as `bring_in` does it, but held."""
    path = take_out_with(directory, folder, slug, cells)
    return bring_in(directory, path, hold=True, actor=IMPORTER)


@pytest.fixture
def directory(places_only: Connection) -> Connection:
    put_service(places_only, "sur", "sevare", description_fr="Comme avant")
    put_service(places_only, "jamais", "sevare", assured_date=None)
    put_phone(places_only, "tel-sur", "20212223", service="sur")
    return places_only


def read(directory: Connection, slug: str = "sur") -> str:
    card = service_card(directory, slug, now=NOW)
    assert card is not None
    return card.description.fr


def test_other_words_of_a_confirmed_service_wait(directory: Connection, tmp_path: Path) -> None:
    report = changed(directory, tmp_path, "sur", description_fr="Autres mots")
    assert (report.written, report.changed, report.waiting) == (True, 1, 1)
    assert read(directory) == "Comme avant"
    (edit,) = open_edits(directory, APPROVER)
    assert [(each.name, each.old, each.new) for each in edit.changes] == [
        ("description_fr", "Comme avant", "Autres mots")
    ]
    alone = Actor(IMPORTER, frozenset({Role.APPROVER}))
    with pytest.raises(SamePersonError):
        approve(directory, alone, edit.id, NOW)
    approve(directory, APPROVER, edit.id, NOW)
    assert read(directory) == "Autres mots"
    tags = [f"{one.actor} {one.tag}" for one in Audit().of(directory, "sur")]
    assert tags == [f"{IMPORTER} service:edit_proposed", f"{APPROVER.name} service:edit_approved"]


def test_what_hides_or_is_not_seen_is_written_at_once(
    directory: Connection, tmp_path: Path
) -> None:
    assert changed(directory, tmp_path, "jamais", description_fr="Autres mots").waiting == 0
    number = changed(directory, tmp_path, "tel-sur", number="20212299")
    assert (number.waiting, number.changes[0].withdraws_verification) == (0, True)
    assert changed(directory, tmp_path, "sur", status="closed").waiting == 0
    assert service_card(directory, "sur", now=NOW) is None
    assert open_edits(directory, APPROVER) == []


def test_an_entry_that_was_closed_is_not_shown_again_by_a_file(
    directory: Connection, tmp_path: Path
) -> None:
    changed(directory, tmp_path, "sur", status="closed")
    again = changed(directory, tmp_path, "sur", status="published")
    assert (again.waiting, again.changes[0].withdraws_verification) == (0, True)
    assert service_card(directory, "sur", now=NOW) is None


def test_an_organisation_that_stands_on_a_card_waits_too(
    directory: Connection, tmp_path: Path
) -> None:
    assert changed(directory, tmp_path, "essai", name_fr="Autre nom").waiting == 1
    kept = select(Organization.name_fr).where(Organization.slug == "essai")
    assert directory.execute(kept).scalar_one() == "essai"


def test_a_file_that_comes_again_replaces_what_waits(directory: Connection, tmp_path: Path) -> None:
    changed(directory, tmp_path, "sur", description_fr="Premier")
    changed(directory, tmp_path, "sur", description_fr="Second")
    (edit,) = open_edits(directory, APPROVER)
    assert edit.changes[0].new == "Second"


def test_undoing_the_import_takes_back_what_waits(directory: Connection, tmp_path: Path) -> None:
    path = take_out(directory, tmp_path, "csv")
    rows = rows_of(path)
    for row in rows:
        if row["slug"] in {"sur", "jamais"}:
            row["description_fr"] = "Autres mots"
    report = bring_in(directory, write_rows(path, rows), hold=True, actor=IMPORTER)
    assert (report.changed, report.waiting) == (2, 1)
    assert report.import_id is not None
    assert undo_import(directory, report.import_id, now=NOW, actor="Awa").restored == 1
    assert open_edits(directory, APPROVER) == []
    states = directory.execute(select(EntryEdit.state)).scalars().all()
    assert states == [EditState.WITHDRAWN]
    words = select(Service.description_fr).where(Service.slug == "jamais")
    assert directory.execute(words).scalar_one() == "Un service"


def test_what_was_approved_since_stands_in_the_way_by_name(
    directory: Connection, tmp_path: Path
) -> None:
    report = changed(directory, tmp_path, "sur", description_fr="Autres mots")
    (edit,) = open_edits(directory, APPROVER)
    approve(directory, APPROVER, edit.id, NOW)
    assert report.import_id is not None
    with pytest.raises(CannotUndoError) as told:
        undo_import(directory, report.import_id, now=NOW, actor="Awa")
    (obstacle,) = told.value.obstacles
    assert (obstacle.slug, APPROVER.name in obstacle.reason) == ("sur", True)
    assert directory.execute(select(Phone.number)).scalars().all() != []
