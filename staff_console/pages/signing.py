"""Signing in: password, code, invitation."""

from starlette.responses import Response

from staff_console.errors import RefusedError
from staff_console.sessions import Stage, open_session
from staff_console.visit import Page, Visit, safe_target

_NEXT = {Stage.CODE: "/connexion/code", Stage.ENROL: "/compte/second-facteur"}


async def _show_password(visit: Visit) -> Response:
    if visit.session is not None and visit.session.stage is Stage.OPEN:
        return visit.go("/")
    return visit.page("sign_in.html", problem="", email="", target=visit.asked("suite", "/"))


async def _give_password(visit: Visit) -> Response:
    email, target = visit.text("email"), safe_target(visit.text("suite"))
    password = visit.secret("password")
    door = visit.console.door
    try:
        token, stage = await door.give_password(email, password, visit.address, visit.now)
    except RefusedError as error:
        return visit.page(
            "sign_in.html", error.status, problem=error.sentence, email=email, target=target
        )
    await _leave_behind(visit)
    visit.token = token
    return visit.go(_NEXT.get(stage, target))


async def _leave_behind(visit: Visit) -> None:
    """End the session that this browser had: its cookie may have been copied before."""
    if visit.session is not None:
        await visit.console.door.sign_out(visit.session, visit.now, everywhere=False)


async def _show_code(visit: Visit) -> Response:
    if visit.session is None or visit.session.stage is not Stage.CODE:
        return visit.go("/connexion")
    return visit.page("sign_in_code.html", problem="")


async def _give_code(visit: Visit) -> Response:
    if visit.session is None or visit.session.stage is not Stage.CODE:
        return visit.go("/connexion")
    door = visit.console.door
    try:
        code = visit.text("code", 40)
        visit.token = await door.give_code(visit.session, code, visit.address, visit.now)
    except RefusedError as error:
        return visit.page("sign_in_code.html", error.status, problem=error.sentence)
    return visit.go("/")


async def _show_invitation(visit: Visit) -> Response:
    accounts = visit.console.door.accounts
    invited = await visit.read(accounts.invitation, visit.path("token"), visit.now)
    return visit.page("invitation.html", invited=invited, problem="")


async def _take_invitation(visit: Visit) -> Response:
    door, token = visit.console.door, visit.path("token")
    invited = await visit.read(door.accounts.invitation, token, visit.now)
    try:
        password = visit.new_password("password")
        hashed = await door.hash_new_password(password, invited.email)
    except RefusedError as error:
        return visit.page("invitation.html", error.status, invited=invited, problem=error.sentence)
    account = await visit.write(door.accounts.take_up, token, hashed, visit.now)
    stage = Stage.ENROL if account.needs_second_factor else Stage.OPEN
    await _leave_behind(visit)
    visit.token = await visit.write(open_session, account.id, stage, visit.now)
    return visit.go(_NEXT.get(stage, "/"), "Votre compte est prêt.")


async def _sign_out(visit: Visit) -> Response:
    if visit.session is not None:
        everywhere = visit.text("partout") == "oui"
        await visit.console.door.sign_out(visit.session, visit.now, everywhere=everywhere)
    return visit.go("/connexion", "Vous êtes sorti·e.")


PAGES = (
    Page(path="/connexion", show=_show_password, act=_give_password, role=None),
    Page(path="/connexion/code", show=_show_code, act=_give_code, role=None),
    Page(path="/invitation/{token}", show=_show_invitation, act=_take_invitation, role=None),
    Page(path="/deconnexion", act=_sign_out, role=None),
)
