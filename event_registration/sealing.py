"""What is personal, sealed and hashed under the registration's own key."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from storage.keys import Keyring, Purpose


class Subject(StrEnum):
    """What a hash is of: the same text has another hash as a name and as an acronym."""

    CHAT = "chat"
    NAME = "name"
    ACRONYM = "acronym"
    RECEIPT = "receipt"
    PHONE = "phone"
    CODE = "code"


class Vault:
    """Seals and hashes with keys of `Purpose.REGISTRATION` and no other.

    Args:
        keyring: the keys of the installation.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    @property
    def key_number(self) -> int:
        """The number of the key that seals now."""
        return self._keyring.key_number

    def seal(self, content: Mapping[str, Any]) -> bytes:
        """Return the content sealed."""
        plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        return self._keyring.seal(Purpose.REGISTRATION, plain)

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Return what `seal` sealed.

        Raises:
            storage.keys.SealBrokenError: no key opens it.
        """
        content: dict[str, Any] = json.loads(self._keyring.open(Purpose.REGISTRATION, sealed))
        return content

    def seal_chat(self, chat_id: int) -> bytes:
        """Return a chat's number sealed."""
        return self._keyring.seal_integer(Purpose.REGISTRATION, chat_id)

    def open_chat(self, sealed: bytes) -> int:
        """Return the chat's number.

        Raises:
            storage.keys.SealBrokenError: no key opens it.
        """
        return self._keyring.open_integer(Purpose.REGISTRATION, sealed)

    def hash(self, subject: Subject, value: str) -> str:
        """Return what stands for a value under the current key."""
        return self._keyring.hash(Purpose.REGISTRATION, _labelled(subject, value))

    def hashes(self, subject: Subject, value: str) -> tuple[str, ...]:
        """Return under which hashes a value may stand while keys change."""
        return self._keyring.hashes(Purpose.REGISTRATION, _labelled(subject, value))

    def hash_if(self, subject: Subject, value: str) -> str | None:
        """Return the hash of a value, `None` for an empty one."""
        return self.hash(subject, value) if value else None


def _labelled(subject: Subject, value: str) -> bytes:
    return f"{subject.value}:{value}".encode()
