"""Asks a Rasa server what a text means: the door for installations that scale out."""

from typing import Any

import httpx

from nlu.understanding import Guess, ModelUnavailableError

_TIMEOUT_SECONDS = 5.0


class RasaClient:
    """Speaks to one Rasa server's `POST /model/parse`. Close it when done.

    The text goes to the address given and nowhere else, so that address belongs on the same machine
    or in the same private network.
    """

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_SECONDS, trust_env=False)

    async def understand(self, text: str) -> tuple[Guess, ...]:
        """Rank all intents for `text`, best first, as the server's model does.

        Raises:
            ModelUnavailableError: no server, no model in it, or an answer of another form.
        """
        try:
            answer = await self._client.post("/model/parse", json={"text": text})
            answer.raise_for_status()
            return _ranking(answer.json())
        except httpx.HTTPStatusError as error:
            raise ModelUnavailableError(f"status {error.response.status_code}") from None
        except httpx.HTTPError as error:
            # The exception's own text and cause may quote the request; only its kind goes on.
            raise ModelUnavailableError(type(error).__name__) from None
        except (ValueError, KeyError, TypeError):
            raise ModelUnavailableError("an answer without intent_ranking") from None

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()


def _ranking(answer: dict[str, Any]) -> tuple[Guess, ...]:
    ranking = answer["intent_ranking"]
    if not ranking:
        raise ValueError("empty ranking")
    return tuple(Guess(str(item["name"]), float(item["confidence"])) for item in ranking)
