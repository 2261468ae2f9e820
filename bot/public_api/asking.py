"""What a caller asks for: parameters of an address, of a form or of a JSON body, checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

MOST_PER_PAGE = 100
_LONGEST_SEARCH = 200
_YES, _NO = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no", ""})


class Listing(StrEnum):
    """What can be listed; the words of the addresses."""

    SERVICES = "services"
    ORGANIZATIONS = "organizations"
    SERVICE_AT_LOCATIONS = "service_at_locations"
    TAXONOMIES = "taxonomies"
    TAXONOMY_TERMS = "taxonomy_terms"


class Form(StrEnum):
    """How entries are written."""

    JSON = "json"
    NDJSON = "ndjson"


class UnclearError(ValueError):
    """A parameter that means nothing.

    Attributes:
        parameter: Which one; empty for the body as a whole. What it holds is repeated nowhere.
        reason: What it should be.
    """

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as the caller put it; the words are those of HSDS."""

    search: str = ""
    taxonomy_term_id: str = ""
    taxonomy_id: str = ""
    organization_id: str = ""
    parent_id: str = ""
    modified_after: datetime | None = None
    minimal: bool = False
    full: bool = False
    full_service: bool = False
    page: int = 1
    per_page: int = 50


def parameters_of_body(body: bytes, content_type: str) -> Mapping[str, Any]:
    """Return the parameters of a posted search, from JSON or from a form.

    Raises:
        UnclearError: When it is neither.
    """
    if not body:
        return {}
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise UnclearError("", "the body is neither JSON nor a form") from None
    if not isinstance(said, dict):
        raise UnclearError("", "the body must be a JSON object")
    return said


def asked(said: Mapping[str, Any]) -> tuple[Asked, Form]:
    """Return what the parameters ask for; those that nobody knows do not count.

    Raises:
        UnclearError: When one of them means nothing.
    """
    _flag(said, "top_only")  # every term hangs on none: either answer is the same list
    return Asked(
        search=_text(said, "search")[:_LONGEST_SEARCH],
        taxonomy_term_id=_text(said, "taxonomy_term_id").lower(),
        taxonomy_id=_text(said, "taxonomy_id").lower(),
        organization_id=_text(said, "organization_id").lower(),
        parent_id=_text(said, "parent_id").lower(),
        modified_after=_moment(said, "modified_after"),
        minimal=_flag(said, "minimal"),
        full=_flag(said, "full"),
        full_service=_flag(said, "full_service"),
        page=_number(said, "page", 1),
        per_page=min(_number(said, "per_page", 50), MOST_PER_PAGE),
    ), _form(said)


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int | float | bool):
        raise UnclearError(name, "must be a text")
    return str(value).strip()


def _flag(said: Mapping[str, Any], name: str) -> bool:
    text = _text(said, name).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise UnclearError(name, "must be true or false")


def _number(said: Mapping[str, Any], name: str, default: int) -> int:
    text = _text(said, name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) == int(text[:10])):
        raise UnclearError(name, "must be a whole number from 1")
    return int(text)


def _form(said: Mapping[str, Any]) -> Form:
    text = _text(said, "format").lower() or Form.JSON
    if text not in Form:
        raise UnclearError("format", "must be json or ndjson")
    return Form(text)


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(said, name)
    if not text:
        return None
    try:
        moment = (
            datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
            if len(text) == len("2026-11-27")
            else datetime.fromisoformat(text.replace(" ", "+"))
        )
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnclearError(name, "must be a date or an ISO 8601 moment") from None
