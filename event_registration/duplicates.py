"""Whether an organisation is registered already, under another spelling or from another chat."""

from sqlalchemy import Connection, select

from event_registration.cleaning import recognise
from event_registration.errors import DuplicateOrganizationError
from event_registration.schemas import Application
from event_registration.sealing import Subject, Vault
from event_registration.states import LIVE
from event_registration.tables import registrations

_r = registrations.c
_LIVE = sorted(state.value for state in LIVE)


def find_similar(  # noqa: PLR0913  # what is compared, where, and with whom
    connection: Connection,
    vault: Vault,
    gathering_id: int,
    application: Application,
    chat_id: int | None,
    *,
    but: int | None = None,
) -> DuplicateOrganizationError | None:
    """Return what is the same about another registration; one's own goes before others'."""
    names = recognise(application.organization, application.acronym, application.receipt)
    same = {
        "name": (_r.name_hash, Subject.NAME, names.name),
        "receipt": (_r.receipt_hash, Subject.RECEIPT, names.receipt),
        "acronym": (_r.acronym_hash, Subject.ACRONYM, names.acronym),
    }
    own = vault.hashes(Subject.CHAT, str(chat_id)) if chat_id is not None else ()
    found: list[DuplicateOrganizationError] = []
    for by, (column, subject, value) in same.items():
        if not value:
            continue
        wanted = select(_r.id, _r.registrant_hash).where(
            _r.gathering_id == gathering_id,
            _r.state.in_(_LIVE),
            column.in_(vault.hashes(subject, value)),
        )
        found += [
            DuplicateOrganizationError(by, row.id, is_own=row.registrant_hash in own)
            for row in connection.execute(wanted.order_by(_r.queue_number))
            if row.id != but
        ]
    # An acronym is shared by many: with one's own chat it says nothing new.
    certain = [each for each in found if each.by != "acronym" or not each.is_own]
    return next((each for each in certain if each.is_own), next(iter(certain), None))
