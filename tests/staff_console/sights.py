"""A console with something on every page, and where it is to be seen."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from event_registration.desk import Desk
from guidance.training import TrainingRequest
from referral_directory.confidential import Whereabouts, write_whereabouts
from referral_directory.deeds import delete
from referral_directory.edits import NewEdit, approve, propose
from referral_directory.entries import add_services, read_areas
from referral_directory.import_progress import Progress, Stage, Watch
from referral_directory.models import Organization
from referral_directory.provider_links import ProviderLinks
from referral_directory.records import ServiceRecord
from referral_directory.reports import count_missing, count_report
from referral_directory.verification import verify
from referral_directory.versions import Seen, version_of
from referral_directory.vocabulary import Need, ReportKind
from staff_console.exchanging import prepare, write
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

MORE = {
    "annuaire-service": "/annuaire/service/ecoute-essai",
    "annuaire-service-modifier": "/annuaire/service/ecoute-essai/modifier",
    "validations-service": "/validations/{service_edit}",
    "manques-besoin": "/manques?besoin=medical",
    "journal-filtre": "/journal?qui=valide&quoi=service:added&du=2027-02-01",
}
"""Name -> another state of one of these pages."""

PUBLIC = {
    "/connexion": "/connexion",
    "/invitation/{token}": "/invitation/{invitation}",
    "/prestataire/{token}": "/prestataire/{provider}",
}
"""Likewise for those who are not signed in."""

BY_DOING = frozenset({"/connexion/code", "/compte/second-facteur"})
"""Pages that are reached by doing something first: `tour` does it."""

IMPORTED = """record,slug,kind,name_fr,description_fr,organization,needs,areas,source,source_date,\
status,mark,fees,languages,accessibility,hours,clinical_known_on,takes_minors
organization,asso-essai,ngo,Association Essai,,,,,visite,2027-01-09,draft,U,,,,,,
service,ecoute-essai,,Écoute d'essai,On vous écoute.,asso-essai,psychosocial|legal,\
segou|cercle-san,visite,2027-01,draft,U,free,fr|bm,ramp|childcare,lun-ven 08:00-16:00,2027-01-09,yes
"""

EDITOR = Actor("saisie@example.org", frozenset({Role.EDITOR}))
APPROVER = Actor("valide@example.org", frozenset({Role.APPROVER}))
BOSS = "chef@example.org"
HIDDEN_ADDRESS = "derrière le canari jaune"


def make_link(connection: Connection, world: World, now: datetime) -> str:
    """Make a provider's link."""
    verify(connection, "osc-mopti", by="Awa", on=now.date(), now=now)
    return ProviderLinks(world.keyring).make(connection, EDITOR, "osc-mopti", now)


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


def propose_more(connection: Connection, now: datetime) -> int:
    """Propose other needs, places, days and an organisation for a service."""
    changes = {
        "needs": "medical|livelihood",
        "areas": "mopti|cercle-djenne",
        "fees": "paid",
        "takes_minors": "no",
        "languages": "bm",
        "clinical_known_on": "2027-02-01",
        "organization": "police-nationale",
    }
    version = version_of(connection, "service", "ecoute-essai")
    new = NewEdit("service", "ecoute-essai", version, changes, now.date())
    return propose(connection, EDITOR, new, now)


def propose_label(connection: Connection, label: str, now: datetime) -> int:
    """Propose another label for a number; return the number of the edit."""
    version = version_of(connection, "phone", "tel-17")
    new = NewEdit("phone", "tel-17", version, {"label_fr": label})
    return propose(connection, EDITOR, new, now)


def relabel(connection: Connection, world: World, label: str) -> None:
    """Give a number another label, as two people do."""
    number = propose_label(connection, label, world.clock.now())
    approve(connection, APPROVER, number, world.clock.now())


def move_refuge(connection: Connection, world: World, address: str) -> None:
    """Write another address of the refuge."""
    version = version_of(connection, "service", "refuge-essai")
    where = Whereabouts(place="bamako", address=address)
    now = world.clock.now()
    write_whereabouts(connection, APPROVER, "refuge-essai", version=version, where=where, now=now)


def promote(connection: Connection, world: World, account: int) -> None:
    """Give an account the role of who approves, or take it again."""
    accounts, boss = world.door.accounts, Actor("awa@example.org", frozenset({Role.ADMINISTRATOR}))
    now = accounts.get(connection, boss, account)
    roles = now.roles ^ {Role.APPROVER}
    accounts.set_roles(connection, boss, account, roles, version=now.version, now=world.clock.now())


async def count_searches(world: World) -> None:
    """Count searches of last week, and close it."""
    last_week = (world.clock.now() - timedelta(days=7)).date()
    monday = last_week - timedelta(days=last_week.weekday())
    counted = (
        ("need", "medical", 23),
        ("need", "psychosocial", 41),
        ("need", "legal", 3),
        ("region", "segou", 12),
        ("region", "bamako", 48),
        ("need_region", "medical:segou", 8),
        ("need_region", "legal:bamako", 3),
    )

    def count(connection: Connection) -> None:
        for _ in range(7):
            count_missing(connection, "shelter", "cercle-djenne", world.clock.now())
            for kind in (ReportKind.NO_ANSWER, ReportKind.WRONG_NUMBER):
                count_report(connection, "osc-gao", kind, world.clock.now())
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


async def put_import(world: World) -> None:
    """Write a small import."""
    now = world.clock.now()
    upload = world.console.uploads.keep("x", "liste-de-segou.csv", IMPORTED.encode(), now)

    def put(connection: Connection) -> None:
        prepared = prepare(connection, APPROVER, upload, now)
        seen = prepared.report(import_id=None, written=False)
        assert seen.problems == (), seen.problems
        write(connection, APPROVER, upload, prepared, partial=False, seen=seen.fingerprint)

    await world.store.write(put)


def start_work(world: World) -> str:
    """Start something that goes on until the test ends; return its token."""

    async def job(watch: Watch) -> None:
        watch.tell(Progress(Stage.WRITING, 4500, 10_000))
        await asyncio.Event().wait()

    works = world.console.works
    return works.start(
        BOSS, "Écriture de repertoire-national-2027.csv", job, world.clock.now()
    ).token


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
    edit = await put_entries(world)
    await count_searches(world)
    await put_import(world)
    administrator = Actor(BOSS, frozenset({Role.ADMINISTRATOR}))
    invitation = await world.store.write(
        world.door.accounts.invite, administrator, "neuve@example.org", [Role.EVENTS], now
    )
    provider = await world.store.write(make_link, world, now)
    service_edit = await world.store.write(propose_more, now)
    names = {
        "{service_edit}": str(service_edit),
        "{work}": start_work(world),
        "{invitation}": invitation,
        "{provider}": provider,
        "{gathering}": str(gathering.id),
        "{account}": str(account),
        "{edit}": str(edit),
    }
    paths = []
    for path in (*SHOWN.values(), *MORE.values(), *PUBLIC.values()):
        for name, value in names.items():
            path = path.replace(name, value)  # noqa: PLW2901  # filled in step by step
        paths.append(path)
    return paths
