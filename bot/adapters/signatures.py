"""What staff signed in the console, read where there is a database to read it from."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings
from guidance.reviews import read_signed
from guidance.signatures import NOBODY, Signed
from storage.database import database_address, open_engine
from storage.revisions import newest_revision, revision_of


async def read_signatures(settings: Settings) -> Signed:
    """Return the signatures that staff gave; none where no database of this release is there.

    Nothing is created: commands that look at the files alone also run where nothing was set up.
    """
    if not _is_there(settings.database):
        return NOBODY
    try:
        if await revision_of(settings.database) != newest_revision():
            return NOBODY
        engine = open_engine(settings.database)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(read_signed)
        finally:
            await engine.dispose()
    except (OSError, SQLAlchemyError):
        return NOBODY


def _is_there(url: str) -> bool:
    """Return whether there may be a database: opening SQLite would make the file."""
    address = database_address(url)
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()
