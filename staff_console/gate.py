"""What holds for every page: who it is, whether they may, whether the form is one of ours."""

import hmac
import logging
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import quote, unquote_plus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from staff_console.errors import RefusedError
from staff_console.headers import TooLargeError
from staff_console.sessions import Stage, find_session, new_token, touch_session
from staff_console.visit import COOKIE, Console, Page, Visit
from storage.actors import NotAllowedError

MOST_FIELDS = 400
_LONGEST_FIELD = 64 * 1024

UNREADABLE = "Ce formulaire n'a pas pu être lu."

_log = logging.getLogger(__name__)


def answering(
    console: Console, page: Page, menu: tuple[Page, ...]
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a page."""

    async def answer(request: Request) -> Response:
        visit = await begin(console, request, menu)
        if not can_be_kept(request.url.path + unquote_plus(request.url.query)):
            return _refused(visit, 404, "Cette page n'existe pas.")
        try:
            return _gate(visit, page) or await _handle(visit, page)
        except NotAllowedError:
            return _refused(visit, 403, "Votre rôle ne permet pas cela.", _before(visit, page))
        except RefusedError as error:
            return _refused(visit, error.status, error.sentence, _before(visit, page))
        except HTTPException as error:
            return _refused(visit, error.status_code, UNREADABLE, _before(visit, page))
        except TooLargeError:
            raise
        except Exception as error:  # noqa: BLE001  # whatever broke, staff get a sentence
            # Only the kind: an error's words could quote what was written.
            _log.error("console_failed", extra={"error": type(error).__name__})
            sentence = "Un problème est arrivé ici. Rien n'a été changé."
            return _refused(visit, 500, sentence, _before(visit, page))

    return answer


async def _handle(visit: Visit, page: Page) -> Response:
    if visit.request.method != "POST":
        return await page.show(visit) if page.show is not None else _refused(visit, 405, "")
    visit.form = await visit.request.form(
        max_files=1, max_fields=MOST_FIELDS, max_part_size=_LONGEST_FIELD
    )
    try:
        if not all(map(can_be_kept, _words_of(visit.form))):
            return _refused(visit, 400, UNREADABLE, _before(visit, page))
        if not _is_ours(visit):
            sentence = "Ce formulaire a expiré. Ouvrez la page à nouveau."
            return _refused(visit, 403, sentence, _before(visit, page))
        return await page.act(visit) if page.act is not None else _refused(visit, 405, "")
    finally:
        await visit.form.close()


async def begin(console: Console, request: Request, menu: tuple[Page, ...]) -> Visit:
    """Return a request with who makes it; whoever is signed in stays so by it."""
    now = console.clock.now()
    shown = request.cookies.get(COOKIE, "")
    session = await console.store.read(find_session, shown, now) if shown else None
    if session is not None and session.is_to_touch:
        await console.store.write(touch_session, session.token, now)
    return Visit(console, request, menu, session, shown or new_token(), now)


def _gate(visit: Visit, page: Page) -> Response | None:
    """Return the answer for who may not see a page; `None` lets pass."""
    if page.role is None:
        return None
    session = visit.session
    if session is None:
        target = visit.request.url.path if visit.request.method == "GET" else "/"
        return visit.go(f"/connexion?suite={quote(target)}")
    if session.stage is Stage.CODE:
        return visit.go("/connexion/code")
    lacks_factor = session.account.needs_second_factor and not session.account.has_second_factor
    if session.stage is Stage.ENROL or lacks_factor:
        return visit.go("/compte/second-facteur")
    if not session.account.actor.may(page.role):
        return _refused(visit, 403, "Votre rôle ne permet pas d'ouvrir cette page.")
    return None


def can_be_kept(text: str) -> bool:
    """Tell whether every database can hold a text: none takes half a sign, one no NUL."""
    return "\0" not in text and text.encode(errors="ignore").decode() == text


def _words_of(form: FormData) -> Iterator[str]:
    for name, value in form.multi_items():
        yield name
        yield value if isinstance(value, str) else value.filename or ""


def _is_ours(visit: Visit) -> bool:
    given = visit.form.get("csrf")
    return isinstance(given, str) and hmac.compare_digest(given.encode(), visit.csrf.encode())


def _before(visit: Visit, page: Page) -> str:
    """Return the page that a form stood on; the first one where something was only looked at."""
    path = visit.request.url.path
    if visit.request.method != "POST":
        return "/"
    return path if page.show is not None else path.rpartition("/")[0] or "/"


def _refused(visit: Visit, status: int, sentence: str, back: str = "/") -> Response:
    title = "Introuvable" if status == 404 else "Impossible"  # noqa: PLR2004  # HTTP's own number
    return visit.page("refused.html", status, sentence=sentence, title=title, back=back)
