"""The verification queue in a chat of staff: one entry at a time, the number in the text.

Who writes is asked anew in every look-up, in the transaction that does the work: once a chat is
unlinked, its old buttons do nothing. Restricted entries never come here: a chat is no place for
them. Texts are French alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot.adapters import staff_texts as texts
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Option
from referral_directory.edit_errors import InvalidEditError
from referral_directory.edits import NewEdit, propose
from referral_directory.life import ImpossibleDeedError
from referral_directory.tables import cells_of
from referral_directory.verification import CannotVerifyError
from referral_directory.verification_queue import (
    is_closed,
    is_restricted,
    next_due,
    no_answer,
    still_right,
)
from referral_directory.versions import (
    EntryChangedError,
    Seen,
    UnknownEntryError,
    record_of,
)
from referral_directory.visibility import today
from storage.actors import Actor, NotAllowedError, Role
from storage.store import Store

LOOK_UPS = frozenset(
    {"staff_link", "staff_gate", "staff_entry", "staff_act", "staff_fields", "staff_present"}
    | {"staff_typed", "staff_close", "staff_unlink"}
)
"""The look-ups that are answered here."""

_SUBJECTS = {"s": "service", "p": "phone"}
_LETTERS = {subject: letter for letter, subject in _SUBJECTS.items()}
_PARTS = 3
_MOST_PUT_OFF = 20
_FIELDS = {"phone": ("number", "hours"), "service": ("hours", "address", "fees_note_fr")}
_LONGEST_TYPED = 200

Slots = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StaffLookUps:
    """Answers the look-ups of the queue for one chat.

    Attributes:
        store: the links and the directory, in transactions.
        chat_id: whose; 0 is nobody's, for trying flows out.
    """

    store: Store
    chat_id: int = 0

    def of(self, chat_id: int) -> "StaffLookUps":
        """Return the look-ups of a chat."""
        return replace(self, chat_id=chat_id)

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        slots = dict(request.slots)
        if request.name == "staff_link":
            return await self.store.write(self._link, slots.get("code", ""), now)
        if request.name == "staff_unlink":
            await self.store.write(self.store.staff_links.unlink, self.chat_id)
            return LookedUp(request.name, slots=(("staff", None),))
        known: Mapping[str, Callable[..., LookedUp]] = {
            "staff_gate": self._gate,
            "staff_entry": self._entry,
            "staff_act": self._act,
            "staff_fields": self._fields,
            "staff_present": self._present,
            "staff_typed": self._typed,
            "staff_close": self._close,
        }
        return await self.store.write(
            self._for_staff, known[request.name], slots, request.text or "", now
        )

    def _link(self, connection: Connection, code: str, now: datetime) -> LookedUp:
        actor = self.store.staff_links.link(connection, code, self.chat_id, now)
        staff = "yes" if actor is not None else None
        return LookedUp("staff_link", slots=(("code", None), ("staff", staff)))

    def _for_staff(
        self,
        connection: Connection,
        work: Callable[..., LookedUp],
        slots: Slots,
        text: str,
        now: datetime,
    ) -> LookedUp:
        """Do something for an editor; whoever else presses finds nothing here."""
        name = f"staff{work.__name__}"
        actor = self.store.staff_links.actor_of(connection, self.chat_id, now)
        if actor is None or not actor.may(Role.EDITOR):
            return LookedUp(name, slots=(("staff", None), ("fix", None)))
        return work(connection, actor, slots, text, now)

    # -- one entry ---------------------------------------------------------------------------

    def _gate(self, *_: object) -> LookedUp:
        return LookedUp("staff_gate", slots=(("staff", "yes"),))

    def _entry(
        self, connection: Connection, actor: Actor, slots: Slots, _text: str, now: datetime
    ) -> LookedUp:
        later = [tuple(each.split(".", 1)) for each in slots.get("later", "").split()]
        skipping = [(_SUBJECTS[each[0]], each[1]) for each in later]
        entry = next_due(connection, actor, now, restricted=False, skipping=skipping)
        said = texts.outcome_lines(slots.get("outcome"))
        if entry is None:
            return LookedUp("staff_entry", (*said, texts.EMPTY))
        carried = f"{_LETTERS[entry.subject]}.{entry.version}.{entry.slug}"
        options = tuple(
            Option(f"{verb}.{carried}", label, icon) for verb, icon, label in texts.VERBS
        )
        return LookedUp("staff_entry", (*said, *texts.entry_lines(entry)), options)

    def _act(
        self, connection: Connection, actor: Actor, slots: Slots, _text: str, now: datetime
    ) -> LookedUp:
        verb, _, carried = slots.get("done", "").partition(".")
        entry = _seen(carried)
        if entry is None:
            return self._acted("old")
        match verb:
            case "c" | "x":
                return self._acted("correct" if verb == "c" else "sure", ("fix", carried))
            case "l":
                put_off = [*slots.get("later", "").split(), _put_off(entry)][-_MOST_PUT_OFF:]
                return self._acted("later", ("later", " ".join(put_off)))
            case "r" | "n":
                work = still_right if verb == "r" else no_answer
                return self._acted(_tried(work, connection, actor, entry, now, _DONE[verb]))
            case _:
                return self._acted("old")

    def _close(
        self, connection: Connection, actor: Actor, slots: Slots, _text: str, now: datetime
    ) -> LookedUp:
        entry = _seen(slots.get("fix", ""))
        outcome = "old"
        if entry is not None:
            outcome = _tried(is_closed, connection, actor, entry, now, "closed")
        return LookedUp("staff_close", slots=(("staff", "yes"), ("outcome", outcome)))

    def _acted(self, outcome: str, *slots: tuple[str, str | None]) -> LookedUp:
        return LookedUp("staff_act", slots=(("staff", "yes"), ("outcome", outcome), *slots))

    # -- correcting --------------------------------------------------------------------------

    def _fields(
        self, _connection: Connection, _actor: Actor, slots: Slots, _text: str, _now: datetime
    ) -> LookedUp:
        entry = _seen(slots.get("fix", ""))
        names = _FIELDS[entry.subject] if entry is not None else ()
        return LookedUp(
            "staff_fields",
            options=tuple(Option(name, *texts.FIELDS[name]) for name in names),
        )

    def _present(
        self, connection: Connection, _actor: Actor, slots: Slots, _text: str, _now: datetime
    ) -> LookedUp:
        entry, name = _seen(slots.get("fix", "")), slots.get("field", "")
        if entry is None or is_restricted(connection, entry.subject, entry.slug):
            return LookedUp("staff_present")
        try:
            present = cells_of(record_of(connection, entry.subject, entry.slug)).get(name, "")
        except UnknownEntryError:
            return LookedUp("staff_present")
        return LookedUp("staff_present", (*texts.present_lines(name, present),))

    def _typed(
        self, connection: Connection, actor: Actor, slots: Slots, text: str, now: datetime
    ) -> LookedUp:
        entry, name = _seen(slots.get("fix", "")), slots.get("field", "")
        text = " ".join(text.split())
        if entry is None or name not in _FIELDS[entry.subject] or len(text) > _LONGEST_TYPED:
            return _REFUSED
        try:
            # Whoever corrects was told so by the provider just now.
            new = NewEdit(
                entry.subject, entry.slug, entry.version, {name: text}, confirmed_on=today(now)
            )
            propose(connection, actor, new, now)
        except InvalidEditError:
            return _REFUSED
        except (EntryChangedError, UnknownEntryError, ImpossibleDeedError):
            return _taken("changed")
        return _taken("proposed", _put_off(entry))


_REFUSED = LookedUp("staff_typed", slots=(("problem", "wrong"),))


def _taken(outcome: str, put_off: str | None = None) -> LookedUp:
    later = (("later", put_off),) if put_off is not None else ()
    return LookedUp(
        "staff_typed", slots=(("typed", "given"), ("problem", None), ("outcome", outcome), *later)
    )


_DONE = {"r": "right", "n": "no_answer"}


def _tried(  # noqa: PLR0913, PLR0917  # a deed with all that it needs, and its name
    work: Callable[[Connection, Actor, Seen, datetime], object],
    connection: Connection,
    actor: Actor,
    entry: Seen,
    now: datetime,
    outcome: str,
) -> str:
    """Do what was pressed; return what came of it."""
    if is_restricted(connection, entry.subject, entry.slug):
        return "old"
    try:
        work(connection, actor, entry, now)
    except EntryChangedError:
        return "changed"
    except CannotVerifyError:
        return "impossible"
    except (UnknownEntryError, ImpossibleDeedError, NotAllowedError):
        return "old"
    return outcome


def _seen(carried: str) -> Seen | None:
    """Return the entry that a button carries: subject, version, slug."""
    parts = carried.split(".")
    if len(parts) != _PARTS or parts[0] not in _SUBJECTS or not parts[1].isdecimal():
        return None
    return Seen(_SUBJECTS[parts[0]], parts[2], int(parts[1]))


def _put_off(entry: Seen) -> str:
    return f"{_LETTERS[entry.subject]}.{entry.slug}"
