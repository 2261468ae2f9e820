"""A Bot API server that refuses what the real one refuses, and remembers every call.

In tests: `async with BotApi() as api`. As a process: `python -m tests.bot_api.server --port N`,
steered over HTTP under `/control/` (see `control.py`).
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.bot_api import methods
from tests.bot_api.rules import OVERALL_PER_SECOND, ApiRefusal, StoredMessage, UploadedFile
from tests.bot_api.updates import UpdateQueue

TOKEN = "123456:STANDIN"  # noqa: S105  # the token of a server that is nobody's
MESSAGE_METHODS = frozenset(
    {"sendMessage", "sendVenue", "sendVoice", "sendPhoto", "sendDocument", "editMessageText"}
)


@dataclass
class Call:
    """One call that reached the server."""

    method: str
    fields: dict[str, Any]
    at: float
    peer: object = None
    refused: str | None = None

    @property
    def chat_id(self) -> int | None:
        value = self.fields.get("chat_id")
        return None if value is None else int(value)


@dataclass
class Fault:
    """What goes wrong with the next `times` matching calls.

    Attributes:
        kind: `429`, `500` (before any effect), `reset_before`, `reset_after` (the effect stays),
            `forbidden`, or `garbage` (no JSON).
        method: which method; `None` for every one.
        chat_id: which chat; `None` for every one.
        times: how often.
        seconds: for `429`, the wait it asks for.
    """

    kind: str
    method: str | None = None
    chat_id: int | None = None
    times: int = 1
    seconds: float = 1

    def fits(self, call: Call) -> bool:
        return (
            self.times > 0
            and self.method in {None, call.method}
            and self.chat_id in {None, call.chat_id}
        )


@dataclass
class BotApi:
    """The server. Its state is plain to read in tests.

    Attributes:
        strict_rate: refuse the 31st message of a second, as the real one does.
        controlled: answer under `/control/` too (as a process of its own).
        clock_offset: seconds that the server's clock is ahead.
        chats: per chat its messages by id; what was deleted is gone.
        deleted: per chat the ids that were deleted, in order.
        answered: the presses that were answered.
        files: what was uploaded with a photo or a document, by the message that holds it.
    """

    port: int = 0
    strict_rate: bool = True
    controlled: bool = False
    clock_offset: float = 0.0
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    chats: dict[int, dict[int, StoredMessage]] = field(default_factory=lambda: defaultdict(dict))
    deleted: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    pressed: dict[str, float] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    files: dict[int, UploadedFile] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    profile: dict[str, Any] = field(default_factory=dict)
    next_message_id: int = 1000

    def __post_init__(self) -> None:
        self.updates = UpdateQueue()
        self._recent: deque[float] = deque()
        self.tick = time.monotonic
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", f"/bot{TOKEN}/{{method}}", self._handle)
        app.router.add_route("*", "/bot{token}/{method}", self._wrong_token)
        if self.controlled:
            from tests.bot_api.control import control_routes  # noqa: PLC0415  # it imports this

            app.add_routes(control_routes(self))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    def now(self) -> float:
        return time.time() + self.clock_offset

    def fail(self, kind: str, **how: Any) -> None:
        self.faults.append(Fault(kind, **how))

    def called(self, *names: str, chat_id: int | None = None) -> list[Call]:
        """Return the calls that were carried out, of these methods, about this chat."""
        return [
            call
            for call in self.calls
            if call.refused is None
            and (not names or call.method in names)
            and (chat_id is None or call.chat_id == chat_id)
        ]

    def texts(self, chat_id: int) -> list[str]:
        """Return the texts that the bot sent or edited in, in order, deleted ones included."""
        wanted = {"sendMessage", "editMessageText"}
        return [str(c.fields["text"]) for c in self.called(chat_id=chat_id) if c.method in wanted]

    def visible(self, chat_id: int) -> list[StoredMessage]:
        """Return what the person still sees, oldest first."""
        return [self.chats[chat_id][number] for number in sorted(self.chats[chat_id])]

    def enter(self, message: StoredMessage) -> StoredMessage:
        self.chats[message.chat_id][message.message_id] = message
        return message

    def new_id(self) -> int:
        self.next_message_id += 1
        return self.next_message_id

    async def _wrong_token(self, _request: web.Request) -> web.Response:
        return web.json_response(ApiRefusal(401, "Unauthorized").body(), status=401)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        peer = request.transport and request.transport.get_extra_info("peername")
        call = Call(request.match_info["method"], await _fields(request), self.now(), peer)
        if call.method == "getUpdates":
            return await self._get_updates(request, call)
        self.calls.append(call)
        try:
            fault = self._next_fault(call)
            broken = self._break_before(request, fault)
            if broken is not None:
                return broken
            self._check_rate(call)
            result = methods.carry_out(self, call.method, call.fields)
        except ApiRefusal as refusal:
            call.refused = refusal.description
            return web.json_response(refusal.body(), status=refusal.code)
        if fault is not None and fault.kind == "reset_after":
            return _reset(request)
        return web.json_response({"ok": True, "result": result})

    async def _get_updates(self, request: web.Request, call: Call) -> web.Response:
        try:
            self._break_before(request, self._next_fault(call))
            result = await self.updates.get(call.fields)
        except ApiRefusal as refusal:
            return web.json_response(refusal.body(), status=refusal.code)
        return web.json_response({"ok": True, "result": result})

    def _next_fault(self, call: Call) -> Fault | None:
        for fault in self.faults:
            if fault.fits(call):
                fault.times -= 1
                return fault
        return None

    def _break_before(self, request: web.Request, fault: Fault | None) -> web.StreamResponse | None:
        match fault and fault.kind:
            case "429":
                seconds = fault.seconds if fault else 0
                raise ApiRefusal(429, f"Too Many Requests: retry after {seconds}", seconds)
            case "500":
                raise ApiRefusal(500, "Internal Server Error")
            case "forbidden":
                raise ApiRefusal(403, "Forbidden: bot was blocked by the user")
            case "garbage":
                return web.Response(text="<html>Bad Gateway</html>", status=502)
            case "reset_before":
                self.calls[-1].refused = "reset"
                return _reset(request)
        return None

    def _check_rate(self, call: Call) -> None:
        if call.chat_id in self.blocked:
            raise ApiRefusal(403, "Forbidden: bot was blocked by the user")
        if call.method not in MESSAGE_METHODS or not self.strict_rate:
            return
        now = self.tick()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if len(self._recent) >= OVERALL_PER_SECOND:
            raise ApiRefusal(429, "Too Many Requests: retry after 1", 1)
        self._recent.append(now)


async def _fields(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return await request.json()
    fields: dict[str, Any] = dict(request.query)
    if request.can_read_body:
        fields |= {name: _part(value) for name, value in (await request.post()).items()}
    return fields


def _part(value: str | bytes | bytearray | web.FileField) -> Any:
    if isinstance(value, web.FileField):
        return UploadedFile(value.filename, value.file.read())
    return value


def _reset(request: web.Request) -> web.Response:
    """Cut the connection without an answer, as a lost network does."""
    transport = request.transport
    if transport is not None:
        transport.abort()
    return web.Response()


async def until(what: Any, seconds: float = 10.0) -> None:
    """Wait until `what()` is true; the time bounds a failing test, it is not measured."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            raise AssertionError("this never came true")
        await asyncio.sleep(0.01)


def all_ids(calls: Iterable[Call]) -> list[int]:
    """Return every message id that these delete calls named."""
    return [number for call in calls for number in methods.message_ids(call.fields)]


if __name__ == "__main__":
    from tests.bot_api.control import main

    main()
