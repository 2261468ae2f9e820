"""How pages are drawn: Jinja templates that escape everything, and the filters they use."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from event_registration.phones import show_phone
from referral_directory.labels import label_of
from staff_console.dates import day_of, in_words, moment_of, span_of, weekday_of
from staff_console.second_factor import drawn
from staff_console.trail_words import deed_of, field_of, note_of, page_of
from staff_console.wording import WORDS

TEMPLATES = Path(__file__).parent / "templates"


def open_templates() -> Environment:
    """Return the templates; a missing value is an error, never an empty place."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"span": span_of, "page_of": page_of}
    environment.filters |= {
        "day": day_of,
        "moment": moment_of,
        "weekday": weekday_of,
        "dated": in_words,
        "word": _word,
        "capital": _capital,
        "phone": show_phone,
        "qr": _qr,
        "few": _few,
        "counted": _counted,
        "plural": _plural,
        "label": label_of,
        "deed": deed_of,
        "changed": field_of,
        "note": note_of,
    }
    return environment


def _word(value: object, kind: str) -> str:
    """Return the French word for a coded value; the code itself where there is none."""
    words: Mapping[str, str] = WORDS.get(kind, {})
    return words.get(str(value), str(value))


def _capital(text: str) -> str:
    """Return a text with a capital at its beginning; Jinja's own way makes « VIH » small."""
    return text[:1].upper() + text[1:]


def _counted(number: int, words: str) -> str:
    """Return a number with its words, in the plural from two on as French has it."""
    if abs(number) < 2:  # noqa: PLR2004  # the plural of French begins at two
        return f"{number} {words}"
    return f"{number} {' '.join(f'{word}s' for word in words.split())}"


def _plural(number: int, one: str, several: str) -> str:
    """Return the words that belong to a number, where the plural is not an « s » on each."""
    return several if abs(number) >= 2 else one  # noqa: PLR2004  # the plural of French begins at two


def _few(value: int) -> str:
    """Return a figure about persons: below five it is only known to be below (S20)."""
    return str(value) if value >= 5 or value == 0 else "< 5"  # noqa: PLR2004  # k = 5 everywhere


def _qr(address: str) -> Markup:
    return Markup(drawn(address))  # noqa: S704  # drawn by segno from an address of ours: no text of anybody
