"""What the process remembers of browser pages, and for how long."""

from datetime import timedelta

from bot.web_chat.rooms import Rooms
from tests.fakes.web_chat import NOON

QUARTER = timedelta(minutes=15)


def test_a_room_nobody_comes_back_to_is_swept():
    rooms = Rooms()
    rooms.enter("a", NOON, QUARTER)
    rooms.sweep(NOON + QUARTER - timedelta(seconds=1))
    assert len(rooms) == 1
    rooms.sweep(NOON + QUARTER)
    assert len(rooms) == 0


def test_a_room_in_which_an_event_is_being_answered_is_not_swept():
    rooms = Rooms()
    room = rooms.enter("a", NOON, QUARTER)
    room.waiting = 1
    rooms.sweep(NOON + 2 * QUARTER)
    assert rooms.holds("a", room)


def test_a_full_house_lets_the_longest_idle_room_go_and_no_busy_one():
    rooms = Rooms(most=3)
    busy, idle, newer = (rooms.enter(each, NOON, QUARTER) for each in "abc")
    busy.waiting = 1
    rooms.enter("d", NOON, QUARTER)
    assert len(rooms) == 3
    assert rooms.holds("a", busy)
    assert rooms.holds("c", newer)
    assert not rooms.holds("b", idle)
