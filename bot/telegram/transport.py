"""The way to the Bot API: python-telegram-bot's request object on aiohttp.

python-telegram-bot's own client spends more time on its connection pool than on the bot. This one
keeps connections open for minutes, and says of every failure whether the call may have had its
effect all the same: the Bot API knows no idempotency, so that is what a second try depends on.
"""

import json
from typing import Any, override
from urllib.request import getproxies

import aiohttp
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

KEEP_ALIVE_SECONDS = 300.0
_CONNECTIONS = 256
_SECONDS = 10.0
_CONNECT_SECONDS = 5.0
_UPLOAD_SECONDS = 30.0
_FIRST_SERVER_FAULT = 500
_TOO_MANY = 429
_DEFAULT_WAIT_SECONDS = 5.0
_JSON_HEADERS = {"Content-Type": "application/json"}


class NotSentError(NetworkError):
    """The call never reached the server: trying again can't send twice."""


class UnclearError(NetworkError):
    """The connection broke after the call was on its way: it may have had its effect."""


class ServerFaultError(NetworkError):
    """The server answered that it failed (5xx), or answered no JSON.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the Bot API answered {status}")
        self.status = status


class TooManyCallsError(TelegramError):
    """The server wants calls about this chat to wait (429).

    Attributes:
        seconds: how long.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the Bot API asks to wait {seconds:g} s")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """Carries Bot API calls over kept connections.

    No error of this class holds a URL (it contains the token) or a byte of a call.

    Args:
        read_seconds: how long an answer may take where the caller says nothing.
    """

    __slots__ = ("_read_seconds", "_session")

    def __init__(self, read_seconds: float = _SECONDS) -> None:
        self._read_seconds = read_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    @override
    def read_timeout(self) -> float | None:
        return self._read_seconds

    @override
    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=_CONNECTIONS, keepalive_timeout=KEEP_ALIVE_SECONDS, ttl_dns_cache=300
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                # Looking for a proxy costs time at every call: only where one is set.
                trust_env=bool(getproxies()),
            )

    @override
    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        read = _seconds(read_timeout, self._read_seconds)
        if request_data is not None and request_data.contains_files:
            read += _UPLOAD_SECONDS
        return await self._send(method, url, read, _body(request_data))

    async def send_json(
        self, url: str, body: bytes, read_seconds: float | None = None
    ) -> tuple[int, bytes]:
        """Post a JSON body and return status and answer, with the errors of `do_request`."""
        content = {"data": body, "headers": _JSON_HEADERS}
        return await self._send("POST", url, read_seconds or self._read_seconds, content)

    async def _send(
        self, method: str, url: str, read_seconds: float, content: dict[str, Any]
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSentError("the transport is closed")
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=2 * _CONNECT_SECONDS,
            sock_connect=_CONNECT_SECONDS,
            sock_read=read_seconds,
        )
        try:
            async with self._session.request(method, url, timeout=timeout, **content) as answer:
                status, payload = answer.status, await answer.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UnclearError(type(error).__name__) from None
        _check(status, payload)
        return status, payload


def _seconds(given: Any, otherwise: float) -> float:
    # What was not given comes as python-telegram-bot's own marker object.
    return float(given) if isinstance(given, int | float) else otherwise


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if request_data.contains_files:
        form = aiohttp.FormData()
        for name, value in request_data.json_parameters.items():
            form.add_field(name, value)
        for name, (file_name, content, kind) in request_data.multipart_data.items():
            form.add_field(name, content, filename=file_name, content_type=kind)
        return {"data": form}
    encoded = json.dumps(request_data.parameters, ensure_ascii=False, separators=(",", ":"))
    return {
        "data": encoded.encode("utf-8", "replace"),
        "headers": _JSON_HEADERS,
    }


def _check(status: int, payload: bytes) -> None:
    """Raise what python-telegram-bot would blur: server faults and waits."""
    if status < _TOO_MANY:
        if payload[:1] != b"{":
            # python-telegram-bot would log the body it could not read.
            raise ServerFaultError(status)
        return
    if status == _TOO_MANY:
        raise TooManyCallsError(_asked_wait(payload))
    if status >= _FIRST_SERVER_FAULT:
        raise ServerFaultError(status)


def _asked_wait(payload: bytes) -> float:
    try:
        return max(float(json.loads(payload)["parameters"]["retry_after"]), 0.0)
    except (ValueError, KeyError, TypeError):
        return _DEFAULT_WAIT_SECONDS
