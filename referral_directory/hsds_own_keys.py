"""Reads back what our own exports say beyond HSDS, under keys that begin with `x_`.

A file of others may hold such keys too: each value must be one of ours, or it does not count, and
whatever they say comes in as a draft.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from referral_directory.hsds_words import CLINICAL, FEES, PHONE_TYPES
from referral_directory.models import SLUG_LENGTH
from referral_directory.vocabulary import Answer, Fees, Mark, Reach, ServiceKind, Status

type Json = Mapping[str, Any]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NUMBERED = 5  # signs kept for « -tel1 » at the end of a number's slug
_NO_LABEL = "Téléphone"


def own_words(service: Json) -> dict[str, Any]:
    """Return the cells of a service that only our own keys carry."""
    fees = _one_of(Fees, service.get("x_fees"))
    note = _text(service, "fees_description")
    cells: dict[str, Any] = {
        "kind": _one_of(ServiceKind, service.get("x_kind")),
        "name_bm": _text(service, "x_name_bm"),
        "description_bm": _text(service, "x_description_bm"),
        "eligibility_bm": _text(service, "x_eligibility_bm"),
        "fees": fees,
        # Where no note was written, HSDS got the plain word for free or paid.
        "fees_note_fr": "" if fees and note == FEES[Fees(fees)] else note,
        "fees_note_bm": _text(service, "x_fees_note_bm"),
    }
    access = service.get("x_accessibility")
    if isinstance(access, list):
        cells["accessibility"] = "|".join(one for one in access if isinstance(one, str))
    clinical = service.get("x_clinical")
    if isinstance(clinical, dict):
        cells |= {name: _one_of(Answer, clinical.get(name)) for name in CLINICAL}
        cells["clinical_known_on"] = _text(clinical, "known_on")
    return cells


def provenance(entry: Json, source: str) -> dict[str, Any]:
    """Return where an entry comes from; it is a draft, whatever the file says."""
    return {
        "status": str(Status.DRAFT),
        "mark": _one_of(Mark, entry.get("x_mark")),
        "source": _text(entry, "x_source") or source,
        "source_date": _text(entry, "x_source_date"),
    }


def phone_slug(phone: Json, owner: str, place: int) -> str:
    """Return a number's own slug, or one made from its owner's that is the same each time."""
    own = _text(phone, "x_slug")
    if _SLUG.fullmatch(own) and len(own) <= SLUG_LENGTH:
        return own
    return f"{owner[: SLUG_LENGTH - _NUMBERED].strip('-')}-tel{place}"[:SLUG_LENGTH]


def phone_cells(phone: Json, source: str) -> dict[str, Any]:
    """Return the cells of a number, without those that say whose it is."""
    kind, position = _text(phone, "type"), phone.get("x_position")
    return {
        "number": _text(phone, "number"),
        "type": kind if kind in PHONE_TYPES else "",
        "label_fr": _text(phone, "description") or _NO_LABEL,
        "label_bm": _text(phone, "x_label_bm"),
        "reach": _one_of(Reach, phone.get("x_reach")),
        "is_free": _flag(phone.get("x_is_free")),
        "is_emergency": _flag(phone.get("x_is_emergency")),
        "position": str(position) if isinstance(position, int) else "",
        "hours": _text(phone, "x_hours"),
        **provenance(phone, source),
    }


def _one_of(words: type[StrEnum], value: Any) -> str:
    return value if isinstance(value, str) and value in words else ""


def _flag(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else ""


def _text(thing: Json, name: str) -> str:
    value = thing.get(name)
    return value.strip() if isinstance(value, str) else ""
