"""A console on a database of the test's own, and members of staff who use it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pyotp
from argon2 import PasswordHasher
from sqlalchemy import Connection, update
from starlette.applications import Starlette

from bot.cli.console import in_bambara, read_contents
from event_registration.desk import Desk
from guidance.training import TrainingDesk
from staff_console.app import build_app
from staff_console.models import staff_accounts
from staff_console.passwords import Passwords
from staff_console.rendering import open_templates
from staff_console.sessions import Stage, open_session
from staff_console.signing_in import Door
from staff_console.uploads import Uploads
from staff_console.visit import COOKIE, Console
from staff_console.workshop import Works, Workshop
from storage.actors import Role
from storage.audit import Audit, AuditEntry, audit_entries
from storage.keys import Keyring, Purpose
from storage.store import Store, open_store
from tests.fakes.racing import Racing
from tests.fakes.web_chat import FakeClock

NOW = datetime(2027, 2, 15, 10, 0, tzinfo=UTC)
PASSWORD = "le fleuve coule lentement"  # noqa: S105  # made up for the tests
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # made up for the tests
ADDRESS = "http://console"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{32})"')


def csrf_of(page: httpx.Response) -> str:
    """Return what the forms of a page carry."""
    found = _CSRF.search(page.text)
    assert found is not None, page.text[:500]
    return found.group(1)


class Browser:
    """A browser without a screen; forms that it sends carry what the page before them held."""

    def __init__(self, client: httpx.AsyncClient, keyring: Keyring) -> None:
        self.client, self._keyring = client, keyring

    @property
    def csrf(self) -> str:
        shown = self.client.cookies.get(COOKIE, "")
        return self._keyring.hash(Purpose.STAFF_COOKIE, b"csrf:" + shown.encode())

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, **fields: Any) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf, **fields})

    async def upload(self, path: str, name: str, content: bytes, **fields: Any) -> httpx.Response:
        files = {"file": (name, content)}
        return await self.client.post(path, data={"csrf": self.csrf, **fields}, files=files)


class World:
    """A console, its clock and its staff."""

    def __init__(self, url: str, keyring: Keyring, folder: Path = Path("missing")) -> None:
        self.clock = FakeClock(NOW)
        self.store: Store = open_store(url, keyring)
        self.keyring = keyring
        self.door = Door(self.store, Passwords(_CHEAP))
        self.desk = Desk(keyring)
        self.console = Console(
            store=self.store,
            clock=self.clock,
            door=self.door,
            desk=self.desk,
            training=TrainingDesk(keyring),
            templates=open_templates(),
            uploads=Uploads(folder),
            workshop=Workshop(lambda: open_store(url, keyring)),
            works=Works(),
            contents=read_contents,
            in_bambara=in_bambara,
        )
        self.app: Starlette = build_app(self.console)
        self._numbers = count(1)

    async def close(self) -> None:
        await self.console.workshop.close()
        await self.store.close()

    def alone(self) -> "World":
        """The same installation, but one that says it has no second person."""
        other = copy(self)
        other.console = replace(self.console, single_staff=True)
        other.app = build_app(other.console)
        return other

    def raced(self) -> tuple["World", Racing]:
        """The same installation, in which somebody can save just before a form's writing."""
        racing, other = Racing(self.store), copy(self)
        other.console = replace(self.console, store=Store(racing, self.keyring))
        other.app = build_app(other.console)
        return other, racing

    async def add(self, *roles: Role, email: str = "", factor: bool = False) -> int:
        """Make an account with `PASSWORD`, and with `SECRET` as its second factor if asked."""
        name = email or f"staff{next(self._numbers)}@example.org"
        hashed = _CHEAP.hash(PASSWORD)
        account = await self.store.write(
            self.door.accounts.add, name, roles, hashed, actor="test", now=self.clock.now()
        )
        if factor:
            sealed = self.keyring.seal(Purpose.STAFF, SECRET.encode())
            row = update(staff_accounts).where(staff_accounts.c.id == account.id)
            await self.store.write(lambda open_: open_.execute(row.values(sealed_totp=sealed)))
        return account.id

    async def token(self, *roles: Role, email: str = "") -> str:
        """Return the token of a session that is open for these roles."""
        number = await self.add(*roles, email=email, factor=True)
        return await self.store.write(open_session, number, Stage.OPEN, self.clock.now())

    @asynccontextmanager
    async def stranger(self, address: str = "192.0.2.1") -> AsyncIterator[Browser]:
        """A browser of nobody."""
        transport = httpx.ASGITransport(app=self.app, client=(address, 1234))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            yield Browser(client, self.keyring)

    @asynccontextmanager
    async def browser(self, *roles: Role, email: str = "") -> AsyncIterator[Browser]:
        """A browser in which somebody with these roles is signed in."""
        async with self.stranger() as browser:
            browser.client.cookies.set(COOKIE, await self.token(*roles, email=email))
            yield browser

    def code(self, secret: str = SECRET) -> str:
        """What an authenticator shows now."""
        return pyotp.TOTP(secret).at(self.clock.now())

    async def tags(self) -> list[str]:
        """The tags of the audit log, oldest first."""
        return [each.tag for each in await self.audit()]

    async def audit(self) -> list[AuditEntry]:
        def look(connection: Connection) -> list[AuditEntry]:
            wanted = audit_entries.select().order_by(audit_entries.c.id)
            names = ("at", "actor", "tag", "record_id", "changed_fields", "note")
            rows = connection.execute(wanted).mappings()
            return [AuditEntry(**{name: row[name] for name in names}) for row in rows]

        return await self.store.read(look)


__all__ = ["Audit", "Browser", "World"]
