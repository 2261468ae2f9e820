"""Passwords: what is asked of them, and how they are kept (Argon2id, argon2-cffi's defaults)."""

import asyncio
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from staff_console.errors import RefusedError

SHORTEST = 12
LONGEST = 200
_FEWEST_DISTINCT = 5
_AT_ONCE = 2  # each takes 64 MiB while it runs


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right; `renewed` is a new hash where the old one is outdated."""

    is_right: bool
    renewed: str | None = None


def check_new_password(password: str, email: str) -> None:
    """Let a new password pass.

    Raises:
        RefusedError: it could be guessed.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise RefusedError(f"Le mot de passe doit avoir de {SHORTEST} à {LONGEST} caractères.")
    if len(set(password)) < _FEWEST_DISTINCT or email.partition("@")[0] in password.casefold():
        raise RefusedError("Ce mot de passe est trop facile à deviner. Prenez une phrase à vous.")


class Passwords:
    """Hashes and checks passwords beside the event loop, few at once.

    Args:
        hasher: how; tests take a cheaper one.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = asyncio.Semaphore(_AT_ONCE)
        # Checked in place of one that does not exist, so that both answers take as long.
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """Return what is kept of a password."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def check(self, kept: str | None, password: str) -> Checked:
        """Tell whether a password is the one that `kept` was made of; `None` takes as long."""
        async with self._room:
            return await asyncio.to_thread(self._check, kept, password[: LONGEST + 1])

    def _check(self, kept: str | None, password: str) -> Checked:
        try:
            self._hasher.verify(kept or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return Checked(is_right=False)
        if kept is None:
            return Checked(is_right=False)
        outdated = self._hasher.check_needs_rehash(kept)
        return Checked(is_right=True, renewed=self._hasher.hash(password) if outdated else None)
