"""The addresses under `/hsds/`.

Searches may be posted, so that what somebody typed stands in no address. Nothing of a caller is
logged or kept but a count of the last minute.
"""

import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from bot.conversation.ports import Clock
from bot.public_api.asking import (
    MOST_PER_PAGE,
    Asked,
    Form,
    Listing,
    UnclearError,
    asked,
    parameters_of_body,
)
from bot.public_api.openapi import openapi
from bot.public_api.ports import Catalogue, Found, Json

VERSION = "3.1"
PROFILE = "https://docs.openreferral.org/en/3.1/"
LARGEST_BODY = 16_384
PER_CALLER = "120/minute"
OVERALL = "600/minute"
_MINUTE = "60"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Origin": "*"}
_READING = ("GET", "HEAD", "OPTIONS")
_CACHED = {"Cache-Control": "public, max-age=300"}
_NOT_STORED = {"Cache-Control": "no-store"}

_log = logging.getLogger(__name__)

type Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Limits:
    """How often is too often: for one caller, and for all together."""

    per_caller: str = PER_CALLER
    overall: str = OVERALL


class PublicApi:
    """Answers requests from a catalogue.

    Args:
        catalogue: Reads the directory.
        clock: Says what time it is.
        organisation: Who runs Jigi, for the description.
        limits: How often is too often.
    """

    def __init__(
        self, catalogue: Catalogue, clock: Clock, organisation: str, limits: Limits | None = None
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._organisation = organisation
        limits = limits or Limits()
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_caller: RateLimitItem = parse(limits.per_caller)
        self._overall: RateLimitItem = parse(limits.overall)

    def routes(self) -> list[BaseRoute]:
        """Return the addresses, to be put into an application."""
        inside = [
            self._route("/", self._root),
            self._route("/openapi.json", self._openapi),
        ]
        for listing in Listing:
            inside += [
                self._route(f"/{listing}", self._page_of(listing), searches=True),
                self._route(f"/{listing}/{{entry_id}}", self._entry_of(listing)),
            ]
        return [
            self._route("/hsds", self._root),
            Mount("/hsds", Router(inside, default=_nothing_here)),
        ]

    def _route(self, path: str, answer: Answer, *, searches: bool = False) -> Route:
        """Return an address that says in JSON what it does not answer; searches may be posted."""
        allowed = (*_READING, "POST") if searches else _READING
        allow = {"Allow": ", ".join(allowed)}

        async def within(request: Request) -> Response:
            caller = request.client.host if request.client else ""
            if not (
                self._limiter.hit(self._per_caller, "caller", caller)
                and self._limiter.hit(self._overall, "all")
            ):
                return _wrong(429, "too many requests", {"Retry-After": _MINUTE})
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=_HEADERS | allow | _preflight(allow))
            if request.method not in allowed:
                return _wrong(405, "read-only: this method is not answered here", allow)
            try:
                return await answer(request)
            except UnclearError as error:
                return _wrong(400, f"{error.parameter or 'body'}: {error.reason}")
            except Exception as error:  # noqa: BLE001  # whatever broke, no caller reads its words
                _log.error("public_api_failed", extra={"error": type(error).__name__})
                return _wrong(500, "something went wrong here")

        return Route(path, _AnyMethod(within))

    async def _root(self, request: Request) -> Response:
        base = str(request.url.replace(query="", fragment="")).rstrip("/")
        said = {
            "version": VERSION,
            "profile": PROFILE,
            "openapi_url": f"{base}/openapi.json",
            "description": f"{self._organisation}: services in Mali after violence.",
        }
        return _cacheable(request, said)

    async def _openapi(self, request: Request) -> Response:
        return _cacheable(request, openapi(self._organisation))

    def _page_of(self, listing: Listing) -> Answer:
        async def page(request: Request) -> Response:
            if request.method == "POST":
                content_type = request.headers.get("content-type", "")
                # The specification puts a posted search's parameters into the address.
                body = parameters_of_body(await _body(request), content_type)
                said: Mapping[str, Any] = {**request.query_params, **body}
            else:
                said = dict(request.query_params)
            wanted, form = asked(said)
            if form is Form.NDJSON:
                return self._stream(listing, wanted)
            found = await self._catalogue.page(listing, wanted, self._clock.now())
            envelope = _envelope(found, wanted)
            if request.method == "POST":
                return _json(envelope, _NOT_STORED)
            return _cacheable(request, envelope)

        return page

    def _entry_of(self, listing: Listing) -> Answer:
        async def entry(request: Request) -> Response:
            wanted, _ = asked(dict(request.query_params))
            found = await self._catalogue.entry(
                listing,
                request.path_params["entry_id"].lower(),
                self._clock.now(),
                full_service=wanted.full_service,
            )
            return _wrong(404, "not found") if found is None else _cacheable(request, found)

        return entry

    def _stream(self, listing: Listing, wanted: Asked) -> Response:
        """Return all entries, a line each, read a page at a time."""

        async def lines() -> AsyncIterator[bytes]:
            page = replace(wanted, page=1, per_page=MOST_PER_PAGE)
            while True:
                found = await self._catalogue.page(listing, page, self._clock.now())
                for one in found.contents:
                    yield _written(one) + b"\n"
                if page.page * page.per_page >= found.total:
                    return
                page = replace(page, page=page.page + 1)

        headers = _HEADERS | _NOT_STORED
        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)


class _AnyMethod:
    """Hands every method on: Starlette would refuse by itself, in words that are no JSON."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)


async def _body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_BODY:
            raise UnclearError("", f"the body has more than {LARGEST_BODY} bytes")
    return body


def _envelope(found: Found, wanted: Asked) -> Json:
    pages = max(1, -(-found.total // wanted.per_page))
    return {
        "total_items": found.total,
        "total_pages": pages,
        "page_number": wanted.page,
        "size": len(found.contents),
        "first_page": wanted.page == 1,
        "last_page": wanted.page >= pages,
        "empty": not found.contents,
        "contents": list(found.contents),
    }


def _written(said: Any) -> bytes:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _json(said: Any, headers: dict[str, str]) -> Response:
    return Response(_written(said), media_type="application/json", headers=_HEADERS | headers)


def _cacheable(request: Request, said: Any) -> Response:
    """Return the answer with its mark, or word that the caller has it already."""
    body = _written(said)
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = _HEADERS | _CACHED | {"ETag": mark}
    known = request.headers.get("if-none-match", "")
    if mark in {one.strip().removeprefix("W/") for one in known.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def _nothing_here(scope: Scope, receive: Receive, send: Send) -> None:
    await _wrong(404, "there is no such address")(scope, receive, send)


def _preflight(allow: Mapping[str, str]) -> dict[str, str]:
    """Return what a page of another site is told before it posts a search."""
    methods = {"Access-Control-Allow-Methods": allow["Allow"]}
    return methods | {
        "Access-Control-Allow-Headers": "Content-Type",
        "Access-Control-Max-Age": "300",
    }


def _wrong(status: int, reason: str, headers: dict[str, str] | None = None) -> Response:
    said = {"error": reason}
    return JSONResponse(said, status, headers=_HEADERS | _NOT_STORED | (headers or {}))
