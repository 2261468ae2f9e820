"""The waiting list: order of entry, groups that are never split, offers that pass."""

from datetime import datetime, timedelta

import pytest

from event_registration.errors import (
    InvalidAnswerError,
    NoPlaceLeftError,
    OfferExpiredError,
    WrongStateError,
)
from event_registration.hall import offer_end
from event_registration.vocabulary import MessageKind
from event_registration.vocabulary import RegistrationState as State
from tests.event_registration.people import NOW, STAFF, STARTS, People, an_application

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def _fill(people: People) -> None:
    """Take all ten places, by groups of 5, 4 and 1."""
    for number, women in ((101, 5), (102, 4), (103, 1)):
        await people.register(number, women=women)


async def _cancel(people: People, number: int, now: datetime = NOW) -> None:
    await people.store.write(people.desk.registrations.cancel, number, chat_id=number, now=now)


async def _accept(people: People, number: int, now: datetime = NOW):
    return await people.store.write(
        people.desk.registrations.accept, number, chat_id=number, now=now
    )


async def _kinds(people: People, number: int) -> list[MessageKind]:
    told = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    return [each.kind for each in reversed(told) if each.registration_id == number]


async def test_a_freed_place_is_offered_to_who_came_first_and_counts_as_taken(
    people: People,
) -> None:
    await _fill(people)
    await people.register(1)
    await people.register(2)
    await _cancel(people, 103)
    assert await people.state_of(1) is State.OFFERED
    assert await people.state_of(2) is State.WAITING
    assert await people.taken() == 10
    assert await _kinds(people, 1) == [MessageKind.OFFERED]


async def test_an_offer_is_accepted_once_however_often_it_is_tapped(people: People) -> None:
    await _fill(people)
    await people.register(1)
    await _cancel(people, 103)
    for _ in range(2):
        assert (await _accept(people, 1, NOW + HOUR)).state is State.CONFIRMED
    assert await people.taken() == 10
    assert await _kinds(people, 1) == [MessageKind.OFFERED, MessageKind.CONFIRMED]


async def test_an_offer_that_passed_goes_to_the_next_and_the_first_may_join_again(
    people: People,
) -> None:
    await _fill(people)
    await people.register(1)
    await people.register(2)
    await _cancel(people, 103)
    later = NOW + 48 * HOUR
    with pytest.raises(OfferExpiredError):
        await _accept(people, 1, later)
    offers = people.desk.offers
    assert await people.store.read(offers.due, later - HOUR) == []
    assert await people.store.read(offers.due, later) == [people.gathering.id]
    await people.store.write(offers.expire, people.gathering.id, later)
    assert await people.state_of(1) is State.LAPSED
    assert await people.state_of(2) is State.OFFERED
    assert await people.taken() == 10
    with pytest.raises(OfferExpiredError):
        await _accept(people, 1, later)
    again = await people.store.write(people.desk.registrations.rejoin, 1, chat_id=1, now=later)
    assert again.state is State.WAITING
    second = await people.store.read(people.desk.registrations.get, 2)
    assert again.queue_number > second.queue_number


async def test_a_group_is_not_split(people: People) -> None:
    await _fill(people)
    await people.register(1, women=2)
    await _cancel(people, 103)
    assert await people.state_of(1) is State.WAITING
    assert await people.taken() == 9


async def test_a_group_that_agreed_beforehand_is_offered_part_of_its_places(
    people: People,
) -> None:
    await _fill(people)
    await people.register(1, women=2, men=2, disabled=1, least_places=1)
    await _cancel(people, 103)
    offered = await people.store.read(people.desk.registrations.get, 1)
    assert (offered.state, offered.places) == (State.OFFERED, 1)
    accepted = await _accept(people, 1)
    assert (accepted.places, accepted.size, accepted.application.women) == (1, 1, 1)
    assert await people.taken() == 10


async def test_part_of_the_places_is_offered_at_once_where_the_group_agreed(
    people: People,
) -> None:
    await people.register(101, women=5)
    await people.register(102, women=3)
    made = await people.register(1, women=4, least_places=2)
    assert (made.state, made.places) == (State.OFFERED, 2)
    refused = await people.register(2, women=4)
    assert refused.state is State.WAITING


async def test_the_first_group_is_passed_over_twice_and_then_places_are_saved_for_it(
    people: People,
) -> None:
    await people.register(101, women=5)
    await people.register(102, women=2)
    for number in (103, 104, 105):
        await people.register(number)
    await people.register(1, women=3)
    for number in (2, 3, 4):
        await people.register(number)
    await _cancel(people, 103)
    await _cancel(people, 104)
    assert await people.state_of(2) is State.OFFERED
    assert await people.state_of(3) is State.OFFERED
    first = await people.store.read(people.desk.registrations.get, 1)
    assert (first.state, first.passed_over) == (State.WAITING, 2)
    await _cancel(people, 105)
    assert await people.state_of(4) is State.WAITING
    # Who comes anew does not get the saved place either.
    assert (await people.register(5)).state is State.WAITING
    assert await people.taken() == 9
    await _cancel(people, 102)
    assert await people.state_of(1) is State.OFFERED
    assert await people.taken() == 10


async def test_three_days_before_no_place_is_saved_any_more(people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=2)
    for number in (103, 104, 105):
        await people.register(number)
    await people.register(1, women=3)
    for number in (2, 3, 4):
        await people.register(number)
    for number in (103, 104, 105):
        await _cancel(people, number)
    assert await people.state_of(4) is State.WAITING
    for number in (2, 3):
        await _accept(people, number)
    near = STARTS - 3 * DAY
    assert await people.store.read(people.desk.offers.due, near - HOUR) == []
    assert await people.store.read(people.desk.offers.due, near) == [people.gathering.id]
    await people.store.write(people.desk.offers.expire, people.gathering.id, near)
    assert await people.state_of(4) is State.OFFERED


async def test_who_is_here_and_fits_is_confirmed_while_a_large_group_waits(
    people: People,
) -> None:
    await people.register(101, women=5)
    await people.register(102, women=4)
    await people.register(1, women=3)
    assert (await people.register(2)).state is State.CONFIRMED
    first = await people.store.read(people.desk.registrations.get, 1)
    assert first.passed_over == 1


async def test_more_places_promote_in_order(people: People) -> None:
    await _fill(people)
    for number in (1, 2, 3):
        await people.register(number, women=2)
    given = await people.store.write(
        people.desk.gatherings.resize, people.gathering.id, 14, actor=STAFF, now=NOW
    )
    assert [each.registration_id for each in given] == [1, 2]
    assert await people.state_of(3) is State.WAITING
    assert await people.taken() == 14


async def test_fewer_places_than_are_taken_are_refused(people: People) -> None:
    await _fill(people)
    with pytest.raises(InvalidAnswerError) as raised:
        await people.store.write(
            people.desk.gatherings.resize, people.gathering.id, 9, actor=STAFF, now=NOW
        )
    assert (raised.value.field, raised.value.limit) == ("capacity", 10)


async def test_a_waiting_group_that_becomes_smaller_may_fit(people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=3)
    await people.register(1, women=3)
    changed = await people.store.write(
        people.desk.registrations.correct, 1, an_application(1, women=2), chat_id=1, now=NOW
    )
    assert changed.state is State.CONFIRMED


async def test_an_offered_group_may_become_smaller_and_not_larger(people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=3)
    await people.register(1, women=4, least_places=2)
    correct = people.desk.registrations.correct
    with pytest.raises(NoPlaceLeftError):
        await people.store.write(correct, 1, an_application(1, women=5), chat_id=1, now=NOW)
    changed = await people.store.write(correct, 1, an_application(1, women=1), chat_id=1, now=NOW)
    assert (changed.state, changed.places, await people.taken()) == (State.OFFERED, 1, 9)


async def test_nothing_is_offered_after_the_beginning(people: People) -> None:
    await _fill(people)
    await people.register(1)
    await _cancel(people, 103, STARTS + HOUR)
    assert await people.state_of(1) is State.WAITING


async def test_without_an_offer_there_is_nothing_to_accept_or_to_join_again(
    people: People,
) -> None:
    await _fill(people)
    await people.register(1)
    with pytest.raises(WrongStateError):
        await _accept(people, 1)
    with pytest.raises(WrongStateError):
        await people.store.write(people.desk.registrations.rejoin, 1, chat_id=1, now=NOW)


@pytest.mark.parametrize(
    ("left", "hold"),
    [(20 * DAY, 48 * HOUR), (7 * DAY, 12 * HOUR), (2 * DAY, 3 * HOUR), (HOUR, HOUR)],
)
def test_an_offer_holds_for_less_when_the_gathering_is_near(
    left: timedelta, hold: timedelta
) -> None:
    now = STARTS - left
    assert offer_end(now, STARTS) - now == hold
