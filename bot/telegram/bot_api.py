"""The Bot API: python-telegram-bot's `Bot`, and a short way past its objects."""

import json
from http import HTTPStatus
from typing import Any, Self

from telegram import Bot
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError

from bot.telegram.transport import AiohttpRequest, ServerFaultError

_ERRORS: dict[int, type[TelegramError]] = {
    HTTPStatus.BAD_REQUEST: BadRequest,
    HTTPStatus.UNAUTHORIZED: InvalidToken,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: InvalidToken,
    HTTPStatus.CONFLICT: Conflict,
}


class BotApi:
    """Calls to one Bot API server with one token, over kept connections.

    Args:
        token: of the bot.
        base_url: the server's address in the form `…/bot`.
    """

    def __init__(self, token: str, base_url: str) -> None:
        self._request = AiohttpRequest()
        self._url = f"{base_url}{token}/"
        self.bot = Bot(
            token, base_url=base_url, request=self._request, get_updates_request=self._request
        )

    async def __aenter__(self) -> Self:
        await self._request.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._request.shutdown()

    async def call(
        self, method: str, fields: dict[str, Any], *, read_seconds: float | None = None
    ) -> Any:
        """Call a method and return its bare result, without building objects of it.

        Raises:
            TelegramError: as `AiohttpRequest` and python-telegram-bot raise them.
        """
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        status, payload = await self._request.send_json(
            self._url + method, body.encode("utf-8", "replace"), read_seconds
        )
        try:
            answer = json.loads(payload)
        except ValueError:
            raise ServerFaultError(status) from None
        if status == HTTPStatus.OK and answer.get("ok"):
            return answer["result"]
        error = _ERRORS.get(status, TelegramError)
        raise error(str(answer.get("description", status)))
