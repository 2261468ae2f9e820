"""Who is signed in: kept in the database, so that signing out, here or everywhere, is certain."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from staff_console.accounts import Account, account_of
from staff_console.models import staff_accounts, staff_sessions
from staff_console.second_factor import token_hash

IDLE = timedelta(hours=1)
"""A session ends so long after its last page (S37)."""

LONGEST = timedelta(hours=12)
"""A session ends so long after signing in, whatever is done."""

HALF_WAY = timedelta(minutes=10)
"""So long a password alone waits for its code."""

SEEN_EVERY = timedelta(minutes=1)
"""The last step is written down so often at most."""

_TOKEN_BYTES = 32
_s = staff_sessions.c
_a = staff_accounts.c


class Stage(StrEnum):
    """How far signing in is."""

    CODE = "code"
    ENROL = "enrol"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that has given a password.

    Attributes:
        stage: only `OPEN` sees more than the pages of signing in.
        sealed_totp: a second factor that is being set up.
        is_to_touch: whether its last step is to be written down anew.
    """

    token: str
    account: Account
    stage: Stage
    sealed_totp: bytes | None
    is_to_touch: bool


def new_token() -> str:
    """Return what a browser shows from now on."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def open_session(connection: Connection, account_id: int, stage: Stage, now: datetime) -> str:
    """Begin a session under a new token, and return it."""
    token = new_token()
    connection.execute(
        insert(staff_sessions).values(
            token_hash=token_hash(token),
            account_id=account_id,
            stage=stage.value,
            created_at=now,
            seen_at=now,
            expires_at=now + (IDLE if stage is Stage.OPEN else HALF_WAY),
        )
    )
    return token


def find_session(connection: Connection, token: str, now: datetime) -> Session | None:
    """Return the session of a token; `None` when it is over, or its account is not active."""
    columns = (
        _s.stage,
        _s.sealed_totp.label("pending_totp"),
        _s.seen_at,
        *staff_accounts.columns,
    )
    row = connection.execute(
        select(*columns)
        .join(staff_accounts, _a.id == _s.account_id)
        .where(_s.token_hash == token_hash(token), _s.expires_at > now, _a.is_active.is_(True))
    ).one_or_none()
    if row is None:
        return None
    stage = Stage(row.stage)
    touch = stage is Stage.OPEN and now - row.seen_at >= SEEN_EVERY
    return Session(token, account_of(row), stage, row.pending_totp, touch)


def touch_session(connection: Connection, token: str, now: datetime) -> None:
    """Let a session last an hour from now on, but never longer than `LONGEST` in all."""
    wanted = _s.token_hash == token_hash(token)
    created = connection.execute(select(_s.created_at).where(wanted)).scalar_one_or_none()
    if created is None:
        return
    until = min(now + IDLE, created + LONGEST)
    changed = update(staff_sessions).where(wanted).values(seen_at=now, expires_at=until)
    connection.execute(changed)


def close_session(connection: Connection, token: str) -> None:
    """End a session; twice is as good as once."""
    connection.execute(delete(staff_sessions).where(_s.token_hash == token_hash(token)))


def keep_pending_factor(connection: Connection, token: str, sealed: bytes) -> None:
    """Remember a second factor that is being set up in this session."""
    wanted = update(staff_sessions).where(_s.token_hash == token_hash(token))
    connection.execute(wanted.values(sealed_totp=sealed))
