"""Training requests and focal points behind the flows' look-ups."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Bilingual, Message, Option, Value, message
from guidance.focal_points import public
from guidance.quota_reading import GroupUnreadableError, Problem, read_group
from guidance.training import TrainingDesk, TrainingRequest, is_contact, read_code
from referral_directory.gazetteer import Gazetteer
from storage.store import Store

LOOK_UPS = frozenset(
    {"training_people", "training_months", "training_contact", "training_send", "training_drop"}
    | {"training_new_contact"}
    | {"training_find", "training_summary", "training_update", "focal_points"}
)
MONTHS_AHEAD = 6
THEMES = ("projects", "wps", "quota", "welcome", "other")

Slots = dict[str, str]
Answer = Callable[[LookUp, Slots, datetime], Awaitable[LookedUp]]


@dataclass(frozen=True, slots=True)
class TrainingLookUps:
    """Answers the look-ups about training and focal points.

    Attributes:
        desk: keeps the requests.
        store: the way into the database.
        gazetteer: the regions' names.
    """

    desk: TrainingDesk
    store: Store
    gazetteer: Gazetteer

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        return await self._known()[request.name](request, dict(request.slots), now)

    def _known(self) -> Mapping[str, Answer]:
        return {
            "training_people": self._people,
            "training_months": self._months,
            "training_contact": self._contact,
            "training_new_contact": self._new_contact,
            "training_send": self._send,
            "training_drop": self._drop,
            "training_find": self._find,
            "training_summary": self._summary,
            "training_update": self._update,
            "focal_points": self._focal_points,
        }

    async def _people(self, request: LookUp, _slots: Slots, _now: datetime) -> LookedUp:
        try:
            group = read_group(request.text or "")
        except GroupUnreadableError as error:
            if error.problem is Problem.NOT_MEANT:
                return LookedUp(request.name)
            return LookedUp(request.name, slots=(("problem", "yes"),))
        slots = (("group", f"{group.men}-{group.women}"), ("problem", None))
        return LookedUp(request.name, slots=slots)

    async def _months(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        months = [_month_after(now.date(), number) for number in range(1, MONTHS_AHEAD + 1)]
        return LookedUp(
            request.name,
            options=tuple(
                Option(f"{each:%Y-%m}", Bilingual(f"{each:%m/%Y}", f"{each:%m/%Y}"))
                for each in months
            ),
        )

    async def _contact(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        """Keep what was typed sealed, for an hour, until its writer agrees."""
        text = (request.text or "").strip()
        if not is_contact(text):
            return LookedUp(request.name, slots=(("problem", "yes"),))
        men, women = _numbers(slots.get("group", ""))
        asked = TrainingRequest(
            slots.get("theme", "other"),
            slots.get("region", ""),
            men,
            women,
            slots.get("month", "open"),
            text,
        )
        code = await self.store.write(self.desk.draft, asked, now)
        return LookedUp(request.name, slots=(("request", code), ("problem", None)))

    async def _new_contact(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        """Seal what was typed in the place of the contact that the request had."""
        text = (request.text or "").strip()
        if not is_contact(text):
            return LookedUp(request.name, slots=(("problem", "yes"),))
        kept = await self._changed(slots, now, contact=text)
        return LookedUp(request.name, slots=(("sent", kept), ("problem", None)))

    async def _send(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        kept = await self.store.write(self.desk.ask, slots.get("request", ""), now)
        return LookedUp(request.name, slots=(("sent", "yes" if kept else "no"),))

    async def _drop(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        await self.store.write(self.desk.cancel, slots.get("request", ""))
        return LookedUp(request.name, slots=(("request", None), ("sent", None)))

    async def _find(self, request: LookUp, _slots: Slots, now: datetime) -> LookedUp:
        code = read_code(request.text or "")
        if code is None:
            return LookedUp(request.name)
        found = await self.store.read(self.desk.find, code, now)
        if found is None:
            return LookedUp(request.name, slots=(("problem", "yes"),))
        return LookedUp(request.name, slots=(("request", code), ("problem", None)))

    async def _summary(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        code = slots.get("request", "")
        found = await self.store.read(self.desk.find, code, now)
        if found is None:
            return LookedUp(request.name, (_gone(),))
        return LookedUp(request.name, tuple(self._lines(code, found)))

    def _lines(self, code: str, found: TrainingRequest) -> list[Message]:
        place = self.gazetteer.place(found.region)
        region: Value = Bilingual(place.name.fr, place.name.bm) if place else ""
        said = [
            message("training/code", "🔑 Code : {code}", code=code.upper()),
            message("training/theme", "🎓 {theme}, {region}", theme=_theme(found), region=region),
        ]
        if found.men + found.women:
            said.append(
                message(
                    "training/people",
                    "👥 Femmes : {women}. Hommes : {men}.",
                    women=str(found.women),
                    men=str(found.men),
                )
            )
        if found.month != "open":
            year, _, month = found.month.partition("-")
            said.append(message("training/month", "📅 {month}", month=f"{month}/{year}"))
        return said

    async def _update(self, request: LookUp, slots: Slots, now: datetime) -> LookedUp:
        changes: dict[str, str | int] = {}
        if "group" in slots:
            changes["men"], changes["women"] = _numbers(slots["group"])
        if "month" in slots:
            changes["month"] = slots["month"]
        changes |= {name: slots[name] for name in ("theme", "region") if name in slots}
        kept = await self._changed(slots, now, **changes)
        emptied = tuple((name, None) for name in ("group", "month", "theme", "region"))
        return LookedUp(request.name, slots=(*emptied, ("sent", kept)))

    async def _changed(self, slots: Slots, now: datetime, **changes: str | int) -> str:
        """Change the request that the session names; return whether it was still there."""
        kept = await self.store.write(
            lambda connection: self.desk.change(
                connection, slots.get("request", ""), now, **changes
            )
        )
        return "yes" if kept else "no"

    async def _focal_points(self, request: LookUp, slots: Slots, _now: datetime) -> LookedUp:
        found = await self.store.read(public, slots.get("network", ""), slots.get("region", ""))
        said: list[Message] = []
        for each in found:
            values: dict[str, Value] = {
                "section": each.section,
                "duty": each.duty,
                "channel": each.channel,
            }
            if each.name is None:
                line = message("points/one", "📍 {section}, {duty} : {channel}")
            else:
                values["name"] = each.name
                line = message("points/named", "📍 {section}, {duty} ({name}) : {channel}")
            said.append(line.filled(values))
        if not said:
            said.append(
                message(
                    "points/none",
                    "🙏 Aucun point focal n'est encore publié ici. Adressez-vous à la direction"
                    " régionale (DRPFEF).",
                )
            )
        return LookedUp(request.name, tuple(said))


def _gone() -> Message:
    return message("training/gone", "🔄 Cette demande n'existe plus.")


def _theme(found: TrainingRequest) -> Message:
    match found.theme:
        case "projects":
            return message("training/theme_of", "Le genre dans les projets")
        case "wps":
            return message("training/theme_of", "Résolution 1325")
        case "quota":
            return message("training/theme_of", "La loi des 30 %")
        case "welcome":
            return message("training/theme_of", "Accueillir après une violence")
        case _:
            return message("training/theme_of", "Autre formation")


def _numbers(group: str) -> tuple[int, int]:
    men, _, women = group.partition("-")
    return (int(men), int(women)) if men.isdecimal() and women.isdecimal() else (0, 0)


def _month_after(day: date, number: int) -> date:
    months = day.year * 12 + day.month - 1 + number
    return date(months // 12, months % 12 + 1, 1)
