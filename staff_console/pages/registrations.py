"""Registrations of a gathering: looked at, let in, refused, merged, and met at the door."""

from starlette.responses import Response

from event_registration.schemas import Registration
from event_registration.vocabulary import RegistrationState as State
from staff_console.errors import RefusedError
from staff_console.names import read_names
from staff_console.pages.gatherings import events_of
from staff_console.visit import Page, Visit
from storage.actors import Role

_PAGE = 50


async def _list(visit: Visit) -> Response:
    events, number = events_of(visit), visit.path("number")
    gathering = await visit.read(events.get, number)
    name, words = visit.asked("etat"), visit.asked("nom").casefold()
    state = State(name) if name in set(State) else None
    found = await visit.write(events.registrations, number, state)
    if words:
        found = [each for each in found if words in _searched(each)]
    start = visit.place("depuis") or 0
    return visit.page(
        "registrations.html",
        gathering=gathering,
        registrations=found[start : start + _PAGE],
        total=len(found),
        following=start + _PAGE if start + _PAGE < len(found) else None,
        state=name if state is not None else "",
        words=words,
        states=list(State),
    )


def _searched(registration: Registration) -> str:
    answers = registration.application
    return f"{answers.organization} {answers.acronym} {registration.code}".casefold()


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _page(visit: Visit, mistake: RefusedError | None = None) -> Response:
    """Show a registration; after a mistake with the reason that was typed."""
    dossier = await visit.write(events_of(visit).dossier, visit.path("number"))
    answers = dossier.registration.application
    places = [each for each in (answers.region, answers.cercle) if each]
    names = await visit.read(read_names, places=places)
    return visit.page(
        "registration.html",
        mistake=mistake,
        typed=visit.typed(["reason"]) if mistake is not None else {},
        dossier=dossier,
        one=dossier.registration,
        names=names,
    )


async def _act(visit: Visit) -> Response:
    try:
        return await _do(visit)
    except RefusedError as error:
        return await _page(visit, error)


async def _do(visit: Visit) -> Response:
    number, events = visit.path("number"), events_of(visit)
    here = f"/inscriptions/{number}"
    match visit.text("do"):
        case "approve":
            made = await visit.write(events.approve, number)
            waits = made.state is State.WAITING
            said = "Acceptée : en liste d'attente." if waits else "Acceptée : confirmée."
            return visit.go(here, said)
        case "refuse":
            await visit.write(events.refuse, number, visit.text("reason"))
            return visit.go(here, "Refusée. La personne inscrite reçoit le motif.")
        case "withdraw":
            await visit.write(events.withdraw, number)
            return visit.go(here, "Annulée. La personne inscrite est prévenue.")
        case "merge":
            stayed = await visit.write(events.merge, number, visit.number("into"))
            return visit.go(f"/inscriptions/{stayed.id}", "Fusionnées.")
        case "undo":
            await visit.write(events.undo_check_in, number)
            return visit.go(here, "Entrée annulée.")
        case _:
            raise RefusedError("Cette action n'existe pas.")


async def _twins(visit: Visit) -> Response:
    events, number = events_of(visit), visit.path("number")
    gathering = await visit.read(events.get, number)
    pairs = await visit.write(events.twins, number)
    return visit.page("twins.html", gathering=gathering, pairs=pairs)


async def _door(visit: Visit) -> Response:
    gathering = await visit.read(events_of(visit).get, visit.path("number"))
    return _at_the_door(visit, gathering)


async def _knock(visit: Visit) -> Response:
    """Look a code up, or let its delegation in."""
    events, number = events_of(visit), visit.path("number")
    gathering = await visit.read(events.get, number)
    code = visit.text("code", 60)
    try:
        found = await visit.read(events.of_code, number, code)
        if visit.text("do") == "enter":
            people = visit.number("people") if visit.text("people") else None
            entered = await visit.write(events.check_in, found.id, people)
            who = entered.application.organization
            said = f"Entrée : {who}, {entered.checked_in_people} personnes."
            return visit.go(f"/rencontres/{number}/accueil", said)
    except RefusedError as error:
        return _at_the_door(visit, gathering, code=code, problem=error.sentence)
    return _at_the_door(visit, gathering, code=code, found=found)


def _at_the_door(
    visit: Visit,
    gathering: object,
    *,
    code: str = "",
    problem: str = "",
    found: Registration | None = None,
) -> Response:
    return visit.page(
        "door.html",
        422 if problem else 200,
        gathering=gathering,
        code=code,
        problem=problem,
        found=found,
        may_enter=found is not None
        and found.state is State.CONFIRMED
        and found.checked_in_at is None,
    )


PAGES = (
    Page(path="/rencontres/{number:int}/inscriptions", show=_list, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/doublons", show=_twins, role=Role.EVENTS),
    Page(path="/rencontres/{number:int}/accueil", show=_door, act=_knock, role=Role.EVENTS),
    Page(path="/inscriptions/{number:int}", show=_show, act=_act, role=Role.EVENTS),
)
