"""What is done with an interpretation, above and below the thresholds."""

import pytest

from bot import bootstrap
from bot.conversation.deciding import Ask, GiveUp, Go, Thresholds, decide
from bot.conversation.ports import Interpretation

GROUPS = ("crisis", "disclosure", "service", "information", "guidance", "event", "conversation")
TABLE = bootstrap.read_destination_table()
THRESHOLDS = Thresholds(sure=dict.fromkeys(GROUPS, 0.5), guess=0.1, help_share=0.2)


def said(*ranking, crisis=None):
    return Interpretation(ranking[0][0], ranking[0][1], ranking, "fr", crisis)


def test_a_sure_intent_goes_to_its_place():
    assert decide(said(("find_legal_help", 0.9)), TABLE, THRESHOLDS) == Go("find_legal_help")


def test_the_lexicon_alone_suffices_for_the_crisis_screen():
    spoken = said(("greet", 0.99), crisis="emergency")
    assert decide(spoken, TABLE, THRESHOLDS) == Go("emergency")


def test_the_model_alone_suffices_for_the_crisis_screen():
    assert decide(said(("suicidal_thoughts", 0.6)), TABLE, THRESHOLDS) == Go("suicidal_thoughts")


def test_an_unsure_intent_is_asked_about_best_first():
    spoken = said(("ask_event", 0.4), ("register_event", 0.3), ("greet", 0.02))
    assert decide(spoken, TABLE, THRESHOLDS) == Ask(("ask_event", "register_event"))


@pytest.mark.parametrize("harmless", ["greet", "ask_event", "thank", "out_of_scope"])
def test_help_is_among_the_buttons_when_a_disclosure_is_more_than_unlikely(harmless):
    spoken = said((harmless, 0.7), ("report_domestic_violence", 0.15), ("emergency", 0.1))
    decision = decide(spoken, TABLE, THRESHOLDS)
    assert isinstance(decision, Ask)
    groups = {TABLE[intent].group for intent in decision.intents}
    assert "emergency" in decision.intents
    assert groups & {"disclosure", "service"}
    assert len(decision.intents) <= 4


def test_two_guesses_that_lead_to_the_same_screen_are_one_button():
    spoken = said(("greet", 0.3), ("show_menu", 0.28), ("ask_event", 0.2))
    assert decide(spoken, TABLE, THRESHOLDS) == Ask(("greet", "ask_event"))


def test_nothing_likely_gives_up():
    spoken = said(("out_of_scope", 0.3), ("greet", 0.05))
    assert decide(spoken, TABLE, THRESHOLDS) == GiveUp()


def test_an_unknown_intent_is_no_error():
    assert decide(said(("made_up", 0.9)), TABLE, THRESHOLDS) == GiveUp()
