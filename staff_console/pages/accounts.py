"""The accounts of staff, for administrators."""

from sqlalchemy import Connection
from starlette.responses import Response

from staff_console.accounts import Account, Invitation
from staff_console.errors import ChangedMeanwhileError, RefusedError, UnknownRecordError
from staff_console.three_way import Reconciled, opened, reconcile
from staff_console.visit import Page, Visit
from staff_console.wording import WORDS
from storage.actors import Role

_LIST = "/comptes"
_YES = "oui"
_LABELS = {
    **{f"role-{role.value}": f"rôle {WORDS['role'][role.value]}" for role in Role},
    "is_active": "compte actif",
    "totp": "second facteur",
}
"""What may be changed of an account, as the form names it and as staff do."""


async def _show(visit: Visit) -> Response:
    return await _list(visit)


async def _list(visit: Visit, mistake: RefusedError | None = None) -> Response:
    accounts = visit.console.door.accounts

    def look(connection: Connection) -> tuple[list[Account], list[Invitation]]:
        return (
            accounts.all(connection, visit.actor),
            accounts.invitations(connection, visit.actor, visit.now),
        )

    found, invited = await visit.read(look)
    return visit.page(
        "accounts.html",
        mistake=mistake,
        accounts=found,
        invited=invited,
        roles=list(Role),
        email=visit.typed(["email"]).get("email", ""),
        chosen=_roles(visit),
    )


async def _invite(visit: Visit) -> Response:
    accounts = visit.console.door.accounts
    try:
        email = visit.text("email")
        token = await visit.write(accounts.invite, visit.actor, email, _roles(visit), visit.now)
    except RefusedError as error:
        return await _list(visit, error)
    link = str(visit.request.url.replace(path=f"/invitation/{token}", query=""))
    return visit.page("invited.html", email=email, link=link)


async def _withdraw(visit: Visit) -> Response:
    accounts = visit.console.door.accounts
    await visit.write(accounts.withdraw_invitation, visit.actor, visit.text("email"), visit.now)
    return visit.go(_LIST, "Invitation retirée.")


async def _show_one(visit: Visit) -> Response:
    return await _page_of_one(visit)


async def _page_of_one(visit: Visit, mistake: RefusedError | None = None) -> Response:
    accounts, number = visit.console.door.accounts, visit.path("number")
    account = await visit.read(accounts.get, visit.actor, number)
    now = _state(account)
    before, version, fields = now, str(account.version), now
    reconciled: Reconciled | None = None
    if isinstance(mistake, ChangedMeanwhileError):
        reconciled = reconcile(opened(visit, now), _wanted(visit), now)
        fields = dict(reconciled.fields)
    elif mistake is not None:
        before, version = opened(visit, now), visit.text("version", 20)
        fields = now | _wanted(visit)
    return visit.page(
        "account_of.html",
        mistake=mistake,
        account=account,
        version=version,
        roles=list(Role),
        chosen=[role for role in Role if fields[_field_of(role)]],
        before=before,
        reconciled=reconciled,
        labels=_LABELS,
        words={name: {_YES: _YES, "": "non"} for name in _LABELS},
    )


def _state(account: Account) -> dict[str, str]:
    """Return what may be changed of an account, field by field as the form has it."""
    roles = {_field_of(role): role in account.roles for role in Role}
    state = {**roles, "is_active": account.is_active, "totp": account.has_second_factor}
    return {name: _YES if on else "" for name, on in state.items()}


def _wanted(visit: Visit) -> dict[str, str]:
    """Return what the button that was pressed would have made of it."""
    match visit.text("do"):
        case "roles":
            chosen = _roles(visit)
            return {_field_of(role): _YES if role in chosen else "" for role in Role}
        case "factor":
            return {"totp": ""}
        case switch:
            return {"is_active": _YES if switch == "on" else ""}


async def _change_one(visit: Visit) -> Response:
    try:
        await _change(visit)
    except UnknownRecordError:
        raise
    except RefusedError as error:
        return await _page_of_one(visit, error)
    return visit.go(_LIST, "Compte modifié.")


async def _change(visit: Visit) -> None:
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


def _field_of(role: Role) -> str:
    return f"role-{role.value}"


def _roles(visit: Visit) -> list[Role]:
    names = visit.several("roles")
    return [role for role in Role if role.value in names]


PAGES = (
    Page(path=_LIST, show=_show, act=_invite, role=Role.ADMINISTRATOR, menu="Comptes"),
    Page(path="/comptes/retirer", act=_withdraw, role=Role.ADMINISTRATOR),
    Page(path="/comptes/{number:int}", show=_show_one, act=_change_one, role=Role.ADMINISTRATOR),
)
