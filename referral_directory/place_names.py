"""Places as people name them in files: a slug, or a name that only one place has."""

from collections import defaultdict

from sqlalchemy import select

from referral_directory.entries import Database, UnknownPlaceError
from referral_directory.models import Place
from referral_directory.records import COUNTRY_AREA
from referral_directory.spelling import plain


class AmbiguousPlaceError(ValueError):
    """A name that several places have.

    Attributes:
        slugs: Which.
    """

    def __init__(self, slugs: list[str]) -> None:
        super().__init__("several places have this name")
        self.slugs = slugs


class PlaceNames:
    """All places by their slugs and names."""

    def __init__(self, database: Database) -> None:
        self._slugs: set[str] = set()
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for slug, name in database.execute(select(Place.slug, Place.name_fr).order_by(Place.slug)):
            self._slugs.add(slug)
            self._by_name[plain(name)].append(slug)

    def slug(self, text: str) -> str:
        """Return the slug that the text is or names.

        Only whole names count, in any spelling of accents and capitals: a file must not be
        guessed at.

        Raises:
            AmbiguousPlaceError: When several places have this name.
            UnknownPlaceError: When none has.
        """
        if text in self._slugs or text == COUNTRY_AREA:
            return text
        found = self._by_name.get(plain(text), [])
        if len(found) > 1:
            raise AmbiguousPlaceError(found)
        if not found:
            raise UnknownPlaceError(text)
        return found[0]
