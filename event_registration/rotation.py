"""A change of keys: all that is sealed and hashed is made anew with the current key."""

from typing import Any

from sqlalchemy import Connection, Table, delete, select, update

from event_registration.rows import application_values, registration_of
from event_registration.sealing import Subject, Vault
from event_registration.tables import (
    delegates,
    registration_drafts,
    registration_messages,
    registrations,
)
from storage.keys import Keyring, SealBrokenError

_r = registrations.c


def rekey(connection: Connection, keyring: Keyring) -> dict[str, int]:
    """Seal and hash with the current key what another made; return how many rows of which table.

    Drafts are deleted: their chat stands there as a hash alone, and nobody can make it anew. Rows
    that no key opens any more stay, and end with their gathering.
    """
    vault = Vault(keyring)
    old_drafts = registration_drafts.c.key_number != vault.key_number
    dropped = connection.execute(delete(registration_drafts).where(old_drafts)).rowcount
    return {
        "registrations": _rekey_registrations(connection, vault),
        "delegates": _rekey_sealed(connection, vault, delegates, "sealed_details"),
        "registration_messages": _rekey_sealed(
            connection, vault, registration_messages, "sealed_payload"
        ),
        "registration_drafts": dropped,
    }


def _rekey_registrations(connection: Connection, vault: Vault) -> int:
    old = select(registrations).where(_r.key_number != vault.key_number)
    count = 0
    for row in connection.execute(old).all():
        try:
            known = registration_of(vault, row)
            values = application_values(vault, known.application, reason=known.reason)
            if row.sealed_chat is not None:
                chat_id = vault.open_chat(row.sealed_chat)
                values["sealed_chat"] = vault.seal_chat(chat_id)
                values["registrant_hash"] = vault.hash(Subject.CHAT, str(chat_id))
        except SealBrokenError:
            continue
        # The split that was agreed to is no answer of today: it stays as it is.
        values.pop("least_places")
        connection.execute(update(registrations).where(_r.id == row.id).values(**values))
        count += 1
    return count


def _rekey_sealed(connection: Connection, vault: Vault, table: Table, column: str) -> int:
    old = select(table).where(table.c.key_number != vault.key_number)
    keys = list(table.primary_key.columns)
    count = 0
    for fields in connection.execute(old).mappings().all():
        sealed = fields[column]
        values: dict[str, Any] = {"key_number": vault.key_number}
        if sealed is not None:
            try:
                values[column] = vault.seal(vault.open(sealed))
            except SealBrokenError:
                continue
        one = update(table).where(*(key == fields[key.name] for key in keys))
        connection.execute(one.values(**values))
        count += 1
    return count
