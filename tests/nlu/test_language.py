import pytest

from nlu.language import WEIGHTS_FILE, recognise_language
from nlu.language_building import weights


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("je cherche un avocat", "fr"),
        ("jai bezoin daid", "fr"),
        ("merci beaucoup", "fr"),
        ("n cɛ bɛ n bugɔ", "bm"),
        ("n'cè bé n'bougo", "bm"),
        ("i ni sogoma", "bm"),
        ("n mari bɛ n bugɔ, je veux un avocat", "mixed"),
        ("", "unknown"),
        ("12345 !!", "unknown"),
        ("救命", "unknown"),
    ],
)
def test_the_language_of_a_message_is_recognised(text, language):
    assert recognise_language(text) == language


def test_most_training_sentences_are_recognised(sentences):
    own = [(text, language) for text, _, language in sentences if language in ("fr", "bm")]
    for language in ("fr", "bm"):
        answers = [recognise_language(text) for text, spoken in own if spoken == language]
        assert sum(answer in (language, "mixed") for answer in answers) > 0.93 * len(answers)


def test_the_list_is_small_and_names_its_sources():
    assert WEIGHTS_FILE.stat().st_size < 300_000
    assert "CC BY-SA 4.0" in WEIGHTS_FILE.read_text(encoding="utf-8")[:600]


def test_weights_speak_for_the_language_a_word_was_seen_in():
    found = weights(["muso muso ka"] * 5, ["femme femme ka"] * 5, least=3)
    assert found["muso"] > 0 > found["feme"]
    assert "ka" not in found
