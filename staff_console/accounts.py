"""Accounts of staff: invited, given roles, deactivated; every change stands in the audit log."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from staff_console.errors import RefusedError, UnknownRecordError
from staff_console.meanwhile import changed_meanwhile
from staff_console.models import (
    staff_accounts,
    staff_invitations,
    staff_recovery_codes,
    staff_sessions,
)
from staff_console.second_factor import token_hash
from storage.actors import LONGEST_NAME, Actor, Role, require
from storage.audit import AuditEntry, record
from storage.columns import random_id
from storage.keys import Keyring, Purpose
from storage.staff_links import StaffLinks

INVITATION_LASTS = timedelta(days=3)
NEEDS_SECOND_FACTOR = frozenset({Role.APPROVER, Role.EVENTS, Role.ADMINISTRATOR})
"""Roles that see personal data or the whereabouts of refuges."""

_TOKEN_BYTES = 32
_a = staff_accounts.c
_i = staff_invitations.c


@dataclass(frozen=True, slots=True)
class Account:
    """A member of staff as the console knows them; the address is also their name in the audit.

    Attributes:
        version: grows with every change of roles or state, for optimistic locking.
    """

    id: int
    email: str
    roles: frozenset[Role]
    is_active: bool
    has_second_factor: bool
    version: int
    created_at: datetime
    signed_in_at: datetime | None

    @property
    def actor(self) -> Actor:
        """Who acts, for the services."""
        return Actor(self.email, self.roles)

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the roles may not be used with a password alone."""
        return bool(self.roles & NEEDS_SECOND_FACTOR)


@dataclass(frozen=True, slots=True)
class Invitation:
    """An account that somebody was offered and has not taken up."""

    email: str
    roles: frozenset[Role]
    invited_by: str
    expires_at: datetime


def clean_email(text: str) -> str:
    """Return an address as accounts hold it.

    Raises:
        RefusedError: it is no address.
    """
    email = text.strip().casefold()
    name, at, domain = email.partition("@")
    is_one = name and at and "." in domain and not any(sign.isspace() for sign in email)
    if not is_one or len(email) > LONGEST_NAME:
        raise RefusedError("Cette adresse de courriel ne va pas.", "email")
    return email


def read_roles(text: str) -> frozenset[Role]:
    """Return the roles that a column holds."""
    return frozenset(Role(name) for name in text.split(",") if name)


def write_roles(roles: Iterable[Role]) -> str:
    """Return roles as a column holds them.

    Raises:
        RefusedError: there are none.
    """
    wanted = ",".join(role.value for role in Role if role in set(roles))
    if not wanted:
        raise RefusedError("Choisissez au moins un rôle.", "roles")
    return wanted


class Accounts:
    """What administrators do with accounts; each method works on the connection it is given.

    Args:
        keyring: the keys of the installation.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._links = StaffLinks(keyring)

    # -- reading ---------------------------------------------------------------------------

    def all(self, connection: Connection, actor: Actor) -> list[Account]:
        """Return all accounts by address."""
        require(actor, Role.ADMINISTRATOR)
        rows = connection.execute(select(staff_accounts).order_by(_a.email))
        return [account_of(row) for row in rows]

    def get(self, connection: Connection, actor: Actor, account_id: int) -> Account:
        """Return one account.

        Raises:
            UnknownRecordError: there is none of this number.
        """
        require(actor, Role.ADMINISTRATOR)
        return account_of(self._row(connection, account_id))

    def invitations(self, connection: Connection, actor: Actor, now: datetime) -> list[Invitation]:
        """Return the invitations that can still be taken up."""
        require(actor, Role.ADMINISTRATOR)
        rows = connection.execute(
            select(staff_invitations).where(_i.expires_at > now).order_by(_i.email)
        )
        return [_invitation_of(row) for row in rows]

    # -- coming in -------------------------------------------------------------------------

    def add(  # noqa: PLR0913  # who, with what, made by whom and when
        self,
        connection: Connection,
        email: str,
        roles: Collection[Role],
        password_hash: str,
        *,
        actor: str,
        now: datetime,
    ) -> Account:
        """Make an account.

        Raises:
            RefusedError: the address has an account, or is none, or there is no role.
        """
        address = clean_email(email)
        if connection.execute(select(_a.id).where(_a.email == address)).first() is not None:
            raise RefusedError("Cette adresse a déjà un compte.", "email")
        number = random_id()
        connection.execute(
            insert(staff_accounts).values(
                id=number,
                email=address,
                roles=write_roles(roles),
                password_hash=password_hash,
                totp_step=0,
                key_number=self._keyring.key_number,
                is_active=True,
                version=1,
                created_at=now,
            )
        )
        audit(connection, "account:added", number, ("email", "roles"), actor, now)
        return account_of(self._row(connection, number))

    def invite(
        self,
        connection: Connection,
        actor: Actor,
        email: str,
        roles: Collection[Role],
        now: datetime,
    ) -> str:
        """Offer an account; return the token of the link, which is known nowhere else.

        A second invitation of the same address takes the first one's place.

        Raises:
            RefusedError: the address has an account, or is none, or there is no role.
        """
        require(actor, Role.ADMINISTRATOR)
        address = clean_email(email)
        if connection.execute(select(_a.id).where(_a.email == address)).first() is not None:
            raise RefusedError("Cette adresse a déjà un compte.", "email")
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        connection.execute(delete(staff_invitations).where(_i.email == address))
        connection.execute(
            insert(staff_invitations).values(
                token_hash=token_hash(token),
                email=address,
                roles=write_roles(roles),
                invited_by=actor.name,
                created_at=now,
                expires_at=now + INVITATION_LASTS,
            )
        )
        record(
            connection,
            AuditEntry(now, actor.name, "invitation:added", f"invitation:{address}", ("roles",)),
        )
        return token

    def withdraw_invitation(
        self, connection: Connection, actor: Actor, email: str, now: datetime
    ) -> None:
        """Take an invitation back; twice is as good as once."""
        require(actor, Role.ADMINISTRATOR)
        gone = connection.execute(delete(staff_invitations).where(_i.email == email)).rowcount
        if gone:
            which = f"invitation:{email}"
            record(connection, AuditEntry(now, actor.name, "invitation:withdrawn", which))

    def invitation(self, connection: Connection, token: str, now: datetime) -> Invitation:
        """Return the invitation of a link.

        Raises:
            UnknownRecordError: it is used, withdrawn, expired, or never was.
        """
        row = connection.execute(
            select(staff_invitations).where(_i.token_hash == token_hash(token), _i.expires_at > now)
        ).one_or_none()
        if row is None:
            raise UnknownRecordError(
                "Ce lien n'est plus valable. Demandez-en un autre à l'administration."
            )
        return _invitation_of(row)

    def take_up(
        self, connection: Connection, token: str, password_hash: str, now: datetime
    ) -> Account:
        """Make the account that an invitation offers; the link is used up by it.

        Raises:
            UnknownRecordError: it is used, withdrawn, expired, or never was.
            RefusedError: the address has an account meanwhile.
        """
        offered = self.invitation(connection, token, now)
        connection.execute(delete(staff_invitations).where(_i.token_hash == token_hash(token)))
        return self.add(
            connection, offered.email, offered.roles, password_hash, actor=offered.email, now=now
        )

    # -- changing --------------------------------------------------------------------------

    def set_roles(  # noqa: PLR0913  # who, whose, which, seen as what, when
        self,
        connection: Connection,
        actor: Actor,
        account_id: int,
        roles: Collection[Role],
        *,
        version: int,
        now: datetime,
    ) -> None:
        """Give other roles; they count from the next page on.

        Raises:
            ChangedMeanwhileError: somebody changed the account since `version`.
            RefusedError: it is one's own, or nobody would be left to administer.
        """
        row = self._to_change(connection, actor, account_id, version)
        wanted = write_roles(roles)
        if Role.ADMINISTRATOR not in roles:
            self._check_others_administer(connection, row)
        self._set(connection, row, roles=wanted)
        self._links.change_roles(connection, Actor(row.email, frozenset(roles)))
        audit(connection, "account:roles_changed", row.id, ("roles",), actor.name, now)

    def set_active(  # noqa: PLR0913  # as above
        self,
        connection: Connection,
        actor: Actor,
        account_id: int,
        *,
        is_active: bool,
        version: int,
        now: datetime,
    ) -> None:
        """Deactivate an account, which ends its sessions at once, or let it in again.

        Raises:
            ChangedMeanwhileError: somebody changed the account since `version`.
            RefusedError: it is one's own, or nobody would be left to administer.
        """
        row = self._to_change(connection, actor, account_id, version)
        if not is_active:
            self._check_others_administer(connection, row)
            end_sessions(connection, row.id)
            self._links.change_roles(connection, Actor(row.email, frozenset()))
        self._set(connection, row, is_active=is_active)
        tag = "account:reactivated" if is_active else "account:deactivated"
        audit(connection, tag, row.id, ("is_active",), actor.name, now)

    def reset_second_factor(
        self, connection: Connection, actor: Actor, account_id: int, *, version: int, now: datetime
    ) -> None:
        """Forget a lost phone: the next sign-in sets a new second factor up, no chat is linked.

        Raises:
            ChangedMeanwhileError: somebody changed the account since `version`.
            RefusedError: it is one's own.
        """
        row = self._to_change(connection, actor, account_id, version)
        end_sessions(connection, row.id)
        self._links.change_roles(connection, Actor(row.email, frozenset()))
        codes = staff_recovery_codes
        connection.execute(delete(codes).where(codes.c.account_id == row.id))
        self._set(connection, row, sealed_totp=None)
        audit(connection, "account:second_factor_reset", row.id, ("totp",), actor.name, now)

    def rekey(self, connection: Connection) -> int:
        """Seal with the current key what another sealed; return how many rows."""
        old = select(_a.id, _a.sealed_totp).where(_a.key_number != self._keyring.key_number)
        rows = connection.execute(old).all()
        for row in rows:
            values: dict[str, Any] = {"key_number": self._keyring.key_number}
            if row.sealed_totp is not None:
                secret = self._keyring.open(Purpose.STAFF, row.sealed_totp)
                values["sealed_totp"] = self._keyring.seal(Purpose.STAFF, secret)
            connection.execute(update(staff_accounts).where(_a.id == row.id).values(**values))
        return len(rows)

    # -- inside ----------------------------------------------------------------------------

    def _row(self, connection: Connection, account_id: int) -> Row[Any]:
        wanted = select(staff_accounts).where(_a.id == account_id)
        row = connection.execute(wanted.with_for_update()).one_or_none()
        if row is None:
            raise UnknownRecordError
        return row

    def _to_change(
        self, connection: Connection, actor: Actor, account_id: int, version: int
    ) -> Row[Any]:
        require(actor, Role.ADMINISTRATOR)
        row = self._row(connection, account_id)
        if row.email == actor.name:
            raise RefusedError("On ne change pas son propre compte : demandez à un collègue.")
        if row.version != version:
            raise changed_meanwhile(connection, f"account:{row.id}", "modifié ce compte")
        return row

    def _check_others_administer(self, connection: Connection, row: Row[Any]) -> None:
        others = connection.execute(
            select(_a.roles).where(_a.id != row.id, _a.is_active.is_(True)).with_for_update()
        ).scalars()
        if not any(Role.ADMINISTRATOR in read_roles(roles) for roles in others):
            raise RefusedError("Il doit rester une personne qui administre.")

    def _set(self, connection: Connection, row: Row[Any], **values: object) -> None:
        changed = update(staff_accounts).where(_a.id == row.id)
        connection.execute(changed.values(version=row.version + 1, **values))


def account_of(row: Row[Any]) -> Account:
    """Return an account from its row."""
    return Account(
        id=row.id,
        email=row.email,
        roles=read_roles(row.roles),
        is_active=row.is_active,
        has_second_factor=row.sealed_totp is not None,
        version=row.version,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def end_sessions(connection: Connection, account_id: int) -> int:
    """Sign an account out everywhere; return of how many browsers."""
    gone = delete(staff_sessions).where(staff_sessions.c.account_id == account_id)
    return connection.execute(gone).rowcount


def audit(  # noqa: PLR0913, PLR0917  # an audit entry has these parts
    connection: Connection,
    tag: str,
    account_id: int,
    names: tuple[str, ...],
    actor: str,
    now: datetime,
) -> None:
    """Enter a change of an account."""
    record(connection, AuditEntry(now, actor, tag, f"account:{account_id}", names))


def _invitation_of(row: Row[Any]) -> Invitation:
    return Invitation(row.email, read_roles(row.roles), row.invited_by, row.expires_at)
