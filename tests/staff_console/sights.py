"""A console with something on every page, and where it is to be seen."""

from event_registration.desk import Desk
from guidance.training import TrainingRequest
from storage.actors import Role
from tests.event_registration.people import STAFF, People, a_gathering
from tests.staff_console.world import World

SHOWN = {
    "/": "/",
    "/import": "/import",
    "/rencontres": "/rencontres",
    "/rencontres/nouvelle": "/rencontres/nouvelle",
    "/rencontres/{number:int}": "/rencontres/{gathering}",
    "/rencontres/{number:int}/modifier": "/rencontres/{gathering}/modifier",
    "/rencontres/{number:int}/messages": "/rencontres/{gathering}/messages",
    "/rencontres/{number:int}/inscriptions": "/rencontres/{gathering}/inscriptions",
    "/rencontres/{number:int}/doublons": "/rencontres/{gathering}/doublons",
    "/rencontres/{number:int}/accueil": "/rencontres/{gathering}/accueil",
    "/inscriptions/{number:int}": "/inscriptions/3",
    "/formations": "/formations",
    "/points-focaux": "/points-focaux",
    "/comptes": "/comptes",
    "/comptes/{number:int}": "/comptes/{account}",
    "/journal": "/journal",
    "/compte": "/compte",
}
"""Path of a page -> where it shows something."""

SIGNING = ("/connexion",)


async def furnish(world: World) -> list[str]:
    """Put something on every page; return where it is to be seen."""
    desk: Desk = world.desk
    now = world.clock.now()
    new = a_gathering(needs_approval=True)
    gathering = await world.store.write(desk.gatherings.add, new, actor=STAFF, now=now)
    await world.store.write(desk.gatherings.publish, gathering.id, actor=STAFF, now=now)
    people = People(world.store, desk, gathering)
    await people.register(1, women=2, men=1)
    await people.register(2, women=1, men=2)
    await people.register(3, organization="Association Benkadi numéro 1", although_similar=True)
    await world.store.write(desk.decisions.approve, 1, actor=STAFF, now=now)
    request = TrainingRequest("quota", "segou", 5, 12, "2027-04", "Benkadi, 76 12 34 56")
    code = await world.store.write(world.console.training.draft, request, now)
    await world.store.write(world.console.training.ask, code, now)
    account = await world.add(
        Role.EDITOR, email="une-adresse-assez-longue@organisation.example.org"
    )
    boss = await world.add(Role.ADMINISTRATOR, email="chef@example.org", factor=True)
    del boss
    names = {"{gathering}": str(gathering.id), "{account}": str(account)}
    paths = []
    for path in SHOWN.values():
        for name, value in names.items():
            path = path.replace(name, value)  # noqa: PLW2901  # filled in step by step
        paths.append(path)
    return paths
