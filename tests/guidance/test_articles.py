"""Articles are read one by one: a broken one is reported, and the others are served."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from guidance.articles import TOPICS, Room, read_articles
from guidance.content_rules import MAX_PAGE, expired, problems_of, servable, unreviewed
from guidance.shelf import article_files, read_shelf

SOUND = {
    "id": "sample",
    "code": "abc234",
    "topic": "violence",
    "icon": "❓",
    "title": "Un titre",
    "discreet_title": "📄 Un texte",
    "audience": "everyone",
    "age_note": "Pour tous.",
    "help": "any",
    "keywords": ["mot"],
    "sources": [{"mark": "C", "date": "2020", "title": "Une source"}],
    "pages": [{"text": "Une page."}],
}


def shelf_of(**changes):
    data = {**SOUND, **changes}
    text = yaml.safe_dump({key: each for key, each in data.items() if each is not None})
    return read_articles({f"{data['id']}.yml": text})


def test_all_articles_are_good():
    assert read_shelf().problems == ()


def test_every_file_is_served():
    assert len(read_shelf().articles) == len(article_files()) >= 30


def test_every_topic_has_articles_and_fits_one_screen():
    shelf = read_shelf()
    assert {each.topic for each in shelf.articles.values()} == set(TOPICS)
    assert all(1 <= len(shelf.of_topic(topic)) <= 5 for topic in TOPICS)


def test_every_article_about_violence_leads_to_help():
    shelf = read_shelf()
    survivor = [each for each in shelf.articles.values() if each.room is Room.SURVIVOR]
    assert len(survivor) >= 15
    assert [each.id for each in survivor if each.help is None] == []


def test_codes_tell_nothing_and_ids_are_not_in_them():
    for article in read_shelf().articles.values():
        assert article.code.isalnum()
        assert article.code not in article.id
        assert read_shelf().find(article.code) is article or article == read_shelf().find(
            article.code
        )


def test_nobody_but_a_person_signs():
    # Signatures come with a person's name; as long as there is none, all wait.
    shelf = read_shelf()
    signed = [each for each in shelf.articles.values() if each.reviewed_by]
    assert len(signed) + len(unreviewed(shelf)) == len(shelf.articles)


def test_a_sound_article_is_served():
    assert servable(shelf_of()).articles.keys() == {"sample"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sources": None}, "sources"),
        ({"sources": []}, "sources"),
        ({"sources": [{"mark": "U", "date": "2020", "title": "?"}]}, "mark"),
        ({"topic": "weather"}, "no topic weather"),
        ({"code": "viol"}, "code"),
        ({"code": "sexual"}, "code or its voice note tells"),
        ({"voice": "apres-viol"}, "code or its voice note tells"),
        ({"pages": [{"text": "La loi dit oui."}]}, "speaks of law and names no risk"),
        ({"pages": [{"text": "Avant {pep_days} jours."}]}, "speaks of health and names no risk"),
        ({"pages": []}, "pages"),
        ({"pages": [{"text": "a" * (MAX_PAGE + 1)}]}, "301 characters"),
        ({"pages": [{"text": "a\nb\nc\nd"}]}, "more than 3 lines"),
        ({"help": None}, "way to help"),
        ({"discreet_title": None}, "discreet title"),
        ({"discreet_title": "📄 Après un viol"}, "tells what it is about"),
        ({"related": ["nowhere"]}, "nowhere"),
        ({"reviewed_by": "A. Traoré"}, "signature"),
        ({"surprise": 1}, "surprise"),
        ({"pages": [{"text": "Appelez {numero}."}]}, "{numero}"),
        ({"pages": [{"text": "Une accolade { seule."}]}, "brace"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_the_file_is_named(changes, sentence):
    problems = [str(each) for each in problems_of(shelf_of(**changes))]
    assert any(sentence in each and each.startswith("sample.yml") for each in problems)


@pytest.mark.parametrize(
    "said",
    [
        "Tout ira bien.", "C'est garanti.", "Vous serez en sécurité.", "Il sera puni.",
        "Pourquoi êtes-vous là ?", "Portez plainte.", "Il faut dénoncer.", "C'est votre faute.",
        "Quittez le village.", "Racontez.", "Mme Traoré le dit.", "Confrontez cette personne.",
        "Appelez le 12 34 56 78.",
    ],
)  # fmt: skip
def test_what_no_article_may_say_is_found(said):
    shelf = servable(shelf_of(pages=[{"text": said, "risk": "law"}]))
    assert shelf.articles == {}
    assert len(shelf.problems) == 1


def test_what_is_quoted_as_wrong_may_be_said():
    quoting = "« C'est sa faute » : faux.\nNe dites pas : « Pourquoi ? »"
    assert servable(shelf_of(pages=[{"text": quoting}])).problems == ()


def test_an_expired_article_is_served_and_named():
    shelf = servable(shelf_of(valid_until=date(2026, 3, 1)))
    assert [each.id for each in expired(shelf, date(2026, 3, 2))] == ["sample"]
    assert expired(shelf, date(2026, 3, 1)) == ()


def test_a_broken_file_does_not_take_the_others_with_it():
    files = dict(article_files())
    files["broken.yml"] = "id: [never closed"
    files["list.yml"] = "- 1"
    shelf = servable(read_articles(files))
    assert shelf.articles.keys() == read_shelf().articles.keys()
    assert {each.file for each in shelf.problems} == {"broken.yml", "list.yml"}


def test_a_code_stands_for_one_article():
    text = yaml.safe_dump(SOUND)
    other = yaml.safe_dump({**SOUND, "id": "other"})
    shelf = read_articles({"sample.yml": text, "other.yml": other})
    assert shelf.articles.keys() == {"sample"}
    assert len(shelf.problems) == 1


@given(st.text(max_size=300))
def test_any_file_gives_a_shelf(text):
    shelf = read_articles({"sample.yml": text})
    assert len(shelf.articles) + len(shelf.problems) >= 1
