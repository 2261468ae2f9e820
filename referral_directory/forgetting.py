"""What is forgotten of a service's whereabouts once it is kept back: wherever they were copied.

Former versions, edits, and what imports keep to be undone: all hold what was public until then.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from referral_directory.entries import Database
from referral_directory.entry_images import Image, without_whereabouts
from referral_directory.import_models import ImportEntry
from referral_directory.inventory import KEPT_BACK
from referral_directory.life_tables import EntryEdit, EntryVersion
from referral_directory.models import Phone
from referral_directory.vocabulary import EditState


def forget_where(database: Database, slug: str, *, by: str, now: datetime) -> None:
    """Forget every copy of where a service is and of its numbers.

    Edits that say something of it no longer wait. Imports that wrote the service or one of its
    numbers can't be undone any more: even a fingerprint would tell whether a guess is right.

    Args:
        database: In the transaction that keeps the service back.
        slug: The service.
        by: Who keeps it back.
        now: Aware time.
    """
    numbers = database.execute(select(Phone.slug).where(Phone.service_slug == slug)).scalars().all()
    for subject, each in [("service", slug), *(("phone", number) for number in numbers)]:
        former = (EntryVersion.subject == subject, EntryVersion.slug == each)
        database.execute(delete(EntryVersion).where(*former))
        _forget_in_edits(database, subject, each, by, now)
    _forget_in_imports(database, slug, numbers)


def _forget_in_edits(database: Database, subject: str, slug: str, by: str, now: datetime) -> None:
    guarded = KEPT_BACK if subject == "service" else KEPT_BACK | {"number"}
    edits = select(EntryEdit.id, EntryEdit.state, EntryEdit.before, EntryEdit.after).where(
        EntryEdit.subject == subject, EntryEdit.slug == slug
    )
    for row in database.execute(edits).all():
        told = guarded & row.after.keys()
        if not told:
            continue
        values: dict[str, Any] = {
            name: {key: cell for key, cell in cells.items() if key not in told}
            for name, cells in (("before", row.before), ("after", row.after))
        }
        if row.state == EditState.OPEN:
            values |= {"state": EditState.WITHDRAWN, "decided_by": by, "decided_at": now}
        database.execute(update(EntryEdit).where(EntryEdit.id == row.id).values(**values))


def _forget_in_imports(database: Database, slug: str, numbers: Collection[str]) -> None:
    kept = ImportEntry
    of_the_service = (kept.subject == "service") & (kept.slug == slug)
    # A number may have been another service's since; the image says whose it was.
    belonged = kept.before["row"]["service_slug"].as_string() == slug
    of_its_numbers = (kept.subject == "phone") & or_(kept.slug.in_(numbers), belonged)
    found = select(kept.import_id, kept.subject, kept.slug, kept.before)
    for row in database.execute(found.where(of_the_service | of_its_numbers)).all():
        image: Image | None = row.before
        if image is not None and row.subject == "service":
            image = without_whereabouts(image, {"restricted"})
        elif image is not None:
            hidden = KEPT_BACK | {"number"}
            image = {"row": {name: one for name, one in image["row"].items() if name not in hidden}}
        this = update(kept).where(
            kept.import_id == row.import_id, kept.subject == row.subject, kept.slug == row.slug
        )
        database.execute(this.values(before=image, after_digest=""))
