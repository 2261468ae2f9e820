"""Links that let a provider confirm or correct its own entry: signed, for two weeks, and no more.

A link names a service and the version that was confirmed last, and is worth nothing once the
entry was confirmed or changed. It says who holds it to nobody, so what it brings is a
confirmation on the provider's word, or a correction that waits for staff. There is none for a
restricted service: its existence in a mailbox would be a trace.
"""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from itsdangerous import BadData, Signer
from sqlalchemy import select

from referral_directory.edit_errors import InvalidEditError
from referral_directory.edits import NewEdit, propose_as_provider
from referral_directory.entries import Database
from referral_directory.models import Organization, Phone, Service
from referral_directory.numbers import format_number
from referral_directory.periods import PERIODS
from referral_directory.queue_rows import in_order, waiting_rows
from referral_directory.tables import cells_of
from referral_directory.verification import verify
from referral_directory.versions import UnknownEntryError, record_of, version_of
from referral_directory.visibility import today
from referral_directory.vocabulary import Reach, ServiceKind, Status
from storage.actors import Actor, Role, require
from storage.audit import AuditEntry, record
from storage.keys import Keyring, Purpose

LINK_LIVES = timedelta(days=14)
"""How long a link can be used."""

CORRECTABLE = ("hours", "address", "fees_note_fr", "eligibility_fr")
"""What a provider may correct of its service, beside its numbers."""

LONGEST_CORRECTION = 300
_LONGEST_TOKEN = 400


class DeadLinkError(Exception):
    """A link that opens nothing: forged, too old, used, or its entry was changed since."""


class NoLinkError(ValueError):
    """An entry for which no link is made: it is restricted, or the public does not see it."""


@dataclass(frozen=True, slots=True)
class Invited:
    """What the holder of a link is shown of the entry: what the public reads, and no more.

    Attributes:
        fields: The correctable fields as they are, by name.
        numbers: Slug of each number, and how it is written.
    """

    slug: str
    name: str
    organization: str
    fields: Mapping[str, str]
    numbers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LinkToSend:
    """A link for the provider of an entry that is due or soon will be.

    Attributes:
        email: The organisation's address, where one is known.
        token: What the link ends in.
    """

    slug: str
    name: str
    organization: str
    email: str | None
    last_confirmed: date
    token: str


class ProviderLinks:
    """Makes and reads links. Each method works on the database it is given.

    Args:
        keyring: Their key is derived for this purpose alone. After a change of the secret the
            links before it are dead.
    """

    def __init__(self, keyring: Keyring) -> None:
        key = keyring.key_of(Purpose.PROVIDER_LINK)
        self._signer = Signer(key, salt=b"provider", digest_method=hashlib.sha256)

    def make(self, database: Database, actor: Actor, slug: str, now: datetime) -> str:
        """Return a token for the provider of a service, and enter that in the audit log.

        Raises:
            NotAllowedError: When the actor is no editor.
            NoLinkError: When the service is restricted, not published, or no entry of its own.
        """
        require(actor, Role.EDITOR)
        if not _is_open(database, slug):
            raise NoLinkError(slug)
        said = {
            "e": slug,
            "v": version_of(database, "service", slug),
            "u": int((now + LINK_LIVES).timestamp()),
        }
        record(database, AuditEntry(now, actor.name, "service:provider_link", slug))
        return self._signer.sign(urlsafe_b64encode(json.dumps(said).encode())).decode()

    def make_due(self, database: Database, actor: Actor, now: datetime) -> list[LinkToSend]:
        """Return links for all services that staff are warned of; those never confirmed are not.

        Raises:
            NotAllowedError: When the actor is no editor.
        """
        require(actor, Role.EDITOR)
        waiting = waiting_rows(today(now), PERIODS, restricted=False)
        query = (
            in_order(waiting)
            .add_columns(Organization.email)
            .join(Service, Service.slug == waiting.c.slug)
            .join(Organization, Organization.slug == Service.organization_slug)
            .where(waiting.c.subject == "service", waiting.c.assured_date.is_not(None))
        )
        return [
            LinkToSend(
                row.slug,
                row.name,
                row.organization,
                row.email,
                row.assured_date,
                self.make(database, actor, row.slug, now),
            )
            for row in database.execute(query).all()
        ]

    def read(self, database: Database, token: str, now: datetime) -> Invited:
        """Return what the link is for; reading changes nothing, whoever fetches it.

        Raises:
            DeadLinkError: When it opens nothing.
        """
        slug, _ = self._open(database, token, now)
        fields = cells_of(record_of(database, "service", slug))
        row = database.execute(
            select(Service.name_fr, Organization.name_fr)
            .join(Organization, Organization.slug == Service.organization_slug)
            .where(Service.slug == slug)
        ).one()
        return Invited(
            slug,
            row[0],
            row[1],
            {name: fields[name] for name in CORRECTABLE},
            _numbers(database, slug),
        )

    def confirm(self, database: Database, token: str, now: datetime) -> None:
        """Confirm the service and its numbers for today; the link is used up.

        Raises:
            DeadLinkError: When it opens nothing.
        """
        slug, _ = self._open(database, token, now)
        name = _provider(slug)
        on = today(now)
        verify(database, slug, by=name, on=on, now=now, subject="service")
        for number in _numbers(database, slug):
            verify(database, number, by=name, on=on, now=now, subject="phone")

    def correct(
        self, database: Database, token: str, changes: Mapping[str, str], now: datetime
    ) -> int:
        """Let corrections wait for staff; return how many. What they replace stays public.

        Args:
            database: With an open transaction.
            token: The link's.
            changes: By name of a field of `CORRECTABLE`, or slug of a number.
            now: Aware time.

        Raises:
            DeadLinkError: When the link opens nothing.
            InvalidEditError: When nothing differs, or a correction makes no entry.
        """
        slug, version = self._open(database, token, now)
        fields = cells_of(record_of(database, "service", slug))
        numbers = _numbers(database, slug)
        name, on = _provider(slug), today(now)
        wanted = {
            each: text
            for each in CORRECTABLE
            if (text := _short(changes.get(each, fields[each]))) != fields[each]
        }
        edits = [NewEdit("service", slug, version, wanted, confirmed_on=on)] if wanted else []
        edits += [
            NewEdit(
                "phone",
                each,
                version_of(database, "phone", each),
                {"number": text},
                confirmed_on=on,
            )
            for each, shown in numbers.items()
            if (text := _short(changes.get(each, shown))) != shown
        ]
        if not edits:
            raise InvalidEditError(slug, {"changes": "nothing differs"})
        for edit in edits:
            propose_as_provider(database, name, edit, now)
        return len(edits)

    def _open(self, database: Database, token: str, now: datetime) -> tuple[str, int]:
        try:
            said = json.loads(urlsafe_b64decode(self._signer.unsign(token[:_LONGEST_TOKEN])))
            slug, version, until = str(said["e"]), int(said["v"]), int(said["u"])
            present = version_of(database, "service", slug)
        except (BadData, ValueError, KeyError, TypeError, UnknownEntryError):
            raise DeadLinkError from None
        if now.timestamp() >= until or version != present or not _is_open(database, slug):
            raise DeadLinkError
        return slug, version


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST_CORRECTION]


def _provider(slug: str) -> str:
    return f"provider:{slug}"


def _is_open(database: Database, slug: str) -> bool:
    """Tell whether a service is published and keeps nothing back."""
    query = (
        select(Service.slug)
        .join(Organization, Organization.slug == Service.organization_slug)
        .where(
            Service.slug == slug,
            Service.restricted.is_(False),
            Service.kind == ServiceKind.ENTRY,
            Service.status == Status.PUBLISHED,
            Organization.status == Status.PUBLISHED,
        )
    )
    return database.execute(query).first() is not None


def _numbers(database: Database, slug: str) -> dict[str, str]:
    """Return the service's own numbers; one for the whole country is not a provider's to say."""
    query = (
        select(Phone.slug, Phone.number)
        .where(
            Phone.service_slug == slug,
            Phone.status == Status.PUBLISHED,
            Phone.reach != Reach.NATIONAL,
        )
        .order_by(Phone.position, Phone.slug)
    )
    return {row.slug: format_number(row.number) for row in database.execute(query)}
