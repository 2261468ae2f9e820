"""One secret, many keys: what is sealed for one purpose opens for no other."""

import hmac
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import override

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 32
"""Characters a secret has at least."""

_FEWEST_DISTINCT = 10
_DEFAULT_WORDS = ("changeme", "change-me", "change_me", "secret", "password", "example", "default")
_KEY_BYTES = 32
_NUMBER_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEADER_BYTES = _NUMBER_BYTES + _NONCE_BYTES
_HASH_BYTES = 16
_INTEGER_BYTES = 8


class Purpose(StrEnum):
    """What a key is for. A purpose's name is part of its key: never rename one."""

    CHAT_HASH = "chat_hash"
    SESSION = "session"
    INBOX = "inbox"
    OUTBOX = "outbox"
    LEDGER = "ledger"
    TIMER = "timer"
    STAFF_COOKIE = "staff_cookie"
    STAFF = "staff"
    REGISTRATION = "registration"
    TRAINING = "training"
    AUDIT = "audit"
    STAFF_LINK = "staff_link"
    PROVIDER_LINK = "provider_link"


class WeakKeyError(ValueError):
    """The secret could be guessed.

    Attributes:
        reason: What is wrong with it, without the secret.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SealBrokenError(Exception):
    """What was sealed does not open: another key, another purpose, or changed bytes.

    Attributes:
        purpose: For which purpose it was to be opened.
        key_number: The number in front of it, or None where it is too short to have one.
    """

    def __init__(self, purpose: Purpose, key_number: int | None) -> None:
        super().__init__(f"does not open: {purpose.value}, key {key_number}")
        self.purpose = purpose
        self.key_number = key_number


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows: a chat, and the hashes of it that only the holder of the keys can make.

    Attributes:
        chat_id: The chat in clear, for memory alone: the database holds it sealed.
        key: Under which new rows are written.
        former_key: Under which rows from before a change of keys stand; the key itself where
            there was no change.
    """

    chat_id: int = field(repr=False)
    key: str
    former_key: str


class _Secret:
    """The keys of one secret."""

    def __init__(self, secret: str) -> None:
        material = secret.encode()
        self._derived = {purpose: _derive(material, purpose.value) for purpose in Purpose}
        self._ciphers = {purpose: AESGCM(key) for purpose, key in self._derived.items()}
        number = _derive(material, "key_number", _NUMBER_BYTES)
        self.number = int.from_bytes(number) & 0x7FFFFFFF  # fits the INTEGER of PostgreSQL
        self.header = self.number.to_bytes(_NUMBER_BYTES)

    def hash(self, purpose: Purpose, value: bytes) -> str:
        return hmac.digest(self._derived[purpose], value, "sha256")[:_HASH_BYTES].hex()

    def seal(self, purpose: Purpose, plain: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self.header + nonce + self._ciphers[purpose].encrypt(nonce, plain, self.header)

    def open(self, purpose: Purpose, sealed: bytes) -> bytes:
        nonce = sealed[_NUMBER_BYTES:_HEADER_BYTES]
        return self._ciphers[purpose].decrypt(nonce, sealed[_HEADER_BYTES:], self.header)

    def key(self, purpose: Purpose) -> bytes:
        return self._derived[purpose]


class Keyring:
    """Hashes, seals and opens for each purpose with a key of its own.

    While keys change, the previous secret still opens what it sealed and is asked in look-ups;
    everything new is made with the current one. Keys are derived with HKDF-SHA256 (RFC 5869),
    seals are AES-256-GCM with the key's number in front.

    Args:
        secret: The current secret.
        previous: The secret before it, during a change of keys.

    Raises:
        WeakKeyError: When the current secret could be guessed.
    """

    def __init__(self, secret: str, previous: str | None = None) -> None:
        reason = weakness(secret)
        if reason is not None:
            raise WeakKeyError(reason)
        self._current = _Secret(secret)
        self._previous = _Secret(previous) if previous and previous != secret else None
        self._by_number = {s.number: s for s in (self._previous, self._current) if s is not None}

    @override
    def __repr__(self) -> str:
        return f"Keyring(key_number={self.key_number})"

    @property
    def key_number(self) -> int:
        """The current key's number, made from the secret: the same on every machine."""
        return self._current.number

    @cached_property
    def key_numbers(self) -> frozenset[int]:
        """The numbers of the keys that open here."""
        return frozenset(self._by_number)

    def hash(self, purpose: Purpose, value: bytes) -> str:
        """Return 32 hexadecimal digits that stand for the value under the current key."""
        return self._current.hash(purpose, value)

    def hashes(self, purpose: Purpose, value: bytes) -> tuple[str, ...]:
        """Return the hash under the current key and, during a change, under the previous one."""
        current = self._current.hash(purpose, value)
        if self._previous is None:
            return (current,)
        return current, self._previous.hash(purpose, value)

    def person(self, chat_id: int) -> Person:
        """Return under which keys the rows of a chat stand."""
        keys = self.hashes(Purpose.CHAT_HASH, _integer_bytes(chat_id))
        return Person(chat_id, keys[0], keys[-1])

    def seal(self, purpose: Purpose, plain: bytes) -> bytes:
        """Return the plain bytes sealed with the current key of the purpose."""
        return self._current.seal(purpose, plain)

    def open(self, purpose: Purpose, sealed: bytes) -> bytes:
        """Return what was sealed, with the key that the number in front names.

        Raises:
            SealBrokenError: When no key opens it. The error holds nothing of the content.
        """
        number = sealed_with(sealed)
        secret = self._by_number.get(number) if number is not None else None
        if secret is None:
            raise SealBrokenError(purpose, number)
        try:
            return secret.open(purpose, sealed)
        except InvalidTag:
            raise SealBrokenError(purpose, number) from None

    def seal_integer(self, purpose: Purpose, value: int) -> bytes:
        """Seal a chat id; the length says nothing about it."""
        return self.seal(purpose, _integer_bytes(value))

    def open_integer(self, purpose: Purpose, sealed: bytes) -> int:
        """Return the chat id that `seal_integer` sealed.

        Raises:
            SealBrokenError: When no key opens it.
        """
        return int.from_bytes(self.open(purpose, sealed), signed=True)

    def key_of(self, purpose: Purpose) -> bytes:
        """Return 32 bytes for a library that signs by itself, such as one for cookies."""
        return self._current.key(purpose)


def weakness(secret: str) -> str | None:
    """Say why a secret could be guessed; None where it is strong enough."""
    if len(secret) < SHORTEST_SECRET:
        return f"the secret key has fewer than {SHORTEST_SECRET} characters"
    folded = secret.casefold()
    if any(word in folded for word in _DEFAULT_WORDS):
        return "the secret key is one from an example"
    if len(set(secret)) < _FEWEST_DISTINCT or _repeats(secret):
        return "the secret key repeats itself"
    return None


def sealed_with(sealed: bytes) -> int | None:
    """Return the number of the key that sealed it; None where it is too short to be a seal."""
    if len(sealed) < _HEADER_BYTES + _TAG_BYTES:
        return None
    return int.from_bytes(sealed[:_NUMBER_BYTES])


def _repeats(secret: str) -> bool:
    """Whether the secret is a shorter text written again and again, a cut end included."""
    return any(
        secret == (secret[:period] * (len(secret) // period + 1))[: len(secret)]
        for period in range(1, len(secret) // 2 + 1)
    )


def _derive(material: bytes, label: str, length: int = _KEY_BYTES) -> bytes:
    info = b"jigi/v1/" + label.encode()
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(material)


def _integer_bytes(value: int) -> bytes:
    return value.to_bytes(_INTEGER_BYTES, signed=True)
