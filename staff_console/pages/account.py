"""One's own account: second factor, password, sessions."""

from starlette.responses import Response

from staff_console.errors import RefusedError
from staff_console.second_factor import address_of
from staff_console.sessions import Stage
from staff_console.visit import Page, Visit
from storage.actors import Role


async def _show(visit: Visit) -> Response:
    return visit.page("account.html", account=visit.account, problem="")


async def _change_password(visit: Visit) -> Response:
    session = visit.session
    if session is None:
        return visit.go("/connexion")
    try:
        new = visit.new_password("new")
        old = visit.secret("old")
        door = visit.console.door
        visit.token = await door.change_password(session, old, new, visit.address, visit.now)
    except RefusedError as error:
        return visit.page(
            "account.html", error.status, account=visit.account, problem=error.sentence
        )
    return visit.go("/compte", "Mot de passe changé. Les autres appareils sont déconnectés.")


async def _show_factor(visit: Visit) -> Response:
    if visit.session is None or visit.session.stage is Stage.CODE:
        return visit.go("/connexion")
    return await _factor_page(visit, 200, "")


async def _confirm_factor(visit: Visit) -> Response:
    if visit.session is None or visit.session.stage is Stage.CODE:
        return visit.go("/connexion")
    door = visit.console.door
    try:
        visit.token, codes = await door.confirm_factor(
            visit.session,
            visit.text("code", 40),
            visit.secret("password"),
            visit.address,
            visit.now,
        )
    except RefusedError as error:
        return await _factor_page(visit, error.status, error.sentence)
    return visit.page("recovery_codes.html", codes=codes)


async def _factor_page(visit: Visit, status: int, problem: str) -> Response:
    if visit.session is None:
        return visit.go("/connexion")
    secret = await visit.console.door.pending_secret(visit.session)
    return visit.page(
        "second_factor.html",
        status,
        secret=secret,
        address=address_of(secret, visit.account.email),
        asks_password=visit.session.stage is Stage.OPEN,
        problem=problem,
    )


PAGES = (
    Page(path="/compte", show=_show, act=_change_password, role=Role.READER),
    Page(path="/compte/second-facteur", show=_show_factor, act=_confirm_factor, role=None),
)
