"""Every field of a shelter is a canary, and every public door is opened: none of them sings.

A new door is one more function in `DOORS`; a new column is filled by itself, and must be allowed
by name before it may be seen.
"""

import json
import logging
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import Any

import pytest
import tablib
from sqlalchemy import Connection, String, Text, insert, select, update

from bot.adapters import service_texts as texts
from referral_directory.cards import service_card
from referral_directory.deeds import restrict
from referral_directory.edits import NewEdit, edits_of_entry, propose
from referral_directory.exchange import export_file
from referral_directory.life_tables import EntryEdit, EntryVersion
from referral_directory.models import (
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from referral_directory.phone_lines import emergency_numbers, helplines, phone_line
from referral_directory.printed import collect
from referral_directory.public_catalogue import PublicCatalogue, Query
from referral_directory.search import find_services
from referral_directory.verification_queue import due_entries, for_a_person, next_due
from referral_directory.versions import Seen, version_of
from referral_directory.vocabulary import Need
from storage.audit import audit_entries
from tests.referral_directory.conftest import places_only
from tests.referral_directory.people import EDITOR, READER
from tests.referral_directory.samples import NOW, days_ago, put_phone, put_service

__all__ = ["places_only"]
SLUG = "refuge"
CODED = {"slug", "organization_slug", "service_slug", "kind", "status", "mark", "fees", "type"} | {
    *("reach", "pep", "emergency_contraception", "woman_caregiver", "takes_minors", "takes_men"),
    *("asks_requisition", "asks_fee", "place_slug", "status_before", "number"),
}
PUBLIC = {
    f"services-{name}"
    for name in (
        *("name_fr", "name_bm", "description_fr", "description_bm", "eligibility_fr"),
        *("eligibility_bm", "fees_note_fr", "fees_note_bm", "source", "source_date"),
    )
}
"""What anybody may know of a shelter: that there is one, for whom, and where we have it from."""

FOR_STAFF = PUBLIC | {"services-verified_by", "services-fact_row"}
"""What stands in the files that staff take out, beside that."""

WHERE = ("20212223", "20 21 22 23", "15.4321", "1.2345", "06:17", "6, 17", "ombori")
AREAS = ("cercle-douentza", "douentza", "mopti", "sevare", None)


def canary(table: str, column: str) -> str:
    return f"canari-{table}-{column}."


def fill(directory: Connection, model: Any, slug: str) -> list[str]:
    """Put a canary into every field of text of a row; return them."""
    table = model.__table__
    names = [
        column.name
        for column in table.columns
        if isinstance(column.type, String | Text) and column.name not in CODED
    ]
    # Short columns hold what they can: on SQLite, all of it.
    values = {name: canary(table.name, name) for name in names}
    directory.execute(update(model).where(table.c.slug == slug).values(**values))
    return list(values.values())


@pytest.fixture
def secrets(places_only: Connection) -> list[str]:
    """Enter a shelter as staff may, every field filled, and keep it back."""
    put_service(
        places_only,
        SLUG,
        areas="mopti",
        needs=tuple(Need),
        assured_date=days_ago(100),
        restricted=False,
    )
    put_service(places_only, "open", "sevare", needs=tuple(Need))
    places_only.execute(
        insert(Location).values(
            slug=f"at-{SLUG}",
            organization_slug="essai",
            place_slug="hombori",
            latitude=15.4321,
            longitude=-1.2345,
            restricted=False,
        )
    )
    places_only.execute(
        insert(ServiceAtLocation).values(service_slug=SLUG, location_slug=f"at-{SLUG}")
    )
    places_only.execute(
        insert(Schedule).values(
            service_slug=SLUG, day=0, opens_at=time(6, 17), closes_at=time(23, 59)
        )
    )
    for slug, national in (("tel-refuge", False), ("tel-refuge-n", True)):
        put_phone(
            places_only,
            slug,
            "20212223",
            service=SLUG,
            reach="national" if national else "local",
            is_emergency=national,
            assured_date=days_ago(100),
        )
    words = fill(places_only, Service, SLUG)
    words += fill(places_only, Location, f"at-{SLUG}")
    words += fill(places_only, Phone, "tel-refuge")
    fill(places_only, Phone, "tel-refuge-n")
    return [*words, *WHERE]


# -- the doors ---------------------------------------------------------------------------------


def cards(directory: Connection, _folder: Path) -> str:
    """What the bot says about a service, its pin included."""
    said = []
    for expired_too in (False, True):
        card = service_card(
            directory, SLUG, now=NOW, allow_unverified=True, expired_too=expired_too
        )
        if card is not None:
            lines = [*texts.card_lines(card, NOW), texts.entry_line(1, card)]
            said.append(repr((card, lines, card.latitude, card.longitude)))
    return "".join(said)


def searches(directory: Connection, _folder: Path) -> str:
    """Every list there is: each need, near and far."""
    return "".join(
        repr(find_services(directory, need, place, now=NOW, allow_unverified=unverified))
        for need in Need
        for place in AREAS
        for unverified in (False, True)
    )


def numbers(directory: Connection, _folder: Path) -> str:
    """Lists of numbers, and single ones."""
    lines: list[Any] = [
        emergency_numbers(directory, now=NOW, allow_unverified=True),
        helplines(directory, now=NOW, allow_unverified=True),
        *(helplines(directory, now=NOW, need=need, allow_unverified=True) for need in Need),
        *(
            phone_line(directory, slug, now=NOW, allow_unverified=True)
            for slug in ("tel-refuge", "tel-refuge-n")
        ),
    ]
    return repr(lines)


def hsds_file(directory: Connection, folder: Path) -> str:
    export_file(directory, folder / "a.json", "hsds")
    return (folder / "a.json").read_text(encoding="utf-8")


def hsds_api(directory: Connection, _folder: Path) -> str:
    """The pages of the public interface, and each entry of them."""
    catalogue = PublicCatalogue(directory, NOW)
    pages = [
        getattr(catalogue, name)(Query())
        for name in ("services", "organizations", "service_at_locations", "taxonomy_terms")
    ]
    found = [catalogue.service(str(one["id"])) for one in pages[0].contents]
    return json.dumps([repr(pages), found], ensure_ascii=False, default=str)


def printed(directory: Connection, _folder: Path) -> str:
    """What goes on paper for the region."""
    return repr(collect(directory, "mopti", NOW))


def queue_of_a_chat(directory: Connection, _folder: Path) -> str:
    """What the verification queue shows in Telegram, and to editors anywhere."""
    return repr(
        [
            next_due(directory, EDITOR, NOW, restricted=False),
            due_entries(directory, EDITOR, NOW),
            for_a_person(directory, EDITOR, NOW),
        ]
    )


def log_of_changes(directory: Connection, _folder: Path) -> str:
    """The audit log, the edits and the former versions, after somebody worked on the entry."""
    # An edit takes nothing for a date that is none.
    dated = update(Service).where(Service.slug == SLUG).values(source_date="2026-01-15")
    directory.execute(dated)
    version = version_of(directory, "service", SLUG)
    new = NewEdit("service", SLUG, version, {"name_fr": "Refuge"})
    propose(directory, EDITOR, new, NOW)
    rows: list[Any] = [
        directory.execute(select(audit_entries)).all(),
        directory.execute(select(*EntryEdit.__table__.columns)).all(),
        edits_of_entry(directory, READER, "service", SLUG),
    ]
    return repr(rows)


def staff_csv(directory: Connection, folder: Path) -> str:
    export_file(directory, folder / "a.csv", "csv")
    return (folder / "a.csv").read_text(encoding="utf-8")


def staff_xlsx(directory: Connection, folder: Path) -> str:
    export_file(directory, folder / "a.xlsx", "xlsx")
    book = tablib.Databook().load((folder / "a.xlsx").read_bytes(), format="xlsx")
    return "".join(sheet.export("csv") for sheet in book.sheets())


DOORS: list[tuple[Callable[[Connection, Path], str], set[str]]] = [
    (cards, PUBLIC),
    (searches, PUBLIC),
    (numbers, set()),
    (hsds_file, PUBLIC),
    (hsds_api, PUBLIC),
    (printed, PUBLIC),
    (queue_of_a_chat, set()),
    (log_of_changes, PUBLIC),
    (staff_csv, FOR_STAFF),
    (staff_xlsx, FOR_STAFF),
]
"""Each way out, and whose canaries may be heard there."""


def heard(text: str, secrets: list[str], allowed: set[str]) -> list[str]:
    may_be_heard = {f"canari-{name}." for name in allowed}
    return [one for one in secrets if one not in may_be_heard and one in text]


@pytest.mark.parametrize("way", DOORS, ids=[door.__name__ for door, _ in DOORS])
def test_s24_s25_no_public_door_betrays_a_shelter(
    places_only: Connection,
    secrets: list[str],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    way: tuple[Callable[[Connection, Path], str], set[str]],
) -> None:
    door, allowed = way
    caplog.set_level(logging.DEBUG)
    version = version_of(places_only, "service", SLUG)
    restrict(places_only, EDITOR, Seen("service", SLUG, version), NOW)
    # The version from before, kept for who was editing then, goes when the entry is kept back.
    assert (
        heard(repr(places_only.execute(select(EntryVersion.cells)).all()), secrets, FOR_STAFF) == []
    )
    text = door(places_only, tmp_path)
    assert text
    assert heard(text, secrets, allowed) == []
    assert heard(caplog.text, secrets, set()) == []


@pytest.mark.parametrize(
    "door", [cards, searches, hsds_file, staff_csv], ids=lambda door: door.__name__
)
def test_the_canaries_sing_where_a_place_is_open(
    places_only: Connection,
    secrets: list[str],
    tmp_path: Path,
    door: Callable[[Connection, Path], str],
) -> None:
    """The search for canaries hears them: the test above can fail."""
    assert heard(door(places_only, tmp_path), secrets, PUBLIC)
