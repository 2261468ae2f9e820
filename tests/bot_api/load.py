"""Presses of many chats at once against a running bot: how many updates a second it works.

A sink that answers every call at once, and a webhook client that presses the next time as soon as
a press is answered; both in this process, which should have a processor of its own.
"""

import asyncio
import contextlib
import itertools
import json
import time
from dataclasses import dataclass, field

_OK_TRUE = b'{"ok":true,"result":true}'
_OK_MESSAGE = (
    b'{"ok":true,"result":{"message_id":7,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'
)


def _http(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


_TRUE, _MESSAGE = _http(_OK_TRUE), _http(_OK_MESSAGE)


@dataclass
class Load:
    """What a run counts."""

    chats: int
    answered: int = 0
    failed: int = 0
    waiting: dict[int, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    due: asyncio.Queue[int] = field(default_factory=asyncio.Queue)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(10**6))


class _Sink(asyncio.Protocol):
    """Speaks just enough HTTP for the bot's calls."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = 0
            for line in head.split(b"\r\n")[1:]:
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            if len(rest) < length:
                return
            self._buffer = rest[length:]
            self._answer(head.split(b" ", 2)[1], rest[:length])

    def _answer(self, path: bytes, body: bytes) -> None:
        method = path.rsplit(b"/", 1)[1]
        self._transport.write(_MESSAGE if method in {b"editMessageText", b"sendMessage"} else _TRUE)
        if method == b"editMessageText":
            self._finish(int(json.loads(body)["chat_id"]))

    def _finish(self, chat_id: int) -> None:
        load = self._load
        began = load.waiting.pop(chat_id, None)
        if began is None:
            return
        load.answered += 1
        load.seconds.append(time.perf_counter() - began)
        load.due.put_nowait(chat_id)


async def start_sink(load: Load, port: int) -> asyncio.Server:
    """Answer the bot's calls on this port."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: _Sink(load), "127.0.0.1", port)


@dataclass(frozen=True)
class Target:
    """Which button of which bot is pressed."""

    port: int
    path: str
    secret: str
    data: str


async def press_for(load: Load, target: Target, seconds: float) -> None:
    """Let every chat press again and again for so long."""
    for chat_id in range(1, load.chats + 1):
        load.due.put_nowait(chat_id)
    workers = [asyncio.create_task(_press(load, target)) for _ in range(40)]
    await asyncio.sleep(seconds)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


async def _press(load: Load, target: Target) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", target.port)
    with contextlib.closing(writer):
        while True:
            chat_id = await load.due.get()
            update_id = next(load.numbers)
            body = json.dumps(
                {
                    "update_id": update_id,
                    "callback_query": {
                        "id": str(update_id),
                        "from": {"id": chat_id, "is_bot": False, "first_name": "Awa"},
                        "chat_instance": "1",
                        "data": target.data,
                        "message": {
                            "message_id": 7,
                            "date": 1,
                            "chat": {"id": chat_id, "type": "private"},
                            "text": "x",
                        },
                    },
                }
            ).encode()
            head = "\r\n".join(
                (
                    f"POST {target.path} HTTP/1.1",
                    "Host: 127.0.0.1",
                    "Content-Type: application/json",
                    f"X-Telegram-Bot-Api-Secret-Token: {target.secret}",
                    f"Content-Length: {len(body)}\r\n\r\n",
                )
            )
            load.waiting[chat_id] = time.perf_counter()
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in answer[:20]:
                load.failed += 1
