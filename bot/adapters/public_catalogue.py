"""The directory behind the public API; fulfils its `Catalogue` port."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

from bot.public_api.asking import Asked, Listing
from bot.public_api.ports import Found, Json
from referral_directory.public_catalogue import PublicCatalogue, Query
from referral_directory.public_ids import KnownIds


class DirectoryCatalogue:
    """Reads the directory in a session of its own for each question.

    Args:
        sessions: Makes sessions that only read.
    """

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions
        self._ids = KnownIds()

    async def page(self, listing: Listing, asked: Asked, now: datetime) -> Found:
        """Return a page of a listing."""

        def read(session: Session) -> Found:
            catalogue = PublicCatalogue(session, now, self._ids)
            read_page = {
                Listing.SERVICES: catalogue.services,
                Listing.ORGANIZATIONS: catalogue.organizations,
                Listing.SERVICE_AT_LOCATIONS: catalogue.service_at_locations,
                Listing.TAXONOMIES: catalogue.taxonomies,
                Listing.TAXONOMY_TERMS: catalogue.taxonomy_terms,
            }[listing]
            page = read_page(Query(**asdict(asked)))
            return Found(page.total, page.contents)

        async with self._sessions() as session:
            return await session.run_sync(read)

    async def entry(
        self, listing: Listing, entry_id: str, now: datetime, *, full_service: bool
    ) -> Json | None:
        """Return one entry with all that hangs on it, or None."""

        def read(session: Session) -> Json | None:
            catalogue = PublicCatalogue(session, now, self._ids)
            if listing is Listing.ORGANIZATIONS:
                return catalogue.organization(entry_id, full_service=full_service)
            return {
                Listing.SERVICES: catalogue.service,
                Listing.SERVICE_AT_LOCATIONS: catalogue.service_at_location,
                Listing.TAXONOMIES: catalogue.taxonomy,
                Listing.TAXONOMY_TERMS: catalogue.taxonomy_term,
            }[listing](entry_id)

        async with self._sessions() as session:
            return await session.run_sync(read)
