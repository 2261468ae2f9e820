"""Adds places from files that a deployer has: OCHA's COD-AB tables and GeoNames' country file.

Towns and communes come in as towns of the cercle the file names (OCHA) or of the nearest known
cercle (GeoNames, which names none). Regions and cercles stay ours. The gazetteer has to be read
again afterwards.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pydantic import ValidationError
from sqlalchemy import insert

from referral_directory.distance import great_circle_km
from referral_directory.entries import Database
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import place_values
from referral_directory.models import SLUG_LENGTH
from referral_directory.models import Place as PlaceRow
from referral_directory.records import PlaceRecord
from referral_directory.schemas import Place
from referral_directory.spelling import fold, plain
from referral_directory.tables import UnreadableFileError
from referral_directory.vocabulary import PlaceKind
from storage.audit import AuditEntry, record

SAME_PLACE_KM = 15.0
"""A name in the same cercle this close to a known one is that place."""

_LARGEST_BYTES = 60_000_000
_GEONAMES_COLUMNS = 19
_OCHA_NAMES = ("featurenam", "adm3_name", "adm3_fr", "adm3_en")
_OCHA_CERCLES = ("admin2name", "adm2_name", "adm2_fr", "adm2_en")
_OCHA_CODES = {"featurenam": "pcode"} | {
    name: "adm3_pcode" for name in _OCHA_NAMES if name != "featurenam"
}


@dataclass(frozen=True, slots=True)
class PlacesReport:
    """What an import of places did, or in a dry run would do."""

    added: int
    known: int
    skipped: int
    written: bool


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    cercle: str
    code: str
    latitude: str
    longitude: str
    source: str


def import_places(
    database: Database, path: Path, *, dry_run: bool, now: datetime, actor: str
) -> PlacesReport:
    """Add the places of a COD-AB table (.csv) or of GeoNames' ML.zip or ML.txt.

    Places that are known by their code, or by their name nearby, stay as they are. Rows without
    name, position or cercle are skipped.

    Raises:
        UnreadableFileError: When the file is neither.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise UnreadableFileError(f"the file is larger than {_LARGEST_BYTES // 1_000_000} MB")
    register = _Register(Gazetteer.read(database))
    added, known, skipped = [], 0, 0
    for row in _rows(path):
        place = register.place_of(row)
        if place is None:
            skipped += 1
        elif register.knows(place):
            known += 1
        else:
            register.enter(place)
            added.append(place_values(place))
    if added and not dry_run:
        database.execute(insert(PlaceRow), added)
        note = f"{len(added)} places"
        record(database, AuditEntry(now, actor, "places:imported", path.suffix, (), note))
    return PlacesReport(len(added), known, skipped, written=not dry_run)


class _Register:
    """The places there are, and those that came in so far."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        places = list(gazetteer.places())
        self._slugs = {place.slug for place in places}
        self._gazetteer = gazetteer
        self._cercles = {
            fold(place.name.fr): place for place in places if place.kind is PlaceKind.CERCLE
        }
        # Sources that leave out what stands after the first word: Nioro, Gourma.
        self._cercles |= {name.split()[0]: place for name, place in self._cercles.items()}
        self._near: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for place in places:
            self._remember(place.name.fr, place.cercle, (place.latitude, place.longitude))

    def _remember(self, name: str, cercle: str | None, point: tuple[float, float]) -> None:
        self._near.setdefault((fold(name), cercle or ""), []).append(point)

    def place_of(self, row: _Row) -> PlaceRecord | None:
        """Return the place of a row, or None for one that cannot be placed."""
        base = "-".join(plain(row.name).split())
        cercle = self._cercle(row)
        if not base or cercle is None:
            return None
        cells = {
            "slug": self._free_slug(base),
            "kind": PlaceKind.TOWN,
            "name_fr": row.name.strip(),
            "region": cercle.region,
            "cercle": cercle.cercle,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "code": row.code,
            "source": row.source,
        }
        try:
            return PlaceRecord.from_cells(cells)
        except ValidationError:
            return None

    def _cercle(self, row: _Row) -> Place | None:
        if row.cercle:
            return self._cercles.get(fold(row.cercle))
        try:
            return self._gazetteer.nearest_cercle(float(row.latitude), float(row.longitude))
        except ValueError:
            return None

    def _free_slug(self, base: str) -> str:
        slug, number = base[:SLUG_LENGTH].strip("-"), 1
        while slug in self._slugs:
            number += 1
            ending = f"-{number}"
            slug = base[: SLUG_LENGTH - len(ending)].strip("-") + ending
        return slug

    def knows(self, place: PlaceRecord) -> bool:
        """Tell whether a place of this name stands close by in the same cercle."""
        here = (place.latitude, place.longitude)
        points = self._near.get((fold(place.name_fr), place.cercle or ""), ())
        return any(great_circle_km(here, point) <= SAME_PLACE_KM for point in points)

    def enter(self, place: PlaceRecord) -> None:
        """Remember a place that comes in."""
        self._slugs.add(place.slug)
        self._remember(place.name_fr, place.cercle, (place.latitude, place.longitude))


def _rows(path: Path) -> Iterator[_Row]:
    try:
        if path.suffix.lower() == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as lines:
                yield from _ocha(csv.DictReader(lines))
        elif path.suffix.lower() == ".zip":
            with ZipFile(path) as archive, archive.open("ML.txt") as member:
                yield from _geonames(io.TextIOWrapper(member, encoding="utf-8"))
        else:
            with path.open(encoding="utf-8") as lines:
                yield from _geonames(lines)
    except (UnicodeDecodeError, BadZipFile, KeyError, csv.Error) as error:
        raise UnreadableFileError("the file is no table of places") from error


def _ocha(rows: Iterable[Mapping[str | None, str]]) -> Iterator[_Row]:
    for row in rows:
        cells = {str(name).lower(): value or "" for name, value in row.items()}
        named = next((name for name in _OCHA_NAMES if name in cells), None)
        if named is None:
            raise UnreadableFileError("no column with names of places (featureNam, ADM3_FR)")
        yield _Row(
            name=cells[named],
            cercle=next((cells[name] for name in _OCHA_CERCLES if name in cells), ""),
            code=cells.get(_OCHA_CODES[named], ""),
            latitude=cells.get("lat") or cells.get("latitude") or "",
            longitude=cells.get("lon") or cells.get("longitude") or "",
            source="OCHA COD-AB",
        )


def _geonames(lines: Iterable[str]) -> Iterator[_Row]:
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if len(cells) != _GEONAMES_COLUMNS:
            raise UnreadableFileError("not the columns of a GeoNames file")
        if cells[6] == "P" and cells[8] == "ML":
            yield _Row(
                name=cells[1],
                cercle="",
                code=f"geonames:{cells[0]}",
                latitude=cells[4],
                longitude=cells[5],
                source="GeoNames (CC BY 4.0)",
            )
