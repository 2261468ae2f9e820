"""A sentence that names a subject leads to its article: every article is reached by free text."""

import pytest

from bot.adapters.article_naming import TOPICS_OF
from bot.conversation.events import Incoming, TextArrived
from bot.conversation.person import Person, decode_person, encode_person
from guidance.shelf import read_shelf
from tests.golden.conftest import MOMENT

SENTENCES = {
    "violence_types": "quelles sont les formes de violence",
    "excision_marriage": "que dit la loi sur l'excision",
    "men_boys": "les hommes aussi peuvent subir une violence ?",
    "disability": "les droits d'une femme handicapée victime de viol",
    "aid_exploitation": "un agent humanitaire demande du sexe, est-ce une violence",
    "myths": "pourquoi les gens ont honte des victimes",
    "fatwa": "est-ce que la religion et la fatwa parlent de la honte des victimes",
    "children_born": "les enfants nés d'un viol sont traités de bâtards, que répondre",
    "return_home": "comment réintégrer les survivantes dans la communauté",
    "after_rape": "quels sont les droits pour les soins et le certificat après un viol",
    "survivor_rights": "quelle peine pour un violeur selon la loi",
    "helping": "comment les voisins peuvent soutenir les victimes au lieu de se moquer",
    "what_to_say": "quels mots éviter quand on parle d'une survivante",
    "roles_family": "la famille rejette la victime, que dire aux parents",
    "roles_leaders": "que doit dire un imam dans son prêche sur les victimes",
    "roles_school_media": "je prépare une émission de radio sur le rejet des victimes",
    "confidentiality": "est-ce que mes messages restent secrets",
    "staying_home": "mes papiers à la maison, est-ce que cela reste secret",
    "digital_safety": "qui peut voir la photo intime que j'ai envoyée",
    "resolution_1325": "c'est quoi la résolution 1325",
    "resolutions_after": "que dit la résolution 2467",
    "mali_plans": "plan d'action national de la résolution 1325 au mali",
    "quota_law": "que dit la loi 052",
    "quota_results": "combien de conseillères depuis la loi des 30 %, quels chiffres",
    "peace_process": "les femmes dans l'accord de paix d'alger",
    "security_reform": "la place des femmes dans la réforme de la sécurité et le désarmement",
    "elections": "les femmes candidates et la réconciliation dans le processus de paix",
    "gender_unit": "que fait l'unité genre",
    "gender_policy": "quelle est la politique et la stratégie genre de la mission",
    "training_topics": "quelles formations propose l'unité genre",
}

# What a common word must not lead away from.
PLAIN = {
    "survivor_rights": "quels sont mes droits après un viol",
    "violence_types": "est-ce que me frapper est une violence",
    "myths": "tout le village se moque de moi, j'ai honte",
    "quota_law": "c'est quoi la loi des 30 %",
    "confidentiality": "est-ce que vous gardez mon nom",
}


async def article_after(conversation, sentence):
    state = encode_person(Person(language="fr"))
    incoming = Incoming(1, TextArrived(sentence), MOMENT, 1, None, MOMENT)
    turn = await conversation.respond(incoming, state, MOMENT)
    current = decode_person(turn.state).session.current
    place = current.slots.get("at", "") if current is not None else ""
    article = read_shelf().find(place.partition("-")[0])
    return article.id if article else f"{current.flow}/{current.step}"


@pytest.mark.parametrize(("article", "sentence"), SENTENCES.items())
async def test_a_sentence_leads_to_its_article(conversation, article, sentence):
    assert await article_after(conversation, sentence) == article


@pytest.mark.parametrize(("article", "sentence"), PLAIN.items())
async def test_a_common_word_does_not_lead_away(conversation, article, sentence):
    assert await article_after(conversation, sentence) == article


async def test_a_threat_in_a_question_puts_help_beside_the_article(conversation):
    """Somebody threatens to publish her picture: that tells of violence, it does not only ask."""
    state = encode_person(Person(language="fr"))
    told = TextArrived("la photo intime qu'il menace de publier, qui peut la voir")
    turn = await conversation.respond(Incoming(1, told, MOMENT, 1, None, MOMENT), state, MOMENT)
    labels = [
        button.label for each in turn.actions for row in getattr(each, "rows", ()) for button in row
    ]
    assert any("De l'aide tout de suite" in label for label in labels)
    assert any("Qui peut" in label for label in labels)


def test_every_article_has_its_sentence():
    assert SENTENCES.keys() == read_shelf().articles.keys()


def test_the_topics_are_those_of_the_shelf():
    topics = {each.topic for each in read_shelf().articles.values()}
    assert {topic for each in TOPICS_OF.values() for topic in each} == topics
