"""Reports under a service's card: what stands in the buttons is counted, and nothing else.

The button itself carries the service, so that it works as long as its message exists, whatever
was forgotten since. Nobody is told whether a press was counted: a flood looks like a thank you.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flows.engine.effects import LookUp
from flows.engine.events import LookedUp
from flows.engine.messages import Message, Option, message
from referral_directory.reports import Gate, count_missing, count_report
from referral_directory.vocabulary import Need, ReportKind
from storage.store import Store

LOOK_UPS = frozenset({"report_kinds", "report_count", "missing_here", "missing_count"})
"""The look-ups that are answered here."""

_BETWEEN = "."
"""Between the kind and the service in a button; neither holds one."""

_KINDS: Mapping[ReportKind, tuple[str, Message]] = {
    ReportKind.NO_ANSWER: ("📵", message("report/kinds", "Pas de réponse")),
    ReportKind.WRONG_NUMBER: ("☎️", message("report/kinds", "Mauvais numéro")),
    ReportKind.CLOSED: ("🚪", message("report/kinds", "C'est fermé")),
    ReportKind.REFUSED: (
        "🚫",
        message(
            "report/kinds",
            "Aide refusée",
            discreet=message("report/kinds", "🚫 On m'a dit non"),
        ),
    ),
    ReportKind.GOT_HELP: (
        "💛",
        message(
            "report/kinds",
            "J'ai eu de l'aide",
            discreet=message("report/kinds", "👍 C'était bien"),
        ),
    ),
}


def report_option(service: str) -> Option:
    """Return the button under a card that leads to the reports about a service."""
    label = message(
        "card/report",
        "Un mot sur ce service",
        discreet=message("card/report", "🗣️ Mon avis"),
    )
    return Option(service, label, "🗣️", ("report", "about"))


def missing_option(need: str | None, place: str | None) -> Option | None:
    """Return the button that says that a service is missing; None where need or place is open."""
    if need not in Need or place is None:
        return None
    label = message(
        "card/missing",
        "Il manque un service ici",
        discreet=message("card/missing", "➕ Il manque quelque chose"),
    )
    return Option(f"{need}{_BETWEEN}{place}", label, "➕", ("missing", "here"))


@dataclass(frozen=True, slots=True)
class ReportLookUps:
    """Answers the look-ups of reports; no chat comes in here.

    Attributes:
        store: where they are counted.
        gate: holds back floods, in this process.
    """

    store: Store
    gate: Gate = field(default_factory=Gate)

    async def look_up(self, request: LookUp, now: datetime) -> LookedUp:
        """Return what was found; see `bot.conversation.ports.LookUps`."""
        slots = dict(request.slots)
        match request.name:
            case "report_kinds":
                return LookedUp(request.name, options=_kinds(slots.get("about")))
            case "report_count":
                return await self._count(request.name, slots.get("said", ""), now)
            case "missing_count":
                await self._miss(slots.get("gap", ""), now)
                return LookedUp(request.name, slots=(("gap", None),))
            case _:
                return LookedUp(request.name)

    async def _count(self, name: str, said: str, now: datetime) -> LookedUp:
        kind, _, service = said.partition(_BETWEEN)
        if kind in ReportKind and self.gate.lets_pass(service, kind, now):
            await self.store.write(count_report, service, ReportKind(kind), now)
        refused = "yes" if kind == ReportKind.REFUSED else None
        # Nothing of the service stays in the session: nobody remembers who was shown what.
        return LookedUp(name, slots=(("said", None), ("about", None), ("refused", refused)))

    async def _miss(self, gap: str, now: datetime) -> None:
        need, _, place = gap.partition(_BETWEEN)
        if need in Need and self.gate.lets_pass(place, need, now):
            await self.store.write(count_missing, need, place, now)


def _kinds(about: str | None) -> tuple[Option, ...]:
    if about is None:
        return ()
    return tuple(
        Option(f"{kind.value}{_BETWEEN}{about}", label, icon, ("report", "said"))
        for kind, (icon, label) in _KINDS.items()
    )
