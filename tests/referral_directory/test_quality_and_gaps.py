"""Doubles, impossible numbers and gaps are found, nothing else is; nothing of a shelter shows."""

import io
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection

from referral_directory.gap_map import draw_png, draw_svg
from referral_directory.gaps import Cover, Gaps, find_gaps
from referral_directory.models import Phone, Service
from referral_directory.quality import FINDING_LABELS, Finding, are_alike, find_flaws, first_flaws
from referral_directory.vocabulary import Need
from storage.counters import Counters, week_of
from tests.referral_directory.samples import (
    NOW,
    days_ago,
    put_organization,
    put_phone,
    put_service,
    set_values,
)
from tests.referral_directory.test_cards import betrays, put_shelter_with_everything


def _found(directory: Connection, finding: Finding) -> list[tuple[str, tuple[str, ...]]]:
    flaws = [flaw for flaw in find_flaws(directory) if flaw.finding is finding]
    return [(flaw.slug, flaw.others) for flaw in flaws]


# -- quality -------------------------------------------------------------------------------------


def test_a_number_that_stands_twice_is_found(places_only: Connection) -> None:
    for slug, number in (("tel-a", "20212223"), ("tel-b", "+22320212223"), ("tel-c", "20212224")):
        put_phone(places_only, slug, number)
    assert _found(places_only, Finding.SAME_NUMBER) == [("tel-a", ("tel-b",))]
    set_values(places_only, Phone, "tel-b", status="closed")
    assert _found(places_only, Finding.SAME_NUMBER) == []


def test_of_each_kind_the_first_are_named_and_all_are_counted(places_only: Connection) -> None:
    for number in range(3):
        put_service(places_only, f"s{number}", "sevare", name_fr=f"Nom {number}", hours="")
        put_phone(places_only, f"tel-s{number}", f"2021222{number}", service=f"s{number}")
    few = first_flaws(places_only, 4)[Finding.MISSING_BAMBARA]
    assert few.total == len(_found(places_only, Finding.MISSING_BAMBARA)) == 6
    assert [flaw.slug for flaw in few.first] == ["tel-s0", "tel-s1", "tel-s2", "s0"]
    assert Finding.SAME_NUMBER not in first_flaws(places_only, 4)


def test_the_same_name_counts_only_nearby(places_only: Connection) -> None:
    put_service(places_only, "a", "sevare", name_fr="Centre d'écoute Yiriwa")
    put_service(places_only, "b", "cercle-mopti", name_fr="Centre d'ecoute Yiriwaa")
    put_service(places_only, "c", "cercle-gao", name_fr="Centre d'écoute Yiriwa")
    put_service(places_only, "d", "sevare", name_fr="Centre de santé Benso")
    assert _found(places_only, Finding.SAME_NAME_NEARBY) == [("a", ("b",))]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("association yiriwa", "yiriwa association", True),
        ("csref de la commune i", "csref de la commune iv", False),
        ("one stop center san", "one stop center segou", False),
        ("tribunal 3", "tribunal 4", False),
        ("clinique juridique wildaf", "clinique juridique wildaff", True),
    ],
)
def test_names_are_compared_as_a_person_would(one: str, other: str, *, alike: bool) -> None:
    assert are_alike(one, other) is alike


def test_doubles_of_organisations_are_found(places_only: Connection) -> None:
    put_organization(places_only, "un", name_fr="Association Kanuya")
    put_organization(places_only, "deux", name_fr="Kanuya (association)")
    assert _found(places_only, Finding.SAME_NAME_NEARBY) == [("deux", ("un",))]


def test_a_number_that_cannot_exist_is_found(places_only: Connection) -> None:
    put_phone(places_only, "tel-a", "20212223")
    set_values(places_only, Phone, "tel-a", number="00000000")
    put_phone(places_only, "court", "80333", status="draft", assured_date=None)
    put_phone(places_only, "tried", "80334")  # a short code that somebody dialled
    assert _found(places_only, Finding.INVALID_NUMBER) == [("court", ()), ("tel-a", ())]


@pytest.mark.parametrize(
    ("hours", "is_dead"),
    [
        ("lun 08:00-12:00; lun 11:00-17:00", True),
        ("lun 08:00-08:05", True),
        ("lun-ven 08:00-12:00; lun-ven 14:00-17:00", False),
        ("lun-dim 00:00-23:59", False),
        ("lun 23:50-23:59", False),
        ("", False),
    ],
)
def test_hours_that_cannot_be_right_are_found(
    places_only: Connection, hours: str, *, is_dead: bool
) -> None:
    put_service(places_only, "s", "sevare", hours=hours)
    assert bool(_found(places_only, Finding.DEAD_HOURS)) is is_dead


def test_missing_bambara_and_a_service_nobody_can_reach_are_found(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare")
    put_service(places_only, "bm", "sevare", name_bm="Dɔgɔtɔrɔso", address="Rue 12")
    missing = [slug for slug, _ in _found(places_only, Finding.MISSING_BAMBARA)]
    assert ("s" in missing, "bm" in missing) == (True, False)
    assert _found(places_only, Finding.NO_WAY_TO_REACH) == [("s", ())]
    put_phone(places_only, "tel-s", "20212223", service="s")
    assert _found(places_only, Finding.NO_WAY_TO_REACH) == []


def test_findings_have_french_names_and_show_nothing_of_a_shelter(places_only: Connection) -> None:
    put_shelter_with_everything(places_only)
    put_phone(places_only, "tel-autre", "20212223")
    assert betrays(find_flaws(places_only)) == []
    assert FINDING_LABELS.keys() == set(Finding)


# -- gaps ----------------------------------------------------------------------------------------


def _cover(gaps: Gaps, cercle: str, need: Need = Need.LEGAL) -> Cover:
    return next(row.covers[need] for row in gaps.rows if row.slug == cercle)


def test_an_empty_directory_is_all_gap(places_only: Connection) -> None:
    gaps = find_gaps(places_only, NOW)
    assert len(gaps.rows) == 55
    assert {cover for row in gaps.rows for cover in row.covers.values()} == {Cover.NONE}
    assert gaps.missing(Need.LEGAL) == 55
    assert set(gaps.rows[0].missing) == set(Need)


def test_a_verified_service_closes_the_gap_of_its_cercle_or_region(
    places_only: Connection,
) -> None:
    put_service(places_only, "a", "cercle-mopti", needs="legal")
    put_service(places_only, "b", areas="gao", needs="legal")
    put_service(places_only, "c", areas="mali", needs="legal")
    gaps = find_gaps(places_only, NOW)
    assert _cover(gaps, "cercle-mopti") is Cover.HERE
    assert _cover(gaps, "cercle-koro") is Cover.NONE
    assert _cover(gaps, "cercle-ansongo") is Cover.REGION
    assert _cover(gaps, "cercle-mopti", Need.MEDICAL) is Cover.NONE


@pytest.mark.parametrize(
    "values",
    [
        {"assured_date": None},
        {"assured_date": days_ago(400)},
        {"status": "draft"},
        {"restricted": True},
        {"kind": "public_structure"},
    ],
)
def test_what_is_not_verified_or_may_not_be_seen_closes_none(
    places_only: Connection, values: dict[str, Any]
) -> None:
    put_service(places_only, "a", "cercle-mopti", needs="legal")
    set_values(places_only, Service, "a", **values)
    assert _cover(find_gaps(places_only, NOW), "cercle-mopti") is Cover.NONE


def test_what_was_asked_for_stands_beside_what_was_not_found(places_only: Connection) -> None:
    put_service(places_only, "a", "cercle-mopti", needs="legal")
    last, this = week_of(NOW - timedelta(weeks=1)), week_of(NOW)
    for value, week, by in (
        ("legal mopti", last, 12),
        ("medical mopti", last, 12),
        ("legal gao", last, 3),
        ("legal kayes", this, 40),
        ("any mopti", last, 9),
    ):
        Counters().bump(places_only, "need_region", value, week, by)
    asked = find_gaps(places_only, NOW).asked
    assert [(one.region, one.need, one.shown, one.is_found) for one in asked] == [
        ("mopti", Need.MEDICAL, "10", False),
        ("gao", Need.LEGAL, "< 5", False),
        ("mopti", Need.LEGAL, "10", True),
    ]


def test_the_map_has_a_mark_for_each_cercle_and_need(places_only: Connection) -> None:
    put_service(places_only, "a", "cercle-mopti", needs="legal")
    gaps = find_gaps(places_only, NOW)
    drawn = ET.fromstring(draw_svg(gaps, "23/11/2026"))  # noqa: S314  # our own drawing
    marks = [group for group in drawn.iter() if group.tag.endswith("}g")]
    classes = [mark.get("class") for mark in marks]
    # The legend has one of each.
    assert (classes.count("here"), classes.count("region")) == (2, 1)
    assert classes.count("none") == 55 * len(Need)
    alone = draw_svg(gaps, "23/11/2026", (Need.LEGAL,))
    assert "Droit" in alone
    assert "Soins" not in alone


def test_the_map_can_be_a_picture(places_only: Connection) -> None:
    gaps = find_gaps(places_only, NOW)
    picture = Image.open(io.BytesIO(draw_png(gaps, "23/11/2026", scale=1)))
    assert picture.size[0] > 900
    colours = {colour for _, colour in picture.getcolors(1_000_000) or ()}
    assert (0xB3, 0x26, 0x1E) in colours
    assert (0x1B, 0x7F, 0x5C) in colours
