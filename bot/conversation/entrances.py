"""Where somebody comes in from outside: links that start the chat, and a typed search."""

import re

Slots = tuple[tuple[str, str], ...]

_PAYLOADS: dict[str, tuple[str, Slots]] = {
    "jif": ("gatherings", (("kind", "jif"),)),
    "jpo": ("gatherings", (("kind", "jpo"),)),
    "aide": ("find_help", ()),
}
_ARTICLE = re.compile(r"a_([a-z2-7]{6})")
_STAFF_CODE = re.compile(r"s_([0-9A-Z]{10})", re.IGNORECASE)
_SEARCH = re.compile(r"\s*(?:chercher|cherche|recherche|ɲini|nyini)\s*:\s*(\S.*)", re.IGNORECASE)


def entrance(payload: str) -> tuple[str, Slots] | None:
    """Return the flow that a start link leads to, with what it already says; `None` for others.

    Nothing of an unknown payload is kept: anybody can write one.
    """
    article = _ARTICLE.fullmatch(payload)
    if article is not None:
        return "read", (("reading", article.group(1)),)
    staff = _STAFF_CODE.fullmatch(payload)
    if staff is not None:
        return "link_staff", (("code", staff.group(1)),)
    return _PAYLOADS.get(payload)


def searched_words(text: str) -> str | None:
    """Return what is searched for in « chercher : amende », or `None` for any other text."""
    found = _SEARCH.fullmatch(text)
    return found.group(1) if found is not None else None
