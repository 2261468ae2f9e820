"""What staff decide: gatherings, approvals, merging, the door; each with an audit entry."""

from datetime import timedelta

import pytest

from event_registration.errors import (
    AlreadyCheckedInError,
    ClosedWindowError,
    InvalidAnswerError,
    UnknownGatheringError,
    UnknownRegistrationError,
    WrongStateError,
)
from event_registration.figures import figures_of
from event_registration.vocabulary import GatheringKind, GatheringState, MessageKind
from event_registration.vocabulary import RegistrationState as State
from storage.audit import AuditEntry
from tests.event_registration.people import NOW, STAFF, STARTS, People, a_gathering

DAY = timedelta(days=1)
DOOR = STARTS - timedelta(hours=1)


async def _entries(people: People, record: str) -> list[AuditEntry]:
    return await people.store.read(people.store.audit.of, record)


async def _kinds(people: People, number: int) -> set[MessageKind]:
    told = await people.store.read(people.desk.messages.of_gathering, people.gathering.id)
    return {each.kind for each in told if each.registration_id == number}


@pytest.fixture
async def reviewed(people: People) -> People:
    """A gathering of five places whose registrations staff look at first."""
    gatherings = people.desk.gatherings
    added = await people.store.write(
        gatherings.add,
        a_gathering(code="JIF27KY", capacity=5, needs_approval=True),
        actor=STAFF,
        now=NOW,
    )
    await people.store.write(gatherings.publish, added.id, actor=STAFF, now=NOW)
    people.gathering = added
    return people


async def test_a_reviewed_registration_holds_no_place_until_it_is_approved(
    reviewed: People,
) -> None:
    assert (await reviewed.register(1, women=5)).state is State.RECEIVED
    assert await reviewed.taken() == 0
    decisions = reviewed.desk.decisions
    approved = await reviewed.store.write(decisions.approve, 1, actor=STAFF, now=NOW)
    assert (approved.state, await reviewed.taken()) == (State.CONFIRMED, 5)
    assert await _kinds(reviewed, 1) == {MessageKind.CONFIRMED}
    (entry,) = await _entries(reviewed, "registration:1")
    assert (entry.actor, entry.tag) == (STAFF, "registration:approved")
    with pytest.raises(WrongStateError):
        await reviewed.store.write(decisions.approve, 1, actor=STAFF, now=NOW)


async def test_who_is_approved_when_all_is_taken_waits_and_is_told(reviewed: People) -> None:
    for number in (1, 2):
        await reviewed.register(number, women=5)
        await reviewed.store.write(reviewed.desk.decisions.approve, number, actor=STAFF, now=NOW)
    assert await reviewed.state_of(2) is State.WAITING
    assert await _kinds(reviewed, 2) == {MessageKind.APPROVED_WAITING}


async def test_a_refusal_has_a_reason_and_frees_the_places(people: People) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    refuse = people.desk.decisions.refuse
    with pytest.raises(InvalidAnswerError):
        await people.store.write(refuse, 1, "  ", actor=STAFF, now=NOW)
    refused = await people.store.write(refuse, 1, "Dossier incomplet", actor=STAFF, now=NOW)
    assert (refused.state, refused.reason) == (State.REFUSED, "Dossier incomplet")
    assert await people.state_of(3) is State.OFFERED
    (entry,) = await _entries(people, "registration:1")
    assert "Dossier" not in str(entry)


async def test_staff_may_cancel_for_somebody_who_is_told(people: People) -> None:
    await people.register(1)
    await people.store.write(people.desk.decisions.withdraw, 1, actor=STAFF, now=NOW)
    assert await people.taken() == 0
    assert MessageKind.CANCELLED_BY_STAFF in await _kinds(people, 1)


async def test_two_registrations_of_one_organisation_become_one(people: People) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    stays = await people.store.write(people.desk.decisions.merge, 2, 1, actor=STAFF, now=NOW)
    assert (stays.id, stays.state) == (1, State.CONFIRMED)
    merged = await people.store.read(people.desk.registrations.get, 2)
    assert (merged.state, merged.merged_into) == (State.MERGED, 1)
    assert await people.state_of(3) is State.OFFERED
    assert await people.taken() == 6
    found = await people.store.read(people.desk.claims.of_code, merged.code)
    assert found.id == 1


async def test_of_two_that_wait_the_older_number_counts(people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    for number in (1, 2, 3):
        await people.register(number)
    first = await people.store.read(people.desk.registrations.get, 1)
    stays = await people.store.write(people.desk.decisions.merge, 1, 3, actor=STAFF, now=NOW)
    assert stays.queue_number == first.queue_number
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    assert await people.state_of(3) is State.OFFERED


async def test_merging_loses_no_place_and_mixes_no_gatherings(
    people: People, reviewed: People
) -> None:
    await reviewed.register(9)
    people.gathering = await people.store.read(people.desk.gatherings.of_code, "JIF27")
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    merge = people.desk.decisions.merge
    with pytest.raises(WrongStateError):
        await people.store.write(merge, 1, 3, actor=STAFF, now=NOW)
    for other in (1, 9, 404):
        with pytest.raises(UnknownRegistrationError):
            await people.store.write(merge, 1, other, actor=STAFF, now=NOW)


async def test_a_delegation_enters_once_and_the_entry_can_be_taken_back(people: People) -> None:
    await people.register(1, women=2)
    decisions = people.desk.decisions
    entered = await people.store.write(decisions.check_in, 1, actor=STAFF, now=DOOR)
    assert (entered.checked_in_at, entered.checked_in_people) == (DOOR, 2)
    with pytest.raises(AlreadyCheckedInError) as raised:
        await people.store.write(decisions.check_in, 1, actor=STAFF, now=DOOR + DAY / 99)
    assert raised.value.at == DOOR
    await people.store.write(decisions.undo_check_in, 1, actor=STAFF, now=DOOR)
    again = await people.store.write(decisions.check_in, 1, actor=STAFF, now=DOOR, people=1)
    assert again.checked_in_people == 1
    tags = [entry.tag for entry in await _entries(people, "registration:1")]
    assert tags == [
        "registration:checked_in",
        "registration:check_in_undone",
        "registration:checked_in",
    ]


async def test_only_confirmed_delegations_enter_and_no_more_than_their_places(
    people: People,
) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    check_in = people.desk.decisions.check_in
    with pytest.raises(WrongStateError):
        await people.store.write(check_in, 3, actor=STAFF, now=DOOR)
    for count in (0, 6):
        with pytest.raises(InvalidAnswerError):
            await people.store.write(check_in, 1, actor=STAFF, now=DOOR, people=count)


async def test_figures_count_those_who_come(people: People) -> None:
    await people.register(1, women=3, men=1, young=2, disabled=1)
    await people.register(2, women=1, men=4, region="kayes")
    await people.register(3, women=5)
    figures = await people.store.read(figures_of, people.gathering.id)
    assert (figures.people["women"], figures.people["men"], figures.total) == (4, 5, 9)
    assert (figures.people["young"], figures.people["disabled"]) == (2, 1)
    assert dict(figures.regions) == {"segou": 4, "kayes": 5}
    assert (figures.states["confirmed"], figures.states["waiting"]) == (2, 1)
    assert figures.share_of_women == pytest.approx(4 / 9)
    assert figures.meets_quota


async def test_figures_of_nobody_know_no_share(people: People) -> None:
    figures = await people.store.read(figures_of, people.gathering.id)
    assert (figures.total, figures.share_of_women, figures.meets_quota) == (0, None, None)


# -- gatherings --------------------------------------------------------------------------------


async def test_a_gathering_is_copied_to_next_year_with_all_its_times(people: People) -> None:
    shift = timedelta(days=366)
    copy = await people.store.write(
        people.desk.gatherings.clone,
        people.gathering.id,
        code="jif28",
        starts_at=STARTS + shift,
        actor=STAFF,
        now=NOW,
    )
    assert (copy.code, copy.state, copy.places_taken) == ("JIF28", GatheringState.DRAFT, 0)
    assert copy.closes_at - people.gathering.closes_at == shift
    assert copy.cloned_from == people.gathering.id


async def test_fewer_places_than_are_taken_are_refused_and_a_delegation_fits_in(
    people: People,
) -> None:
    await people.register(1, women=3)
    resize = people.desk.gatherings.resize
    with pytest.raises(InvalidAnswerError) as raised:
        await people.store.write(resize, people.gathering.id, 2, actor=STAFF, now=NOW)
    assert (raised.value.field, raised.value.limit) == ("capacity", 3)
    await people.store.write(resize, people.gathering.id, 4, actor=STAFF, now=NOW)
    found = await people.store.read(people.desk.gatherings.get, people.gathering.id)
    assert (found.capacity, found.most_delegates) == (4, 4)


@pytest.mark.parametrize("code", ["JIF27", "J1F27", "jif27"])
async def test_two_codes_that_sound_alike_cannot_both_exist(people: People, code: str) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        await people.store.write(
            people.desk.gatherings.add, a_gathering(code=code), actor=STAFF, now=NOW
        )
    assert raised.value.reason == "taken"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "J"}, "code"),
        ({"code": "JIF 27"}, "code"),
        ({"capacity": 0}, "capacity"),
        ({"most_delegates": 11}, "most_delegates"),
        ({"closes_at": NOW - 20 * DAY}, "closes_at"),
        ({"ends_at": STARTS - DAY}, "ends_at"),
        ({"correct_until": NOW - 20 * DAY}, "correct_until"),
    ],
)
async def test_a_gathering_that_cannot_be_is_refused(
    people: People, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidAnswerError) as raised:
        await people.store.write(
            people.desk.gatherings.add,
            a_gathering(**{"code": "JIF30", **changed}),
            actor=STAFF,
            now=NOW,
        )
    assert raised.value.field == field


async def test_a_moved_gathering_is_told_to_all_who_come_or_wait(people: People) -> None:
    await people.register(1, women=5)
    await people.register(2, women=5)
    await people.register(3)
    await people.store.write(people.desk.registrations.cancel, 2, chat_id=2, now=NOW)
    later = a_gathering(starts_at=STARTS + DAY, ends_at=STARTS + 2 * DAY)
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, later, actor=STAFF, now=NOW
    )
    assert MessageKind.MOVED in await _kinds(people, 1)
    assert MessageKind.MOVED in await _kinds(people, 3)
    assert MessageKind.MOVED not in await _kinds(people, 2)
    entry = (await _entries(people, f"gathering:{people.gathering.id}"))[-1]
    assert set(entry.changed_fields) == {"starts_at", "ends_at"}


async def test_a_cancelled_gathering_is_told_and_takes_nobody(people: People) -> None:
    await people.register(1)
    cancel = people.desk.gatherings.cancel
    for _ in range(2):
        await people.store.write(cancel, people.gathering.id, actor=STAFF, now=NOW)
    assert MessageKind.CALLED_OFF in await _kinds(people, 1)
    with pytest.raises(ClosedWindowError) as raised:
        await people.register(2)
    assert raised.value.reason == "cancelled"
    for operation in (people.desk.gatherings.publish,):
        with pytest.raises(ClosedWindowError):
            await people.store.write(operation, people.gathering.id, actor=STAFF, now=NOW)


@pytest.mark.usefixtures("reviewed")
async def test_gatherings_to_come_are_listed_by_kind(people: People) -> None:
    coming = people.desk.gatherings.coming
    found = await people.store.read(coming, NOW, GatheringKind.JIF)
    assert [each.code for each in found] == ["JIF27", "JIF27KY"]
    assert await people.store.read(coming, NOW, GatheringKind.JPO) == []
    assert await people.store.read(coming, STARTS + DAY) == []
    with pytest.raises(UnknownGatheringError):
        await people.store.read(people.desk.gatherings.of_code, "JIF99")
