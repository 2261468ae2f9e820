"""Every transcript replays word by word; the state goes through its encoding between two lines."""

import os
from pathlib import Path

import pytest

from bot import bootstrap
from tests.golden.conftest import MOMENT
from tests.golden.transcript import Player

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.golden
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(path, conversation, request):
    lines = path.read_text(encoding="utf-8").splitlines()
    played = await Player(conversation, MOMENT).play(lines)
    if request.config.getoption("--update-golden"):
        assert os.environ.get("CI") != "true", "goldens are not rewritten in CI"
        path.write_text("\n".join(played).strip() + "\n", encoding="utf-8")
        lines = path.read_text(encoding="utf-8").splitlines()
    assert "\n".join(played).strip().splitlines() == lines


def test_there_are_transcripts_in_both_languages():
    names = {path.stem for path in TRANSCRIPTS}
    assert {name.rpartition(".")[2] for name in names} == {"fr", "bm"}


def test_every_flow_is_shown_in_a_transcript_of_each_language():
    shown = {
        language: "\n".join(
            path.read_text(encoding="utf-8") for path in FOLDER.glob(f"*.{language}.txt")
        )
        for language in ("fr", "bm")
    }
    catalogue = bootstrap.load_catalogue(bootstrap.LOCALES)
    flows = dict(bootstrap.read_flow_files().library.flows)
    del flows["welcome"]  # comes before a language is known, and holds both
    # For linked staff alone, in French: tests/process/test_directory_at_work.py plays them.
    del flows["verifier"], flows["link_staff"]
    for flow in flows.values():
        screens = [step for step in flow.steps.values() if hasattr(step, "texts")]
        texts = [text for screen in screens for _, text in screen.texts if "{" not in text.text]
        for language, transcript in shown.items():
            firsts = [catalogue.find(text, language).splitlines()[0] for text in texts]
            assert not firsts or any(first in transcript for first in firsts), (flow.id, language)
