"""The console as an application to serve."""

from pathlib import Path
from typing import override

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from referral_directory.provider_links import ProviderLinks
from staff_console.gate import UNREADABLE, answering, begin
from staff_console.headers import Answering, BodyLimit, SecurityHeaders
from staff_console.pages import PAGES
from staff_console.provider_page import provider_routes
from staff_console.visit import Console, Page

USUAL_BODY = 256 * 1024
UPLOAD_BODY = 20 * 1024 * 1024
_STATIC = Path(__file__).parent / "static"
_KEPT_SECONDS = 3600
_REFUSED = {405: "Cette page ne se demande pas ainsi."}


class _Static(StaticFiles):
    """The style sheet and scripts, which browsers may keep for an hour: no data is in them."""

    @override
    def file_response(self, *args: object, **kwargs: object) -> Response:
        """Return a file with its time to be kept."""
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        response.headers["cache-control"] = f"public, max-age={_KEPT_SECONDS}"
        return response


def build_app(console: Console, pages: tuple[Page, ...] = PAGES) -> Starlette:
    """Return the console as an application.

    Args:
        console: what the pages stand on.
        pages: the addresses.
    """
    menu = tuple(page for page in pages if page.menu)
    uploads = tuple(page.path for page in pages if page.takes_files)

    async def missing(request: Request, _: Exception) -> Response:
        visit = await begin(console, request, menu)
        text = "Cette page n'existe pas."
        return visit.page("refused.html", 404, sentence=text, title="Introuvable", back="/")

    async def refused(_: Request, error: Exception) -> Response:
        # What the framework refuses by itself (a method, a body) it would refuse in English.
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return PlainTextResponse(_REFUSED.get(status, UNREADABLE), status, headers=headers)

    return Starlette(
        routes=[
            Route("/healthz", _healthy),
            *(
                Route(page.path, answering(console, page, menu), methods=page.methods)
                for page in pages
            ),
            # Pages stay uncompressed: they hold a token beside what others wrote (BREACH).
            Mount("/static", GZipMiddleware(_Static(directory=_STATIC))),
            *provider_routes(
                ProviderLinks(console.keyring),
                console.store,
                console.clock,
                console.templates,
                console.in_bambara,
            ),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Answering),
            Middleware(BodyLimit, usual=USUAL_BODY, uploads=UPLOAD_BODY, upload_paths=uploads),
        ],
        exception_handlers={404: missing, HTTPException: refused},
    )


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ok")
