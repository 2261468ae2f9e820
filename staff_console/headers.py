"""What every answer says about itself, and how much a request may bring."""

import logging

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
SECURITY_HEADERS = {
    "content-security-policy": "; ".join(_POLICY),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), browsing-topics=()",
}
# Nothing of the request is in it: who sent too much may be anybody.
_TOO_LARGE = """<!doctype html>
<html lang="fr">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Trop grand · Console</title>
  <link rel="stylesheet" href="/static/console.css">
</head>
<body>
<main>
  <h1>Trop grand</h1>
  <p class="problem" role="alert">Le fichier ou le formulaire est trop grand : {most} au plus.
  Rien n'a été changé.</p>
  <p><a class="button" href="{back}">Retour</a></p>
</main>
</body>
</html>
"""
_MEGABYTE = 1024 * 1024
_log = logging.getLogger(__name__)
HTTPS_ONLY = ("strict-transport-security", "max-age=31536000")


class SecurityHeaders:
    """Puts `SECURITY_HEADERS` on every answer; a header that the page set itself stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with the headers added."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if scope.get("scheme") == "https":
                    headers.setdefault(*HTTPS_ONLY)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class Answering:
    """Answers with a sentence what broke beneath it, where every header is still put on.

    Left alone, Starlette would answer above `SecurityHeaders`, in English, and hand the error with
    what it quotes to the server's log.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with 500 where nothing else can."""
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            # Only the kind: an error's words could quote what was written.
            _log.error("console_failed", extra={"error": type(error).__name__})
            if begun:
                raise
            sentence = "Un problème est arrivé ici. Rien n'a été changé."
            await PlainTextResponse(sentence, 500)(scope, receive, send)


class TooLargeError(Exception):
    """A request brings more than its page takes."""


class BodyLimit:
    """Stops reading a request that brings more than is taken, whatever it says of its length.

    Args:
        app: inside.
        usual: bytes that a form may have.
        uploads: bytes that an uploaded file may have.
        upload_paths: the pages that take files, by the beginning of their path.
    """

    def __init__(
        self, app: ASGIApp, usual: int, uploads: int, upload_paths: tuple[str, ...]
    ) -> None:
        self._app = app
        self._usual = usual
        self._uploads = uploads
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it with 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = bool(self._upload_paths) and scope["path"].startswith(self._upload_paths)
        limit = self._uploads if is_upload else self._usual
        if _announced(scope) > limit:
            await _too_large(limit, "/import" if is_upload else "/")(scope, receive, send)
            return
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > limit:
                raise TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except TooLargeError:
            if begun:
                raise
            await _too_large(limit, "/import" if is_upload else "/")(scope, receive, send)


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "0")
    return int(length) if length.isdecimal() else 0


def _too_large(limit: int, back: str) -> HTMLResponse:
    most = f"{limit // _MEGABYTE} Mo" if limit >= _MEGABYTE else f"{limit // 1024} Ko"
    return HTMLResponse(_TOO_LARGE.format(most=most, back=back), 413)
