"""`jigi staff`: accounts of the staff console, for the first one and for emergencies."""

import asyncio
import sys
from getpass import getpass
from typing import Annotated

from cyclopts import App, Parameter

from bot import bootstrap
from bot.cli.console import open_console
from bot.settings import Settings, SettingsError
from staff_console.errors import RefusedError
from storage.actors import Role

app = App(name="staff", help="The accounts of the staff console.")
COMMAND_LINE = "command line"  # the actor in the audit log where nobody is named


@app.command
def add(email: str, *, role: Annotated[list[Role], Parameter(negative=())]) -> None:
    """Make an account; asks for the password, or reads it from standard input.

    Args:
        email: the address with which one signs in.
        role: what the account may do; may be given several times.
    """
    password = _password()

    async def run() -> None:
        settings = Settings.read()
        keys = bootstrap.keyring(settings)
        await bootstrap.upgrade_database(settings)
        async with open_console(settings, keys) as console:
            hashed = await console.door.hash_new_password(password, email)
            now = console.clock.now()
            account = await console.store.write(
                console.door.accounts.add, email, role, hashed, actor=COMMAND_LINE, now=now
            )
        roles = ", ".join(sorted(account.roles))
        print(f"{account.email} may sign in as {roles}.")
        if account.needs_second_factor:
            print("The first sign-in sets a second factor up.")

    try:
        asyncio.run(run())
    except RefusedError as error:
        raise SettingsError(f"Nothing was changed. {error.sentence}") from None


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass("Password: ")
    if getpass("Once more: ") != password:
        raise SettingsError("Nothing was changed: the two passwords differ.")
    return password
