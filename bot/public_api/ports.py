"""What the public API needs of others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.public_api.asking import Asked, Listing

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entries.

    Attributes:
        total: How many there are on all pages.
        contents: Those of this page.
    """

    total: int
    contents: Sequence[Json]


class Catalogue(Protocol):
    """Reads what the public may see of the directory, in the words of HSDS."""

    async def page(self, listing: Listing, asked: Asked, now: datetime) -> Found:
        """Return a page of a listing."""

    async def entry(
        self, listing: Listing, entry_id: str, now: datetime, *, full_service: bool
    ) -> Json | None:
        """Return one entry with all that hangs on it, or None."""
