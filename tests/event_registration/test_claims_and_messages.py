"""Codes tried from other chats, and messages that go out once."""

from datetime import datetime, timedelta

import pytest

from event_registration.claiming import Claim
from event_registration.codes import new_code
from event_registration.errors import (
    InvalidAnswerError,
    TooManyAttemptsError,
    UnknownRegistrationError,
    WrongCodeError,
)
from event_registration.messages import LEASE, DueMessage
from event_registration.schemas import Registration
from event_registration.vocabulary import MessageKind, MessageState, ReminderTime
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering

OTHER = 7_000_000_009
PHONE = "+223 76 12 34 56"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def _claim(
    people: People, text: str, phone: str = PHONE, *, chat_id: int = OTHER, now: datetime = NOW
) -> Claim:
    return await people.store.write(people.desk.claims.claim, text, phone, chat_id=chat_id, now=now)


def _wrong(code: str) -> str:
    """Return another code that is well formed."""
    return str(new_code(code.partition("-")[0]))


async def test_another_chat_takes_a_registration_over_by_code_and_phone(people: People) -> None:
    made = await people.register(1)
    claim = await _claim(people, made.code.lower().replace("-", " "), "76123456")
    assert isinstance(claim.registration, Registration)
    assert claim.registration.id == 1
    mine = await people.store.read(people.desk.registrations.of_chat, OTHER)
    assert [each.id for each in mine] == [1]
    with pytest.raises(UnknownRegistrationError):
        await people.store.read(people.desk.registrations.get, 1, chat_id=1)


async def test_code_without_the_right_phone_gives_nothing_away(people: People) -> None:
    made = await people.register(1)
    wrong_phone = await _claim(people, made.code, "66 00 00 00")
    wrong_code = await _claim(people, _wrong(made.code))
    for claim in (wrong_phone, wrong_code):
        assert isinstance(claim.problem, WrongCodeError)
        assert (claim.problem.reason, claim.registration) == ("unknown", None)


async def test_slips_are_told_and_not_counted(people: People) -> None:
    made = await people.register(1)
    for _ in range(20):
        slip = await _claim(people, "JIF27-K4")
        assert isinstance(slip.problem, WrongCodeError)
        assert isinstance((await _claim(people, made.code, "12")).problem, InvalidAnswerError)
    assert (await _claim(people, made.code)).registration is not None


async def test_a_chat_that_tries_five_times_is_not_heard_for_an_hour(people: People) -> None:
    made = await people.register(1)
    for _ in range(5):
        await _claim(people, _wrong(made.code))
    barred = await _claim(people, made.code, now=NOW + MINUTE)
    assert isinstance(barred.problem, TooManyAttemptsError)
    assert barred.problem.until == NOW + HOUR
    assert (await _claim(people, made.code, now=NOW + HOUR)).registration is not None


async def test_one_code_is_not_tried_from_many_chats(people: People) -> None:
    made = await people.register(1)
    for chat_id in range(10):
        await _claim(people, made.code, "66 00 00 00", chat_id=chat_id)
    assert isinstance((await _claim(people, made.code)).problem, TooManyAttemptsError)


async def test_at_the_door_a_code_of_another_gathering_is_called_so(people: People) -> None:
    made = await people.register(1)
    of_code = people.desk.claims.of_code
    with pytest.raises(WrongCodeError) as raised:
        await people.store.read(of_code, made.code, gathering_id=404)
    assert raised.value.reason == "gathering"
    found = await people.store.read(of_code, made.code, gathering_id=people.gathering.id)
    assert found == made


# -- messages ----------------------------------------------------------------------------------


async def _take(people: People, now: datetime = NOW) -> list[DueMessage]:
    return await people.store.write(people.desk.messages.take, now, 50)


async def _states(people: People) -> list[MessageState]:
    told = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    return [each.state for each in told]


async def test_a_message_goes_to_its_chat_once(people: People) -> None:
    made = await people.register(1, chat_id=OTHER)
    (message,) = await _take(people)
    assert (message.kind, message.chat_id) == (MessageKind.CONFIRMED, OTHER)
    assert (message.registration, message.was_tried) == (made, False)
    assert message.gathering.code == "JIF27"
    await people.store.write(people.desk.messages.mark_sent, message.id, NOW)
    assert await _take(people, NOW + HOUR) == []
    assert await _states(people) == [MessageState.SENT]


async def test_after_a_crash_a_message_comes_once_more_and_never_again(people: People) -> None:
    await people.register(1)
    assert len(await _take(people)) == 1
    assert await _take(people, NOW + LEASE / 2) == []
    (again,) = await _take(people, NOW + LEASE)
    assert again.was_tried
    assert await _take(people, NOW + 2 * LEASE) == []
    assert await _states(people) == [MessageState.FAILED]


async def test_a_message_that_surely_did_not_arrive_is_tried_until_it_expires(
    people: People,
) -> None:
    await people.register(1)
    now = NOW
    for _ in range(10):
        (message,) = await _take(people, now)
        assert not message.was_tried
        now += HOUR
        await people.store.write(
            people.desk.messages.put_off, message.id, now, may_have_arrived=False
        )
    assert await _take(people, NOW + 8 * DAY) == []
    assert await _states(people) == [MessageState.DROPPED]


async def test_a_message_that_failed_says_why(people: People) -> None:
    await people.register(1)
    (message,) = await _take(people)
    await people.store.write(people.desk.messages.fail, message.id, "unreachable")
    (told,) = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    assert (told.state, told.failure) == (MessageState.FAILED, "unreachable")
    assert await people.store.read(people.desk.messages.waiting) == 0


async def test_what_is_no_longer_true_is_not_sent(people: People) -> None:
    await people.register(1)
    await people.store.write(people.desk.registrations.cancel, 1, chat_id=1, now=NOW)
    assert await _take(people) == []
    assert await _states(people) == [MessageState.DROPPED]


async def test_the_reason_of_a_refusal_goes_with_it(people: People) -> None:
    await people.register(1)
    await people.store.write(people.desk.decisions.refuse, 1, "Trop tard", actor=STAFF, now=NOW)
    (message,) = await _take(people)
    assert (message.kind, dict(message.details)) == (MessageKind.REFUSED, {"reason": "Trop tard"})


# -- reminders ---------------------------------------------------------------------------------


async def _plan(people: People, now: datetime) -> int:
    return await people.store.write(people.desk.reminders.plan, now)


async def _send_all(people: People, now: datetime) -> list[tuple[int, MessageKind]]:
    sent = []
    for message in await _take(people, now):
        sent.append((message.registration.id, message.kind))
        await people.store.write(people.desk.messages.mark_sent, message.id, now)
    return sorted(sent)


async def test_reminders_come_at_the_chosen_hour_and_to_those_who_said_yes(
    people: People,
) -> None:
    """S21."""
    await people.register(1, reminder_time=ReminderTime.MORNING)
    await people.register(2, reminder_time=ReminderTime.EVENING)
    await people.register(3)
    await _send_all(people, NOW)
    day = (STARTS - 7 * DAY).replace(hour=0)
    assert await _plan(people, day + 7 * HOUR) == 0
    assert await _plan(people, day + 8 * HOUR) == 1
    assert await _plan(people, day + 9 * HOUR) == 0
    assert await _send_all(people, day + 9 * HOUR) == [(1, MessageKind.REMINDER_WEEK)]
    assert await _plan(people, day + 18 * HOUR) == 1
    assert await _send_all(people, day + 18 * HOUR) == [(2, MessageKind.REMINDER_WEEK)]
    last = (STARTS - DAY).replace(hour=8)
    assert await _plan(people, last) == 1
    assert await _send_all(people, last) == [(1, MessageKind.REMINDER_DAY)]


async def test_a_reminder_that_is_late_or_switched_off_does_not_come(people: People) -> None:
    await people.register(1, reminder_time=ReminderTime.MORNING)
    await _send_all(people, NOW)
    day = (STARTS - 7 * DAY).replace(hour=8)
    assert await _plan(people, day + 4 * HOUR) == 0
    assert await _plan(people, day) == 1
    await people.store.write(people.desk.registrations.set_reminders, 1, None, chat_id=1, now=day)
    assert await _send_all(people, day) == []


async def test_a_moved_gathering_is_reminded_of_anew(people: People) -> None:
    await people.register(1, reminder_time=ReminderTime.MORNING)
    await _send_all(people, NOW)
    day = (STARTS - 7 * DAY).replace(hour=8)
    assert await _plan(people, day) == 1
    later = a_gathering(starts_at=STARTS + DAY, ends_at=STARTS + 2 * DAY)
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, later, actor=STAFF, now=day
    )
    assert await _plan(people, day) == 0
    assert await _plan(people, day + DAY) == 1
