"""The page behind a provider's link: what the public reads, one button that confirms, one form.

Opening it changes nothing: programs fetch links before people do. `build_app` mounts it beside
the console. It knows no account and sets no cookie; the signed link is all that it asks for.
French, and Bambara under it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from jinja2 import Environment
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from referral_directory.edit_errors import InvalidEditError
from referral_directory.life import ImpossibleDeedError
from referral_directory.provider_links import CORRECTABLE, DeadLinkError, ProviderLinks
from referral_directory.verification import CannotVerifyError
from referral_directory.versions import EntryChangedError
from staff_console.provider_words import InBambara, label_of_field, words_of_page
from storage.store import Store

PATH = "/prestataire/{token}"
"""Where the page stands; the token is the link's."""

_HEADERS = {"referrer-policy": "no-referrer", "cache-control": "no-store"}
_GONE = (CannotVerifyError, EntryChangedError, ImpossibleDeedError, DeadLinkError)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""
        ...


def provider_routes(
    links: ProviderLinks,
    store: Store,
    clock: Clock,
    templates: Environment,
    in_bambara: InBambara,
) -> list[Route]:
    """Return the page's routes, to be mounted where the console's headers and limits hold.

    Args:
        links: reads the links.
        store: the way into the database.
        clock: the time.
        templates: of the console.
        in_bambara: finds texts in the catalogue.
    """
    page = _Page(links, store, clock, templates, in_bambara)
    return [Route(PATH, page.answer, methods=["GET", "HEAD", "POST"])]


class _Page:
    def __init__(
        self,
        links: ProviderLinks,
        store: Store,
        clock: Clock,
        templates: Environment,
        in_bambara: InBambara,
    ) -> None:
        self._links = links
        self._store = store
        self._clock = clock
        self._templates = templates
        self._in_bambara = in_bambara

    async def answer(self, request: Request) -> Response:
        """Show the page, or do what its button says."""
        token = request.path_params["token"]
        try:
            if request.method != "POST":
                return await self._show(token)
            form = await request.form(max_files=0)
            given = {name: str(value) for name, value in form.items()}
            if given.get("do") == "confirm":
                await self._in_one(self._links.confirm, token)
                return self._draw(said="confirmed")
            if given.get("do") != "correct":
                return await self._show(token)
            return await self._correct(token, given)
        except _GONE:
            return self._draw(410, said="dead")

    async def _correct(self, token: str, given: dict[str, str]) -> Response:
        def correct(connection: Connection) -> int:
            return self._links.correct(connection, token, given, self._clock.now())

        try:
            await self._store.write(correct)
        except InvalidEditError as error:
            return await self._show(token, problems=error.problems, given=given)
        return self._draw(said="corrected")

    async def _show(
        self,
        token: str,
        problems: dict[str, str] | None = None,
        given: dict[str, str] | None = None,
    ) -> Response:
        def read(connection: Connection) -> Any:
            return self._links.read(connection, token, self._clock.now())

        entry = await self._store.read(read)
        present = {name: entry.fields[name] for name in CORRECTABLE} | dict(entry.numbers)
        shown = [
            (name, label_of_field(name, self._in_bambara), (given or {}).get(name, value))
            for name, value in present.items()
        ]
        return self._draw(422 if problems else 200, entry=entry, fields=shown, problems=problems)

    async def _in_one(
        self, work: Callable[[Connection, str, datetime], object], token: str
    ) -> None:
        await self._store.write(work, token, self._clock.now())

    def _draw(self, status: int = 200, **values: Any) -> Response:
        known = {"entry": None, "fields": [], "problems": None, "said": None} | values
        known["words"] = words_of_page(self._in_bambara)
        page = self._templates.get_template("provider.html").render(**known)
        return HTMLResponse(page, status, headers=_HEADERS)
