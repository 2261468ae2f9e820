"""What the quota checker answers, in words: the five real cases, and lists in their order."""

import pytest

from bot.adapters.quota_texts import picture_of, verdict_lines
from guidance.quota import Case, check
from guidance.quota_reading import read_group

NO_ADVICE = "ℹ️ Information, pas un conseil juridique."
OUR_READING = "« Jamais trois de suite » est notre lecture de l'article 3."

REAL_CASES = [
    pytest.param(
        Case.APPOINTMENTS,
        "35 ministres dont 8 femmes",
        [
            "📋 Total 35 │ part │ minimum",
            "👩 Femmes 8 │ 22,86 % │ 11 ❌",
            "👨 Hommes 27 │ 77,14 % │ 11 ✅",
            "❌ Article 1 : pas respecté.",
            "➕ Il faut 3 de plus : des femmes, à la place d'hommes.",
            NO_ADVICE,
        ],
        id="government-of-April-2017",
    ),
    pytest.param(
        Case.APPOINTMENTS,
        "32 ministres dont 11 femmes",
        [
            "📋 Total 32 │ part │ minimum",
            "👩 Femmes 11 │ 34,38 % │ 10 ✅",
            "👨 Hommes 21 │ 65,63 % │ 10 ✅",
            "✅ Article 1 : respecté.",
            NO_ADVICE,
        ],
        id="government-of-September-2018",
    ),
    pytest.param(
        Case.LOCAL_LIST,
        "23 candidats dont 7 femmes",
        [
            "📋 Total 23 │ part │ minimum",
            "👩 Femmes 7 │ 30,43 % │ 7 ✅",
            "👨 Hommes 16 │ 69,57 % │ 7 ✅",
            "✅ Article 2 : respecté.",
            "↕️ Article 3 : il dépend de l'ordre des noms.",
            "📝 Un ordre possible : HHFHH FHHFH HFHHF HHFHH FHH",
            OUR_READING,
            NO_ADVICE,
        ],
        id="local-list-of-23",
    ),
    pytest.param(
        Case.NATIONAL_LIST,
        "147 candidats dont 45 femmes",
        [
            "📋 Total 147 │ part │ minimum",
            "👩 Femmes 45 │ 30,61 % │ 45 ✅",
            "👨 Hommes 102 │ 69,39 % │ 45 ✅",
            "✅ Article 2 : respecté.",
            NO_ADVICE,
        ],
        id="list-of-147",
    ),
    pytest.param(
        Case.RESULT,
        "105 hommes 42 femmes",
        [
            "📋 Total 147 │ part",
            "👩 Femmes 42 │ 28,57 %",
            "👨 Hommes 105 │ 71,43 %",
            "📊 Un résultat d'élection est montré, pas jugé : la loi parle des listes.",
            NO_ADVICE,
        ],
        id="result-of-2020",
    ),
]


@pytest.fixture
def answer(conversation):
    """Return the lines of an answer in French."""
    renderer = conversation.composer.renderer

    def lines(case, typed):
        verdict = check(case, read_group(typed))
        return [renderer.text(each, "fr") for each in verdict_lines(verdict)]

    return lines


@pytest.mark.parametrize(("case", "typed", "said"), REAL_CASES)
def test_the_five_real_cases(answer, case, typed, said):
    assert answer(case, typed) == said


def test_a_list_in_a_bad_order_is_told_where_it_breaks_and_corrected(answer):
    said = answer(Case.LOCAL_LIST, "H H H F F")
    assert "✅ Article 2 : respecté." in said
    assert "❌ Article 3 : pas respecté." in said
    assert "↕️ À la place 3 : trois de suite du même sexe." in said
    assert "📝 L'ordre corrigé : HHFFH" in said


def test_a_list_in_a_good_order_respects_both_articles_and_gets_no_other(answer):
    said = answer(Case.LOCAL_LIST, "H H F H F")
    assert said[3:5] == ["✅ Article 2 : respecté.", "✅ Article 3 : respecté."]
    assert not [each for each in said if each.startswith("📝")]


def test_thirty_names_with_nine_women_need_one_more_for_an_order(answer):
    said = answer(Case.LOCAL_LIST, "30 candidats dont 9 femmes")
    assert said[3:7] == [
        "✅ Article 2 : respecté.",
        "❌ Article 3 : pas respecté.",
        "↕️ Avec ces nombres, aucun ordre n'évite trois de suite du même sexe.",
        "➕ Il faut 1 de plus : des femmes, à la place d'hommes.",
    ]
    assert said[7].startswith("📝 Avec 10 femmes et 20 hommes, un ordre possible : ")


def test_a_list_that_lacks_men_is_told_so(answer):
    said = answer(Case.NATIONAL_LIST, "2 hommes 8 femmes")
    assert "➕ Il faut 1 de plus : des hommes, à la place de femmes." in said


def test_two_seats_are_told_as_disputed(answer):
    said = answer(Case.LOCAL_LIST, "2 hommes 0 femmes")
    assert any("C'est disputé" in each for each in said)
    assert not any("respecté" in each for each in said)


@pytest.mark.parametrize("case", list(Case))
def test_a_picture_is_drawn_from_eight_people_on(case):
    assert picture_of(check(case, read_group("5 hommes 2 femmes"))) is None
    drawn = picture_of(check(case, read_group("6 hommes 2 femmes")))
    assert drawn is not None
    assert drawn.is_picture
    assert drawn.content.startswith(b"\x89PNG")
