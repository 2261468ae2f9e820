"""Articles and texts that persons read and sign: the list, what is filtered, and the next one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from guidance.reviews import RISKS, CannotSignError, Content, State
from guidance.signatures import Kind, Signature, Signed
from staff_console.errors import ChangedMeanwhileError, RefusedError, UnknownRecordError

PAGE = 20
STATES: tuple[State, ...] = ("unsigned", "changed", "expired", "signed")
_SENTENCES = {
    "name": "Un nom de personne est attendu : celui de qui a lu le texte.",
    "day": "La date de lecture ne peut pas être dans l'avenir.",
    "valid_until": "« Valable jusqu'au » est une date à venir, pour un article seulement.",
    "not_signed": "Il n'y a pas de signature à retirer ici.",
    "not_withdrawn": "Il n'y a plus de signature à reprendre ici.",
}
_FIELDS = {"name": "reviewed_by", "day": "reviewed_on", "valid_until": "valid_until"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Something to be read, with where its signature stands."""

    content: Content
    state: State
    signature: Signature | None
    is_in_file: bool

    @property
    def path(self) -> str:
        """Its address."""
        which = self.content.which
        return f"/contenus/{which.kind}/{which.key}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; "" is anything."""

    words: str = ""
    kind: str = ""
    state: str = ""

    def fits(self, sheet: Sheet) -> bool:
        """Return whether a sheet is looked for."""
        content = sheet.content
        said = "\n".join((content.title, content.which.key, *content.french, *content.bambara))
        return (
            self.words.casefold() in said.casefold()
            and self.kind in {"", content.which.kind.value}
            and self.state in {"", sheet.state}
        )


def sheets_of(contents: Sequence[Content], signed: Signed, today: date) -> list[Sheet]:
    """Return everything that is to be read: unsigned first, and of these what may harm first."""
    sheets = [_sheet(each, signed, today) for each in contents]
    return sorted(sheets, key=_urgency)


def find_sheet(sheets: Sequence[Sheet], kind: str, key: str) -> Sheet:
    """Return the sheet at an address.

    Raises:
        UnknownRecordError: there is none.
    """
    for each in sheets:
        if (each.content.which.kind, each.content.which.key) == (kind, key):
            return each
    raise UnknownRecordError


def next_after(sheets: Sequence[Sheet], done: Sheet) -> Sheet | None:
    """Return the sheet of the same kind that is to be read after this one.

    Past the last one the first follows; `None` when nothing else is to be read.
    """
    here = next(
        (at for at, each in enumerate(sheets) if each.content.which == done.content.which), 0
    )
    waiting = (
        each
        for each in [*sheets[here:], *sheets[:here]]
        if each.state != "signed"
        and each.content.which.kind == done.content.which.kind
        and each.content.which != done.content.which
    )
    return next(waiting, None)


def counts_of(sheets: Sequence[Sheet]) -> dict[Kind, tuple[int, int]]:
    """Return by kind how many are signed, and how many there are."""
    counts = {}
    for kind in Kind:
        own = [each for each in sheets if each.content.which.kind is kind]
        counts[kind] = (sum(each.state == "signed" for each in own), len(own))
    return counts


@contextmanager
def in_sentences() -> Iterator[None]:
    """Turn what can't be signed into what the console refuses.

    Raises:
        RefusedError: with a sentence for staff.
    """
    try:
        yield
    except CannotSignError as error:
        if error.reason == "changed":
            raise ChangedMeanwhileError from None
        raise RefusedError(_SENTENCES[error.reason], _FIELDS.get(error.reason, "")) from None


def _sheet(content: Content, signed: Signed, today: date) -> Sheet:
    in_console = signed.of(content.which, content.digest)
    return Sheet(
        content,
        content.state(signed, today),
        content.signature(signed),
        is_in_file=in_console is None and content.in_file is not None,
    )


def _urgency(sheet: Sheet) -> tuple[bool, int, bool]:
    risk = sheet.content.risk
    rank = RISKS.index(risk) if risk in RISKS else len(RISKS)
    return sheet.state == "signed", rank, sheet.content.which.kind is not Kind.ARTICLE
