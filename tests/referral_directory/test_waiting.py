"""What waits for a second person is counted, and read a page at a time."""

from datetime import timedelta

from sqlalchemy import Connection, insert

from referral_directory.life_tables import EntryEdit
from referral_directory.waiting import (
    count_waiting,
    imported_edits,
    part_of_import,
    single_edits,
)
from storage.actors import Actor, Role
from tests.referral_directory.samples import NOW

READER = Actor("lit@example.org", frozenset({Role.READER}))
LATER = NOW + timedelta(hours=1)


def _wait(directory: Connection, origin: str, number: int, at=NOW, by="a@example.org") -> None:
    row = {
        "subject": "phone",
        "slug": "tel-17",
        "base_version": 1,
        "state": "open",
        "origin": origin,
        "publishes": False,
        "before": {"label_fr": "Police secours"},
        "after": {"label_fr": f"Police {number}"},
        "proposed_by": by,
        "proposed_at": at,
    }
    directory.execute(insert(EntryEdit).values(**row))


def test_a_heap_of_edits_is_counted_whole_and_read_in_parts(starter: Connection):
    for number in range(7):
        _wait(starter, "import", number)
        _wait(starter, "import", number, LATER, "b@example.org")
    for number in range(3):
        _wait(starter, "staff", number)
    assert count_waiting(starter, READER) == 17
    single = single_edits(starter, READER, 2)
    assert (single.total, len(single.edits), single.following) == (3, 2, 2)
    assert single_edits(starter, READER, 2, 2).following is None
    first, second = imported_edits(starter, READER, 5)
    assert (first.by, first.total, len(first.edits), first.following) == ("a@example.org", 7, 5, 5)
    assert (second.at, second.by) == (LATER, "b@example.org")
    rest = part_of_import(starter, READER, LATER, 5, 5)
    assert rest is not None
    assert [each.changes[0].new for each in rest.edits] == ["Police 5", "Police 6"]
    assert (rest.by, rest.total, rest.following) == ("b@example.org", 7, None)
    assert part_of_import(starter, READER, LATER, 5, 7) is None
    assert part_of_import(starter, READER, LATER + timedelta(hours=1), 5, 0) is None
