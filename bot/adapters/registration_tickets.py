"""Tickets, calendar files and pins of registrations, in the registrant's language."""

from datetime import datetime

from event_registration.schemas import Gathering, Registration, Text
from event_registration.vocabulary import Language
from flows.engine.events import Attachment, Pin


def picture_of(registration: Registration, gathering: Gathering) -> Attachment:
    """Return the ticket as a picture. Its words are names and figures, the same in any language."""
    from event_registration.tickets import draw_ticket  # noqa: PLC0415  # Pillow, only to draw

    answers = registration.application
    lines = [
        f"{gathering.starts_at:%d/%m/%Y, %H:%M}",
        _in(gathering.venue, answers.language),
        answers.organization,
    ]
    name = _in(gathering.name, answers.language)
    picture = draw_ticket(name, lines, registration.places, registration.code)
    return Attachment(f"{registration.code}.png", picture, is_picture=True)


def calendar_of(registration: Registration, gathering: Gathering, now: datetime) -> Attachment:
    """Return the gathering for a calendar."""
    from event_registration.tickets import calendar_file  # noqa: PLC0415  # Pillow and icalendar

    language = registration.application.language
    content = calendar_file(
        gathering,
        name=_in(gathering.name, language),
        venue=_in(gathering.venue, language),
        note=registration.code,
        uid=f"{registration.code}@jigi",
        now=now,
    )
    return Attachment(f"{registration.code}.ics", content)


def pin_of(gathering: Gathering) -> Pin | None:
    """Return where the gathering is; `None` where no point is known."""
    if gathering.point is None:
        return None
    point = gathering.point
    return Pin(point.latitude, point.longitude, gathering.name.fr, gathering.venue.fr)


def _in(text: Text, language: Language) -> str:
    return text.bm if language is Language.BAMBARA and text.bm else text.fr
