"""Which Telegram chat belongs to which member of staff: linked by a code that works once.

The chat stands here as a keyed hash of a purpose of its own: it can't be joined with the rows of
a conversation. Sealed, it stands here too: for one reminder a day of what is to be called, and
nothing else. The console shows the code and hands over the roles; it calls `change_roles` when
they change and when an account is closed, so that a link is never worth more than its account.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.actors import Actor, Role
from storage.columns import PersonKey
from storage.database import Base, UtcDateTime
from storage.keys import Keyring, Purpose, SealBrokenError

CODE_LIVES = timedelta(minutes=10)
"""How long a code can be typed after the console showed it."""

LINK_LIVES = timedelta(days=180)
"""After this a phone is linked anew: a lost one does not stay linked for good."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without signs that look alike
_CODE_LENGTH = 10
_CHAT_BYTES = 8

staff_telegram_links = Table(
    "staff_telegram_links",
    Base.metadata,
    Column("chat_hash", PersonKey, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("sealed_chat", LargeBinary),
    Column("key_number", Integer),
    Column("reminded_on", Date),
)
Index(None, staff_telegram_links.c.name)

staff_link_codes = Table(
    "staff_link_codes",
    Base.metadata,
    Column("code_hash", PersonKey, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
)

_links = staff_telegram_links.c
_codes = staff_link_codes.c
_OF_CHAT = _links.chat_hash.in_(bindparam("hashes", expanding=True))
_ACTOR = select(_links.name, _links.roles, _links.linked_at).where(_OF_CHAT)
_UNLINK = delete(staff_telegram_links).where(_OF_CHAT)
_CODE = select(_codes.name, _codes.roles, _codes.made_at).where(
    _codes.code_hash == bindparam("code")
)
_SPEND = delete(staff_link_codes).where(_codes.code_hash == bindparam("code"))
_PURGE_LINKS = delete(staff_telegram_links).where(_links.linked_at <= bindparam("before"))
_PURGE_CODES = delete(staff_link_codes).where(_codes.made_at <= bindparam("before"))


@dataclass(frozen=True, slots=True)
class Linked:
    """A phone that is linked to an account: who, and since when."""

    name: str
    linked_at: datetime


class StaffLinks:
    """What is done with links. Each method works on the connection it is given."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def make_link_code(self, connection: Connection, actor: Actor, now: datetime) -> str:
        """Return a code that links the chat it is typed in to the actor, once, for ten minutes.

        An earlier code of the same actor stops working.
        """
        connection.execute(delete(staff_link_codes).where(_codes.name == actor.name))
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
        row = {"code_hash": self._code_hash(code), "made_at": now, **_who(actor)}
        connection.execute(insert(staff_link_codes), row)
        return code

    def link(self, connection: Connection, code: str, chat_id: int, now: datetime) -> Actor | None:
        """Link a chat by a code and spend the code; None where the code is not (or no longer) one.

        A chat that was linked to somebody else is theirs no more.
        """
        values = {"code": self._code_hash(code)}
        row = connection.execute(_CODE, values).one_or_none()
        # Whoever spends the row has it: of two that type the same code one gets nothing.
        if row is None or connection.execute(_SPEND, values).rowcount != 1:
            return None
        if row.made_at + CODE_LIVES <= now:
            return None
        self.unlink(connection, chat_id)
        actor = _actor(row.name, row.roles)
        linked = {"linked_at": now, **self._chat(chat_id), **_who(actor)}
        connection.execute(insert(staff_telegram_links), linked)
        return actor

    def actor_of(self, connection: Connection, chat_id: int, now: datetime) -> Actor | None:
        """Return who of staff writes in a chat; None for everybody else."""
        values = {"hashes": self._chat_hashes(chat_id)}
        row = connection.execute(_ACTOR, values).first()
        if row is None or row.linked_at + LINK_LIVES <= now:
            return None
        return _actor(row.name, row.roles)

    def unlink(self, connection: Connection, chat_id: int) -> bool:
        """Forget that a chat is linked; tell whether it was."""
        return connection.execute(_UNLINK, {"hashes": self._chat_hashes(chat_id)}).rowcount > 0

    def take_to_remind(
        self, connection: Connection, role: Role, day: date, now: datetime
    ) -> list[int]:
        """Return the chats to remind on a day, and note that they were: one for each account.

        Of several phones of an account it is the one that was linked last. Who is named once is
        not named again that day, by whichever process.

        Args:
            connection: With an open transaction.
            role: Whom it concerns.
            day: The day in Bamako.
            now: Aware time.
        """
        found = (
            select(_links.chat_hash, _links.name, _links.roles, _links.sealed_chat)
            .where(_links.linked_at > now - LINK_LIVES)
            .order_by(_links.name, _links.linked_at.desc(), _links.chat_hash)
            .with_for_update()
        )
        latest = {row.name: row for row in reversed(connection.execute(found).all())}
        told_today = select(_links.name).where(_links.reminded_on >= day)
        told = set(connection.execute(told_today).scalars())
        chats = []
        for name, row in latest.items():
            if name in told or not _actor(name, row.roles).may(role):
                continue
            chat_id = self._opened(row.sealed_chat)
            if chat_id is None:
                continue
            noted = update(staff_telegram_links).where(_links.chat_hash == row.chat_hash)
            connection.execute(noted.values(reminded_on=day))
            chats.append(chat_id)
        return chats

    def rekey(self, connection: Connection) -> int:
        """Hash and seal with the current key the chats that the former one sealed."""
        former = select(_links.chat_hash, _links.sealed_chat).where(
            _links.sealed_chat.is_not(None), _links.key_number != self._keyring.key_number
        )
        done = 0
        for row in connection.execute(former).all():
            chat_id = self._opened(row.sealed_chat)
            if chat_id is not None:
                this = update(staff_telegram_links).where(_links.chat_hash == row.chat_hash)
                connection.execute(this.values(**self._chat(chat_id)))
                done += 1
        return done

    def links_of(self, connection: Connection, name: str) -> list[Linked]:
        """Return since when which phones of an account are linked; no chat is in it."""
        found = select(_links.name, _links.linked_at).where(_links.name == name)
        return [Linked(*row) for row in connection.execute(found.order_by(_links.linked_at))]

    def change_roles(self, connection: Connection, actor: Actor) -> None:
        """Bring links and codes to the account's present roles; with no role they all go."""
        for table in (staff_telegram_links, staff_link_codes):
            if actor.roles:
                changed = update(table).values(roles=sorted(actor.roles))
                connection.execute(changed.where(table.c.name == actor.name))
            else:
                connection.execute(delete(table).where(table.c.name == actor.name))

    def _chat(self, chat_id: int) -> dict[str, object]:
        plain = chat_id.to_bytes(_CHAT_BYTES, signed=True)
        return {
            "chat_hash": self._chat_hashes(chat_id)[0],
            "sealed_chat": self._keyring.seal(Purpose.STAFF_LINK, plain),
            "key_number": self._keyring.key_number,
        }

    def _opened(self, sealed: bytes | None) -> int | None:
        """Return the chat; None for a link from before chats were sealed, or of a lost key."""
        if sealed is None:
            return None
        try:
            return int.from_bytes(self._keyring.open(Purpose.STAFF_LINK, sealed), signed=True)
        except SealBrokenError:
            return None

    def _code_hash(self, code: str) -> str:
        typed = code.strip().upper().encode()
        return self._keyring.hash(Purpose.STAFF_LINK, b"code:" + typed)

    def _chat_hashes(self, chat_id: int) -> list[str]:
        chat = b"chat:" + chat_id.to_bytes(_CHAT_BYTES, signed=True)
        return list(self._keyring.hashes(Purpose.STAFF_LINK, chat))


def _who(actor: Actor) -> dict[str, object]:
    return {"name": actor.name, "roles": sorted(actor.roles)}


def _actor(name: str, roles: list[str]) -> Actor:
    return Actor(name, frozenset(Role(role) for role in roles))


def purge_links(connection: Connection, now: datetime) -> int:
    """Delete links that are older than `LINK_LIVES`; return how many."""
    return connection.execute(_PURGE_LINKS, {"before": now - LINK_LIVES}).rowcount


def purge_codes(connection: Connection, now: datetime) -> int:
    """Delete codes that nobody can use any more; return how many."""
    return connection.execute(_PURGE_CODES, {"before": now - CODE_LIVES}).rowcount
