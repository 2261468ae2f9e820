"""Says in French why a row of a file cannot come in, and what to write instead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy import String

from referral_directory.hours import UnreadableHoursError
from referral_directory.labels import VALUE_LABELS, label_of
from referral_directory.models import Organization, Phone, Service
from referral_directory.numbers import UnusableNumberError
from referral_directory.records import Record
from referral_directory.tables import KINDS

_SENTENCES: Mapping[str, str] = {
    "missing": "à remplir",
    "extra_forbidden": "cette fiche n'a pas une telle colonne",
    "string_pattern_mismatch": "lettres sans accent, chiffres et traits d'union seulement",
    "too_short": "à remplir",
    "string_type": "un texte est attendu",
    "bool_parsing": "écrivez oui ou non",
    "bool_type": "écrivez oui ou non",
    "date_from_datetime_parsing": "date non comprise : écrivez-la comme 27/11/2026",
    "date_parsing": "date non comprise : écrivez-la comme 27/11/2026",
    "date_type": "date non comprise : écrivez-la comme 27/11/2026",
    "float_parsing": "un nombre est attendu",
    "float_type": "un nombre est attendu",
    "finite_number": "un nombre est attendu",
    "int_parsing": "un nombre entier est attendu",
    "int_type": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "int_parsing_size": "ce nombre est trop grand",
}
_HOURS = "horaires non compris : écrivez-les comme « lun-ven 08:00-17:00; sam 08:00-12:00 »"
_NUMBER = "ce n'est ni un numéro à 8 chiffres ni un numéro court"
_MODELS: Mapping[str, type[Organization | Service | Phone]] = {
    "organization": Organization,
    "service": Service,
    "phone": Phone,
}
_OTHER_LENGTHS = {"address": 200}


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a row out.

    Attributes:
        line: The row, as a spreadsheet program counts; in HSDS the service, from 1.
        column: Which column, by its technical name; empty where it is about the whole row.
        reason: Why, in French.
        sheet: Of a workbook; empty for other files.
    """

    line: int
    column: str
    reason: str
    sheet: str = ""

    @property
    def heading(self) -> str:
        """Return the column as people call it."""
        return label_of(self.column)


def refusals(kind: str, error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield the columns that are wrong, each once, with the reason."""
    told: set[str] = set()
    for part in error.errors(include_url=False, include_input=False):
        column = str(part["loc"][0]) if part["loc"] else ""
        if column not in told:
            told.add(column)
            yield column, _sentence(kind, column, part)


def _sentence(kind: str, column: str, part: ErrorDetails) -> str:
    context = part.get("ctx", {})
    name = part["type"]
    if name == "value_error":
        return _value_error(context.get("error"))
    if name == "enum":
        return f"au choix : {', '.join(_words(kind, column))}"
    if name == "string_too_long":
        return f"au plus {context['max_length']} signes"
    if name in {"greater_than_equal", "less_than_equal"}:
        bound = context.get("ge", context.get("le"))
        return f"au {'moins' if 'ge' in context else 'plus'} {bound:g}"
    return _SENTENCES.get(name, "valeur non comprise")


def _value_error(error: Any) -> str:
    if isinstance(error, UnreadableHoursError):
        return _HOURS
    if isinstance(error, UnusableNumberError):
        return _NUMBER
    return str(error)


def _words(kind: str, column: str) -> list[str]:
    words = word_list(KINDS[kind].model_fields[column].annotation)
    return [VALUE_LABELS[words][code] for code in words] if words else []


def word_list(annotation: Any) -> type[StrEnum] | None:
    """Return the word list of a column, which may stand inside a tuple or beside None."""
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return annotation
    found = (word_list(part) for part in get_args(annotation))
    return next((words for words in found if words is not None), None)


def too_long(kind: str, record: Record) -> Iterator[tuple[str, str]]:
    """Yield the columns whose text the database has no room for, with the reason."""
    room = _rooms(kind)
    for column, value in record:
        if isinstance(value, str) and len(value) > room.get(column, len(value)):
            yield column, f"au plus {room[column]} signes"


def _rooms(kind: str) -> dict[str, int]:
    columns = _MODELS[kind].__table__.c
    return {
        column.name: column.type.length
        for column in columns
        if isinstance(column.type, String) and column.type.length is not None
    } | (_OTHER_LENGTHS if kind == "service" else {})
