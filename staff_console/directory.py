"""The directory as staff read it: lists, one entry with all about it, the fields of its form.

What is done to entries is done by the services of `referral_directory`; this only asks them, and
says in French what they refuse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, String, func, literal, or_, select, union_all

from referral_directory.confidential import Whereabouts, read_whereabouts
from referral_directory.deeds import Deleted, deleted_entries
from referral_directory.edit_errors import (
    EditConflictError,
    EditDecidedError,
    InvalidEditError,
    SamePersonError,
)
from referral_directory.edits import Edit, edits_of_entry
from referral_directory.labels import label_of
from referral_directory.life import ImpossibleDeedError
from referral_directory.models import Organization, Phone, Service
from referral_directory.provider_links import NoLinkError
from referral_directory.records import SourcedRecord
from referral_directory.tables import cells_of
from referral_directory.verification import CannotVerifyError
from referral_directory.verification_queue import is_restricted
from referral_directory.versions import (
    MODELS,
    RECORDS,
    EntryChangedError,
    Seen,
    UnknownEntryError,
    record_of,
)
from referral_directory.vocabulary import Status
from staff_console.errors import ChangedMeanwhileError, RefusedError, UnknownRecordError
from staff_console.names import Names, names_in, options_of
from storage.actors import Actor, Role, require

PAGE = 50
_UNKNOWN = "inconnu"
_NOT_IN_THE_FORM = frozenset({"slug", "status", "assured_date", "verified_by", "restricted"})
_LONG = ("description", "eligibility", "fees_note", "note", "source", "hours")
_SEVERAL = frozenset({"needs", "languages", "accessibility"})
_DAYS = frozenset({"clinical_known_on"})
_BETWEEN_BARS = frozenset({"areas"})
_IDS: Mapping[str, str] = {
    "organization": "L'identifiant de sa fiche.",
    "service": "L'identifiant de sa fiche.",
    "place": "L'identifiant de la localité.",
    "areas": "Identifiants de cercles ou de régions, séparés par | ; mali pour tout le pays.",
}
"""Fields that hold the ids of other records, with how to fill them in."""
_VERIFY_REASONS: Mapping[str, str] = {
    "the day of the verification lies ahead": "la date est dans l'avenir",
    "it is closed; open it again first": "la fiche est fermée, rouvrez-la d'abord",
    "its organisation is closed": "son organisation est fermée",
    "the numbering plan knows no such number": "ce numéro ne peut pas exister",
}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list; nothing in it is confidential."""

    subject: str
    slug: str
    name: str
    organization: str
    status: str
    assured_date: date | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """What is filled in somewhere: label and content in words, and the page of what it names."""

    label: str
    content: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class EntryPage:
    """An entry with what staff may do about it.

    Attributes:
        fields: What is filled in, without what is confidential; where it comes from is last.
        unknown: What nobody has found out yet, by label.
        edits: That wait or were decided, the newest first.
    """

    subject: str
    slug: str
    name: str
    status: Status
    version: int
    last_tried: date | None
    is_restricted: bool
    fields: Sequence[Fact]
    unknown: Sequence[str]
    edits: Sequence[Edit]

    @property
    def seen(self) -> Seen:
        """What to hand back with a deed."""
        return Seen(self.subject, self.slug, self.version)


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of the form of an entry.

    Attributes:
        options: codes with their words, for closed lists.
        several: whether more than one of them may be chosen; they stand between bars.
        help: what the code in it stands for, and how to write it.
        kind: of the browser's field.
    """

    name: str
    label: str
    value: str
    options: Sequence[tuple[str, str]] = ()
    is_long: bool = False
    several: bool = False
    help: str = ""
    kind: str = "text"

    @property
    def chosen(self) -> Sequence[str]:
        """Return the codes that it holds."""
        return self.value.split("|")


def list_entries(  # noqa: PLR0913  # three filters and a place
    connection: Connection,
    actor: Actor,
    *,
    words: str = "",
    subject: str = "",
    status: str = "",
    start: int = 0,
) -> tuple[list[Line], bool]:
    """Return a page of the directory by name, and whether more follow."""
    require(actor, Role.READER)
    parts = [query for name, query in _LISTS.items() if subject in {"", name}]
    both = union_all(*parts).subquery()
    wanted = select(both).order_by(both.c.name, both.c.slug)
    if words:
        low = words.casefold()
        wanted = wanted.where(
            or_(
                func.lower(both.c.name).contains(low, autoescape=True),
                func.lower(both.c.organization).contains(low, autoescape=True),
                both.c.slug.contains(low, autoescape=True),
            )
        )
    if status in set(Status) - {Status.DELETED}:
        wanted = wanted.where(both.c.status == status)
    else:
        wanted = wanted.where(both.c.status != Status.DELETED)
    rows = connection.execute(wanted.offset(start).limit(PAGE + 1)).all()
    return [Line(*row) for row in rows[:PAGE]], len(rows) > PAGE


def _list_of(subject: str, model: Any, name: Any) -> Select[Any]:
    owner = Organization.name_fr if model is not Organization else literal("", String)
    restricted: Any = Service.restricted
    if model is Organization:
        restricted = literal(value=False)
    columns = (
        literal(subject).label("subject"),
        model.slug,
        name.label("name"),
        owner.label("organization"),
        model.status,
        model.assured_date,
        func.coalesce(restricted, literal(value=False)).label("restricted"),
    )
    query = select(*columns)
    if model is Organization:
        return query
    query = query.join(Organization, Organization.slug == model.organization_slug)
    if model is Phone:
        query = query.outerjoin(Service, Service.slug == Phone.service_slug)
        # The number of a restricted service stands with its whereabouts alone.
        return query.where(or_(Service.restricted.is_(None), Service.restricted.is_(False)))
    return query


_LISTS: Mapping[str, Select[Any]] = {
    "service": _list_of("service", Service, Service.name_fr),
    "phone": _list_of("phone", Phone, Phone.label_fr),
    "organization": _list_of("organization", Organization, Organization.name_fr),
}


def open_entry(connection: Connection, actor: Actor, subject: str, slug: str) -> EntryPage:
    """Return an entry with all that is not confidential about it.

    Raises:
        UnknownRecordError: there is none.
    """
    require(actor, Role.READER)
    with in_french():
        row = _row(connection, subject, slug)
        cells = cells_of(record_of(connection, subject, slug))
        names = names_in(connection, cells.items())
        filled = [
            Fact(label_of(name), names.content(subject, name, cells[name]), _page(name, cells))
            for name in _ordered(subject)
            if cells[name] and name not in {"slug", "status"}
        ]
        return EntryPage(
            subject,
            slug,
            cells.get("name_fr") or cells.get("label_fr") or slug,
            Status(row.status),
            row.version,
            row.last_tried,
            is_restricted(connection, subject, slug),
            [each for each in filled if each.content != _UNKNOWN],
            [each.label for each in filled if each.content == _UNKNOWN],
            edits_of_entry(connection, actor, subject, slug),
        )


def form_of(
    connection: Connection, actor: Actor, subject: str, slug: str
) -> tuple[EntryPage, list[FormField]]:
    """Return an entry with the fields that an edit may change."""
    require(actor, Role.EDITOR)
    page = open_entry(connection, actor, subject, slug)
    with in_french():
        cells = cells_of(record_of(connection, subject, slug))
        return page, _fields(subject, cells, names_in(connection, cells.items()))


def names_of_edits(connection: Connection, found: Iterable[Edit]) -> Names:
    """Return the names that a list of edits needs, what changes in them included."""
    edits = list(found)
    changes = [one for edit in edits for one in edit.changes]
    cells = [(one.name, cell) for one in changes for cell in (one.old, one.new)]
    return names_in(connection, cells, [(edit.subject, edit.slug) for edit in edits])


def whereabouts_of(
    connection: Connection, actor: Actor, slug: str, now: datetime
) -> tuple[Whereabouts, int]:
    """Return where a restricted service is, with its version; that it was read is on record."""
    with in_french():
        found = read_whereabouts(connection, actor, slug, now)
        return found, _row(connection, "service", slug).version


def in_the_bin(connection: Connection, actor: Actor, now: datetime) -> list[Deleted]:
    """Return what was deleted and can still be brought back."""
    return deleted_entries(connection, actor, now)


def _row(connection: Connection, subject: str, slug: str) -> Any:
    model: Any = MODELS.get(subject)
    if model is None:
        raise UnknownRecordError
    columns = (model.status, model.version, model.last_tried)
    row = connection.execute(select(*columns).where(model.slug == slug)).one_or_none()
    if row is None or row.status == Status.DELETED:
        raise UnknownRecordError
    return row


def _ordered(subject: str) -> list[str]:
    """Return the fields of an entry, what it is for before where it comes from."""
    fields = RECORDS[subject].model_fields
    return sorted(fields, key=lambda name: name in SourcedRecord.model_fields)


def _page(name: str, cells: Mapping[str, str]) -> str:
    return f"/annuaire/{name}/{cells[name]}" if name in {"organization", "service"} else ""


def _fields(subject: str, cells: Mapping[str, str], names: Names) -> list[FormField]:
    return [
        _field(subject, name, cells.get(name, ""), names)
        for name in _ordered(subject)
        if name not in _NOT_IN_THE_FORM
    ]


def _field(subject: str, name: str, value: str, names: Names) -> FormField:
    label, several = label_of(name), name in _SEVERAL
    if name in _IDS:
        now = names.content(subject, name, value)
        stands = f" Maintenant : {now}." if now else ""
        return FormField(
            name, label, value, help=f"{_IDS[name]}{stands}", is_long=name in _BETWEEN_BARS
        )
    options = [*options_of(subject, name)]
    known = {code for code, _ in options}
    if options:
        # What an import brought and no list knows stays, and is not changed by saving.
        here = value.split("|") if several else [value]
        options += [(code, code or "—") for code in here if code not in known]
        options = [each for each in options if each[0] or not several]
        return FormField(name, label, value, options, several=several)
    kind = "date" if name in _DAYS else "text"
    return FormField(name, label, value, is_long=_long(name), kind=kind)


def _long(name: str) -> bool:
    return name.startswith(_LONG) and name != "source_date"


@contextmanager
def in_french() -> Iterator[None]:
    """Turn what the directory refuses into what the console refuses.

    Raises:
        RefusedError: with a sentence for staff.
    """
    try:
        yield
    except UnknownEntryError:
        raise UnknownRecordError from None
    except EntryChangedError as error:
        raise ChangedMeanwhileError(_changed(error)) from None
    except EditConflictError as error:
        names = ", ".join(label_of(each.name) for each in error.changes)
        raise ChangedMeanwhileError(
            f"Ces champs ont changé depuis la proposition : {names}. Refusez-la, ou demandez-en "
            "une nouvelle."
        ) from None
    except InvalidEditError as error:
        wrong = [name for name in error.problems if name != "changes"]
        names = ", ".join(f"{label_of(name)} ({error.problems[name]})" for name in wrong)
        sentence = f"À corriger : {names}." if names else "Rien n'a changé dans ce formulaire."
        raise RefusedError(sentence, wrong[0] if wrong else "") from None
    except NoLinkError:
        raise RefusedError("Ce service n'a pas de lien : confidentiel, ou pas publié.") from None
    except EditDecidedError:
        raise RefusedError("Cette proposition est déjà traitée.") from None
    except SamePersonError:
        raise RefusedError("Une autre personne doit valider votre proposition.") from None
    except ImpossibleDeedError:
        raise RefusedError("Cela ne va pas pour une fiche dans cet état.") from None
    except CannotVerifyError as error:
        why = _VERIFY_REASONS.get(error.reason, "elle ne peut pas être confirmée ainsi")
        raise RefusedError(f"Rien n'a changé : {why}.") from None


def _changed(error: EntryChangedError) -> str:
    who = f"{error.by} a" if error.by else "Quelqu'un d'autre a"
    names = ", ".join(label_of(each.name) for each in error.changes)
    fields = f" ({names})" if names else ""
    return f"{who} changé cette fiche entre-temps{fields}. Relisez-la, puis recommencez."
