"""The places that come with the directory."""

import pytest

from referral_directory.border import is_in_mali
from referral_directory.gazetteer import Gazetteer
from referral_directory.loading import DATA, read_csv, read_records
from referral_directory.places_build import renew_coordinates
from referral_directory.records import PlaceRecord
from referral_directory.spelling import fold
from referral_directory.vocabulary import PlaceKind

PLACES = read_records(PlaceRecord, DATA / "places.csv")
BY_SLUG = {place.slug: place for place in PLACES}


def _of(kind: PlaceKind) -> list[PlaceRecord]:
    return [place for place in PLACES if place.kind is kind]


@pytest.mark.parametrize(
    ("kind", "number"),
    [(PlaceKind.REGION, 20), (PlaceKind.CERCLE, 50), (PlaceKind.COMMUNE, 6)],
)
def test_the_levels_are_complete(kind: PlaceKind, number: int) -> None:
    assert len(_of(kind)) == number


def test_slugs_are_unique() -> None:
    assert len(BY_SLUG) == len(PLACES)


def test_every_place_lies_in_a_region_and_in_a_cercle_of_that_region() -> None:
    for place in PLACES:
        assert BY_SLUG[place.region].kind is PlaceKind.REGION
        if place.cercle:
            assert BY_SLUG[place.cercle].kind is PlaceKind.CERCLE
            assert BY_SLUG[place.cercle].region == place.region


def test_nearly_every_place_lies_in_the_outline_of_mali() -> None:
    outside = [one.slug for one in PLACES if not is_in_mali(one.latitude, one.longitude)]
    assert len(outside) <= 4  # towns on the border, where the outline is rough


def test_a_pin_on_any_place_falls_to_its_own_region(gazetteer: Gazetteer) -> None:
    for place in PLACES:
        found = gazetteer.nearest_cercle(place.latitude, place.longitude)
        assert found is not None, place.slug
        assert found.region == place.region, place.slug


def test_every_place_says_where_it_comes_from() -> None:
    assert all(place.source for place in PLACES)


def test_an_uncertain_region_keeps_the_old_one_and_says_so() -> None:
    kenieba = BY_SLUG["cercle-kenieba"]
    assert kenieba.region == "kayes"
    assert "incertaine" in kenieba.source


@pytest.mark.parametrize(
    ("cercle", "region"),
    [
        ("kolondieba", "bougouni"),
        ("yanfolila", "bougouni"),
        ("diema", "nioro"),
        ("bankass", "bandiagara"),
        ("koro", "bandiagara"),
        ("tominian", "san"),
        ("yorosso", "koutiala"),
        ("nara", "nara"),
        ("kita", "kita"),
        ("menaka", "menaka"),
    ],
)
def test_old_cercles_stand_in_their_region_of_2023(cercle: str, region: str) -> None:
    assert BY_SLUG[f"cercle-{cercle}"].region == region


@pytest.mark.parametrize(
    "name",
    ["Sévaré", "Kéniéba", "Konna", "Hombori", "Diabaly", "Ouélessébougou", "Bamako, Commune VI"],
)
def test_places_that_the_package_lacks_are_there(name: str, gazetteer: Gazetteer) -> None:
    found = gazetteer.match(name).found
    assert found is not None
    assert fold(found.name.fr) == fold(name)


def test_coordinates_are_those_of_geonames() -> None:
    rows = list(read_csv(DATA / "places.csv"))
    assert renew_coordinates(rows) == rows
    assert sum(row["code"].startswith("geonames:") for row in rows) > 100


def test_a_stale_coordinate_is_renewed_and_our_own_is_left() -> None:
    rows = [row for row in read_csv(DATA / "places.csv") if row["slug"] in {"fana", "sevare"}]
    stale = [row | {"latitude": "0.0"} for row in rows]
    renewed = {row["slug"]: row["latitude"] for row in renew_coordinates(stale)}
    assert renewed["fana"] == "12.7787"
    assert renewed["sevare"] == "0.0"
