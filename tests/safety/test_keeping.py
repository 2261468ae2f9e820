"""Keys change without loss, the audit log shows tampering, and what is open is said."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.cli.keeping import seal_anew
from bot.launching import open_rows
from bot.settings import ROOT
from guidance.training import TrainingDesk, TrainingRequest
from storage import rotation
from storage.audit import AuditEntry
from storage.keys import Keyring
from storage.retention import POLICIES
from storage.store import open_store
from storage.timers import NewTimer
from tests.bot_api.processes import SECRET
from tests.process.jigi import run_jigi

NEXT = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"
SOON = datetime(2030, 1, 1, tzinfo=UTC) + timedelta(days=1)


@pytest.mark.process
async def test_keys_are_rotated_and_the_log_is_read_through(migrated_sqlite_url):
    before = open_store(migrated_sqlite_url, Keyring(SECRET))
    entry = AuditEntry(SOON, "Fanta", "service:updated", "1")
    await before.write(before.timers.set, NewTimer("sweep", SOON, payload=b"nobody"))
    await before.write(before.audit.record, entry)
    await before.write(before.audit.record, entry)
    asked = TrainingRequest("wps", "gao", 1, 2, "open", "une association, a@example.org")
    code = await before.write(TrainingDesk(Keyring(SECRET)).draft, asked, SOON)
    await before.close()
    settings = {"database_url": migrated_sqlite_url, "secret_key": NEXT}

    refused = await run_jigi("keys", "rotate", **settings)
    assert refused.status == 2
    assert "JIGI_SECRET_KEY_PREVIOUS" in refused.err
    rotated = await run_jigi("keys", "rotate", secret_key_previous=SECRET, **settings)
    assert rotated.status == 0, rotated.err
    assert "timers: 1 sealed anew" in rotated.out
    assert "can go" in rotated.out
    assert NEXT not in rotated.out + rotated.err
    after = open_store(migrated_sqlite_url, Keyring(NEXT))
    (timer,) = await after.write(after.timers.due, SOON, 5)
    assert timer.payload == b"nobody"
    assert "audit_entries: 2 sealed anew" in rotated.out
    assert "training_requests: 1 sealed anew" in rotated.out
    assert (await after.read(after.audit.verify)).first_broken is None
    assert await after.read(TrainingDesk(after.keyring).find, code, SOON) == asked

    await after.close()


async def test_every_table_with_keys_is_sealed_anew_or_ends_within_48_hours(database, keyring):
    """A new sealed table must stand in `jigi keys rotate`, or be short-lived."""
    done = set(await database.write(seal_anew, keyring))
    sealed = set(await database.read(rotation.rows_of_former_keys, keyring))
    assert "staff_accounts" in sealed
    lasting = sealed - done - {"audit_checkpoints"}  # those go with the entries
    ends = {policy.table: policy.ends for policy in POLICIES}
    short = {"sessions", "inbox_updates", "ledger_messages"}
    assert lasting - short == {"outgoing_messages"}  # its content ends with 48 hours, too
    for table in short:
        _, limit = ends[table]
        assert limit <= timedelta(hours=48)


@pytest.mark.process
async def test_the_log_is_read_through_and_a_head_that_was_kept_shows_what_was_cut(
    migrated_sqlite_url,
):
    settings = {"database_url": migrated_sqlite_url, "secret_key": SECRET}
    store = open_store(migrated_sqlite_url, Keyring(SECRET))
    entry = AuditEntry(SOON, "Fanta", "service:updated", "1")
    await store.write(store.audit.record, entry)
    await store.write(store.audit.record, entry)

    sound = await run_jigi("audit", "verify", **settings)
    first, last = sound.out.splitlines()
    assert (sound.status, first) == (0, "2 entries, all unchanged.")
    head = last.removeprefix("Keep this elsewhere: ")
    await store.write(store.audit.record, entry)
    later = await run_jigi("audit", "verify", "--from", head, **settings)
    assert (later.status, later.out.splitlines()[0]) == (0, "3 entries, all unchanged.")

    await store.write(lambda each: each.execute(text("DELETE FROM audit_entries WHERE id > 1")))
    assert (await run_jigi("audit", "verify", **settings)).status == 0
    cut = await run_jigi("audit", "verify", "--from", head, **settings)
    assert (cut.status, cut.out) == (
        1,
        "The newest end is missing: entry 2 was there, the log ends at 1.\n",
    )
    await store.write(lambda each: each.execute(text("UPDATE audit_entries SET actor = 'Awa'")))
    await store.close()
    broken = await run_jigi("audit", "verify", **settings)
    assert broken.status == 1
    assert "was changed" in broken.out
    misread = await run_jigi("audit", "verify", "--from", "2-abc", **settings)
    assert (misread.status, "--from" in misread.err) == (2, True)


def test_every_open_row_of_the_checklist_is_named_until_somebody_closes_it():
    checklist = (ROOT / "docs" / "launch-checklist.md").read_text(encoding="utf-8")
    rows = list(open_rows(checklist))
    assert len(rows) == checklist.count("\n| L")
    closed = checklist.replace(
        "| before launch | |", "| before launch | 2027-01-15, A. Traoré |", 1
    )
    assert len(list(open_rows(closed))) == len(rows) - 1
