"""A search always leads somewhere, in the order that is safe."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, update

from referral_directory.loading import DATA, read_csv
from referral_directory.models import Organization, Phone, Service, ServiceArea
from referral_directory.schemas import FoundServices
from referral_directory.search import find_for_needs, find_services
from referral_directory.vocabulary import Answer, Fallback, Need, ServiceKind, Status, Width
from tests.referral_directory.samples import (
    NOW,
    TODAY,
    days_ago,
    put_organization,
    put_phone,
    put_service,
    set_values,
)

ALL_PLACES = [row["slug"] for row in read_csv(DATA / "places.csv")]


def _find(directory: Connection, need: Need, place: str | None, **said: Any) -> FoundServices:
    return find_services(directory, need, place, now=NOW, **said)


def _slugs(found: FoundServices) -> list[str]:
    return [card.slug for card in found.services]


def _named(found: FoundServices) -> list[str]:
    """What was found by name, without the public structure that completes a single door."""
    return [card.slug for card in found.services if card.kind is ServiceKind.ENTRY]


def _leads_somewhere(found: FoundServices) -> None:
    assert found.services
    assert not found.services[0].is_police
    assert not any(card.restricted for card in found.services)
    assert len({card.slug for card in found.services}) == len(found.services)
    if found.width is Width.NONE:
        assert found.fallback in {Fallback.NATIONAL_LINES, Fallback.PUBLIC_STRUCTURE}
    police = [line.is_police for line in found.national_lines]
    assert police == sorted(police)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    need=st.sampled_from(list(Need)),
    place=st.sampled_from([None, "atlantis", *ALL_PLACES]),
    sexual_violence=st.booleans(),
    within_72h=st.booleans(),
    minor=st.booleans(),
    allow_unverified=st.booleans(),
    limit=st.integers(min_value=-1, max_value=8),
)
def test_no_search_ends_with_nothing(
    starter: Connection, need: Need, place: str | None, limit: int, **said: bool
) -> None:
    found = _find(starter, need, place, limit=limit, **said)
    _leads_somewhere(found)
    assert len(found.services) <= max(1, limit)
    if said["sexual_violence"] and need not in {Need.COMPLAINT, Need.PROTECTION}:
        assert not any(card.is_police for card in found.services)
        assert not any(line.is_police for line in found.national_lines)
    if said["sexual_violence"] and need is not Need.MEDICAL:
        assert found.health is not None
        assert Need.MEDICAL in found.health.needs


def test_every_place_and_need_leads_somewhere_when_only_one_number_is_verified(
    starter: Connection,
) -> None:
    set_values(starter, Phone, "tel-18", assured_date=TODAY)
    for need in Need:
        for place in ALL_PLACES:
            found = _find(starter, need, place, sexual_violence=True, within_72h=True)
            _leads_somewhere(found)
            assert [line.number for line in found.national_lines] == ["18"]


@pytest.mark.parametrize("need", list(Need))
def test_with_every_named_service_closed_the_public_structure_is_left(
    starter: Connection, need: Need
) -> None:
    starter.execute(
        update(Service).where(Service.kind == ServiceKind.ENTRY).values(status=Status.CLOSED)
    )
    starter.execute(delete(Phone))
    found = _find(starter, need, "cercle-kidal", allow_unverified=True)
    _leads_somewhere(found)
    assert found.width is Width.NONE
    assert found.fallback is Fallback.PUBLIC_STRUCTURE
    assert all(card.kind is ServiceKind.PUBLIC_STRUCTURE for card in found.services)


def test_what_nobody_verified_is_shown_in_demonstrations_alone(starter: Connection) -> None:
    assert _named(_find(starter, Need.MEDICAL, "sevare", allow_unverified=True)) == ["osc-mopti"]
    found = _find(starter, Need.MEDICAL, "sevare")
    assert "osc-mopti" not in _slugs(found)
    assert found.national_lines == ()


def test_no_draft_is_shown_in_a_demonstration(starter: Connection) -> None:
    drafts = {row["slug"] for row in read_csv(DATA / "services.csv") if row["status"] == "draft"}
    assert drafts
    for need in Need:
        for place in (None, "cercle-tombouctou", "cercle-gao", "bamako", "cercle-kati"):
            found = _find(starter, need, place, allow_unverified=True, limit=50)
            assert drafts.isdisjoint(_slugs(found))


def test_the_cercle_comes_before_the_region(places_only: Connection) -> None:
    put_service(places_only, "in-djenne", "cercle-djenne")
    put_service(places_only, "in-mopti", "cercle-mopti")
    found = _find(places_only, Need.MEDICAL, "sevare")
    assert (_named(found), found.width) == (["in-mopti"], Width.CERCLE)
    assert found.fallback is Fallback.NOT_NEEDED


def test_nothing_in_the_cercle_widens_to_the_region_and_says_so(places_only: Connection) -> None:
    put_service(places_only, "in-djenne", "cercle-djenne")
    found = _find(places_only, Need.MEDICAL, "sevare")
    assert (_named(found), found.width) == (["in-djenne"], Width.REGION)
    assert found.fallback is Fallback.WIDER_AREA
    assert found.found_in is not None
    assert found.found_in.fr == "Mopti"


def test_nothing_in_the_region_widens_to_the_nearest_region(places_only: Connection) -> None:
    put_service(places_only, "in-segou", "cercle-segou")
    put_service(places_only, "in-bandiagara", "cercle-bandiagara")
    put_service(places_only, "in-kayes", "cercle-kayes")
    found = _find(places_only, Need.MEDICAL, "sevare")
    assert _slugs(found)[0] == "in-bandiagara"
    assert (found.width, found.fallback) == (Width.NEARBY, Fallback.WIDER_AREA)
    assert found.found_in is not None
    assert found.found_in.fr == "Bandiagara"


def test_a_region_a_day_away_is_no_help(places_only: Connection) -> None:
    put_service(places_only, "in-kayes", "cercle-kayes")
    found = _find(places_only, Need.MEDICAL, "cercle-gao")
    assert found.width is Width.NONE
    assert _slugs(found)[0] == "cscom-csref"


def test_what_serves_the_whole_country_comes_before_giving_up(places_only: Connection) -> None:
    put_service(places_only, "everywhere", areas="mali", needs="legal")
    found = _find(places_only, Need.LEGAL, "cercle-kidal")
    assert _slugs(found)[0] == "everywhere"
    assert found.width is Width.NATIONAL


def test_lines_of_the_country_come_with_every_answer(places_only: Connection) -> None:
    put_phone(places_only, "tel-18", "18", reach="national", is_emergency=True)
    found = _find(places_only, Need.LIVELIHOOD, "cercle-kidal")
    assert [line.number for line in found.national_lines] == ["18"]
    assert found.fallback is Fallback.NATIONAL_LINES


def test_a_single_door_is_completed_with_the_public_structure(places_only: Connection) -> None:
    put_service(places_only, "only-one", "sevare")
    for place in ("sevare", "mopti", "cercle-djenne"):
        found = _find(places_only, Need.MEDICAL, place)
        assert _slugs(found) == ["only-one", "cscom-csref"]
    assert _slugs(_find(places_only, Need.MEDICAL, "sevare", limit=1)) == ["only-one"]
    put_service(places_only, "second", "sevare")
    assert _slugs(_find(places_only, Need.MEDICAL, "sevare")) == ["only-one", "second"]


def test_the_nearest_comes_first(places_only: Connection) -> None:
    put_service(places_only, "a-far", "hombori")
    put_service(places_only, "z-near", "boni")
    put_service(places_only, "no-place", areas="cercle-douentza")
    found = _find(places_only, Need.MEDICAL, "boni")
    assert _slugs(found) == ["z-near", "a-far", "no-place"]
    distances = [card.distance_km for card in found.services]
    assert distances[0] == 0.0
    assert distances[1] == pytest.approx(60, abs=10)
    assert distances[2] is None


def test_own_coordinates_count_before_the_centre_of_the_town(places_only: Connection) -> None:
    put_service(places_only, "a", "cercle-bamako", latitude=12.70, longitude=-8.10)
    put_service(places_only, "b", "cercle-bamako", latitude=12.61, longitude=-8.00)
    assert _slugs(_find(places_only, Need.MEDICAL, "bamako-commune-5")) == ["b", "a"]


def test_verified_comes_before_unverified(places_only: Connection) -> None:
    put_service(places_only, "a", "sevare", assured_date=None)
    put_service(places_only, "b", "cercle-mopti")
    found = _find(places_only, Need.MEDICAL, "sevare", allow_unverified=True)
    assert _slugs(found) == ["b", "a"]


def test_within_72_hours_confirmed_treatment_comes_first(places_only: Connection) -> None:
    put_service(places_only, "a-without", "sevare", pep=Answer.NO)
    put_service(places_only, "b-unknown", "sevare")
    put_service(places_only, "c-with", "cercle-mopti", pep=Answer.YES)
    soon = _find(places_only, Need.MEDICAL, "sevare", within_72h=True)
    assert _slugs(soon) == ["c-with", "b-unknown", "a-without"]
    assert soon.pep_confirmed
    later = _find(places_only, Need.MEDICAL, "sevare")
    assert _slugs(later) == ["a-without", "b-unknown", "c-with"]


def test_within_72_hours_treatment_in_the_region_beats_being_at_hand(
    places_only: Connection,
) -> None:
    put_service(places_only, "at-hand", "cercle-mopti")
    put_service(places_only, "with-pep", "cercle-djenne", pep=Answer.YES)
    found = _find(places_only, Need.MEDICAL, "sevare", within_72h=True)
    assert _slugs(found) == ["with-pep", "at-hand"]
    assert not _find(places_only, Need.MEDICAL, "sevare").pep_confirmed


def test_a_shelter_is_never_found_only_who_arranges_it(places_only: Connection) -> None:
    put_service(places_only, "refuge", areas="mopti", needs="shelter", restricted=True)
    put_service(places_only, "arranges", "cercle-mopti", needs="shelter", restricted=False)
    assert _named(_find(places_only, Need.SHELTER, "sevare")) == ["arranges"]


def test_a_restricted_service_is_found_for_no_need_and_at_no_width(
    places_only: Connection,
) -> None:
    put_service(places_only, "refuge", areas="mopti|mali", needs="shelter|medical", restricted=True)
    for need in (Need.SHELTER, Need.MEDICAL):
        for place in (None, "sevare", "mopti", "cercle-segou"):
            assert "refuge" not in _slugs(_find(places_only, need, place, limit=50))


def test_police_is_never_first_even_where_it_is_all_there_is(places_only: Connection) -> None:
    put_organization(places_only, "brigade", kind="gendarmerie")
    put_service(places_only, "only", "sevare", needs="complaint", organization="brigade")
    found = _find(places_only, Need.COMPLAINT, "sevare", sexual_violence=True)
    assert not found.services[0].is_police
    assert "only" in _slugs(found)
    assert len(_find(places_only, Need.COMPLAINT, "sevare", limit=1).services) == 1


def test_police_at_hand_does_not_push_out_who_is_farther(places_only: Connection) -> None:
    put_organization(places_only, "brigade", kind="police")
    put_service(places_only, "station", "sevare", needs="complaint", organization="brigade")
    put_service(places_only, "clinic", "cercle-mopti", needs="complaint")
    found = _find(places_only, Need.COMPLAINT, "sevare")
    assert _slugs(found) == ["clinic", "station"]
    assert _slugs(_find(places_only, Need.COMPLAINT, "sevare", limit=1)) == ["clinic"]


def test_after_sexual_violence_police_is_shown_only_when_asked(places_only: Connection) -> None:
    put_organization(places_only, "brigade", kind="police")
    put_service(
        places_only, "station", "sevare", needs="protection|complaint|legal", organization="brigade"
    )
    asked = _find(places_only, Need.COMPLAINT, "sevare", sexual_violence=True)
    assert "station" in _slugs(asked)
    protected = _find(places_only, Need.PROTECTION, "sevare", sexual_violence=True)
    assert protected.services[-1].is_police
    for need in (Need.MEDICAL, Need.PSYCHOSOCIAL, Need.LEGAL, Need.CASE_MANAGEMENT):
        other = _find(places_only, need, "sevare", sexual_violence=True)
        assert not any(card.is_police for card in other.services)


def test_services_that_take_no_minors_are_left_out_for_minors(places_only: Connection) -> None:
    put_service(places_only, "a-adults", "sevare", takes_minors=Answer.NO)
    put_service(places_only, "b-unknown", "sevare")
    put_service(places_only, "c-minors", "sevare", takes_minors=Answer.YES)
    found = _find(places_only, Need.MEDICAL, "sevare", minor=True)
    assert _slugs(found) == ["c-minors", "b-unknown"]


def test_a_verification_too_old_hides_a_service_and_its_last_day_does_not(
    places_only: Connection,
) -> None:
    put_service(places_only, "s", "sevare", assured_date=days_ago(180))
    put_service(places_only, "other", "mopti")
    assert "s" in _slugs(_find(places_only, Need.MEDICAL, "sevare"))
    set_values(places_only, Service, "s", assured_date=days_ago(181))
    assert "s" not in _slugs(_find(places_only, Need.MEDICAL, "sevare"))


def test_a_closed_organisation_takes_its_services_along(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare", assured_date=TODAY)
    set_values(places_only, Organization, "essai", status=Status.CLOSED)
    found = _find(places_only, Need.MEDICAL, "sevare", allow_unverified=True)
    assert "s" not in _slugs(found)


def test_anywhere_finds_what_serves_the_country(places_only: Connection) -> None:
    put_service(places_only, "everywhere", areas="mali")
    found = _find(places_only, Need.MEDICAL, None)
    assert _slugs(found)[0] == "everywhere"
    assert (found.width, found.fallback) == (Width.NATIONAL, Fallback.NOT_NEEDED)


def test_an_unknown_place_is_anywhere(places_only: Connection) -> None:
    found = _find(places_only, Need.MEDICAL, "atlantis")
    assert found.asked_place is None
    _leads_somewhere(found)


def test_a_service_with_many_areas_is_shown_once(places_only: Connection) -> None:
    put_service(places_only, "s", "sevare", areas="mopti|cercle-mopti|cercle-djenne")
    assert _named(_find(places_only, Need.MEDICAL, "mopti")) == ["s"]
    assert places_only.execute(
        ServiceArea.__table__.select().where(ServiceArea.service_slug == "s")
    ).all()


def test_a_search_asks_the_database_a_fixed_number_of_times(places_only: Connection) -> None:
    def statements(services: int) -> int:
        asked: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        for number in range(services):
            put_service(places_only, f"s{services}-{number}", "sevare", hours="lun 08:00-12:00")
        event.listen(places_only, "before_cursor_execute", note)
        _find(places_only, Need.MEDICAL, "sevare")
        event.remove(places_only, "before_cursor_execute", note)
        return len(asked)

    few = statements(2)
    assert statements(40) == few
    assert few <= 5  # place, candidates, cards, their numbers, the lines of the country


def test_what_several_needs_share_is_asked_once(places_only: Connection) -> None:
    put_service(places_only, "talk", "sevare", needs="psychosocial")
    put_service(places_only, "care", "sevare", needs="medical")
    needs = (Need.MEDICAL, Need.PSYCHOSOCIAL)
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(places_only, "before_cursor_execute", note)
    together = find_for_needs(places_only, needs, "sevare", now=NOW, limit=1)
    event.remove(places_only, "before_cursor_execute", note)
    assert together == [_find(places_only, need, "sevare", limit=1) for need in needs]
    assert len(asked) == 6  # one look for each need, all else once


def test_all_cards_of_an_answer_are_read_at_once(places_only: Connection) -> None:
    put_service(places_only, "talk", "sevare", needs="psychosocial|protection")
    put_service(places_only, "care", "sevare")
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(places_only, "before_cursor_execute", note)
    found = _find(places_only, Need.PROTECTION, "mopti", sexual_violence=True, limit=3)
    event.remove(places_only, "before_cursor_execute", note)
    assert found.health is not None
    assert found.services[-1].is_police
    assert len([one for one in asked if "services.description_fr" in one]) == 1


def test_after_a_disclosure_what_offers_all_at_one_place_comes_first(
    places_only: Connection,
) -> None:
    put_service(places_only, "a-lawyer", "sevare", needs="psychosocial|legal")
    put_service(places_only, "z-one-stop", "cercle-mopti", needs="medical|psychosocial|legal")
    told = _find(places_only, Need.PSYCHOSOCIAL, "sevare", disclosed=True)
    assert _slugs(told) == ["z-one-stop", "a-lawyer"]
    assert _slugs(_find(places_only, Need.PSYCHOSOCIAL, "sevare")) == ["a-lawyer", "z-one-stop"]


def test_what_travels_in_another_region_without_a_number_is_not_offered_here(
    places_only: Connection,
) -> None:
    put_service(places_only, "mobile", areas=("cercle-bandiagara",))
    assert "mobile" in _slugs(_find(places_only, Need.MEDICAL, "cercle-bandiagara"))
    assert "mobile" not in _slugs(_find(places_only, Need.MEDICAL, "cercle-mopti"))
    put_phone(places_only, "its-number", "76000000", service="mobile")
    assert "mobile" in _slugs(_find(places_only, Need.MEDICAL, "cercle-mopti"))


def test_who_asks_for_police_finds_it_last_and_always(starter: Connection) -> None:
    for region in ("kidal", "gao", "bamako", "kayes"):
        found = _find(starter, Need.PROTECTION, region, allow_unverified=True, limit=3)
        assert [card.is_police for card in found.services].count(True) == 1
        assert found.services[-1].is_police
