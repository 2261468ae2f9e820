"""What people do with a registration they have: correct, come, wait, cancel."""

from typing import Any

from event_registration.schemas import Point
from event_registration.vocabulary import RegistrationState as State
from event_registration.vocabulary import ReminderTime
from flows.engine.effects import ShowFile, ShowPin
from flows.engine.events import Chose
from tests.event_registration.people import NOW, STAFF, People, a_gathering
from tests.event_registration.talking import AWA, DAY, OUMOU, Talk, _mine


async def _open_card(talk: Talk, people: People, **answers: Any) -> None:
    await people.register(1, chat_id=AWA, **answers)
    await talk.begin("gathering_change")
    await talk.tap("1")


async def test_a_registration_is_corrected_and_keeps_its_code(talk: Talk, people: People) -> None:
    await _open_card(talk, people, women=3)
    (before,) = await _mine(people)
    assert before.code in talk.said
    await talk.tap("edit")
    assert talk.step == "summary"
    await talk.tap("change")
    assert "gathering" not in talk.offered
    await talk.tap("women")
    await talk.tap("2")
    await talk.tap("confirm")
    (after,) = await _mine(people)
    assert (after.code, after.application.women, after.places) == (before.code, 2, 2)
    await talk.begin("gathering_registration")
    assert talk.step == "organization"  # no draft is left over


async def test_the_ticket_the_calendar_and_the_map_come(talk: Talk, people: People) -> None:
    changed = a_gathering(point=Point(12.64, -8.0))
    await people.store.write(
        people.desk.gatherings.change, people.gathering.id, changed, actor=STAFF, now=NOW
    )
    await _open_card(talk, people)
    await talk.tap("ticket")
    (ticket,) = talk.shown(ShowFile)
    assert ticket.attachment.is_picture
    assert ticket.attachment.content.startswith(b"\x89PNG")
    await talk.tap("back")
    await talk.tap("calendar")
    (calendar,) = talk.shown(ShowFile)
    assert calendar.attachment.content.startswith(b"BEGIN:VCALENDAR")
    await talk.tap("back")
    await talk.tap("map")
    (shown,) = talk.shown(ShowPin)
    assert shown.pin.latitude == 12.64


async def test_an_offer_is_taken_by_one_tap_on_the_message(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=AWA)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.CONFIRMED
    assert "les places sont à vous" in talk.said
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.CONFIRMED


async def test_nobody_takes_the_offer_of_another_chat(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=OUMOU)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert await people.state_of(1) is State.OFFERED


async def test_an_offer_that_passed_is_told_and_one_joins_again(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await people.register(1, chat_id=AWA)
    await people.store.write(people.desk.registrations.cancel, 101, chat_id=101, now=NOW)
    talk.now = NOW + 3 * DAY
    await people.store.write(people.desk.offers.expire, people.gathering.id, talk.now)
    await talk.do(Chose("gathering_change", "offer", "1"))
    assert "passée" in talk.said
    await talk.tap("rejoin")
    assert await people.state_of(1) is State.CONFIRMED  # its places were free again


async def test_who_waits_reads_the_rule_and_the_rank(talk: Talk, people: People) -> None:
    await people.register(101, women=5)
    await people.register(102, women=5)
    await _open_card(talk, people)
    assert "Rang : 1" in talk.said
    await talk.tap("rule")
    assert "l'ordre d'arrivée" in talk.said
    await talk.tap("back")
    assert talk.step == "card"


async def test_cancelling_and_deleting_ask_first(talk: Talk, people: People) -> None:
    await _open_card(talk, people)
    await talk.tap("cancel")
    await talk.tap("no")
    assert await people.state_of(1) is State.CONFIRMED
    await talk.tap("cancel")
    await talk.tap("yes")
    assert await people.state_of(1) is State.CANCELLED
    await talk.tap("forget")
    await talk.tap("yes")
    assert talk.step == "forgotten"
    assert await _mine(people) == []


async def test_reminders_are_switched_off(talk: Talk, people: People) -> None:
    await _open_card(talk, people, reminder_time=ReminderTime.NOON)
    await talk.tap("reminder")
    await talk.tap("none")
    (made,) = await _mine(people)
    assert made.application.reminder_time is None


async def test_those_who_come_are_named_one_by_one(talk: Talk, people: People) -> None:
    await _open_card(talk, people, women=1, men=1)
    await talk.tap("names")
    for name, who in (("Awa Traoré", "young_woman"), ("Fatou Keïta", "woman")):
        await talk.write(name)
        await talk.tap(who)
        await talk.tap("no")
    assert "2 sur 2" in talk.said
    await talk.write("Une de trop")
    assert "ont déjà un nom" in talk.said
    await talk.tap("done")
    assert talk.step == "card"
    (made,) = await _mine(people)
    assert (made.application.women, made.application.men, made.application.young) == (2, 0, 1)
    await talk.tap("names")
    await talk.tap("clear")
    assert "0 sur 2" in talk.said


async def test_a_registration_is_found_by_code_and_phone(talk: Talk, people: People) -> None:
    made = await people.register(1, chat_id=OUMOU)
    await talk.begin("gathering_change")
    assert "Aucune inscription" in talk.said
    await talk.tap("code")
    await talk.write("bonjour")
    assert "n'est pas un code" in talk.said
    await talk.write(made.code.lower())
    await talk.write("66 00 00 00")
    assert "ne vont pas ensemble" in talk.said
    await talk.write("76 12 34 56")
    assert talk.step == "card"
    assert made.code in talk.said
    assert [each.id for each in await _mine(people)] == [1]


async def test_a_registration_is_deleted_from_another_chat_by_its_code(
    talk: Talk, people: People
) -> None:
    made = await people.register(1, chat_id=OUMOU)
    await talk.begin("gathering_change")
    await talk.tap("code")
    await talk.write(made.code)
    await talk.write("76 12 34 56")
    await talk.tap("forget")
    await talk.tap("yes")
    assert talk.step == "forgotten"
    left = await people.store.read(people.desk.decisions.of_gathering, people.gathering.id)
    assert left == []
    assert await people.taken() == 0


async def test_codes_are_not_guessed_in_the_chat(talk: Talk, people: People) -> None:
    made = await people.register(1, chat_id=OUMOU)
    await talk.begin("gathering_change")
    await talk.tap("code")
    await talk.write(made.code)
    for _ in range(5):
        await talk.write("66 00 00 00")
    await talk.write("76 12 34 56")
    assert "Trop d'essais" in talk.said
    assert talk.now == NOW
