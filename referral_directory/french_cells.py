"""Understands cells as people in Mali fill them in: French dates, numbers as text, French words.

What can mean one thing only is turned into the form that records read; all else is left as it is,
so that the record refuses it, or is refused here with a better reason.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from referral_directory.french_dates import NotUnderstoodError, read_date, read_source_date
from referral_directory.labels import code_of
from referral_directory.records import COUNTRY_AREA
from referral_directory.spelling import plain
from referral_directory.vocabulary import (
    Answer,
    Fees,
    Mark,
    Need,
    OrganizationKind,
    Reach,
    ServiceKind,
    Status,
)

_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE]\+?\d+")
_DECIMAL = re.compile(r"-?\d+(?:[.,]\d+)?")
_WHOLE = re.compile(r"(\d+)[.,]0+")
_DAYS = {"lundi": "lun", "mardi": "mar", "mercredi": "mer", "jeudi": "jeu", "vendredi": "ven",
         "samedi": "sam", "dimanche": "dim"}  # fmt: skip
_CLOCK = re.compile(r"\b(\d{1,2})\s*[h:](?:\s*(\d{2})(?!\d))?", re.IGNORECASE)
_ALWAYS = re.compile(r"(?:24 ?h ?(?:/|sur) ?24|24/24)(?:\s*(?:et|,)?\s*7 ?j? ?(?:/|sur) ?7 ?j?)?")
_SEPARATORS = re.compile(r"\s*[|;,\n]\s*")
_MALIAN_DIGITS = 8
_FORMER_DIGITS = 7
_YES_NO = {"oui": "yes", "non": "no", "vrai": "yes", "faux": "no", "x": "yes"}


def understood(kind: str, cells: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the cells as records read them, and the columns nobody can read, with the reason.

    Args:
        kind: Of the entry: the column `kind` has other words for a service than else.
        cells: By column, as somebody entered them.
    """
    ready: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for column, value in cells.items():
        read = _KINDS.get(kind) if column == "kind" else _READERS.get(column)
        try:
            ready[column] = read(value) if read and isinstance(value, str) and value else value
        except NotUnderstoodError as error:
            refused[column] = error.reason
    return ready, refused


def read_number(text: str) -> str:
    """Return a phone number without what spreadsheets add to it.

    Raises:
        NotUnderstoodError: When a spreadsheet spoilt it, or it is one of the former seven digits.
    """
    bare = text.strip()
    if _SCIENTIFIC.fullmatch(bare):
        raise NotUnderstoodError(
            "le tableur a abîmé ce numéro : mettez la colonne en texte et retapez-le"
        )
    if found := _WHOLE.fullmatch(bare):
        bare = found[1]
    digits = re.sub(r"\D", "", bare)
    national = (
        digits.removeprefix("00").removeprefix("223") if len(digits) > _MALIAN_DIGITS else digits
    )
    if len(national) == _FORMER_DIGITS:
        raise NotUnderstoodError(
            "ce numéro a 7 chiffres, comme autrefois : il en faut 8, demandez le numéro actuel"
        )
    if len(digits) == len(national) + 3 and not bare.startswith(("+", "00")):
        return f"+{digits}"
    return bare


def read_decimal(text: str) -> str:
    """Return a number with a point, from one with a comma."""
    bare = text.strip()
    return bare.replace(",", ".") if _DECIMAL.fullmatch(bare) else bare


def read_whole(text: str) -> str:
    """Return a whole number that a spreadsheet wrote as `5,0`."""
    found = _WHOLE.fullmatch(text.strip())
    return found[1] if found else text


def read_french_hours(text: str) -> str:
    """Return opening hours as `lun-ven 08:00-17:00`, from « lundi-vendredi 8h-17h » and such."""
    said = text.strip().lower().replace("–", "-").replace("—", "-")
    if _ALWAYS.fullmatch(said):
        return "lun-dim 00:00-23:59"
    for long, short in _DAYS.items():
        said = said.replace(long, short)
    said = _CLOCK.sub(lambda found: f"{int(found[1]):02}:{found[2] or '00'}", said)
    said = re.sub(r"\s+(?:à|a|au)\s+", "-", said)
    said = re.sub(r"\s*-\s*", "-", said)
    return re.sub(r"(?<=[a-z])\s*:\s+", " ", said.replace("24:00", "23:59"))


def _coded(words: type[StrEnum]) -> Callable[[str], str]:
    return lambda text: code_of(words, text)


def _needs(text: str) -> str:
    return "|".join(code_of(Need, one) for one in _SEPARATORS.split(text) if one)


def _several(text: str) -> str:
    return "|".join(one for one in _SEPARATORS.split(text) if one)


def _areas(text: str) -> str:
    parts = (one for one in _SEPARATORS.split(text) if one)
    return "|".join(COUNTRY_AREA if plain(one) in _WHOLE_COUNTRY else one for one in parts)


def _yes_or_no(text: str) -> str:
    return _YES_NO.get(plain(text), text)


_KINDS: Mapping[str, Callable[[str], str]] = {
    "organization": _coded(OrganizationKind),
    "service": _coded(ServiceKind),
}
_WHOLE_COUNTRY = frozenset({"mali", "tout le mali", "tout le pays", "national"})
_READERS: Mapping[str, Callable[[str], str]] = {
    "assured_date": read_date,
    "clinical_known_on": read_date,
    "source_date": read_source_date,
    "number": read_number,
    "latitude": read_decimal,
    "longitude": read_decimal,
    "position": read_whole,
    "hours": read_french_hours,
    "needs": _needs,
    "languages": _several,
    "accessibility": _several,
    "areas": _areas,
    "fees": _coded(Fees),
    "status": _coded(Status),
    "mark": _coded(Mark),
    "reach": _coded(Reach),
    **dict.fromkeys(
        (
            "pep",
            "emergency_contraception",
            "woman_caregiver",
            "takes_minors",
            "takes_men",
            "asks_requisition",
            "asks_fee",
        ),
        _coded(Answer),
    ),
    **dict.fromkeys(("restricted", "is_free", "is_emergency"), _yes_or_no),
}
