"""The directory behind the flows' look-ups; fulfils the `LookUps` port."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.adapters import service_texts as texts
from bot.adapters.service_reports import missing_option, report_option
from flows.engine.effects import LookUp
from flows.engine.events import LookedUp, Pin
from flows.engine.messages import Bilingual, Message, Option, message
from referral_directory.cards import service_card
from referral_directory.gazetteer import Gazetteer
from referral_directory.phone_lines import emergency_numbers, helplines
from referral_directory.schemas import (
    FoundServices,
    PhoneLine,
    Place,
    PlaceMatch,
    ServiceCard,
)
from referral_directory.search import find_for_needs
from referral_directory.spelling import fold
from referral_directory.vocabulary import Need, PlaceKind
from storage.reading import ReadOnly

ANYWHERE = "anywhere"
ANY_NEED = "any"
WHOLE_AREA = "all"
WHAT_FITS = (Need.MEDICAL, Need.PSYCHOSOCIAL, Need.LEGAL)
CHILD = "child"
# Care comes first; whom to complain to comes after, where a channel is verified.
WHAT_FITS_MISCONDUCT = (Need.MEDICAL, Need.PSYCHOSOCIAL, Need.MISCONDUCT)
WHAT_FITS_A_CHILD = (Need.CHILD_PROTECTION, Need.MEDICAL)
MAX_NUMBERS = 4
_SAYS_IT_IS_A_CHOICE = (Need.PROTECTION, Need.LEGAL)  # the flow says so above these lists
MAX_CANDIDATES = 5
ROOM_FOR_A_GAP = 3  # with so many services a list has all the buttons that it may have

_ANYWHERE = frozenset(
    map(
        fold,
        (
            *("n'importe où", "partout", "ailleurs", "peu importe", "par téléphone", "téléphone"),
            *("yɔrɔ bɛɛ", "yɔrɔ o yɔrɔ", "telefɔni fɛ", "telefɔni"),
        ),
    )
)
"""What is typed in answer to « where? » for the button « by phone »."""

Found = Awaitable[LookedUp]


@dataclass(frozen=True, slots=True)
class DirectoryLookUps:
    """Answers look-ups from the referral directory.

    Attributes:
        database: where the directory is looked up.
        gazetteer: the places.
        allow_unverified: show published entries that nobody has verified, marked as such
            (demonstrations only).
    """

    database: ReadOnly
    gazetteer: Gazetteer
    allow_unverified: bool

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        return await self._known()[request.name](request, dict(request.slots), now)

    async def locate(self, latitude: float, longitude: float) -> str | None:
        """Return the slug of the cercle around a point, or `None` in the sea or abroad."""
        place = self.gazetteer.nearest_cercle(latitude, longitude)
        return place.slug if place else None

    def counted(self, slots: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Return need, region and the pair of them; nothing finer, and nothing of a child."""
        need = slots.get("need", ANY_NEED)
        if need == CHILD:
            return ()
        need = need if need in Need else ANY_NEED
        place = slots.get("place", "")
        known = self.gazetteer.place(place)
        region = known.region if known is not None else ANYWHERE
        return ("need", need), ("region", region), ("need_region", f"{need}:{region}")

    def _known(self) -> Mapping[str, Callable[[LookUp, dict[str, str], datetime], Found]]:
        return {
            "regions": self._regions,
            "areas": self._areas,
            "match_place": self._match_place,
            "measure_area": self._measure_area,
            "find_services": self._find_services,
            "service_card": self._service_card,
            "service_pin": self._service_pin,
            "emergency_numbers": self._emergency_numbers,
            "helplines": self._helplines,
        }

    # -- places ----------------------------------------------------------------------------

    async def _regions(self, request: LookUp, _slots: dict[str, str], _now: datetime) -> LookedUp:
        options = tuple(_place_option(each) for each in self.gazetteer.regions())
        return LookedUp(request.name, options=options)

    async def _areas(self, request: LookUp, slots: dict[str, str], _now: datetime) -> LookedUp:
        options = tuple(_place_option(each) for each in self.gazetteer.cercles(slots["place"]))
        return LookedUp(request.name, options=options)

    async def _match_place(
        self, request: LookUp, _slots: dict[str, str], _now: datetime
    ) -> LookedUp:
        if fold(request.text or "") in _ANYWHERE:
            return LookedUp(request.name, slots=(("place", ANYWHERE),))
        match = self.gazetteer.match(request.text or "")
        if match.found is None:
            match = _only_sure(self.gazetteer.find_in(request.text or ""), match)
        if match.found is not None:
            return LookedUp(request.name, slots=(("place", match.found.slug),))
        if not match.candidates:
            return LookedUp(request.name)
        options = tuple(
            _place_option(each, self.gazetteer) for each in match.candidates[:MAX_CANDIDATES]
        )
        question = message("places/which", "📍 Quel lieu voulez-vous dire ?")
        return LookedUp(request.name, (question,), options)

    async def _measure_area(
        self, request: LookUp, slots: dict[str, str], now: datetime
    ) -> LookedUp:
        """Ask for a cercle only where the region has more services than one screen shows."""
        place = self.gazetteer.place(slots.get("place", ""))
        if place is None or place.kind is not PlaceKind.REGION:
            return LookedUp(request.name, slots=(("narrow", "no"),))
        found = await self._search(slots, now, limit=texts.LISTED + 1)
        narrow = len(found.services) > texts.LISTED
        return LookedUp(request.name, slots=(("narrow", "yes" if narrow else "no"),))

    # -- services --------------------------------------------------------------------------

    async def _search(self, slots: Mapping[str, str], now: datetime, limit: int) -> FoundServices:
        area = slots.get("area")
        place = slots.get("place") if area in (None, WHOLE_AREA) else area
        sexual = _is_care_first(slots)
        return await self.database.read(
            _search_all,
            _needs(slots.get("need", ANY_NEED)),
            None if place == ANYWHERE else place,
            now=now,
            sexual_violence=sexual,
            minor=slots.get("need") == CHILD,
            within_72h=sexual,
            disclosed="told" in slots,
            allow_unverified=self.allow_unverified,
            limit=limit,
        )

    async def _find_services(
        self, request: LookUp, slots: dict[str, str], now: datetime
    ) -> LookedUp:
        found = await self._search(slots, now, texts.LISTED)
        said = [
            texts.width_line(found),
            *(texts.entry_line(number, card) for number, card in enumerate(found.services, 1)),
        ]
        cards = list(found.services)
        if found.health is not None and found.health.slug not in {card.slug for card in cards}:
            cards.append(found.health)
            said.append(message("services/health", "🩺 La santé d'abord :", risk="health"))
            said.append(texts.entry_line(len(cards), found.health))
        wants_care = _is_care_first(slots) and slots.get("need") == Need.MEDICAL
        if wants_care and not found.pep_confirmed:
            said.append(texts.ask_for_pep())
        said += _after_the_list(found, cards, slots.get("need"))
        said.append(texts.honest_line(cards))
        options = [_service_option(number, card) for number, card in enumerate(cards, 1)]
        gap = _gap(slots)
        if gap is not None and len(options) < ROOM_FOR_A_GAP:
            options.append(gap)
        return LookedUp(
            request.name, tuple(each for each in said if each is not None), tuple(options)
        )

    async def _card(self, slots: Mapping[str, str], now: datetime) -> ServiceCard | None:
        return await self.database.read(
            service_card,
            slots.get("service", ""),
            now=now,
            allow_unverified=self.allow_unverified,
            expired_too=True,
        )

    async def _service_card(
        self, request: LookUp, slots: dict[str, str], now: datetime
    ) -> LookedUp:
        card = await self._card(slots, now)
        if card is None:
            return LookedUp(request.name, (_gone(),), (_other_services(),))
        options = [_other_services(), report_option(card.slug)]
        gap = _gap(slots)
        if gap is not None:
            options.append(gap)
        if card.latitude is not None and card.longitude is not None:
            options.insert(0, Option("map", message("card/map", "Voir sur la carte"), "🗺️"))
        return LookedUp(request.name, tuple(texts.card_lines(card, now)), tuple(options))

    async def _service_pin(self, request: LookUp, slots: dict[str, str], now: datetime) -> LookedUp:
        card = await self._card(slots, now)
        if card is None or card.latitude is None or card.longitude is None:
            return LookedUp(request.name, (_gone(),))
        place = card.place.fr if card.place else ""
        pin = Pin(card.latitude, card.longitude, card.name.fr, card.address or place)
        said = message("card/pin", "🗺️ {name}", name=texts.both(card.name))
        return LookedUp(request.name, (said,), pin=pin)

    # -- numbers ---------------------------------------------------------------------------

    async def _emergency_numbers(
        self, request: LookUp, _slots: dict[str, str], now: datetime
    ) -> LookedUp:
        lines = await self.database.read(
            emergency_numbers, now=now, allow_unverified=self.allow_unverified
        )
        return LookedUp(request.name, tuple(map(texts.number_line, lines[:MAX_NUMBERS])))

    async def _helplines(self, request: LookUp, _slots: dict[str, str], now: datetime) -> LookedUp:
        lines = await self.database.read(
            _whom_to_call, now=now, allow_unverified=self.allow_unverified
        )
        return LookedUp(request.name, tuple(map(texts.number_line, lines[:MAX_NUMBERS])))


def _after_the_list(
    found: FoundServices, cards: Sequence[ServiceCard], need: str | None
) -> Iterator[Message]:
    """Yield whom to call, and that a complaint is a choice, where the cards leave it open."""
    if need == Need.MISCONDUCT and not _any_channel(cards):
        yield texts.no_channel()
    if need == Need.PROTECTION:
        yield from (texts.number_line(line) for line in found.national_lines if line.is_police)
    elif not any(card.phones for card in cards):
        yield from map(_line, found.national_lines[:1])
    if any(card.is_police for card in cards) and need not in _SAYS_IT_IS_A_CHOICE:
        yield texts.your_choice()


def _is_care_first(slots: Mapping[str, str]) -> bool:
    """Return whether sexual violence was told, so that care comes first and within hours."""
    return "care_first" in slots or slots.get("told") == "sexual"


def _line(line: PhoneLine) -> Message:
    return texts.danger_line(line) if line.is_emergency else texts.number_line(line)


def _needs(need: str) -> tuple[Need, ...]:
    """Return what to look for; somebody who does not know is shown one of each kind that fits."""
    if need == CHILD:
        return WHAT_FITS_A_CHILD
    if need == Need.MISCONDUCT:
        return WHAT_FITS_MISCONDUCT
    return (Need(need),) if need in Need else WHAT_FITS


def _search_all(
    connection: Connection,
    needs: Sequence[Need],
    place: str | None,
    /,
    *,
    limit: int,
    **options: Any,
) -> FoundServices:
    """Search for one need, or for the first service of each of several, health first."""
    each = limit if len(needs) == 1 else 1
    answers = find_for_needs(connection, needs, place, limit=each, **options)
    services: dict[str, ServiceCard] = {}
    for answer in answers:
        services |= {card.slug: card for card in answer.services if card.slug not in services}
    return replace(answers[0], services=tuple(services.values())[:limit])


def _whom_to_call(connection: Connection, /, **options: Any) -> list[PhoneLine]:
    """Return the helplines, or the emergency numbers where none is verified."""
    return helplines(connection, **options) or emergency_numbers(connection, **options)


def _any_channel(cards: Sequence[ServiceCard]) -> bool:
    return any(Need.MISCONDUCT in card.needs for card in cards)


def _only_sure(inside: PlaceMatch, whole: PlaceMatch) -> PlaceMatch:
    """Prefer a place that stands inside the sentence to one that the whole looks like."""
    return inside if inside.found is not None else whole


def _place_option(place: Place, gazetteer: Gazetteer | None = None) -> Option:
    """Return a place to tap; with a gazetteer its region stands behind the name."""
    label: Message | Bilingual = texts.both(place.name)
    region = gazetteer.place(place.region) if gazetteer else None
    if region is not None and region.slug != place.slug:
        label = message(
            "places/option",
            "{place} ({region})",
            place=texts.both(place.name),
            region=texts.both(region.name),
        )
    return Option(place.slug, label)


def _service_option(number: int, card: ServiceCard) -> Option:
    name = message(
        "services/option", "{number}. {name}", number=str(number), name=texts.both(card.name)
    )
    return Option(card.slug, name)


def _gap(slots: Mapping[str, str]) -> Option | None:
    """Return the button that says that something is missing where this person searched."""
    area, place = slots.get("area"), slots.get("place")
    wanted = place if area in (None, WHOLE_AREA) else area
    return missing_option(slots.get("need"), None if wanted == ANYWHERE else wanted)


def _other_services() -> Option:
    return Option("others", message("card/others", "Autres services"), "📋")


def _gone() -> Message:
    return message("card/gone", "🔄 Ce service n'est plus dans le répertoire.")
