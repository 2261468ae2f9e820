import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu.normalise import Reading, has_letters, normalise, tokens, words

ROOT = Path(__file__).resolve().parents[2]
LATIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzɛɔɲŋéèêàçœ'’ .-1280GTC", max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mousso", "muso"),
        ("moussow", "musow"),
        ("N'cè bé n'bougo", "n cɛ bɛ n bugɔ"),
        ("tchè", "cɛ"),
        ("tiè", "cɛ"),
        ("tchaman", "caman"),
        ("djigui", "jigi"),
        ("gnini", "ɲini"),
        ("nyini", "ɲini"),
        ("tigui", "tigi"),
        ("kouma", "kuma"),
        ("chi", "si"),
        ("bey", "bɛ"),
        ("missinnnnn", "misin"),
        ("nbe na", "n bɛ na"),
        ("koi", "quoi"),
        ("g t violé", "j'ai t violée"),
        ("AVOKA", "avocat"),
        ("bezoin", "besoin"),
        ("svp", "s'il vous plaît"),
        ("slt", "Salut"),
        ("O.N.G.", "ong"),
        ("aujourd’hui", "aujourd'hui"),
        ("jai", "j'ai"),
        ("fransais", "français"),
    ],
)
def test_spellings_of_one_word_fold_together(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mais", "mes"),
        ("père", "peur"),
        ("fait", "fɛ"),
        ("ça", "sa"),
        ("tout", "tu"),
        ("il", "elle"),
    ],
)
def test_words_that_must_stay_apart_stay_apart(one, other):
    assert normalise(one) != normalise(other)


@given(st.text())
@example("gh")
@example("ͺ")
@example("ℳ… ﷺ")
@example("c'")
@example("'''")
@example("c c c est")
def test_folding_twice_changes_nothing_more(text):
    assert normalise(normalise(text)) == normalise(text)


@given(LATIN)
@example("bena na")
@example("tttch hhh")
def test_folding_twice_changes_nothing_more_in_our_letters(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_a_text_with_letters_is_never_folded_to_nothing(text):
    if any(char.isalpha() for char in text):
        assert normalise(text) != ""


@given(st.text())
def test_skeletons_stand_one_for_one_with_light_words(text):
    light, folded = tokens(text)
    assert len(light) == len(folded) >= 1
    assert all(word and " " not in word for word in [*light, *folded])


@given(st.one_of(st.text(), LATIN))
@example("jeu")
@example("gh c' 1325")
@example("😀")
def test_a_reading_holds_what_the_functions_give(text):
    reading = Reading.of(text)
    assert (reading.light, reading.skeletons) == tokens(text)
    assert reading.normal == normalise(text)


@given(LATIN)
def test_case_and_surrounding_signs_do_not_matter(text):
    assert normalise(f"  «{text.upper()}» !? ") == normalise(text.upper()) == normalise(text)


@pytest.mark.parametrize("text", ["ߒ ߓߍ߫ ߕߊ߯", "أحتاج مساعدة", "ⴰⵣⵓⵍ", "Помогите", "救命"])
def test_other_scripts_are_kept(text):
    assert has_letters(text)
    assert words(text)


def test_telling_numbers_stay_and_others_keep_only_their_length():
    assert tokens("résolution 1325")[0][-1] == "n1325"
    assert tokens("76123456")[0] == tokens("65998877")[0] == ["nn6"]


@pytest.mark.rasa
def test_both_pythons_fold_every_training_sentence_alike(sentences):
    python = ROOT / "nlu" / "rasa_project" / ".venv" / "bin" / "python"
    if not python.exists():
        pytest.skip("Rasa's environment is not installed")
    texts = [row[0] for row in sentences]
    code = (
        "import sys\nfrom nlu.normalise import normalise\n"
        "for line in sys.stdin.read().split(chr(10)): print(normalise(line))"
    )
    done = subprocess.run(  # noqa: S603 - a fixed program of this checkout
        [python, "-c", code],
        input="\n".join(texts),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout.splitlines() == [normalise(text) for text in texts]
