"""A Bot API on loopback that answers every call at once, and hands out updates both ways.

It speaks just enough HTTP for bots, checks nothing, and costs little: what is measured is the bot.
"""

import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Self, cast, override
from urllib.parse import parse_qs, urlsplit

from benchmarks.lab import WEBHOOK_SECRET

_MOST_UPDATES = 100
_LONGEST_POLL_SECONDS = 50.0
_MESSAGES = frozenset({"sendMessage", "editMessageText", "sendVenue"})
_ME: dict[str, Any] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Jigi",
    "username": "jigi_bench_bot",
}
_CHAT: dict[str, Any] = {"id": 1, "type": "private"}
_MESSAGE: dict[str, Any] = {"message_id": 7, "date": 1, "chat": _CHAT, "text": "x"}


def _answered(body: bytes, status: str = "200 OK") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


def _result(value: Any) -> bytes:
    return _answered(json.dumps({"ok": True, "result": value}).encode())


_ANSWERS = {
    "getMe": _result(_ME),
    "getWebhookInfo": _result({"url": "", "has_custom_certificate": False}),
} | {name: _result(_MESSAGE) for name in _MESSAGES}
_TRUE = _result(value=True)


class Sink:
    """The server; leave it to close.

    Args:
        heard: called with method and fields of every call about a chat or a press.
    """

    def __init__(self, heard: Callable[[str, dict[str, Any]], None]) -> None:
        self.heard = heard
        self.is_known = asyncio.Event()
        self.hold_until: dict[int, float] = {}
        self._pending: deque[tuple[int, bytes]] = deque()
        self._waiting_poll: Callable[[], None] | None = None
        self._pushes: asyncio.Queue[bytes] | None = None
        self._pushing: list[asyncio.Task[None]] = []
        self._server: asyncio.Server | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{port}/bot"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._pushing:
            task.cancel()
        await asyncio.gather(*self._pushing, return_exceptions=True)
        if self._server is not None:
            self._server.close()

    def deliver(self, update: dict[str, Any]) -> None:
        """Let an update happen."""
        body = json.dumps(update).encode()
        if self._pushes is not None:
            self._pushes.put_nowait(body)
            return
        self._pending.append((update["update_id"], body))
        if self._waiting_poll is not None:
            asyncio.get_running_loop().call_soon(self._waiting_poll)
            self._waiting_poll = None

    def point_at(self, fields: dict[str, Any]) -> None:
        """Push updates from now on, over as many connections as the bot asked for."""
        parts = urlsplit(str(fields["url"]))
        self._pushes = asyncio.Queue()
        count = int(fields.get("max_connections") or 40)
        where = parts.hostname or "", parts.port or 80, parts.path
        self._pushing = [asyncio.create_task(self._push(*where)) for _ in range(count)]

    async def _push(self, host: str, port: int, path: str) -> None:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {WEBHOOK_SECRET}\r\nContent-Length: "
        ).encode()
        assert self._pushes is not None
        while True:
            body = await self._pushes.get()
            reader, writer = await asyncio.open_connection(host, port)
            with contextlib.closing(writer), contextlib.suppress(ConnectionError, EOFError):
                # A server may close what idles: as Telegram does, connect and tell it again.
                while body:
                    writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
                    answer = await reader.readuntil(b"\r\n\r\n")
                    if b" 200 " not in answer[:20]:
                        raise RuntimeError("the webhook refused an update")
                    body = b""
                    body = await self._pushes.get()
            if body:
                self._pushes.put_nowait(body)

    def poll(self, fields: dict[str, Any], answer: Callable[[bytes], None]) -> None:
        """Answer a poll now, or as soon as something happens."""
        self.is_known.set()
        offset = int(fields.get("offset") or 0)
        while self._pending and self._pending[0][0] < offset:
            self._pending.popleft()

        def respond() -> None:
            bodies = [body for _, body in list(self._pending)[:_MOST_UPDATES]]
            answer(_answered(b'{"ok":true,"result":[' + b",".join(bodies) + b"]}"))

        wait = min(float(fields.get("timeout") or 0), _LONGEST_POLL_SECONDS)
        if self._pending or not wait:
            respond()
            return

        def give_up() -> None:
            if self._waiting_poll is respond:
                self._waiting_poll = None
                respond()

        self._waiting_poll = respond
        asyncio.get_running_loop().call_later(wait, give_up)

    def reply(self, method: str, fields: dict[str, Any]) -> bytes:
        """Return the answer to a call."""
        if method == "setWebhook":
            self.point_at(fields)
            self.is_known.set()
        chat_id = int(fields.get("chat_id") or 0)
        left = self.hold_until.get(chat_id, 0.0) - time.monotonic()
        if left > 0 and method in _MESSAGES:
            seconds = int(left) + 1
            refusal = {
                "ok": False,
                "error_code": 429,
                "description": f"Too Many Requests: retry after {seconds}",
                "parameters": {"retry_after": seconds},
            }
            return _answered(json.dumps(refusal).encode(), "429 Too Many Requests")
        self.heard(method, fields)
        return _ANSWERS.get(method, _TRUE)


class _Connection(asyncio.Protocol):
    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    @override
    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            length = _length(head)
            if not found or len(rest) < length:
                return
            self._buffer = rest[length:]
            path = head.split(b" ", 2)[1]
            self._called(path.rsplit(b"/", 1)[1].decode(), _fields(rest[:length]))

    def _called(self, method: str, fields: dict[str, Any]) -> None:
        if method == "getUpdates":
            self._sink.poll(fields, self._write)
            return
        self._write(self._sink.reply(method, fields))

    def _write(self, answer: bytes) -> None:
        if self._transport is not None:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    return 0


def _fields(body: bytes) -> dict[str, Any]:
    if body[:1] == b"{":
        fields: dict[str, Any] = json.loads(body)
        return fields
    return {name: values[0] for name, values in parse_qs(body.decode()).items()}
