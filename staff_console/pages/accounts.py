"""The accounts of staff, for administrators."""

from sqlalchemy import Connection
from starlette.responses import Response

from staff_console.accounts import Account, Invitation
from staff_console.errors import RefusedError
from staff_console.visit import Page, Visit
from storage.actors import Role

_LIST = "/comptes"


async def _show(visit: Visit) -> Response:
    accounts = visit.console.door.accounts

    def look(connection: Connection) -> tuple[list[Account], list[Invitation]]:
        return (
            accounts.all(connection, visit.actor),
            accounts.invitations(connection, visit.actor, visit.now),
        )

    found, invited = await visit.read(look)
    return visit.page("accounts.html", accounts=found, invited=invited, roles=list(Role))


async def _invite(visit: Visit) -> Response:
    token = await visit.write(
        visit.console.door.accounts.invite,
        visit.actor,
        visit.text("email"),
        _roles(visit),
        visit.now,
    )
    link = str(visit.request.url.replace(path=f"/invitation/{token}", query=""))
    return visit.page("invited.html", email=visit.text("email"), link=link)


async def _withdraw(visit: Visit) -> Response:
    accounts = visit.console.door.accounts
    await visit.write(accounts.withdraw_invitation, visit.actor, visit.text("email"), visit.now)
    return visit.go(_LIST, "Invitation retirée.")


async def _show_one(visit: Visit) -> Response:
    accounts = visit.console.door.accounts
    account = await visit.read(accounts.get, visit.actor, visit.path("number"))
    return visit.page("account_of.html", account=account, roles=list(Role))


async def _change_one(visit: Visit) -> Response:
    accounts, number = visit.console.door.accounts, visit.path("number")
    version, now = visit.number("version"), visit.now
    match visit.text("do"):
        case "roles":
            roles = _roles(visit)
            await visit.write(
                accounts.set_roles, visit.actor, number, roles, version=version, now=now
            )
        case "off" | "on" as switch:
            await visit.write(
                accounts.set_active,
                visit.actor,
                number,
                is_active=switch == "on",
                version=version,
                now=now,
            )
        case "factor":
            await visit.write(
                accounts.reset_second_factor, visit.actor, number, version=version, now=now
            )
        case _:
            raise RefusedError("Cette action n'existe pas.")
    return visit.go(_LIST, "Compte modifié.")


def _roles(visit: Visit) -> list[Role]:
    names = visit.several("roles")
    return [role for role in Role if role.value in names]


PAGES = (
    Page(path=_LIST, show=_show, act=_invite, role=Role.ADMINISTRATOR, menu="Comptes"),
    Page(path="/comptes/retirer", act=_withdraw, role=Role.ADMINISTRATOR),
    Page(path="/comptes/{number:int}", show=_show_one, act=_change_one, role=Role.ADMINISTRATOR),
)
