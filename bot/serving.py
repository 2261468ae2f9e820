"""The running bot: edge, worker, sender and sweeper put together, and stopped in order."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.conversation.sender import Sender
from bot.conversation.store_port import StoreUnavailableError
from bot.conversation.surroundings import Surroundings
from bot.conversation.sweeper import Sweeper
from bot.conversation.worker import Worker
from bot.observability import PrometheusTally
from bot.telegram.bot_api import BotApi
from bot.telegram.polling import Poller
from bot.telegram.reading import ALLOWED_UPDATES
from bot.telegram.webhook import Webhook, build_server, metrics_app, public_app

DRAIN_SECONDS = 10.0
_LOOPBACK = "127.0.0.1"
_START_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 20.0

_log = logging.getLogger(__name__)


class TokenRefusedError(Exception):
    """The Bot API does not know the token."""


class WebhookRefusedError(Exception):
    """The Bot API does not call `JIGI_WEBHOOK_URL`: it wants https on 443, 80, 88 or 8443."""


class PortTakenError(Exception):
    """A port is taken already.

    Attributes:
        port: which.
    """

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken")
        self.port = port


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """Where the bot listens.

    Attributes:
        http_port: health, and the webhook where there is one; 0 takes a free one.
        metrics_port: `/metrics`, on loopback alone.
        http_host: an address of this machine.
        webhook_url: where Telegram calls; `None` for long polling.
        webhook_secret: what Telegram shows there.
    """

    http_port: int
    metrics_port: int
    http_host: str = "0.0.0.0"  # noqa: S104  # a webhook's proxy stands on another machine or container
    webhook_url: str | None = None
    webhook_secret: str = ""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the bot is made of; `bot.bootstrap` hands it in.

    Attributes:
        around: driver, store, messenger and the rest.
        api: the Bot API that the messenger uses too; open.
        tally: the one in `around`.
        doors: where it listens.
        beside: what else runs until the bot stops; it ends only by being cancelled.
        routes: what else is answered on the HTTP port.
        reminding: what runs likewise and brings messages of its own on their way.
    """

    around: Surroundings
    api: BotApi
    tally: PrometheusTally
    doors: Doors
    beside: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = ()
    routes: tuple[BaseRoute, ...] = ()
    reminding: tuple[Callable[[Sender], Coroutine[Any, Any, None]], ...] = ()


async def serve(parts: Parts, *, started: Callable[[int], None] = lambda _port: None) -> None:
    """Run the bot until SIGTERM or SIGINT, then stop taking updates and finish what runs.

    Args:
        parts: what it is made of.
        started: called with the HTTP port once updates are taken.

    Raises:
        TokenRefusedError: the Bot API does not know the token.
        WebhookRefusedError: the Bot API does not take the webhook's address.
        PortTakenError: something else listens on a port of ours.
    """
    stop = _stop_signal()
    around = parts.around
    sender = Sender(around)
    worker = Worker(around, sender)
    running = _Running()
    app = public_app(_webhook(parts, worker), _readiness(parts, running), parts.routes)
    async with (
        _listening(app, parts.doors.http_host, parts.doors.http_port) as port,
        _listening(metrics_app(parts.tally.text), _LOOPBACK, parts.doors.metrics_port),
    ):
        if not await _until(stop, _prepare(parts, worker, sender)):
            return
        tasks = [asyncio.create_task(Sweeper(around, worker, sender).run())]
        tasks += [asyncio.create_task(run()) for run in parts.beside]
        tasks += [asyncio.create_task(run(sender)) for run in parts.reminding]
        if parts.doors.webhook_url is None:
            tasks.append(asyncio.create_task(Poller(parts.api, worker, around.tally).run()))
        running.is_ready = True
        _log.info("started", extra={"port": port})
        started(port)
        stopped = asyncio.create_task(stop.wait())
        ended, _ = await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        running.is_ready = False
        await _cancel([stopped, *tasks])
    # Nothing new comes in from here on.
    await worker.drain(DRAIN_SECONDS)
    await sender.drain(DRAIN_SECONDS)
    _log.info("stopped")
    for task in ended:
        task.result()  # the sweeper and the poller end only by an error of ours


@dataclass(slots=True)
class _Running:
    is_ready: bool = False


def _stop_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _webhook(parts: Parts, worker: Worker) -> Webhook | None:
    url = parts.doors.webhook_url
    if url is None:
        return None
    path = urlsplit(url).path or "/"
    return Webhook(path, parts.doors.webhook_secret, worker, parts.around.tally)


def _readiness(parts: Parts, running: _Running) -> Callable[[], Awaitable[bool]]:
    async def is_ready() -> bool:
        if not running.is_ready:
            return False
        try:
            await parts.around.store.chats_with_updates()
        except StoreUnavailableError:
            return False
        return True

    return is_ready


async def _until(stop: asyncio.Event, work: Awaitable[None]) -> bool:
    """Do the work, or give it up when the process is to stop; say whether it was done."""
    task = asyncio.ensure_future(work)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([task, stopped], return_when=asyncio.FIRST_COMPLETED)
    await _cancel([stopped])
    if task.done():
        task.result()
        return True
    await _cancel([task])
    return False


async def _prepare(parts: Parts, worker: Worker, sender: Sender) -> None:
    """Point Telegram here, and take up what the last process left. Both may take their time."""
    await _patiently(lambda: _point_telegram(parts))
    # What lies in the outbox was decided before anything that lies in the inbox.
    await _patiently(sender.recover)
    await _patiently(worker.recover)


async def _point_telegram(parts: Parts) -> None:
    if parts.doors.webhook_url is None:
        await parts.api.call("deleteWebhook", {})
        return
    await parts.api.call(
        "setWebhook",
        {
            "url": parts.doors.webhook_url,
            "secret_token": parts.doors.webhook_secret,
            "allowed_updates": ALLOWED_UPDATES,
            "max_connections": 100,
        },
    )


async def _patiently(work: Callable[[], Awaitable[None]]) -> None:
    pause = _START_PAUSE_SECONDS
    while True:
        try:
            await work()
        except InvalidToken:
            raise TokenRefusedError from None
        except BadRequest:
            raise WebhookRefusedError from None
        except (TelegramError, StoreUnavailableError) as error:
            _log.warning("start_delayed", extra={"error": type(error).__name__})
        else:
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


@asynccontextmanager
async def _listening(app: Starlette, host: str, port: int) -> AsyncIterator[int]:
    """Serve `app` while the block runs; gives the port."""
    try:
        door = socket.create_server((host, port), reuse_port=False)
    except OSError:
        raise PortTakenError(port) from None
    server = build_server(app)
    task = asyncio.create_task(server.serve(sockets=[door]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.005)
        yield int(door.getsockname()[1])
    finally:
        server.should_exit = True
        await task
        door.close()


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
