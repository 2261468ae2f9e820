"""Templates are read back as what they ask for; a printed directory holds what is verified."""

import csv
from pathlib import Path

import openpyxl
import pytest
from fontTools.ttLib import TTFont
from sqlalchemy import Connection

from bot import bootstrap
from bot.adapters.printed_directory import sheet_of
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue
from referral_directory.directory_paper import FONTS, Sheet, print_directory
from referral_directory.inventory import read_services
from referral_directory.labels import COLUMN_LABELS, KIND_LABELS
from referral_directory.models import Location
from referral_directory.printed import UnknownRegionError, collect
from referral_directory.tables import KINDS, UnreadableFileError
from referral_directory.templates import choices_of, columns_of, write_template
from tests.referral_directory.files import bring_in
from tests.referral_directory.samples import NOW, days_ago, put_phone, put_service
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything

FILLED = {
    "organization": {"slug": "neuve", "kind": "association ou ONG", "name_fr": "Neuve"},
    "service": {
        "slug": "ecoute-neuve",
        "organization": "neuve",
        "name_fr": "Écoute",
        "description_fr": "On écoute",
        "needs": "Parler à quelqu'un",
        "place": "Sévaré",
        "fees": "gratuit",
    },
    "phone": {
        "slug": "tel-neuf",
        "number": "20 21 22 23",
        "organization": "neuve",
        "label_fr": "Accueil",
    },
}


def test_an_empty_workbook_asks_for_nothing_and_a_filled_one_comes_in(
    starter: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "modele.xlsx"
    write_template(path)
    empty = bring_in(starter, path)
    assert (empty.changes, empty.problems) == ((), ())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == "Mode d'emploi"
    for kind, cells in FILLED.items():
        columns = columns_of(kind)
        row = {**cells, "source": "appel"}
        book[KIND_LABELS[kind]].append([row.get(name) for name in columns])
    book.save(path)
    report = bring_in(starter, path)
    assert (report.problems, report.added) == ((), 3)
    service = next(one for one in read_services(starter) if one.slug == "ecoute-neuve")
    assert (service.needs, service.place, service.fees) == (("psychosocial",), "sevare", "free")


def test_a_table_template_comes_in_with_its_instructions_left_out(
    starter: Connection, tmp_path: Path
) -> None:
    path = tmp_path / "modele.csv"
    write_template(path)
    assert bring_in(starter, path).problems == ()
    with path.open("a", encoding="utf-8", newline="") as lines:
        headings = path.read_text("utf-8-sig").splitlines()[0].split(";")
        writer = csv.DictWriter(lines, headings, restval="", delimiter=";")
        for kind, cells in FILLED.items():
            row = {**cells, "record": kind, "source": "appel"}
            writer.writerow({COLUMN_LABELS[name]: value for name, value in row.items()})
    report = bring_in(starter, path)
    assert (report.problems, report.added) == ((), 3)


@pytest.mark.parametrize("kind", KINDS)
def test_every_choice_of_a_template_is_understood(
    starter: Connection, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "modele.xlsx"
    for column in columns_of(kind):
        for choice in choices_of(kind, column):
            write_template(path)
            book = openpyxl.load_workbook(path)
            row = {**FILLED[kind], "source": "appel", column: choice}
            book[KIND_LABELS[kind]].append([row.get(name) for name in columns_of(kind)])
            book.save(path)
            problems = bring_in(starter, path, dry_run=True).problems
            assert [
                one for one in problems if one.column == column and one.heading != "action"
            ] == []


def test_a_template_lets_nobody_confirm() -> None:
    for kind in KINDS:
        assert {"assured_date", "verified_by"}.isdisjoint(columns_of(kind))


# -- on paper ------------------------------------------------------------------------------------


def _sheet(
    directory: Connection, region: str = "mopti", bot_name: str | None = "jigi_bot"
) -> Sheet:
    renderer = Renderer(load_catalogue(bootstrap.LOCALES), {})
    return sheet_of(collect(directory, region, NOW), renderer, bot_name)


def _fill(directory: Connection) -> None:
    put_service(
        directory,
        "s",
        "sevare",
        name_fr="Centre Yiriwa",
        name_bm="Yiriwa so",
        address="Rue 12",
        hours="lun-ven 08:00-17:00",
    )
    put_phone(directory, "tel-s", "20212299", service="s")
    put_phone(directory, "tel-18", "18", reach="national", is_emergency=True, label_fr="Pompiers")


def test_a_verified_entry_is_printed_in_both_languages_with_its_date(
    places_only: Connection,
) -> None:
    _fill(places_only)
    sheet = _sheet(places_only)
    assert sheet.address == "https://t.me/jigi_bot"
    danger, *_, places = sheet.sections
    assert danger.blocks[0].numbers == ("18",)
    block = next(one for one in places.blocks if one.name == "Centre Yiriwa")
    assert (block.other_name, block.numbers) == ("Yiriwa so", ("+223 20 21 22 99",))
    assert "Vérifié le 23/11/2026" in block.checked
    assert "A sɛgɛsɛgɛra 23/11/2026" in block.checked
    assert any("Rue 12" in line for line in block.lines)
    assert "lun-ven 08:00-17:00" in block.lines
    assert _sheet(places_only, bot_name=None).address == ""


def test_nothing_unverified_of_elsewhere_or_secret_is_printed(places_only: Connection) -> None:
    _fill(places_only)
    put_service(places_only, "jamais", "sevare", assured_date=None, name_fr="SECRET")
    put_service(places_only, "vieux", "sevare", assured_date=days_ago(400), name_fr="SECRET")
    put_service(places_only, "brouillon", "sevare", status="draft", name_fr="SECRET")
    put_service(places_only, "loin", "cercle-gao", name_fr="SECRET")
    put_service(places_only, "cache", "sevare", address="SECRET", name_fr="Service")
    places_only.execute(
        Location.__table__.update()
        .where(Location.__table__.c.slug == "at-cache")
        .values(restricted=True)
    )
    put_shelter_with_everything(places_only)
    text = str(_sheet(places_only))
    assert "Centre Yiriwa" in text
    assert "SECRET" not in text
    assert betrays(text) == []
    assert "refuge" not in text.lower()


def test_police_comes_last_with_the_word_that_a_complaint_is_a_choice(
    starter: Connection,
) -> None:
    _make_all_verified(starter)
    (*_, places) = _sheet(starter, "bamako").sections
    police = [index for index, block in enumerate(places.blocks) if "choix" in str(block.lines)]
    assert police == list(range(len(places.blocks) - len(police), len(places.blocks)))


def _make_all_verified(directory: Connection) -> None:
    from referral_directory.models import Phone, Service  # noqa: PLC0415  # for this alone

    for model in (Phone, Service):
        table = model.__table__
        directory.execute(
            table.update().where(table.c.status == "published").values(assured_date=NOW.date())
        )


@pytest.mark.parametrize("region", ["mopti", "bamako"])
def test_a_region_becomes_a_document(starter: Connection, region: str) -> None:
    _make_all_verified(starter)
    sheet = _sheet(starter, region)
    pdf = print_directory(sheet)
    assert pdf.startswith(b"%PDF")
    assert print_directory(sheet) == pdf  # it says nothing about when it was made
    assert pdf.count(b"/Type /Page\n") > 1


def test_a_region_without_a_verified_service_says_so(places_only: Connection) -> None:
    sheet = _sheet(places_only, "taoudenit")
    (places,) = sheet.sections
    assert places.blocks == ()
    assert places.words == ("Aucun service vérifié ici.", "Dɛmɛyɔrɔ sɛgɛsɛgɛlen tɛ yan.")
    assert sheet.title == ("Services : Taoudénit", "Dɛmɛyɔrɔw : Tawudeni")
    assert print_directory(sheet).startswith(b"%PDF")


@pytest.mark.parametrize("letter", "ɛɔɲŋƐƆƝŊéèêçœ")
def test_letters_of_both_languages_are_drawn(letter: str) -> None:
    """What a font lacks would be left out without a word."""
    for name in ("Sans.ttf", "Sans-Bold.ttf"):
        assert ord(letter) in TTFont(FONTS / name).getBestCmap(), name


@pytest.mark.parametrize("region", ["atlantis", "sevare", "cercle-gao"])
def test_only_regions_are_printed(places_only: Connection, region: str) -> None:
    with pytest.raises(UnknownRegionError):
        collect(places_only, region, NOW)


def test_a_workbook_of_another_kind_is_still_refused(starter: Connection, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Listes"
    book.save(path)
    with pytest.raises(UnreadableFileError):
        bring_in(starter, path)
