"""Whatever people do in whatever order: places fit, nobody is twice, the list keeps its order.

A second, slow and simple account of the rules is kept beside the database and must agree with it
after every step.
"""

import asyncio
import itertools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, select

from event_registration.desk import Desk
from event_registration.errors import (
    ClosedWindowError,
    InvalidAnswerError,
    NoPlaceLeftError,
    OfferExpiredError,
    RegistrationError,
    WrongStateError,
)
from event_registration.hall import offer_end
from event_registration.states import HOLDING, LIVE
from event_registration.tables import gatherings, registration_messages, registrations
from event_registration.vocabulary import RegistrationState as State
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.event_registration.people import NOW, STAFF, STARTS, a_gathering, an_application

CAPACITY = 6
_numbers = itertools.count(1)


@dataclass
class Entry:
    """One registration in the slow account."""

    id: int
    organization: int
    size: int
    least: int
    order: int
    state: State = State.WAITING
    places: int = 0
    passed: int = 0
    until: datetime | None = None


@dataclass
class Account:
    """The rules once more, as a person would carry them out with a pencil."""

    capacity: int = CAPACITY
    entries: list[Entry] = field(default_factory=list)
    orders: int = 0

    @property
    def taken(self) -> int:
        return sum(entry.places for entry in self.entries)

    def enter(self, number: int, organization: int, size: int, least: int) -> Entry:
        self.orders += 1
        entry = Entry(number, organization, size, least, self.orders)
        self.entries.append(entry)
        return entry

    def end(self, entry: Entry, state: State) -> None:
        entry.state, entry.places, entry.until = state, 0, None

    def promote(self, now: datetime, present: Entry | None = None) -> None:
        while self.taken < self.capacity and now < STARTS:
            free = self.capacity - self.taken
            waiting = sorted(
                (each for each in self.entries if each.state is State.WAITING),
                key=lambda each: each.order,
            )
            if not waiting:
                return
            fitting = [each for each in waiting if each.least <= free]
            first = waiting[0]
            if first.least > free:
                saved = first.passed >= 2 and STARTS - now > timedelta(days=3)
                if saved or not fitting:
                    return
                first.passed += 1
            chosen = fitting[0]
            chosen.places = min(chosen.size, free)
            if chosen is present and chosen.places == chosen.size:
                chosen.state = State.CONFIRMED
            else:
                chosen.state, chosen.until = State.OFFERED, offer_end(now, STARTS)


class Places(RuleBasedStateMachine):
    """Organisations register, change their minds, let offers pass; staff change the hall."""

    run: Any
    store: Store
    desk: Desk

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.now = NOW
        self.gathering = 0

    def write(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        return self.run(self.store.write(operation, *args, **kwargs))

    @initialize(is_full=st.booleans())
    def open(self, *, is_full: bool) -> None:
        new = a_gathering(
            code=f"G{next(_numbers)}", capacity=CAPACITY, most_delegates=4, closes_at=STARTS,
            correct_until=STARTS,
        )  # fmt: skip
        self.gathering = self.write(self.desk.gatherings.add, new, actor=STAFF, now=NOW).id
        self.write(self.desk.gatherings.publish, self.gathering, actor=STAFF, now=NOW)
        if is_full:
            for organization in range(1, CAPACITY + 1):
                self.register(organization, 1, 1)
            for organization, size in enumerate((3, 1, 1, 1, 1), CAPACITY + 1):
                self.register(organization, size, size)

    def any_of(self, data: st.DataObject, *states: State) -> Entry | None:
        found = [each for each in self.account.entries if each.state in states]
        return data.draw(st.sampled_from(found)) if found else None

    @rule(organization=st.integers(1, 30), size=st.integers(1, 4), least=st.integers(1, 4))
    def register(self, organization: int, size: int, least: int) -> None:
        number = next(_numbers)
        least = min(least, size)
        live = [each for each in self.account.entries if each.state in LIVE]
        try:
            self.write(
                self.desk.registrations.register,
                self.gathering,
                an_application(organization, women=size, least_places=least),
                number=number,
                chat_id=organization,
                now=self.now,
            )
        except ClosedWindowError:
            assert self.now >= STARTS
        except RegistrationError:
            assert organization in {each.organization for each in live}
        else:
            assert organization not in {each.organization for each in live}
            entry = self.account.enter(number, organization, size, least)
            self.account.promote(self.now, entry)

    @rule(data=st.data())
    def submit_again(self, data: st.DataObject) -> None:
        entry = self.any_of(data, *State)
        if entry is not None:
            self.write(
                self.desk.registrations.register,
                self.gathering,
                an_application(entry.organization),
                number=entry.id,
                chat_id=entry.organization,
                now=self.now,
            )

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        entry = self.any_of(data, *LIVE, State.LAPSED, State.CANCELLED)
        if entry is None:
            return
        try:
            self.write(
                self.desk.registrations.cancel,
                entry.id, chat_id=entry.organization, now=self.now,
            )  # fmt: skip
        except ClosedWindowError:
            assert self.now >= STARTS
            return
        if entry.state is not State.CANCELLED:
            self.account.end(entry, State.CANCELLED)
            self.account.promote(self.now)

    @rule(data=st.data())
    def accept(self, data: st.DataObject) -> None:
        entry = self.any_of(data, State.OFFERED, State.LAPSED)
        if entry is None:
            return
        try:
            self.write(
                self.desk.registrations.accept,
                entry.id, chat_id=entry.organization, now=self.now,
            )  # fmt: skip
        except OfferExpiredError:
            assert entry.until is None or entry.until <= self.now
        except ClosedWindowError:
            assert self.now >= STARTS
        else:
            entry.state, entry.until = State.CONFIRMED, None
            entry.size = entry.least = entry.places

    @rule(data=st.data(), size=st.integers(1, 4))
    def resize_group(self, data: st.DataObject, size: int) -> None:
        entry = self.any_of(data, State.WAITING, State.OFFERED, State.CONFIRMED)
        if entry is None:
            return
        waiting = any(each.state is State.WAITING for each in self.account.entries)
        free = 0 if waiting else self.account.capacity - self.account.taken
        try:
            self.write(
                self.desk.registrations.correct,
                entry.id,
                an_application(entry.organization, women=size),
                chat_id=entry.organization,
                now=self.now,
            )
        except ClosedWindowError:
            assert self.now >= STARTS
            return
        except NoPlaceLeftError:
            assert size > (entry.size if entry.state is State.OFFERED else entry.size + free)
            return
        if entry.state is State.CONFIRMED:
            entry.places = size
        elif entry.state is State.OFFERED:
            entry.places = min(entry.places, size)
        entry.size = entry.least = size
        self.account.promote(self.now, entry if entry.state is State.WAITING else None)

    @rule(capacity=st.integers(4, 9))
    def resize_hall(self, capacity: int) -> None:
        try:
            self.write(
                self.desk.gatherings.resize, self.gathering, capacity, actor=STAFF, now=self.now
            )
        except InvalidAnswerError:
            assert capacity < self.account.taken
            return
        if capacity != self.account.capacity:
            self.account.capacity = capacity
            self.account.promote(self.now)

    @rule(hours=st.sampled_from([1, 13, 49, 24 * 7]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self) -> None:
        self.write(self.desk.offers.expire, self.gathering, self.now)
        for entry in self.account.entries:
            if entry.until is not None and entry.until <= self.now:
                self.account.end(entry, State.LAPSED)
        self.account.promote(self.now)

    @rule(data=st.data())
    def rejoin(self, data: st.DataObject) -> None:
        entry = self.any_of(data, State.LAPSED)
        if entry is None:
            return
        live = {each.organization for each in self.account.entries if each.state in LIVE}
        try:
            self.write(
                self.desk.registrations.rejoin,
                entry.id, chat_id=entry.organization, now=self.now,
            )  # fmt: skip
        except ClosedWindowError:
            assert self.now >= STARTS
        except RegistrationError:
            assert entry.organization in live
        else:
            self.account.orders += 1
            entry.order, entry.passed, entry.state = self.account.orders, 0, State.WAITING
            self.account.promote(self.now, entry)

    @rule(data=st.data(), is_refused=st.booleans())
    def staff_end(self, data: st.DataObject, *, is_refused: bool) -> None:
        entry = self.any_of(data, State.WAITING, State.OFFERED, State.CONFIRMED)
        if entry is None:
            return
        decisions = self.desk.decisions
        if is_refused:
            self.write(decisions.refuse, entry.id, "Dossier", actor=STAFF, now=self.now)
        else:
            self.write(decisions.withdraw, entry.id, actor=STAFF, now=self.now)
        self.account.end(entry, State.REFUSED if is_refused else State.CANCELLED)
        self.account.promote(self.now)

    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        ending, staying = (self.any_of(data, *LIVE), self.any_of(data, *LIVE))
        if ending is None or staying is None or ending is staying:
            return
        try:
            self.write(self.desk.decisions.merge, ending.id, staying.id, actor=STAFF, now=self.now)
        except WrongStateError:
            assert ending.state in HOLDING
            assert staying.state not in HOLDING
            return
        staying.order = min(staying.order, ending.order)
        self.account.end(ending, State.MERGED)
        self.account.promote(self.now)

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        entry = self.any_of(data, *State)
        if entry is None:
            return
        self.write(
            self.desk.registrations.forget,
            entry.id, chat_id=entry.organization, now=self.now,
        )  # fmt: skip
        was_live = entry.state in LIVE
        self.account.entries.remove(entry)
        if was_live:
            self.account.promote(self.now)

    # -- what always holds -----------------------------------------------------------------

    @invariant()
    def the_database_agrees_with_the_account(self) -> None:
        if not self.gathering:
            return
        hall, rows, _ = self.run(self.store.read(_look, self.gathering))
        assert {
            row.id: (row.state, row.places, row.passed_over, row.offer_until) for row in rows
        } == {
            each.id: (each.state.value, each.places, each.passed, each.until)
            for each in self.account.entries
        }
        assert hall.places_taken == self.account.taken

    @invariant()
    def places_fit_and_nobody_is_twice(self) -> None:
        if not self.gathering:
            return
        hall, rows, told = self.run(self.store.read(_look, self.gathering))
        held = [row for row in rows if State(row.state) in HOLDING]
        assert 0 <= hall.places_taken == sum(row.places for row in held) <= hall.capacity
        live = [row.name_hash for row in rows if State(row.state) in LIVE]
        assert len(live) == len(set(live))
        confirmed = {row.id for row in rows if row.state == State.CONFIRMED.value}
        tickets = [number for number, kind in told if kind == "confirmed"]
        assert confirmed <= set(tickets)
        assert len(tickets) == len(set(tickets))


def _look(connection: Connection, gathering_id: int) -> Any:
    hall = connection.execute(select(gatherings).where(gatherings.c.id == gathering_id)).one()
    rows = connection.execute(
        select(registrations).where(registrations.c.gathering_id == gathering_id)
    ).all()
    messages = registration_messages.c
    told = connection.execute(
        select(messages.registration_id, messages.kind).where(
            messages.registration_id.in_([row.id for row in rows])
        )
    ).all()
    return hall, rows, [tuple(each) for each in told]


def test_whatever_happens_the_places_are_right(
    migrated_url: str, keyring: Keyring, backend: str
) -> None:
    with asyncio.Runner() as runner:
        store = runner.run(_open(migrated_url, keyring))
        machine = type(
            "Machine",
            (Places,),
            {"run": staticmethod(runner.run), "store": store, "desk": Desk(keyring)},
        )
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=40 if backend == "sqlite" else 15,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        runner.run(store.close())


async def _open(url: str, keyring: Keyring) -> Store:
    return open_store(url, keyring)
