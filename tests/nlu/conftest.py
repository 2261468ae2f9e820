"""What several tests of understanding share: the committed model, the lexicon, the sentences."""

import os
import socket
from pathlib import Path

import pytest
import yaml

from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from tests.nlu import rasa_server

PROJECT = Path(__file__).resolve().parents[2] / "nlu" / "rasa_project"


@pytest.fixture(scope="session")
def archive():
    return ModelArchive.read()


@pytest.fixture(scope="session")
def lexicon():
    return CrisisLexicon.load()


@pytest.fixture(scope="session")
def sentences():
    """Every training sentence with its intent and language."""
    rows = []
    for path in sorted(PROJECT.glob("data/*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            rows += [
                (line[2:].strip(), block["intent"], path.parent.name)
                for line in block["examples"].splitlines()
                if line.startswith("- ")
            ]
    return rows


@pytest.fixture(scope="session")
def rasa_url(unused_port):
    """A real Rasa server that has loaded the committed archive."""
    if not rasa_server.is_installed():
        if os.environ.get("CI") == "true":
            pytest.fail("Rasa's environment is not installed: run `make nlu-setup`")
        pytest.skip("Rasa's environment is not installed: run `make nlu-setup`")
    with rasa_server.running(unused_port) as url:
        yield url


@pytest.fixture(scope="session")
def unused_port():
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]
