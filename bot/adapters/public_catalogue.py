"""The directory behind the public API; fulfils its `Catalogue` port."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from bot.public_api.asking import Asked, Listing
from bot.public_api.ports import Found, Json
from referral_directory.public_catalogue import PublicCatalogue, Query
from referral_directory.public_ids import KnownIds
from storage.reading import ReadOnly


class DirectoryCatalogue:
    """Reads the directory on a connection of its own for each question.

    Args:
        database: where the directory is looked up.
    """

    def __init__(self, database: ReadOnly) -> None:
        self._database = database
        self._ids = KnownIds()

    async def page(self, listing: Listing, asked: Asked, now: datetime) -> Found:
        """Return a page of a listing."""

        def read(connection: Connection) -> Found:
            catalogue = PublicCatalogue(connection, now, self._ids)
            read_page = {
                Listing.SERVICES: catalogue.services,
                Listing.ORGANIZATIONS: catalogue.organizations,
                Listing.SERVICE_AT_LOCATIONS: catalogue.service_at_locations,
                Listing.TAXONOMIES: catalogue.taxonomies,
                Listing.TAXONOMY_TERMS: catalogue.taxonomy_terms,
            }[listing]
            page = read_page(Query(**asdict(asked)))
            return Found(page.total, page.contents)

        return await self._database.read(read)

    async def entry(
        self, listing: Listing, entry_id: str, now: datetime, *, full_service: bool
    ) -> Json | None:
        """Return one entry with all that hangs on it, or None."""

        def read(connection: Connection) -> Json | None:
            catalogue = PublicCatalogue(connection, now, self._ids)
            if listing is Listing.ORGANIZATIONS:
                return catalogue.organization(entry_id, full_service=full_service)
            return {
                Listing.SERVICES: catalogue.service,
                Listing.SERVICE_AT_LOCATIONS: catalogue.service_at_location,
                Listing.TAXONOMIES: catalogue.taxonomy,
                Listing.TAXONOMY_TERMS: catalogue.taxonomy_term,
            }[listing](entry_id)

        return await self._database.read(read)
