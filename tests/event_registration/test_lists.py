"""What staff read, and that looking at persons leaves its trace."""

from datetime import timedelta

import pytest

from event_registration.errors import (
    InvalidAnswerError,
    UnknownGatheringError,
    UnknownRegistrationError,
)
from event_registration.exporting import Format
from event_registration.schemas import Delegate, Point, Text
from event_registration.vocabulary import MessageKind, MessageState
from event_registration.vocabulary import RegistrationState as State
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering

DAY = timedelta(days=1)
NOBODY = 404


async def _notes(people: People, record: str) -> list[tuple[str, str, str]]:
    entries = await people.store.read(people.store.audit.of, record)
    return [(each.tag, each.actor, each.note) for each in entries]


async def test_a_list_comes_in_order_of_entry_and_the_look_is_noted(people: People) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    lists, number = people.desk.lists, people.gathering.id
    shown = await people.store.write(lists.show, number, actor=STAFF, now=NOW)
    assert [each.id for each in shown] == [1, 2, 3]
    waiting = await people.store.write(
        lists.show, number, actor=STAFF, now=NOW, state=State.WAITING
    )
    assert [each.id for each in waiting] == [3]
    counts = await people.store.read(lists.counts, number)
    assert (counts[State.CONFIRMED], counts[State.WAITING], counts[State.REFUSED]) == (2, 1, 0)
    assert (await _notes(people, f"gathering:{number}"))[-1] == ("registrations:listed", STAFF, "")


async def test_a_dossier_holds_all_that_a_decision_needs(people: People) -> None:
    await people.register(1, women=5, acronym="BEN")
    await people.register(2, women=5, organization="Autre", acronym="BEN", although_similar=True)
    await people.register(3, women=2)
    named = [Delegate("Awa Traoré", is_woman=True)]
    await people.store.write(people.desk.delegations.set_delegates, 2, named, chat_id=2, now=NOW)
    lists = people.desk.lists
    second = await people.store.write(lists.open, 2, actor=STAFF, now=NOW)
    assert second.twin is not None
    assert (second.twin.id, second.rank, list(second.delegates)) == (1, None, named)
    third = await people.store.write(lists.open, 3, actor=STAFF, now=NOW)
    assert (third.twin, third.rank, third.gathering.code) == (None, 1, "JIF27")
    assert await _notes(people, "registration:3") == [("registration:read", STAFF, "")]
    pairs = await people.store.write(lists.twins, people.gathering.id, actor=STAFF, now=NOW)
    assert [(older.id, newer.id) for older, newer in pairs] == [(1, 2)]
    await people.store.write(people.desk.decisions.merge, 2, 1, actor=STAFF, now=NOW)
    assert await people.store.write(lists.twins, people.gathering.id, actor=STAFF, now=NOW) == []


@pytest.mark.parametrize("form", Format)
async def test_a_file_is_taken_away_for_a_reason_that_is_noted(
    people: People, form: Format
) -> None:
    await people.register(1)
    lists, number = people.desk.lists, people.gathering.id
    with pytest.raises(InvalidAnswerError):
        await people.store.write(lists.export, number, form, actor=STAFF, now=NOW, reason=" ")
    content = await people.store.write(
        lists.export, number, form, actor=STAFF, now=NOW, reason="badges"
    )
    assert content
    exported = [each for each in await _notes(people, f"gathering:{number}") if each[2]]
    assert exported == [("registrations:exported", STAFF, "badges")]


async def test_the_list_for_the_door_is_printed_and_noted(people: People) -> None:
    await people.register(1)
    printed = await people.store.write(
        people.desk.lists.door, people.gathering.id, actor=STAFF, now=NOW
    )
    assert printed.startswith(b"%PDF")
    noted = await _notes(people, f"gathering:{people.gathering.id}")
    assert noted[-1] == ("registrations:printed", STAFF, "")


async def test_messages_say_of_whom_what_and_how_they_stand(people: People) -> None:
    made = await people.register(1)
    (report,) = await people.store.read(people.desk.lists.messages, people.gathering.id)
    assert (report.code, report.kind, report.state) == (
        made.code,
        MessageKind.CONFIRMED,
        MessageState.WAITING,
    )


async def test_of_what_is_not_there_nothing_is_shown_and_nothing_noted(people: People) -> None:
    lists = people.desk.lists
    for operation in (lists.show, lists.door, lists.twins):
        with pytest.raises(UnknownGatheringError):
            await people.store.write(operation, NOBODY, actor=STAFF, now=NOW)
    for reading in (lists.figures, lists.messages, lists.counts):
        with pytest.raises(UnknownGatheringError):
            await people.store.read(reading, NOBODY)
    with pytest.raises(UnknownRegistrationError):
        await people.store.write(lists.open, NOBODY, actor=STAFF, now=NOW)
    assert await _notes(people, f"gathering:{NOBODY}") == []


async def test_a_moved_gathering_keeps_its_length_and_loses_a_pin_that_would_mislead(
    people: People,
) -> None:
    gatherings, number = people.desk.gatherings, people.gathering.id
    pinned = a_gathering(point=Point(12.64, -8.0))
    await people.store.write(gatherings.change, number, pinned, actor=STAFF, now=NOW)
    await people.register(1)
    later = await people.store.write(
        gatherings.move, number, starts_at=STARTS + DAY, actor=STAFF, now=NOW
    )
    assert (later.starts_at, later.ends_at) == (STARTS + DAY, people.gathering.ends_at + DAY)
    assert later.point == Point(12.64, -8.0)
    elsewhere = await people.store.write(
        gatherings.move, number, venue=Text("Stade, Ségou"), actor=STAFF, now=NOW
    )
    assert (elsewhere.venue.fr, elsewhere.point) == ("Stade, Ségou", None)
    early = await people.store.write(
        gatherings.move, number, starts_at=NOW + DAY, actor=STAFF, now=NOW
    )
    assert early.closes_at == NOW + DAY
    told = await people.store.read(people.desk.lists.messages, number)
    assert {each.kind for each in told} == {MessageKind.CONFIRMED, MessageKind.MOVED}
