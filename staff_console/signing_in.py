"""The door of the console: password, second factor, recovery codes, password change."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from staff_console.accounts import Account, Accounts, account_of, audit, end_sessions
from staff_console.attempts import Attempts
from staff_console.errors import WrongCredentialsError
from staff_console.models import staff_accounts, staff_recovery_codes
from staff_console.passwords import Passwords, check_new_password
from staff_console.second_factor import (
    RECOVERY_CODES,
    new_recovery_code,
    new_secret,
    recovery_hash,
    step_of,
)
from staff_console.sessions import (
    Session,
    Stage,
    close_session,
    keep_pending_factor,
    open_session,
)
from storage.keys import Keyring, Purpose
from storage.store import Store

_WRONG_CODE = "Ce code ne va pas. Attendez le suivant, ou prenez un code de secours."
_a = staff_accounts.c
_c = staff_recovery_codes.c


class Door:
    """Lets staff in and out.

    Args:
        store: the way into the database.
        passwords: how they are hashed and checked.
    """

    def __init__(self, store: Store, passwords: Passwords) -> None:
        self._store = store
        self._keyring: Keyring = store.keyring
        self._passwords = passwords
        self._attempts = Attempts(store.keyring)
        self.accounts = Accounts(store.keyring)

    async def give_password(
        self, email: str, password: str, address: str, now: datetime
    ) -> tuple[str, Stage]:
        """Check a password and begin a session; return its token and what is still to be done.

        Args:
            email: as typed.
            password: as typed.
            address: of the network, from which the attempt comes.
            now: aware UTC.

        Raises:
            WrongCredentialsError: no active account has this address and password.
            TooManyAttemptsError: it was tried too often.
        """
        name = email.strip().casefold()[:200]
        await self._store.write(self._attempts.count, name, address, now)
        row = await self._store.read(_row_of, name)
        kept = row.password_hash if row is not None and row.is_active else None
        checked = await self._passwords.check(kept, password)
        if not checked.is_right or row is None:
            raise WrongCredentialsError
        account = account_of(row)

        def enter(connection: Connection) -> tuple[str, Stage]:
            if checked.renewed is not None:
                renewed = update(staff_accounts).where(_a.id == account.id)
                connection.execute(renewed.values(password_hash=checked.renewed))
            stage = _stage_after_password(account)
            if stage is Stage.OPEN:
                self._signed_in(connection, account, name, address, now)
            return open_session(connection, account.id, stage, now), stage

        return await self._store.write(enter)

    async def give_code(self, session: Session, code: str, address: str, now: datetime) -> str:
        """Check a code of the authenticator, or a recovery code; return the token from now on.

        Raises:
            WrongCredentialsError: it is not right, or was used already.
            TooManyAttemptsError: it was tried too often.
        """
        account = session.account
        await self._store.write(self._attempts.count, account.email, address, now)

        def check(connection: Connection) -> str:
            if not (
                self._takes_totp(connection, account.id, code, now)
                or self._takes_recovery_code(connection, account, code, now)
            ):
                raise WrongCredentialsError(_WRONG_CODE)
            self._signed_in(connection, account, account.email, address, now)
            close_session(connection, session.token)
            return open_session(connection, account.id, Stage.OPEN, now)

        return await self._store.write(check)

    # -- setting the second factor up ------------------------------------------------------

    async def pending_secret(self, session: Session) -> str:
        """Return the secret that is being set up in this session; begins with it where needed."""
        if session.sealed_totp is not None:
            return self._keyring.open(Purpose.STAFF, session.sealed_totp).decode()
        secret = new_secret()
        sealed = self._keyring.seal(Purpose.STAFF, secret.encode())
        await self._store.write(keep_pending_factor, session.token, sealed)
        return secret

    async def confirm_factor(
        self, session: Session, code: str, password: str, address: str, now: datetime
    ) -> tuple[str, list[str]]:
        """Take the new second factor into use; return the new token and the recovery codes.

        All other sessions of the account end. Who is signed in already gives the password again:
        a browser left open is not enough to take an account over.

        Raises:
            WrongCredentialsError: the code is not one of the new secret, or the password is wrong.
            TooManyAttemptsError: it was tried too often.
        """
        account = session.account
        await self._store.write(self._attempts.count, account.email, address, now)
        if session.stage is Stage.OPEN:
            await self._check_own_password(account, password)
        secret = await self.pending_secret(session)
        step = step_of(secret, code, now, after=0)
        if step is None:
            raise WrongCredentialsError(_WRONG_CODE)
        sealed = self._keyring.seal(Purpose.STAFF, secret.encode())
        codes = [new_recovery_code() for _ in range(RECOVERY_CODES)]

        def keep(connection: Connection) -> str:
            values = {
                "sealed_totp": sealed,
                "totp_step": step,
                "key_number": self._keyring.key_number,
            }
            connection.execute(update(staff_accounts).where(_a.id == account.id).values(**values))
            _keep_recovery_codes(connection, account.id, codes)
            tag = "account:second_factor_set"
            audit(connection, tag, account.id, ("totp",), account.email, now)
            self._signed_in(connection, account, account.email, address, now)
            end_sessions(connection, account.id)
            return open_session(connection, account.id, Stage.OPEN, now)

        return await self._store.write(keep), codes

    # -- passwords -------------------------------------------------------------------------

    async def hash_new_password(self, password: str, email: str) -> str:
        """Return what is kept of a new password.

        Raises:
            RefusedError: it could be guessed.
        """
        check_new_password(password, email)
        return await self._passwords.hash(password)

    async def change_password(
        self, session: Session, old: str, new: str, address: str, now: datetime
    ) -> str:
        """Change one's own password; all sessions end but this one, under a new token.

        Raises:
            WrongCredentialsError: the old one is not right.
            TooManyAttemptsError: it was tried too often.
            RefusedError: the new one could be guessed.
        """
        account = session.account
        await self._store.write(self._attempts.count, account.email, address, now)
        await self._check_own_password(account, old)
        hashed = await self.hash_new_password(new, account.email)

        def change(connection: Connection) -> str:
            changed = update(staff_accounts).where(_a.id == account.id)
            connection.execute(changed.values(password_hash=hashed))
            tag = "account:password_changed"
            audit(connection, tag, account.id, ("password",), account.email, now)
            self._attempts.forget(connection, account.email, address)
            end_sessions(connection, account.id)
            return open_session(connection, account.id, Stage.OPEN, now)

        return await self._store.write(change)

    async def sign_out(self, session: Session, now: datetime, *, everywhere: bool) -> None:
        """End this session, or all sessions of its account."""

        def leave(connection: Connection) -> None:
            if not everywhere:
                close_session(connection, session.token)
                return
            account = session.account
            end_sessions(connection, account.id)
            audit(connection, "account:signed_out_everywhere", account.id, (), account.email, now)

        await self._store.write(leave)

    # -- inside ----------------------------------------------------------------------------

    async def _check_own_password(self, account: Account, password: str) -> None:
        row = await self._store.read(_row_of, account.email)
        kept = row.password_hash if row is not None else None
        if not (await self._passwords.check(kept, password)).is_right:
            raise WrongCredentialsError("Le mot de passe actuel ne va pas.")

    def _signed_in(
        self, connection: Connection, account: Account, name: str, address: str, now: datetime
    ) -> None:
        self._attempts.forget(connection, name, address)
        seen = update(staff_accounts).where(_a.id == account.id).values(signed_in_at=now)
        connection.execute(seen)
        audit(connection, "account:signed_in", account.id, (), account.email, now)

    def _takes_totp(
        self, connection: Connection, account_id: int, code: str, now: datetime
    ) -> bool:
        wanted = select(_a.sealed_totp, _a.totp_step).where(_a.id == account_id)
        row = connection.execute(wanted.with_for_update()).one()
        if row.sealed_totp is None:
            return False
        secret = self._keyring.open(Purpose.STAFF, row.sealed_totp).decode()
        step = step_of(secret, code, now, after=row.totp_step)
        if step is None:
            return False
        used = update(staff_accounts).where(_a.id == account_id).values(totp_step=step)
        connection.execute(used)
        return True

    def _takes_recovery_code(
        self, connection: Connection, account: Account, code: str, now: datetime
    ) -> bool:
        hashed = recovery_hash(code)
        if hashed is None:
            return False
        used = delete(staff_recovery_codes).where(
            _c.account_id == account.id, _c.code_hash == hashed
        )
        if connection.execute(used).rowcount == 0:
            return False
        tag = "account:recovery_code_used"
        audit(connection, tag, account.id, ("recovery_codes",), account.email, now)
        return True


def _row_of(connection: Connection, email: str) -> Row[Any] | None:
    return connection.execute(select(staff_accounts).where(_a.email == email)).one_or_none()


def _stage_after_password(account: Account) -> Stage:
    if account.has_second_factor:
        return Stage.CODE
    return Stage.ENROL if account.needs_second_factor else Stage.OPEN


def _keep_recovery_codes(connection: Connection, account_id: int, codes: list[str]) -> None:
    connection.execute(delete(staff_recovery_codes).where(_c.account_id == account_id))
    rows = [{"account_id": account_id, "code_hash": recovery_hash(code)} for code in codes]
    connection.execute(insert(staff_recovery_codes), rows)
