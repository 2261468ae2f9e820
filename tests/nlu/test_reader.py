import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.rasa_client import RasaClient
from nlu.reader import READ_CHARACTERS, InProcessReader, RasaReader, readable
from nlu.understanding import ModelUnavailableError, Understanding


@pytest.fixture(scope="module")
def reader(archive, lexicon):
    return InProcessReader(archive, lexicon)


class FakeClient(RasaClient):
    """A client whose server answers what the test says, over httpx's own stand-in transport."""

    def __init__(self, answer):
        super().__init__("http://127.0.0.1:1")
        self._client = httpx.AsyncClient(
            base_url="http://127.0.0.1:1", transport=httpx.MockTransport(answer)
        )


@pytest.mark.parametrize("text", ["/restart", "  //aide", "/ / viol", "\n/mari"])
def test_no_slash_ever_leads_a_text(text):
    assert not readable(text).startswith(("/", " ", "\n"))


@pytest.mark.parametrize("text", ["", " ", "/", "…?!", "😀😀", "\u200b\u200f", "\x00\x01"])
async def test_a_text_without_letters_is_out_of_scope_with_low_confidence(reader, text):
    understood = await reader.understand(text)
    assert understood.intent.name == "out_of_scope"
    assert understood.intent.confidence < 0.1


async def test_only_the_first_characters_are_read(reader):
    start = "mon mari me frappe " * 60
    assert len(start) > READ_CHARACTERS
    assert await reader.understand(start[:READ_CHARACTERS]) == await reader.understand(
        start[:READ_CHARACTERS] + "je veux m'inscrire à la JIF " * 400
    )


@given(text=st.text(max_size=700))
@settings(max_examples=60, deadline=None)
async def test_any_string_gives_an_answer(text):
    reader = InProcessReader(_MODEL, _LEXICON)
    assert isinstance(await reader.understand(text), Understanding)


async def test_with_the_model_gone_the_lexicon_still_answers(lexicon):
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    understood = await RasaReader(FakeClient(refuse), lexicon).understand("au secours")
    assert understood.intent is None
    assert understood.ranking == ()
    assert understood.crisis == "emergency"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no json"),
        httpx.Response(200, json={"intent": {}}),
        httpx.Response(200, json={"intent_ranking": []}),
        httpx.Response(200, json=[1, 2]),
    ],
)
async def test_a_broken_answer_becomes_an_error_without_the_text(answer):
    client = FakeClient(lambda _: answer)
    with pytest.raises(ModelUnavailableError) as caught:
        await client.understand("un secret")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


async def test_the_server_is_asked_for_the_text_as_it_stands():
    asked = []

    def answer(request):
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"intent_ranking": [{"name": "greet", "confidence": 1}]})

    ranking = await FakeClient(answer).understand("i ni sɔgɔma")
    assert asked == [{"text": "i ni sɔgɔma"}]
    assert ranking[0].name == "greet"


_MODEL = ModelArchive.read()
_LEXICON = CrisisLexicon.load()
