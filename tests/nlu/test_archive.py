import io
import json
import tarfile
from collections import Counter

import pytest

from nlu.archive import DEFAULT_PATH, ArchiveError, ModelArchive
from nlu.evaluation import GROUPS
from nlu.training import FINGERPRINT_FILE, fingerprint, repack, sources


def test_the_committed_archive_is_what_data_and_configuration_produce(archive):
    """Run `make train` when this fails: something the model is made from has changed."""
    assert archive.fingerprint == fingerprint()
    assert json.loads(FINGERPRINT_FILE.read_text(encoding="utf-8"))["sources"] == fingerprint()


def test_the_fingerprint_covers_data_configuration_components_normaliser_and_lock():
    names = {path.name for path in sources()}
    assert {"config.yml", "domain.yml", "normalise.py", "rasa.lock", "block_classifier.py"} <= names
    assert len([path for path in sources() if path.suffix == ".yml"]) >= 72


def test_the_archive_stays_small_enough_to_be_committed():
    assert DEFAULT_PATH.stat().st_size < 12_000_000


def test_the_model_knows_the_36_intents_of_the_contract(archive):
    assert set(archive.labels) == {name for names in GROUPS.values() for name in names}
    assert len(archive.labels) == 36


def test_a_ranking_holds_every_intent_best_first_and_adds_up_to_one(archive):
    ranking = archive.understand("mon mari me frappe")
    confidences = [guess.confidence for guess in ranking]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1)
    assert len(ranking) == 36


@pytest.mark.parametrize("text", ["", "   ", "…", "zzqqxx", "😀", "a" * 10_000, "\x00"])
def test_any_text_gives_an_answer(archive, text):
    assert len(archive.understand(text)) == 36


def test_a_second_reading_of_known_and_unknown_words_answers_the_same():
    archive = ModelArchive.read()
    texts = ["mon mari me frappe frappe frappe", "Zqwxfatoumata me frappe", "n cɛ bɛ n bugɔ"]
    assert [archive.understand(text) for text in texts] == [
        ModelArchive.read().understand(text) for text in texts
    ]
    assert [archive.understand(text) for text in texts] == [
        archive.understand(text) for text in texts
    ]


@pytest.mark.parametrize(("stranger", "twin"), [("湩", "in"), ("攵", "5e"), ("牫", "kr")])
def test_a_letter_with_the_memory_of_two_others_is_unknown(archive, stranger, twin):
    """Python hashes both alike; the server does not know the one and may know the other."""
    assert hash(stranger) == hash(twin)
    assert archive.understand(stranger) == archive.understand("鑫")


def test_training_sentences_are_understood(archive, sentences):
    wrong = Counter(
        intent for text, intent, _ in sentences if archive.understand(text)[0].name != intent
    )
    assert wrong.total() < 0.02 * len(sentences)


def test_an_unknown_component_is_refused(tmp_path):
    files = {}
    with tarfile.open(DEFAULT_PATH) as archive:
        for member in archive:
            files[member.name] = archive.extractfile(member).read()
    metadata = json.loads(files["metadata.json"])
    metadata["predict_schema"]["nodes"]["extra"] = {"uses": "rasa.nlu.FallbackClassifier"}
    files["metadata.json"] = json.dumps(metadata).encode()
    path = tmp_path / "other.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with pytest.raises(ArchiveError, match="FallbackClassifier"):
        ModelArchive.read(path)


def test_packing_again_changes_no_byte(archive):
    content = DEFAULT_PATH.read_bytes()
    assert repack(content, archive.fingerprint) == content
