"""A place is found however it is written, and an ordinary word is not taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_directory.gazetteer import Gazetteer
from referral_directory.schemas import PlaceMatch
from referral_directory.spelling import fold


def _slugs(match: PlaceMatch) -> list[str]:
    return [match.found.slug] if match.found else [place.slug for place in match.candidates]


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("sevare", "sevare"),
        ("Ségu", "cercle-segou"),
        ("Segou", "cercle-segou"),
        ("SEGU", "cercle-segou"),
        ("Bamaco", "cercle-bamako"),
        ("tombouktou", "cercle-tombouctou"),
        ("Timbuktu", "cercle-tombouctou"),
        ("kulikoro", "cercle-koulikoro"),
        ("Kucala", "cercle-koutiala"),
        ("koutiala", "cercle-koutiala"),
        ("Ɲɔrɔ", "cercle-nioro"),
        ("nyoro", "cercle-nioro"),
        ("Jɛnɛ", "cercle-djenne"),
        ("Mopty", "cercle-mopti"),
        ("Welessebougou", "ouelessebougou"),
        ("région de Kayes", "kayes"),
        ("region de san", "san"),
        ("cercle de San", "cercle-san"),
        ("san", "cercle-san"),
        ("je suis à Gao", "cercle-gao"),
        ("Commune V", "bamako-commune-5"),
        ("bamako commune 5", "bamako-commune-5"),
        ("Yirimadio", "bamako-commune-6"),
        ("hɔnbori", "hombori"),
    ],
)
def test_spelling_is_forgiven(gazetteer: Gazetteer, typed: str, slug: str) -> None:
    assert _slugs(gazetteer.match(typed)) == [slug]


@pytest.mark.parametrize(
    ("typed", "slug"), [("Douenza", "cercle-douentza"), ("Konnobougou", "konobougou")]
)
def test_a_letter_too_few_or_too_many_is_forgiven(
    gazetteer: Gazetteer, typed: str, slug: str
) -> None:
    assert _slugs(gazetteer.match(typed)) == [slug]


@pytest.mark.parametrize(
    ("typed", "slug"), [("koutyala", "cercle-koutiala"), ("banankoro", "sanankoroba")]
)
def test_a_name_that_is_only_near_is_offered_not_taken(
    gazetteer: Gazetteer, typed: str, slug: str
) -> None:
    match = gazetteer.match(typed)
    assert match.found is None
    assert slug in _slugs(match)


def test_a_name_of_two_places_gives_both_to_choose(gazetteer: Gazetteer) -> None:
    match = gazetteer.match("Faladié")
    assert match.found is None
    assert set(_slugs(match)) == {"bamako-commune-6", "faladie-kati"}


@pytest.mark.parametrize("typed", ["", "   ", "Paris", "Abidjan", "Dakar", "🙂🙂", "xx", "…"])
def test_what_is_no_place_of_mali_finds_nothing(gazetteer: Gazetteer, typed: str) -> None:
    assert _slugs(gazetteer.match(typed)) == []


@pytest.mark.parametrize(
    ("sentence", "slug"),
    [
        ("mon mari me frappe, je suis à Sévaré", "sevare"),
        ("ma soeur a Segou a besoin d'aide", "cercle-segou"),
        ("n bɛ Segu", "cercle-segou"),
        ("n bora Sikaso", "cercle-sikasso"),
        ("je suis a san", "cercle-san"),
        ("on habite à Diré", "cercle-dire"),
        ("je suis à Sévaré près de Mopti", "sevare"),
        ("je vis dans le cercle de Bla", "cercle-bla"),
        ("à la maison je suis a mopty", "cercle-mopti"),
    ],
)
def test_a_place_is_found_inside_a_sentence(gazetteer: Gazetteer, sentence: str, slug: str) -> None:
    assert _slugs(gazetteer.find_in(sentence)) == [slug]


@pytest.mark.parametrize(
    "sentence",
    [
        "n cɛ bɛ n bugɔ",
        "a fana ka fɔ",
        "u bɛ fana",
        "il veut dire que",
        "san 2021 na",
        "n ye kɔrɔ ye",
        "à l'hôpital",
        "il me bat depuis trois ans",
        "j'ai peur de rentrer",
        "",
    ],
)
def test_ordinary_words_are_not_taken_for_places(gazetteer: Gazetteer, sentence: str) -> None:
    assert _slugs(gazetteer.find_in(sentence)) == []


def test_two_places_in_a_sentence_are_both_offered(gazetteer: Gazetteer) -> None:
    match = gazetteer.find_in("ma famille est à Kayes et à Gao")
    assert _slugs(match) == ["cercle-kayes", "cercle-gao"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "slug"),
    [
        (14.53, -4.10, "cercle-mopti"),
        (12.65, -8.00, "cercle-bamako"),
        (14.47, -12.19, "cercle-kayes"),
        (22.60, -3.98, "taoudenit"),
    ],
)
def test_a_point_falls_to_its_cercle(
    gazetteer: Gazetteer, latitude: float, longitude: float, slug: str
) -> None:
    place = gazetteer.nearest_cercle(latitude, longitude)
    assert place is not None
    assert place.slug == slug


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [
        (14.69, -17.44),
        (12.37, -1.53),
        (11.18, -4.30),
        (13.51, 2.11),
        (0.0, 0.0),
        (20.0, -5.0),
        (91.0, 0.0),
        (float("nan"), -8.0),
        (float("inf"), -8.0),
    ],
    ids=[
        "Dakar", "Ouagadougou", "Bobo-Dioulasso", "Niamey", "the sea", "the desert", "no place",
        "not a number", "endless",
    ],
)  # fmt: skip
def test_a_point_abroad_or_far_from_all_is_nowhere(
    gazetteer: Gazetteer, latitude: float, longitude: float
) -> None:
    assert gazetteer.nearest_cercle(latitude, longitude) is None


@given(text=st.text(max_size=600))
def test_any_text_gives_an_answer_that_can_be_shown(gazetteer: Gazetteer, text: str) -> None:
    for match in (gazetteer.match(text), gazetteer.find_in(text)):
        assert match.found is None or match.candidates == ()
        assert len(match.candidates) <= 5
        assert len(set(_slugs(match))) == len(_slugs(match))


def test_every_place_is_found_by_each_of_its_names(gazetteer: Gazetteer) -> None:
    places = [*gazetteer.regions()]
    places += [cercle for region in places for cercle in gazetteer.cercles(region.slug)]
    for place in places:
        for name in filter(None, (place.name.fr, place.name.bm)):
            match = gazetteer.match(name)
            regions = {found.region for found in (match.found, *match.candidates) if found}
            assert place.region in regions, name


def test_lists_are_in_the_order_of_the_alphabet_whatever_the_accents(
    gazetteer: Gazetteer,
) -> None:
    names = [fold(place.name.fr) for place in gazetteer.regions()]
    assert len(names) == 20
    assert [place.slug for place in gazetteer.cercles("segou")][:2] == [
        "cercle-baroueli",
        "cercle-bla",
    ]


def test_the_cercles_of_bamako_are_its_communes(gazetteer: Gazetteer) -> None:
    assert [one.slug for one in gazetteer.cercles("bamako")] == [
        f"bamako-commune-{number}" for number in range(1, 7)
    ]


def test_an_unknown_slug_is_no_place(gazetteer: Gazetteer) -> None:
    assert gazetteer.place("atlantis") is None
    assert gazetteer.cercles("atlantis") == []


@pytest.mark.parametrize("typed", ["Mopti-Sévaré", "Sévaré-Mopti"])
def test_two_names_with_a_hyphen_are_the_narrower_place(gazetteer: Gazetteer, typed: str) -> None:
    found = gazetteer.match(typed).found
    assert found is not None
    assert found.slug == "sevare"


def test_bamako_is_known_by_its_three_letters(gazetteer: Gazetteer) -> None:
    found = gazetteer.match("bko").found
    assert found is not None
    assert found.region == "bamako"
