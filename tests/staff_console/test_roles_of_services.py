"""Roles hold in the services themselves, whatever a page forgets: each is called with a lower."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from event_registration.desk import Desk
from guidance import reviews
from referral_directory import (
    confidential,
    deeds,
    edits,
    import_holds,
    provider_links,
    reports,
    verification_queue,
)
from staff_console import (
    dashboard,
    directory,
    exchanging,
    figures,
    focal_points,
    mending,
    queue,
    trail,
    training,
)
from staff_console.accounts import Accounts
from staff_console.events import Events
from storage.actors import Actor, NotAllowedError, Role
from storage.keys import Keyring
from tests.conftest import TEST_SECRET
from tests.staff_console.world import NOW

MODULES = (
    *(confidential, deeds, edits, import_holds, reports, verification_queue, reviews, dashboard),
    *(directory, exchanging, figures, focal_points, mending, queue, trail, training),
)
EVERYBODY = frozenset(Role)
EDITORS = frozenset({Role.EDITOR, Role.APPROVER, Role.ADMINISTRATOR})
APPROVERS = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
FOR_EVENTS = frozenset({Role.EVENTS, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})

MAY: dict[str, frozenset[Role]] = {
    "confidential.read_whereabouts": APPROVERS,
    "confidential.write_whereabouts": APPROVERS,
    "deeds.close": EDITORS,
    "deeds.reopen": EDITORS,
    "deeds.delete": EDITORS,
    "deeds.restore": EDITORS,
    "deeds.restrict": EDITORS,
    "edits.propose": EDITORS,
    "edits.approve": APPROVERS,
    "edits.reject": APPROVERS,
    "edits.withdraw": EDITORS,
    "import_holds.approve_all": APPROVERS,
    "verification_queue.still_right": EDITORS,
    "verification_queue.no_answer": EDITORS,
    "verification_queue.is_closed": EDITORS,
    "verification_queue.next_due": EDITORS,
    "verification_queue.queue_figures": EDITORS,
    "verification_queue.due_entries": EDITORS,
    "verification_queue.for_a_person": EDITORS,
    "verification_queue.next_with_figures": EDITORS,
    "reviews.sign": APPROVERS,
    "reviews.withdraw": APPROVERS,
    "reviews.restore": APPROVERS,
    "directory.form_of": EDITORS,
    "directory.whereabouts_of": APPROVERS,
    "exchanging.prepare": EDITORS,
    "exchanging.write": APPROVERS,
    "exchanging.undo": APPROVERS,
    "exchanging.export": EDITORS,
    "exchanging.imports": EDITORS,
    "exchanging.one_import": EDITORS,
    "focal_points.read_focal_points": FOR_EVENTS,
    "focal_points.replace_focal_points": FOR_EVENTS,
    "focal_points.read_former": FOR_EVENTS,
    "focal_points.restore_former": FOR_EVENTS,
    "focal_points.erase_former": FOR_EVENTS,
    "mending.read_flaws": EDITORS,
    "queue.see_queue": EDITORS,
    "trail.read_trail": ADMINISTRATORS,
    "training.read_requests": FOR_EVENTS,
    "ProviderLinks.make": EDITORS,
    "ProviderLinks.make_due": EDITORS,
}
"""Who may, by the table of docs/console.md; what stands here not, whoever reads may."""


def services() -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield every function of a service that is told who acts, with its name."""
    keys = Keyring(TEST_SECRET)
    for module in MODULES:
        yield from _told_who(module.__name__.rpartition(".")[2], module)
    for thing in (provider_links.ProviderLinks(keys), Accounts(keys)):
        yield from _told_who(type(thing).__name__, thing)


def _told_who(name: str, thing: ModuleType | object) -> Iterator[tuple[str, Callable[..., object]]]:
    for each, found in inspect.getmembers(thing, inspect.isroutine):
        mine = not isinstance(thing, ModuleType) or found.__module__ == thing.__name__
        if mine and not each.startswith("_") and "actor" in inspect.signature(found).parameters:
            kind = inspect.signature(found).parameters["actor"].annotation
            if kind is Actor or kind == "Actor":
                yield f"{name}.{each}", found


OWN = {"reviews.last_reader"}
"""Return nothing but what the actor wrote under the own name."""

SERVICES = {name: found for name, found in services() if name not in OWN}


def call(service: Callable[..., object], actor: Actor) -> None:
    """Call a service with nothing in its hands but who acts."""
    parameters: dict[str, Any] = {
        name: None
        for name, one in inspect.signature(service).parameters.items()
        if one.default is inspect.Parameter.empty
    }
    done = service(**{**parameters, "actor": actor})
    if isinstance(done, Iterator):
        next(done)


def test_the_table_names_services_that_there_are():
    assert set(MAY) <= set(SERVICES)
    assert len(SERVICES) > len(MAY)


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_asks_for_the_role_before_anything_else(name: str):
    usual = ADMINISTRATORS if name.startswith("Accounts.") else EVERYBODY
    allowed = MAY.get(name, usual)
    for role in (None, *Role):
        actor = Actor("a@example.org", frozenset({role} - {None}))
        if role not in allowed:
            with pytest.raises(NotAllowedError):
                call(SERVICES[name], actor)
            continue
        try:
            call(SERVICES[name], actor)
        except NotAllowedError:
            pytest.fail(f"{role} should be let through")
        except Exception:  # noqa: BLE001, S110  # it got past the question: it has nothing to work on
            pass


@pytest.mark.parametrize("role", [None, *Role])
def test_gatherings_and_registrations_are_for_their_role_alone(role: Role | None):
    actor = Actor("a@example.org", frozenset({role} - {None}))
    if role in FOR_EVENTS:
        assert Events(Desk(Keyring(TEST_SECRET)), actor, NOW)
        return
    with pytest.raises(NotAllowedError):
        Events(Desk(Keyring(TEST_SECRET)), actor, NOW)
