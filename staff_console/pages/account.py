"""One's own account: second factor, password, sessions."""

from starlette.responses import Response

from staff_console.errors import RefusedError
from staff_console.second_factor import address_of
from staff_console.sessions import Stage
from staff_console.visit import Page, Visit
from storage.actors import Actor, Role
from storage.staff_links import CODE_LIVES, StaffLinks


async def _show(visit: Visit) -> Response:
    return await _account_page(visit)


async def _account_page(visit: Visit, status: int = 200, problem: str = "") -> Response:
    links = StaffLinks(visit.console.keyring)
    phones = await visit.read(links.links_of, visit.account.email)
    return visit.page("account.html", status, account=visit.account, phones=phones, problem=problem)


async def _link_telegram(visit: Visit) -> Response:
    links, actor = StaffLinks(visit.console.keyring), visit.actor
    if visit.text("do") == "unlink":
        await visit.write(links.change_roles, Actor(actor.name, frozenset()))
        return visit.go("/compte", "Plus aucun téléphone n'est lié.")
    code = await visit.write(links.make_link_code, actor, visit.now)
    return visit.page("telegram_code.html", code=code, minutes=int(CODE_LIVES.total_seconds() / 60))


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
        return await _account_page(visit, error.status, error.sentence)
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
    Page(path="/compte/telegram", act=_link_telegram, role=Role.READER),
    Page(path="/compte", show=_show, act=_change_password, role=Role.READER),
    Page(path="/compte/second-facteur", show=_show_factor, act=_confirm_factor, role=None),
)
