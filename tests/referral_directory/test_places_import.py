"""Places come in from the files of OCHA and GeoNames, each once."""

from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Connection, func, select

from referral_directory.gazetteer import Gazetteer
from referral_directory.models import Place
from referral_directory.places_import import PlacesReport, import_places
from referral_directory.tables import UnreadableFileError
from tests.referral_directory.samples import NOW

OCHA = """featureNam,pcode,admin1Name,admin2Name,longitude,latitude
Danderesso,ML030101001,Sikasso,Sikasso,-5.48,11.48
Fana,ML020301001,Koulikouro,Dioila,-6.96,12.78
Sikoroba,ML060301001,Tombouctou,Gourma-Rharous,-1.9,16.8
Nowhere,ML999999999,Nowhere,Nowhere,-5.0,13.0
Sans lieu,ML030101002,Sikasso,Sikasso,,
Danderesso,ML030101003,Sikasso,Sikasso,-5.49,11.47
"""


def _geonames(number: int, name: str, latitude: str, longitude: str, **other: str) -> str:
    cells = [""] * 19
    cells[0], cells[1], cells[4], cells[5] = str(number), name, latitude, longitude
    cells[6], cells[8] = other.get("feature", "P"), other.get("country", "ML")
    return "\t".join(cells) + "\n"


GEONAMES = "".join(
    [
        _geonames(1, "Danderesso", "11.48", "-5.48"),
        _geonames(2, "Sévaré", "14.53", "-4.09"),
        _geonames(3, "Mont Hombori", "15.27", "-1.68", feature="T"),
        _geonames(4, "Ailleurs", "12.0", "-6.0", country="BF"),
        _geonames(5, "En pleine mer", "0.0", "0.0"),
    ]
)


def _import(directory: Connection, path: Path, *, dry_run: bool = False) -> PlacesReport:
    return import_places(directory, path, dry_run=dry_run, now=NOW, actor="test")


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    if path.suffix == ".zip":
        with ZipFile(path, "w") as archive:
            archive.writestr("ML.txt", content)
    else:
        path.write_text(content, encoding="utf-8")
    return path


def _count(directory: Connection) -> int:
    return directory.execute(select(func.count()).select_from(Place)).scalar_one()


def test_places_of_ocha_stand_in_the_cercle_they_name(
    places_only: Connection, tmp_path: Path
) -> None:
    report = _import(places_only, _file(tmp_path, "adm.csv", OCHA))
    assert report == PlacesReport(added=2, known=2, skipped=2, written=True)
    found = Gazetteer.read(places_only).match("Dandérésso").found
    assert found is not None
    assert (found.cercle, found.region) == ("cercle-sikasso", "sikasso")


def test_communes_of_cod_ab_come_in_too(places_only: Connection, tmp_path: Path) -> None:
    table = "ADM2_FR,ADM3_FR,ADM3_PCODE,lat,lon\nSikasso,Danderesso,ML030105,11.48,-5.48\n"
    assert _import(places_only, _file(tmp_path, "adm3.csv", table)).added == 1
    code = select(Place.code).where(Place.slug == "danderesso")
    assert places_only.execute(code).scalar_one() == "ML030105"


@pytest.mark.parametrize("name", ["ML.zip", "ML.txt"])
def test_towns_of_geonames_stand_in_the_nearest_cercle(
    places_only: Connection, tmp_path: Path, name: str
) -> None:
    report = _import(places_only, _file(tmp_path, name, GEONAMES))
    assert (report.added, report.known, report.skipped) == (1, 1, 1)
    found = Gazetteer.read(places_only).match("Dandérésso").found
    assert found is not None
    assert found.cercle == "cercle-sikasso"


def test_a_second_import_adds_nothing(places_only: Connection, tmp_path: Path) -> None:
    path = _file(tmp_path, "adm.csv", OCHA)
    _import(places_only, path)
    before = _count(places_only)
    assert _import(places_only, path).added == 0
    assert _count(places_only) == before


def test_a_dry_run_adds_nothing(places_only: Connection, tmp_path: Path) -> None:
    before = _count(places_only)
    report = _import(places_only, _file(tmp_path, "adm.csv", OCHA), dry_run=True)
    assert (report.added, report.written) == (2, False)
    assert _count(places_only) == before


def test_two_places_of_one_name_get_slugs_of_their_own(
    places_only: Connection, tmp_path: Path
) -> None:
    rows = "".join(
        f"Fana,ML{number},x,{cercle},{longitude},{latitude}\n"
        for number, (cercle, longitude, latitude) in enumerate(
            [("Kita", -9.5, 13.0), ("Gao", 0.0, 16.2), ("Fana ailleurs " * 9, -9.0, 13.0)]
        )
    )
    header = OCHA.splitlines()[0] + "\n"
    assert _import(places_only, _file(tmp_path, "adm.csv", header + rows)).added == 2
    slugs = set(places_only.execute(select(Place.slug).where(Place.name_fr == "Fana")).scalars())
    assert slugs == {"fana", "fana-2", "fana-3"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("x.csv", "a,b\n1,2\n"), ("x.txt", "a\tb\n"), ("x.zip", "a\tb\n")],
)
def test_another_file_is_refused_in_words(
    places_only: Connection, tmp_path: Path, name: str, content: str
) -> None:
    with pytest.raises(UnreadableFileError):
        _import(places_only, _file(tmp_path, name, content))


def test_a_file_that_is_no_archive_is_refused(places_only: Connection, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"no archive")
    with pytest.raises(UnreadableFileError):
        _import(places_only, path)
