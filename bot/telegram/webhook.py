"""What Jigi answers over HTTP: Telegram's webhook, and whether it lives.

An update is answered with 200 only once the inbox holds it; otherwise Telegram keeps it.
"""

import contextlib
import hmac
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import override

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.conversation.ports import RawUpdate, UpdateInbox
from bot.conversation.store_port import StoreUnavailableError, Tally
from bot.telegram.reading import MalformedUpdateError, raw_updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name
LARGEST_BODY = 1_048_576
_RETRY_AFTER_SECONDS = "2"
# Longer than a proxy keeps a connection that idles (nginx: 60 s), or it would tell an update to one
# that is just closing; and Telegram need not greet us anew for every press.
_KEEP_ALIVE_SECONDS = 75


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where Telegram calls.

    Attributes:
        path: of the address that Telegram was told.
        secret: what Telegram shows in its header.
        inbox: takes what comes.
        tally: counts what is refused.
    """

    path: str
    secret: str
    inbox: UpdateInbox
    tally: Tally

    async def answer(self, request: Request) -> Response:
        """Take an update; no work is done for anybody who does not know the secret."""
        shown = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(shown, self.secret.encode()):
            self.tally.count("webhook", "wrong_secret")
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            self.tally.count("webhook", "too_large")
            return Response(status_code=413)
        updates = self._read(body)
        try:
            await self.inbox.accept(updates)
        except StoreUnavailableError:
            return Response(status_code=503, headers={"Retry-After": _RETRY_AFTER_SECONDS})
        return Response(status_code=200)

    def _read(self, body: bytes) -> Sequence[RawUpdate]:
        """Return the update; one that is none is counted and acknowledged, so that it ends."""
        try:
            return raw_updates(body)
        except MalformedUpdateError:
            self.tally.count("updates", "malformed")
            return ()


async def _body(request: Request) -> bytes | None:
    """Return the body, or `None` as soon as it is too large."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
    return b"".join(parts)


def public_app(
    webhook: Webhook | None,
    is_ready: Callable[[], Awaitable[bool]],
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """Return what listens on `JIGI_HTTP_PORT`.

    Args:
        webhook: where Telegram calls; `None` with long polling.
        is_ready: whether updates are taken and the database answers.
        more: what else is answered there.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def readyz(_request: Request) -> Response:
        ready = await is_ready()
        return PlainTextResponse("ready" if ready else "not ready", 200 if ready else 503)

    routes: list[BaseRoute] = [Route("/healthz", healthz), Route("/readyz", readyz)]
    if webhook is not None:
        routes.append(Route(webhook.path, webhook.answer, methods=["POST"]))
    return Starlette(routes=[*routes, *more])


def metrics_app(text: Callable[[], bytes]) -> Starlette:
    """Return what listens on loopback alone: `/metrics` in Prometheus's format."""

    async def metrics(_request: Request) -> Response:
        return Response(text(), media_type="text/plain; version=0.0.4")

    return Starlette(routes=[Route("/metrics", metrics)])


class QuietServer(uvicorn.Server):
    """uvicorn without its own signals and logs: stopping is up to `bot.serving`."""

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        yield


def build_server(app: Starlette) -> QuietServer:
    """Return a server for `app`, to be given its sockets."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=5,
    )
    return QuietServer(config)
