"""What `serve` reads of revisions is what Alembic says."""

from bot import bootstrap
from storage.database import Base
from storage.migrate import current, head, upgrade
from storage.revisions import newest_revision, revision_of

assert bootstrap  # it knows the tables of all packages


def test_the_newest_revision_is_alembics_head():
    assert newest_revision() == head()


async def test_a_database_says_where_it_is(tmp_path):
    url = f"sqlite:///{tmp_path}/jigi.sqlite3"
    assert await revision_of(url) is None
    await upgrade(url, Base.metadata, "0001")
    assert await revision_of(url) == await current(url) == "0001"
    await upgrade(url, Base.metadata)
    assert await revision_of(url) == newest_revision()
