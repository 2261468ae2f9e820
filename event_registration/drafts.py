"""Answers that are not yet a registration: sealed, so that one may pause and go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from event_registration.sealing import Subject, Vault
from event_registration.tables import registration_drafts
from storage.columns import random_id, upsert
from storage.keys import Keyring, SealBrokenError

KEPT = timedelta(days=7)
"""How long a draft waits for its next answer."""

_d = registration_drafts.c
_SAVE = upsert(registration_drafts, ("sealed_answers", "key_number", "expires_at"))

type Answer = str | list[str]


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers so far.

    Attributes:
        id: becomes the registration's number.
        answers: by name, as they were given.
    """

    id: int
    answers: Mapping[str, Answer] = field(repr=False)


class Drafts:
    """What is done with drafts: one for each chat. Each method works on the given connection."""

    def __init__(self, keyring: Keyring) -> None:
        self._vault = Vault(keyring)

    def load(self, connection: Connection, chat_id: int, now: datetime) -> Draft | None:
        """Return the draft of a chat; `None` where there is none, or it is too old."""
        wanted = select(registration_drafts).where(
            _d.registrant_hash.in_(self._vault.hashes(Subject.CHAT, str(chat_id))),
            _d.expires_at > now,
        )
        row = connection.execute(wanted).first()
        if row is None:
            return None
        try:
            return Draft(row.id, self._vault.open(row.sealed_answers))
        except SealBrokenError:
            return None  # The key is gone: the purge takes it.

    def begin(
        self, connection: Connection, chat_id: int, answers: Mapping[str, Answer], now: datetime
    ) -> Draft:
        """Return a new draft; one there was before is forgotten."""
        self.drop(connection, chat_id)
        draft = Draft(random_id(), dict(answers))
        self._save(connection, chat_id, draft, now)
        return draft

    def answer(
        self,
        connection: Connection,
        chat_id: int,
        changes: Mapping[str, Answer | None],
        now: datetime,
    ) -> Draft:
        """Return the draft with answers added, changed, or taken out (`None`)."""
        draft = self.load(connection, chat_id, now)
        if draft is None:
            given = {name: value for name, value in changes.items() if value is not None}
            return self.begin(connection, chat_id, given, now)
        merged = {**draft.answers, **changes}
        kept = {name: value for name, value in merged.items() if value is not None}
        changed = Draft(draft.id, kept)
        self._save(connection, chat_id, changed, now)
        return changed

    def drop(self, connection: Connection, chat_id: int) -> None:
        """Forget the draft of a chat."""
        hashes = self._vault.hashes(Subject.CHAT, str(chat_id))
        connection.execute(delete(registration_drafts).where(_d.registrant_hash.in_(hashes)))

    def _save(self, connection: Connection, chat_id: int, draft: Draft, now: datetime) -> None:
        values = {
            "id": draft.id,
            "registrant_hash": self._vault.hash(Subject.CHAT, str(chat_id)),
            "sealed_answers": self._vault.seal(draft.answers),
            "key_number": self._vault.key_number,
            "expires_at": now + KEPT,
        }
        connection.execute(_SAVE.on(connection), values)
