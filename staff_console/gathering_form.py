"""The form of a gathering: read from what was sent, filled from what there is."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from event_registration.schemas import Gathering, NewGathering, Text
from event_registration.vocabulary import GatheringKind
from staff_console.errors import RefusedError
from staff_console.visit import Visit

_LONGEST_NAME = 120
_LONGEST_THEME = 300


def read_moment(visit: Visit, name: str) -> datetime:
    """Return a time as the browser's field sends it; the clock of Bamako is UTC all year.

    Raises:
        RefusedError: it is none.
    """
    try:
        return datetime.fromisoformat(visit.text(name)).replace(tzinfo=UTC)
    except ValueError:
        raise RefusedError(
            "Une date avec son heure est attendue : 2027-03-08T09:00.", name
        ) from None


def write_moment(value: datetime) -> str:
    """Return a time as the browser's field takes it."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M}"


def read_gathering(visit: Visit, old: Gathering | None) -> NewGathering:
    """Return the gathering that was sent.

    Args:
        visit: with the form.
        old: as it was; its code, region and point stay.

    Raises:
        RefusedError: a number or time is none.
    """
    return NewGathering(
        code=old.code if old is not None else visit.text("code", 20),
        kind=old.kind if old is not None else _kind(visit.text("kind")),
        region=old.region if old is not None else None,
        point=old.point if old is not None else None,
        name=_required_text(visit, "name", _LONGEST_NAME),
        theme=_text(visit, "theme", _LONGEST_THEME),
        venue=_required_text(visit, "venue", 200),
        starts_at=read_moment(visit, "starts_at"),
        ends_at=read_moment(visit, "ends_at"),
        opens_at=read_moment(visit, "opens_at"),
        closes_at=read_moment(visit, "closes_at"),
        correct_until=read_moment(visit, "correct_until"),
        capacity=visit.number("capacity"),
        most_delegates=visit.number("most_delegates"),
        needs_approval=visit.text("needs_approval") == "oui",
        co_organizers=tuple(
            line.strip() for line in visit.text("co_organizers", 2000).splitlines() if line.strip()
        ),
    )


def filled(gathering: Gathering) -> Mapping[str, str]:
    """Return the fields of a form that shows a gathering."""
    theme = gathering.theme or Text("")
    return {
        "code": gathering.code,
        "kind": gathering.kind.value,
        "name_fr": gathering.name.fr,
        "name_bm": gathering.name.bm or "",
        "theme_fr": theme.fr,
        "theme_bm": theme.bm or "",
        "venue_fr": gathering.venue.fr,
        "venue_bm": gathering.venue.bm or "",
        **{name: write_moment(getattr(gathering, name)) for name in TIMES},
        "capacity": str(gathering.capacity),
        "most_delegates": str(gathering.most_delegates),
        "needs_approval": "oui" if gathering.needs_approval else "",
        "co_organizers": "\n".join(gathering.co_organizers),
    }


LABELS: Mapping[str, str] = {
    "code": "code",
    "kind": "genre",
    "name_fr": "nom en français",
    "name_bm": "nom en bambara",
    "theme_fr": "thème en français",
    "theme_bm": "thème en bambara",
    "venue_fr": "lieu en français",
    "venue_bm": "lieu en bambara",
    "starts_at": "début",
    "ends_at": "fin",
    "opens_at": "ouverture des inscriptions",
    "closes_at": "clôture des inscriptions",
    "correct_until": "corrections jusqu'à",
    "capacity": "places",
    "most_delegates": "personnes par organisation",
    "needs_approval": "examen de chaque inscription",
    "co_organizers": "avec qui",
}
FIELDS = tuple(LABELS)
"""The fields of the form; of a gathering that exists, code and kind do not change."""

TIMES = ("starts_at", "ends_at", "opens_at", "closes_at", "correct_until")


def suggested(now: datetime) -> Mapping[str, str]:
    """Return the fields of an empty form, with times that fit together."""
    start = (now + timedelta(days=60)).replace(hour=9, minute=0)
    times = {
        "starts_at": start,
        "ends_at": start.replace(hour=17),
        "opens_at": now.replace(hour=8, minute=0),
        "closes_at": (start - timedelta(days=7)).replace(hour=18),
        "correct_until": (start - timedelta(days=3)).replace(hour=18),
    }
    texts = ("code", "name_fr", "name_bm", "theme_fr", "theme_bm", "venue_fr", "venue_bm")
    return {
        **dict.fromkeys(texts, ""),
        **{name: write_moment(value) for name, value in times.items()},
        "kind": "jif",
        "capacity": "100",
        "most_delegates": "5",
        "needs_approval": "oui",
        "co_organizers": "",
    }


def sent(visit: Visit) -> Mapping[str, str]:
    """Return the fields as they were sent, so that nothing typed is lost after a mistake."""
    return dict.fromkeys(FIELDS, "") | visit.typed(FIELDS)


def _kind(text: str) -> GatheringKind:
    return GatheringKind(text) if text in set(GatheringKind) else GatheringKind.OTHER


def _text(visit: Visit, name: str, longest: int) -> Text | None:
    french = visit.text(f"{name}_fr", longest)
    return Text(french, visit.text(f"{name}_bm", longest) or None) if french else None


def _required_text(visit: Visit, name: str, longest: int) -> Text:
    found = _text(visit, name, longest)
    if found is None:
        raise RefusedError("Le nom et le lieu sont à remplir, en français au moins.", f"{name}_fr")
    return found
