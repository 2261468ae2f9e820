"""Registering, correcting, cancelling: what a registrant can do, and what they are told."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from event_registration.errors import (
    ClosedWindowError,
    DuplicateOrganizationError,
    InvalidAnswerError,
    NoPlaceLeftError,
    UnknownRegistrationError,
    WrongStateError,
)
from event_registration.schemas import Delegate
from event_registration.vocabulary import GatheringKind, MessageKind, ReminderTime
from event_registration.vocabulary import RegistrationState as State
from tests.event_registration.people import NOW, STAFF, People, a_gathering, an_application

AWA, OUMOU = 7_000_000_001, 7_000_000_002
DAY = timedelta(days=1)


async def test_a_registration_is_confirmed_with_a_code_and_holds_its_places(people: People) -> None:
    made = await people.register(1, women=3, men=1)
    assert made.state is State.CONFIRMED
    assert made.code.startswith("JIF27-")
    assert (made.places, await people.taken()) == (4, 4)
    assert made.application.phone == "+22376123456"


async def test_the_same_draft_submitted_twice_is_registered_once(people: People) -> None:
    first = await people.register(1, women=2)
    assert await people.register(1, women=2) == first
    assert await people.taken() == 2
    messages = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    assert [each.kind for each in messages] == [MessageKind.CONFIRMED]


async def test_a_draft_of_somebody_else_is_unknown(people: People) -> None:
    await people.register(1, chat_id=AWA)
    with pytest.raises(UnknownRegistrationError):
        await people.register(1, chat_id=OUMOU)


async def test_who_comes_when_all_places_are_taken_waits_in_order(people: People) -> None:
    for number in (1, 2):
        await people.register(number, women=5)
    for number in (3, 4):
        assert (await people.register(number)).state is State.WAITING
    assert await people.store.read(people.desk.registrations.rank, 4) == 2
    assert await people.taken() == 10


@pytest.mark.parametrize(
    ("answers", "field", "reason"),
    [
        ({"data_consent": False}, "data_consent", "not_given"),
        ({"women": 300}, "women", "too_large"),
        ({"women": 0}, "delegates", "too_small"),
        ({"women": 3, "men": 3}, "delegates", "too_large"),
        ({"women": -1}, "women", "too_small"),
        ({"women": 2, "young": 3}, "young", "too_large"),
        ({"women": 2, "disabled": 6}, "disabled", "too_large"),
        ({"women": 2, "least_places": 3}, "least_places", "too_large"),
        ({"organization": "🌸🌸"}, "organization", "signs"),
        ({"contact_name": "x" * 500}, "contact_name", "too_long"),
        ({"phone": "123"}, "phone", "too_short"),
        ({"region": "Ségou; DROP TABLE"}, "region", "unknown"),
        ({"recommendations": ("Plus de femmes",)}, "recommendation", "unknown"),
    ],
)
async def test_an_answer_that_cannot_be_leaves_nothing_behind(
    people: People, answers: dict[str, Any], field: str, reason: str
) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        await people.register(1, **answers)
    assert (raised.value.field, raised.value.reason) == (field, reason)
    assert await people.taken() == 0
    assert await people.store.read(people.desk.registrations.of_chat, 1) == []


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (NOW - 11 * DAY, "not_yet"),
        (a_gathering().closes_at, "closed"),
        (a_gathering().ends_at, "over"),
    ],
)
async def test_a_closed_window_is_named(people: People, when: datetime, reason: str) -> None:
    with pytest.raises(ClosedWindowError) as raised:
        await people.register(1, now=when)
    assert raised.value.reason == reason


async def test_a_draft_gathering_takes_nobody(people: People) -> None:
    draft = await people.store.write(
        people.desk.gatherings.add, a_gathering(code="JIF28"), actor=STAFF, now=NOW
    )
    people.gathering = draft
    with pytest.raises(ClosedWindowError) as raised:
        await people.register(1)
    assert raised.value.reason == "draft"


async def test_the_same_organisation_again_from_the_same_chat_is_told(people: People) -> None:
    await people.register(1, chat_id=AWA, organization="Femmes de Ségou")
    with pytest.raises(DuplicateOrganizationError) as raised:
        await people.register(2, chat_id=AWA, organization="FEMMES DE SEGOU", although_similar=True)
    assert (raised.value.is_own, raised.value.registration_id) == (True, 1)


@pytest.mark.parametrize(
    ("answers", "by"),
    [
        ({"organization": "ASSOCIATION  BENKADI n° 1"}, "name"),
        ({"acronym": "A.B."}, "acronym"),
        ({"receipt": "0661/DNI"}, "receipt"),
    ],
)
async def test_an_organisation_that_another_chat_registered_is_told_and_may_go_on(
    people: People, answers: dict[str, Any], by: str
) -> None:
    await people.register(
        1, organization="Association Benkadi n° 1", acronym="AB", receipt="0661 DNI"
    )
    with pytest.raises(DuplicateOrganizationError) as raised:
        await people.register(2, **answers)
    assert (raised.value.by, raised.value.is_own) == (by, False)
    other = await people.register(2, although_similar=True, **answers)
    assert (other.state, other.similar_to) == (State.CONFIRMED, 1)


async def test_after_cancelling_the_same_organisation_may_register_anew(people: People) -> None:
    await people.register(1, chat_id=AWA, organization="Musow")
    await people.store.write(people.desk.registrations.cancel, 1, chat_id=AWA, now=NOW)
    again = await people.register(2, chat_id=AWA, organization="Musow")
    assert again.state is State.CONFIRMED


async def test_a_correction_keeps_code_and_place_in_the_order(people: People) -> None:
    made = await people.register(1)
    changed = await people.store.write(
        people.desk.registrations.correct,
        1,
        an_application(1, contact_name="Oumou Diarra", wants_stand=True),
        chat_id=1,
        now=NOW,
    )
    assert (changed.code, changed.queue_number) == (made.code, made.queue_number)
    assert changed.application.contact_name == "Oumou Diarra"
    assert changed.application.wants_stand


async def _correct(people: People, number: int, *, now: datetime = NOW, **answers: Any) -> Any:
    return await people.store.write(
        people.desk.registrations.correct,
        number,
        an_application(number, **answers),
        chat_id=number,
        now=now,
    )


async def test_a_smaller_group_frees_its_places_for_those_who_wait(people: People) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3, women=2)
    await _correct(people, 1, women=3)
    assert await people.state_of(3) is State.OFFERED
    assert await people.taken() == 10


async def test_a_larger_group_needs_free_places_and_nobody_waiting(people: People) -> None:
    await people.register(1, women=4)
    await people.register(2, women=4)
    assert (await _correct(people, 1, women=5)).places == 5
    await people.register(3, women=3)  # waits for three, while one is free
    with pytest.raises(NoPlaceLeftError) as raised:
        await _correct(people, 2, women=5)
    assert raised.value.free == 0
    assert await people.taken() == 9


async def test_after_the_deadline_a_group_may_only_become_smaller(people: People) -> None:
    await people.register(1, women=4)
    late = people.gathering.correct_until
    assert (await _correct(people, 1, women=2, now=late)).places == 2
    with pytest.raises(ClosedWindowError):
        await _correct(people, 1, women=2, contact_name="Autre", now=late)
    with pytest.raises(ClosedWindowError):
        await _correct(people, 1, women=3, now=late)


async def test_nobody_changes_the_registration_of_another_chat(people: People) -> None:
    await people.register(1, chat_id=AWA)
    desk = people.desk
    for operation in (desk.registrations.cancel, desk.registrations.forget):
        with pytest.raises(UnknownRegistrationError):
            await people.store.write(operation, 1, chat_id=OUMOU, now=NOW)
    with pytest.raises(UnknownRegistrationError):
        await people.store.read(desk.registrations.get, 1, chat_id=OUMOU)
    assert await people.store.read(desk.registrations.of_chat, OUMOU) == []
    assert await people.state_of(1) is State.CONFIRMED


async def test_a_cancelled_registration_cannot_be_corrected(people: People) -> None:
    await people.register(1)
    for _ in range(2):  # twice is as good as once
        await people.store.write(people.desk.registrations.cancel, 1, chat_id=1, now=NOW)
    assert await people.taken() == 0
    with pytest.raises(WrongStateError):
        await _correct(people, 1)


async def test_delegates_are_named_and_then_counted(people: People) -> None:
    await people.register(1, women=1, men=1)
    named = [
        Delegate("Awa Traoré", is_woman=True, is_young=True),
        Delegate("Fatou Keïta", is_woman=True),
    ]
    delegations = people.desk.delegations
    made = await people.store.write(delegations.set_delegates, 1, named, chat_id=1, now=NOW)
    assert (made.application.women, made.application.men, made.application.young) == (2, 0, 1)
    assert await people.store.read(delegations.delegates_of, 1) == named
    await _correct(people, 1, women=1)
    assert await people.store.read(delegations.delegates_of, 1) == named[:1]
    with pytest.raises(InvalidAnswerError):
        await people.store.write(delegations.set_delegates, 1, named, chat_id=1, now=NOW)


async def test_reminders_may_be_switched_off(people: People) -> None:
    await people.register(1, reminder_time=ReminderTime.NOON)
    changed = await people.store.write(
        people.desk.registrations.set_reminders, 1, None, chat_id=1, now=NOW
    )
    assert changed.application.reminder_time is None


async def test_a_forgotten_registration_leaves_no_row_and_frees_its_places(
    people: People,
) -> None:
    await people.register(1, women=5)
    await people.store.write(
        people.desk.delegations.set_delegates,
        1,
        [Delegate("Awa", is_woman=True)],
        chat_id=1,
        now=NOW,
    )
    await people.store.write(people.desk.registrations.forget, 1, chat_id=1, now=NOW)
    assert await people.taken() == 0
    assert await people.store.read(people.desk.delegations.delegates_of, 1) == []
    assert await people.store.read(people.desk.messages.of_gathering, people.gathering.id) == []
    with pytest.raises(UnknownRegistrationError):
        await people.store.read(people.desk.registrations.get, 1)


async def test_recommendations_are_for_the_open_day(people: People) -> None:
    jpo = await people.store.write(
        people.desk.gatherings.add,
        a_gathering(code="JPO27", kind=GatheringKind.JPO),
        actor=STAFF,
        now=NOW,
    )
    await people.store.write(people.desk.gatherings.publish, jpo.id, actor=STAFF, now=NOW)
    people.gathering = jpo
    wishes = ("Plus de femmes aux comités", "Des soins partout", "Une maison sûre")
    made = await people.register(1, recommendations=wishes)
    assert made.application.recommendations == wishes
    with pytest.raises(InvalidAnswerError):
        await people.register(2, recommendations=(*wishes, "Une quatrième"))
