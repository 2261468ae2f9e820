"""A console with something on every page, and where it is to be seen."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from event_registration.desk import Desk
from guidance.training import TrainingRequest
from referral_directory.confidential import Whereabouts, write_whereabouts
from referral_directory.deeds import delete
from referral_directory.edits import NewEdit, propose
from referral_directory.entries import add_services, read_areas
from referral_directory.models import Organization
from referral_directory.records import ServiceRecord
from referral_directory.verification import verify
from referral_directory.versions import Seen, version_of
from referral_directory.vocabulary import Need
from storage.actors import Actor, Role
from storage.counters import purge
from tests.event_registration.people import STAFF, People, a_gathering
from tests.staff_console.world import World

SHOWN = {
    "/": "/",
    "/verification": "/verification",
    "/validations": "/validations",
    "/validations/{number:int}": "/validations/{edit}",
    "/signalements": "/signalements",
    "/annuaire": "/annuaire",
    "/annuaire/service/{slug}/lieu": "/annuaire/service/refuge-essai/lieu",
    "/annuaire/{subject}/{slug}": "/annuaire/phone/tel-17",
    "/annuaire/{subject}/{slug}/modifier": "/annuaire/phone/tel-17/modifier",
    "/corbeille": "/corbeille",
    "/import": "/import",
    "/import/travail/{token}": "/import/travail/{work}",
    "/import/{number:int}": "/import/1",
    "/manques": "/manques",
    "/qualite": "/qualite",
    "/chiffres": "/chiffres",
    "/envois": "/envois",
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
    "/contenus": "/contenus",
    "/contenus/{kind}/{key}": "/contenus/article/after_rape",
    "/comptes": "/comptes",
    "/comptes/{number:int}": "/comptes/{account}",
    "/journal": "/journal",
    "/compte": "/compte",
}
"""Path of a page -> where it shows something."""

SIGNING = ("/connexion",)


EDITOR = Actor("saisie@example.org", frozenset({Role.EDITOR}))
APPROVER = Actor("valide@example.org", frozenset({Role.APPROVER}))
HIDDEN_ADDRESS = "derrière le canari jaune"


def put_shelter(connection: Connection, now: datetime) -> None:
    """Enter a refuge with its whereabouts."""
    service = ServiceRecord(
        slug="refuge-essai",
        organization=connection.execute(select(Organization.slug)).scalars().first() or "",
        name_fr="Refuge d'essai",
        description_fr="Un lieu sûr.",
        needs=(Need.SHELTER,),
        areas=("bamako",),
        source="essai",
    )
    add_services(connection, [service], read_areas(connection), now)
    where = Whereabouts(place="bamako", address=HIDDEN_ADDRESS)
    version = version_of(connection, "service", "refuge-essai")
    write_whereabouts(connection, APPROVER, "refuge-essai", version=version, where=where, now=now)


def propose_label(connection: Connection, label: str, now: datetime) -> int:
    """Propose another label for a number; return the number of the edit."""
    version = version_of(connection, "phone", "tel-17")
    new = NewEdit("phone", "tel-17", version, {"label_fr": label})
    return propose(connection, EDITOR, new, now)


async def count_searches(world: World) -> None:
    """Count searches of last week, and close it."""
    last_week = (world.clock.now() - timedelta(days=7)).date()
    monday = last_week - timedelta(days=last_week.weekday())
    counted = (("need", "medical", 23), ("need", "legal", 3), ("region", "segou", 12))

    def count(connection: Connection) -> None:
        for dimension, value, times in counted:
            world.store.counters.bump(connection, dimension, value, monday, times)
        purge(connection, world.clock.now())

    await world.store.write(count)


async def put_entries(world: World) -> int:
    """Put a refuge, an edit that waits, a deleted entry and an old number into the directory."""
    now = world.clock.now()

    def put(connection: Connection) -> int:
        put_shelter(connection, now)
        verify(connection, "tel-17", by="Awa", on=(now - timedelta(days=120)).date(), now=now)
        version = version_of(connection, "phone", "tel-18")
        delete(connection, EDITOR, Seen("phone", "tel-18", version), now)
        return propose_label(connection, "Police, appel d'urgence", now)

    return await world.store.write(put)


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
    edit = await put_entries(world)
    await count_searches(world)
    names = {
        "{gathering}": str(gathering.id),
        "{account}": str(account),
        "{edit}": str(edit),
    }
    paths = []
    for path in SHOWN.values():
        for name, value in names.items():
            path = path.replace(name, value)  # noqa: PLW2901  # filled in step by step
        paths.append(path)
    return paths
