"""How pages are drawn: Jinja templates that escape everything, and the filters they use."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from event_registration.phones import show_phone
from referral_directory.labels import label_of
from staff_console.second_factor import drawn
from staff_console.wording import WORDS

TEMPLATES = Path(__file__).parent / "templates"
_BAMAKO = ZoneInfo("Africa/Bamako")
_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def open_templates() -> Environment:
    """Return the templates; a missing value is an error, never an empty place."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": day_of,
        "moment": _moment,
        "weekday": _weekday,
        "word": _word,
        "phone": show_phone,
        "qr": _qr,
        "few": _few,
        "counted": _counted,
        "label": label_of,
    }
    return environment


def day_of(value: date | datetime | None) -> str:
    """Return a day as people in Mali read it."""
    if isinstance(value, datetime):
        value = value.astimezone(_BAMAKO).date()
    return f"{value:%d/%m/%Y}" if value is not None else "jamais"


def _moment(value: datetime | None) -> str:
    return f"{value.astimezone(_BAMAKO):%d/%m/%Y %H:%M}" if value is not None else "jamais"


def _weekday(value: datetime) -> str:
    return f"{_DAYS[value.astimezone(_BAMAKO).weekday()]} {_moment(value)}"


def _word(value: object, kind: str) -> str:
    """Return the French word for a coded value; the code itself where there is none."""
    words: Mapping[str, str] = WORDS.get(kind, {})
    return words.get(str(value), str(value))


def _counted(number: int, words: str) -> str:
    """Return a number with its words, in the plural from two on as French has it."""
    if abs(number) < 2:  # noqa: PLR2004  # the plural of French begins at two
        return f"{number} {words}"
    return f"{number} {' '.join(f'{word}s' for word in words.split())}"


def _few(value: int) -> str:
    """Return a figure about persons: below five it is only known to be below (S20)."""
    return str(value) if value >= 5 or value == 0 else "< 5"  # noqa: PLR2004  # k = 5 everywhere


def _qr(address: str) -> Markup:
    return Markup(drawn(address))  # noqa: S704  # drawn by segno from an address of ours: no text of anybody
