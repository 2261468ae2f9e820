"""The browser chat of `jigi demo`: one page, and one address that takes its events."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.conversation.events import ButtonPressed, CommandGiven, Incoming
from bot.conversation.ports import Clock, Driver
from bot.web_chat.headers import SecurityHeaders
from bot.web_chat.reading import LONGEST_BODY, Request, UnreadableRequestError, read_request
from bot.web_chat.rooms import MOST_ROOMS, Room, Rooms
from bot.web_chat.showing import Json, show_turn

MOST_WAITING = 8
"""Events of one page that may wait for their turn; the page itself sends one at a time."""
_FIRST_LIFETIME = timedelta(minutes=15)
_SWEEP_SECONDS = 30
_STATIC = Path(__file__).parent / "static"
_TROUBLE = "Un problème est arrivé ici. Réessayez dans un moment."
_TOO_MANY = "Un message à la fois, s'il vous plaît."

_log = logging.getLogger(__name__)


class FloodError(Exception):
    """A page sends more events at once than it is given time for."""


class _Desk:
    """Answers the events of all pages, those of one page in their order."""

    def __init__(self, driver: Driver, clock: Clock, rooms: Rooms) -> None:
        self._driver = driver
        self._clock = clock
        self._rooms = rooms

    async def answer(self, request: Request) -> Json:
        """Return the answer to `request`.

        Raises:
            FloodError: too many events of this page wait already; leaving is never refused.
        """
        while True:
            room = self._rooms.enter(request.token, self._clock.now(), _FIRST_LIFETIME)
            if room.waiting >= MOST_WAITING and not isinstance(request.event, CommandGiven):
                raise FloodError
            room.waiting += 1
            try:
                async with room.turn:
                    # It may have been left for good while this event waited.
                    if self._rooms.holds(request.token, room):
                        return await self._answer_in(room, request)
            finally:
                room.waiting -= 1

    async def _answer_in(self, room: Room, request: Request) -> Json:
        if request.number is not None and room.answered and room.answered[0] == request.number:
            return dict(room.answered[1])
        now = self._clock.now()
        is_first = room.last_id == 0
        incoming, own_id = _incoming(room, request)
        turn = await self._driver.respond(
            Incoming(room.chat_id, request.event, now, *incoming), room.state, now
        )
        answer = show_turn(turn, room, own_id=own_id, is_first=is_first)
        if turn.erase or turn.stop:
            self._rooms.forget(request.token)
            return answer
        room.state = turn.state
        room.expires_at = now + timedelta(seconds=turn.lifetime_seconds)
        room.answered = (request.number, answer) if request.number is not None else None
        return answer


def _incoming(room: Room, request: Request) -> tuple[tuple[int | None, str | None], int | None]:
    """Return the message and press ids of an event, and the id given to the person's message."""
    if not isinstance(request.event, ButtonPressed):
        own_id = room.next_id()
        return (own_id, None), own_id
    pressed = request.message_id if request.message_id in room.shown else None
    return (pressed, "web"), None


def build_app(driver: Driver, clock: Clock, *, most_rooms: int = MOST_ROOMS) -> Starlette:
    """Return the browser chat as an application to serve.

    Args:
        driver: answers the events.
        clock: tells when a conversation is over.
        most_rooms: how many conversations are kept; the least recently used goes first.
    """
    rooms = Rooms(most_rooms)
    desk = _Desk(driver, clock, rooms)

    async def take_event(request: HttpRequest) -> Response:
        try:
            return JSONResponse(await desk.answer(read_request(await _body(request))))
        except UnreadableRequestError as error:
            return JSONResponse({"error": error.sentence}, 400)
        except FloodError:
            return JSONResponse({"error": _TOO_MANY}, 429)
        except Exception as error:  # noqa: BLE001  # whatever broke, the page gets a sentence
            # Only the kind: an error's words or traceback could quote what was written.
            _log.error("web_chat_failed: %s", type(error).__name__)
            return JSONResponse({"error": _TROUBLE}, 500)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sweeper = asyncio.create_task(_sweep(rooms, clock))
        try:
            yield
        finally:
            sweeper.cancel()

    return Starlette(
        routes=[
            Route("/", _page),
            Route("/healthz", _healthy),
            Route("/api/event", take_event, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        middleware=[Middleware(SecurityHeaders)],
        lifespan=lifespan,
    )


async def _sweep(rooms: Rooms, clock: Clock) -> None:
    """Forget what is over although nobody comes any more."""
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        rooms.sweep(clock.now())


async def _body(request: HttpRequest) -> bytes:
    """Return the body, or just more of it than is taken."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            break
    return bytes(body)


async def _page(_: HttpRequest) -> Response:
    return FileResponse(_STATIC / "page.html")


async def _healthy(_: HttpRequest) -> Response:
    return PlainTextResponse("ok")
