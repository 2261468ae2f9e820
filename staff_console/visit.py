"""One request of a member of staff, and the rules that hold for every page."""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, Protocol
from urllib.parse import quote, unquote

from jinja2 import Environment
from sqlalchemy import Connection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from event_registration.desk import Desk
from guidance.reviews import Content
from guidance.training import TrainingDesk
from staff_console.accounts import Account
from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.provider_words import InBambara
from staff_console.sessions import Session, Stage
from staff_console.signing_in import Door
from staff_console.uploads import Uploads
from staff_console.workshop import Works, Workshop
from storage.actors import Actor, Role
from storage.keys import Keyring, Purpose
from storage.store import Store

COOKIE = "jigi_console"
SAID_COOKIE = "jigi_dit"
LARGEST_NUMBER = 2**63 - 1
"""What a database takes as the number of a row."""

_SAID_SECONDS = 60
_LONGEST_SAID = 300
_PLACE = re.compile("[0-9]{1,18}")  # what both databases take as a number

_log = logging.getLogger(__name__)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment, aware UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """What the pages stand on; `bot.bootstrap` hands it in.

    Attributes:
        store: the way into the database, with the keys.
        clock: the time.
        door: signing in, and accounts.
        desk: gatherings and registrations.
        training: requests for training.
        templates: the HTML.
        uploads: files between their preview and their writing.
        workshop: does what takes long, beside the pages.
        works: what is being done there, for whom.
        contents: articles and texts that persons read and sign, as the release has them.
        in_bambara: finds a text in the catalogue, for the one page that providers read.
        single_staff: the installation says that it has no second person who approves.
    """

    store: Store
    clock: Clock
    door: Door
    desk: Desk
    training: TrainingDesk
    templates: Environment
    uploads: Uploads
    workshop: Workshop
    works: Works
    contents: Callable[[], Sequence[Content]]
    in_bambara: InBambara
    single_staff: bool = False

    @property
    def keyring(self) -> Keyring:
        """The keys of the installation."""
        return self.store.keyring


type Handler = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An address of the console.

    Attributes:
        path: with `{name}` or `{name:int}` for what varies.
        show: answers GET; `None` where there is nothing to see.
        act: answers POST, once the form is known to come from a page of ours.
        role: who may; `None` for the pages of signing in, which see to it themselves.
        menu: its name in the menu, where it stands there.
        takes_files: whether a whole file may come with the form.
    """

    path: str
    show: Handler | None = None
    act: Handler | None = None
    role: Role | None
    menu: str = ""
    takes_files: bool = False

    @property
    def methods(self) -> list[str]:
        """The methods that it answers."""
        return [name for name, on in (("GET", self.show), ("POST", self.act)) if on is not None]


@dataclass(slots=True)
class Visit:
    """One request, with who makes it.

    Attributes:
        session: `None` before a password was given.
        form: what was sent with a POST.
        token: what the browser shows from now on, where that changes.
    """

    console: Console
    request: Request
    menu: tuple[Page, ...]
    session: Session | None
    browser: str
    now: datetime
    form: FormData = field(default_factory=FormData)
    token: str | None = None

    # -- who ---------------------------------------------------------------------------------

    @property
    def account(self) -> Account:
        """Who is signed in.

        Raises:
            LookupError: nobody; the page should not have been reached.
        """
        if self.session is None:
            raise LookupError("nobody is signed in")
        return self.session.account

    @property
    def actor(self) -> Actor:
        """Who acts, for the services."""
        return self.account.actor

    @property
    def address(self) -> str:
        """The network address from which the request comes."""
        return self.request.client.host if self.request.client is not None else ""

    # -- what was sent -----------------------------------------------------------------------

    def text(self, name: str, longest: int = 500) -> str:
        """Return a field of the form, without blanks around it; "" where it is missing.

        Raises:
            RefusedError: it is too long.
        """
        value = self.form.get(name)
        found = value.strip() if isinstance(value, str) else ""
        if len(found) > longest:
            raise RefusedError(f"Un champ est trop long : {longest} caractères au plus.", name)
        return found

    def typed(self, names: Iterable[str]) -> dict[str, str]:
        """Return fields as they were sent, so that a form which comes back has lost nothing."""
        sent = {name: self.form.get(name) for name in names if name in self.form}
        return {name: text.strip() for name, text in sent.items() if isinstance(text, str)}

    def secret(self, name: str) -> str:
        """Return a password as it was typed, blanks included."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""

    def new_password(self, name: str) -> str:
        """Return a new password that was typed twice.

        Raises:
            RefusedError: not the same twice.
        """
        password = self.secret(name)
        if password != self.secret("again"):
            raise RefusedError("Les deux mots de passe ne sont pas les mêmes.", "again")
        return password

    def number(self, name: str) -> int:
        """Return a field of the form as a number.

        Raises:
            RefusedError: it is none, or larger than any that we give.
        """
        try:
            found = int(self.text(name, 20))
        except ValueError:
            raise RefusedError("Un nombre est attendu.", name) from None
        if abs(found) > LARGEST_NUMBER:
            raise RefusedError("Ce nombre est trop grand.", name)
        return found

    def several(self, name: str) -> list[str]:
        """Return all values of a field of the form."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def asked(self, name: str, otherwise: str = "") -> str:
        """Return a value of the address, cut to a reasonable length."""
        return self.request.query_params.get(name, otherwise)[:200]

    def place(self, name: str) -> int | None:
        """Return where a page of a list begins, as the address says; `None` for what is none."""
        text = self.asked(name)
        return int(text) if _PLACE.fullmatch(text) else None

    def path(self, name: str) -> Any:
        """Return what stands in the place of `{name}` in the path.

        Raises:
            UnknownRecordError: it is a number that no row can have.
        """
        found = self.request.path_params[name]
        if isinstance(found, int) and found > LARGEST_NUMBER:
            raise UnknownRecordError
        return found

    # -- the database ------------------------------------------------------------------------

    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job that changes nothing."""
        return await self.console.store.read(job, *args, **kwargs)

    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job in a transaction."""
        return await self.console.store.write(job, *args, **kwargs)

    # -- answering ---------------------------------------------------------------------------

    @property
    def csrf(self) -> str:
        """What every form of this browser carries: bound to its cookie by our key."""
        shown = (self.token or self.browser).encode()
        return self.console.keyring.hash(Purpose.STAFF_COOKIE, b"csrf:" + shown)

    def page(
        self,
        template: str,
        status: int = 200,
        mistake: RefusedError | None = None,
        **values: object,
    ) -> Response:
        """Return a page; what was refused stands at its top, and beside the field it names."""
        is_open = self.session is not None and self.session.stage is Stage.OPEN
        said = unquote(self.request.cookies.get(SAID_COOKIE, ""))[:_LONGEST_SAID]
        html = self.console.templates.get_template(template).render(
            visit=self,
            now=self.now,
            csrf=self.csrf,
            said=said,
            menu=[each for each in self.menu if is_open and self._may(each)],
            signed_in=self.account.email if is_open else "",
            here=self.request.url.path,
            mistake=mistake,
            **values,
        )
        response = HTMLResponse(html, mistake.status if mistake is not None else status)
        if said:
            response.delete_cookie(SAID_COOKIE, path="/")
        return self.with_cookie(response)

    def go(self, path: str, said: str = "") -> Response:
        """Return a redirection to a page of ours, which says in a line what was done."""
        response = RedirectResponse(path, 303)
        if said:
            self._set_cookie(response, SAID_COOKIE, quote(said[:_LONGEST_SAID]), _SAID_SECONDS)
        return self.with_cookie(response)

    def with_cookie(self, response: Response) -> Response:
        """Let the browser show the right token from now on."""
        shown = self.token or self.browser
        if shown != self.request.cookies.get(COOKIE):
            self._set_cookie(response, COOKIE, shown, None)
        return response

    def _set_cookie(self, response: Response, name: str, value: str, age: int | None) -> None:
        response.set_cookie(
            name,
            value,
            max_age=age,
            path="/",
            httponly=True,
            samesite="lax",
            secure=self.request.url.scheme == "https",
        )

    def _may(self, page: Page) -> bool:
        return page.role is not None and self.actor.may(page.role)


def safe_target(text: str) -> str:
    """Return a path of ours to go on to; the first page where it is none."""
    is_path = text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_path and "\\" not in text and text.isprintable() else "/"
