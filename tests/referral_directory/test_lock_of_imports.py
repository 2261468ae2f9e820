"""An import keeps others waiting for its writing alone, and notices what they saved meanwhile."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, update

from referral_directory import deeds
from referral_directory.edits import NewEdit, propose
from referral_directory.entries import read_areas
from referral_directory.entry_images import digest, image_of_new, read_images
from referral_directory.exchange import PreviewOutdatedError, prepare_import, write_import
from referral_directory.import_log import past_imports
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.loading import load_starter
from referral_directory.models import Place
from referral_directory.verification import verify
from referral_directory.versions import Seen
from storage.database import READ_ONLY, Base, prepare_sqlite
from tests.referral_directory.files import ORGANIZATION, PHONE, SERVICE, content, write_rows
from tests.referral_directory.people import EDITOR
from tests.referral_directory.samples import NOW, TODAY, put_organization, put_phone, put_service

ROWS = [ORGANIZATION, SERVICE, PHONE, {"record": "service", "slug": "osc-gao", "action": "fermer"}]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """The starter directory in a file, with which several connections work."""
    engine = create_engine(f"sqlite:///{tmp_path / 'annuaire.db'}")
    prepare_sqlite(engine)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        load_starter(connection, now=NOW)
    yield engine
    engine.dispose()


def test_nobody_waits_while_a_file_is_read_and_compared(engine: Engine, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.csv", ROWS)
    reader = engine.execution_options(**{READ_ONLY: True})
    # A writer that holds the lock: who asked for it too would wait, and fail.
    with engine.begin() as writer, reader.begin() as connection:
        put_organization(writer, "ailleurs")
        prepared = prepare_import(connection, path, now=NOW, hold=True)
    assert len(prepared.plan.found.changes) == 4


def test_what_was_prepared_is_written_from_another_connection(
    engine: Engine, tmp_path: Path
) -> None:
    path = write_rows(tmp_path / "x.csv", ROWS)
    with engine.execution_options(**{READ_ONLY: True}).begin() as connection:
        prepared = prepare_import(connection, path, now=NOW, hold=True)
    with engine.begin() as connection:
        report = write_import(connection, prepared, actor="test", file_name="liste.csv")
        assert (report.added, report.removed, report.written) == (3, 1, True)
        assert [one.file_name for one in past_imports(connection, NOW)] == ["liste.csv"]


def _verified(directory: Connection) -> None:
    verify(directory, "osc-mopti", by="A", on=TODAY, now=NOW)


def _added(directory: Connection) -> None:
    put_organization(directory, "ailleurs")


def _closed(directory: Connection) -> None:
    deeds.close(directory, EDITOR, Seen("service", "osc-mopti", 1), NOW)


def _kept_back(directory: Connection) -> None:
    deeds.restrict(directory, EDITOR, Seen("service", "osc-mopti", 1), NOW)


def _in_review(directory: Connection) -> None:
    new = NewEdit("service", "cri-des-meres", 1, {"name_fr": "Autre"}, publishes=True)
    propose(directory, EDITOR, new, NOW)


def _moved(directory: Connection) -> None:
    directory.execute(update(Place).where(Place.slug == "sevare").values(cercle_slug=None))


@pytest.mark.parametrize(
    "save",
    [_verified, _added, _closed, _kept_back, _in_review, _moved],
    ids=lambda one: one.__name__,
)
def test_what_somebody_saved_meanwhile_is_noticed(
    starter: Connection, tmp_path: Path, save: Callable[[Connection], None]
) -> None:
    path = write_rows(tmp_path / "x.csv", ROWS)
    prepared = prepare_import(starter, path, now=NOW, hold=True)
    save(starter)
    before = content(starter)
    with pytest.raises(PreviewOutdatedError):
        write_import(starter, prepared, actor="test")
    assert content(starter) == before


def test_what_new_entries_will_look_like_is_known_beforehand(places_only: Connection) -> None:
    put_organization(places_only, "neuve", name_bm="Tɔn kura", email="a@exemple.ml")
    put_service(places_only, "s", "sevare", organization="neuve", latitude=14.5, longitude=-4.1,
                areas="gao|mali", hours="lun-ven 08:00-17:00", languages="bm|fr",
                accessibility="ramp", clinical_known_on=TODAY, assured_date=None)  # fmt: skip
    put_phone(places_only, "tel", "20212299", service="s", hours="lun 08:00-12:00", is_free=True,
              assured_date=None)  # fmt: skip
    areas = read_areas(places_only)
    found: list[tuple[str, Any]] = [
        ("organization", read_organizations(places_only, ["neuve"])[0]),
        ("service", read_services(places_only, ["s"])[0]),
        ("phone", read_phones(places_only, ["tel"])[0]),
    ]
    for subject, record in found:
        read = read_images(places_only, subject, [record.slug])[record.slug]
        assert digest(image_of_new(record, areas, NOW)) == digest(read)
