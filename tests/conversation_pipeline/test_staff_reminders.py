"""Linked staff are told once a working day that entries are to be called (S26), and nobody else."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot import bootstrap
from bot.adapters.staff_reminders import StaffReminders, is_working_hour
from bot.adapters.store import SqlConversationStore
from bot.conversation.composing import Composer
from bot.conversation.outgoing import ShowScreen
from bot.conversation.rendering import Renderer
from bot.conversation.store_port import OutgoingMessage
from bot.i18n.catalogue import load_catalogue
from referral_directory.loading import load_starter
from referral_directory.models import Service
from referral_directory.verification import verify
from referral_directory.verification_queue import ToCall, to_call
from storage.actors import Actor, Role
from storage.keys import Keyring
from storage.store import Store
from tests.fakes.pipeline import NOON, SteppingClock
from tests.referral_directory.samples import put_organization, put_service, set_values

FANTA, AWA, NIARA = 711, 712, 713
WARNED, LATE, FRESH = 80, 100, 10  # days since the confirmation


class RecordingSender:
    def __init__(self) -> None:
        self.sent: list[tuple[int, str]] = []

    def send(self, chat_id: int, messages: Sequence[OutgoingMessage]) -> None:
        for each in messages:
            assert isinstance(each.action, ShowScreen)
            assert each.id is not None  # it lies in the outbox
            self.sent.append((chat_id, each.action.text))


def days_ago(days: int) -> datetime:
    return NOON - timedelta(days=days)


def fill(connection: Connection, ages: Sequence[int]) -> None:
    load_starter(connection, now=days_ago(300))
    put_organization(connection, "essai")
    for number, age in enumerate(ages):
        put_service(connection, f"s{number}", "sevare", assured_date=days_ago(age).date())


async def link(store: Store, name: str, role: Role, chat_id: int, now: datetime = NOON) -> None:
    def work(connection: Connection) -> None:
        actor = Actor(name, frozenset({role}))
        code = store.staff_links.make_link_code(connection, actor, now)
        assert store.staff_links.link(connection, code, chat_id, now) == actor

    await store.write(work)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock(NOON)  # a Monday


@pytest.fixture
def sender() -> RecordingSender:
    return RecordingSender()


@pytest.fixture
def reminders(database: Store, store: SqlConversationStore, clock: SteppingClock) -> StaffReminders:
    composer = Composer(Renderer(load_catalogue(bootstrap.LOCALES), {}))
    return StaffReminders(database, store, composer, clock)


async def test_s26_whoever_may_call_is_told_once_a_day_in_figures(
    database: Store, reminders: StaffReminders, clock: SteppingClock, sender: RecordingSender
) -> None:
    await database.write(fill, [WARNED, WARNED, LATE, FRESH])
    await link(database, "fanta@example.org", Role.EDITOR, FANTA)
    await link(database, "awa@example.org", Role.READER, AWA)
    await link(database, "niara@example.org", Role.EVENTS, NIARA)
    text = "📇 Annuaire : 1 en retard, 2 à revoir bientôt.\n/verifier ouvre la file."
    await reminders.round(sender)
    assert sender.sent == [(FANTA, text)]
    clock.forward(hours=2)
    await reminders.round(sender)
    assert len(sender.sent) == 1
    clock.forward(hours=22)
    await reminders.round(sender)
    assert [chat for chat, _ in sender.sent] == [FANTA, FANTA]


async def test_of_two_phones_of_one_account_the_newer_one_hears(
    database: Store, reminders: StaffReminders, sender: RecordingSender
) -> None:
    await database.write(fill, [LATE])
    await link(database, "fanta@example.org", Role.APPROVER, FANTA, NOON - timedelta(days=3))
    await link(database, "fanta@example.org", Role.APPROVER, AWA)
    await reminders.round(sender)
    await reminders.round(sender)
    assert [chat for chat, _ in sender.sent] == [AWA]


async def test_nothing_is_said_where_nothing_is_to_be_called(
    database: Store, reminders: StaffReminders, sender: RecordingSender
) -> None:
    await database.write(fill, [FRESH])
    await link(database, "fanta@example.org", Role.EDITOR, FANTA)
    await reminders.round(sender)
    assert sender.sent == []


async def test_restricted_entries_are_not_even_counted(
    database: Store, reminders: StaffReminders, sender: RecordingSender
) -> None:
    def hide(connection: Connection) -> ToCall:
        fill(connection, [LATE])
        set_values(connection, Service, "s0", restricted=True)
        return to_call(connection, NOON)

    assert await database.write(hide) == ToCall(0, 0)
    await link(database, "fanta@example.org", Role.APPROVER, FANTA)
    await reminders.round(sender)
    assert sender.sent == []


async def test_who_is_unlinked_or_lost_the_role_hears_nothing(
    database: Store, reminders: StaffReminders, sender: RecordingSender
) -> None:
    await database.write(fill, [LATE])
    await link(database, "fanta@example.org", Role.EDITOR, FANTA)
    await link(database, "awa@example.org", Role.EDITOR, AWA)
    await database.write(database.staff_links.unlink, FANTA)
    reader = Actor("awa@example.org", frozenset({Role.READER}))
    await database.write(database.staff_links.change_roles, reader)
    await reminders.round(sender)
    assert sender.sent == []


async def test_a_call_takes_the_entry_out_of_the_figure(database: Store) -> None:
    def work(connection: Connection) -> list[ToCall]:
        fill(connection, [LATE, WARNED])
        before = to_call(connection, NOON)
        verify(connection, "s0", by="A", on=NOON.date(), now=NOON, subject="service")
        return [before, to_call(connection, NOON)]

    assert await database.write(work) == [ToCall(1, 1), ToCall(0, 1)]


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        (datetime(2026, 11, 23, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 15, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 27, 16, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 28, 10, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 10, 0, tzinfo=UTC), False),
    ],
)
async def test_nobody_hears_outside_working_hours(  # fixtures and cases
    database: Store,
    reminders: StaffReminders,
    clock: SteppingClock,
    sender: RecordingSender,
    moment: datetime,
    *,
    works: bool,
) -> None:
    await database.write(fill, [LATE])
    await link(database, "fanta@example.org", Role.EDITOR, FANTA)
    clock.moment = moment
    assert is_working_hour(moment) is works
    await reminders.round(sender)
    assert bool(sender.sent) is works


async def test_a_change_of_keys_keeps_the_link(database: Store) -> None:
    await link(database, "fanta@example.org", Role.EDITOR, FANTA)
    newer = Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a", "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S")
    links = type(database.staff_links)(newer)

    def work(connection: Connection) -> tuple[int, int, list[int], str]:
        done = links.rekey(connection), links.rekey(connection)
        alone = type(links)(Keyring("Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"))
        actor = alone.actor_of(connection, FANTA, NOON)
        assert actor is not None
        return *done, alone.take_to_remind(connection, Role.EDITOR, NOON.date(), NOON), actor.name

    assert await database.write(work) == (1, 0, [FANTA], "fanta@example.org")
