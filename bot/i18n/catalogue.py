"""The words of a message in a language, from gettext catalogues; fulfils the `Catalogue` port."""

import csv
import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.i18n.extraction import DOMAIN
from flows.engine.messages import Message

SOURCE_LANGUAGE = "fr"
TRANSLATED_LANGUAGES = ("bm",)


def catalogue_path(locales: Path, language: str) -> Path:
    """Return where the catalogue of `language` lies."""
    return locales / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def reviews_path(locales: Path, language: str) -> Path:
    """Return where a person signs translations: context, source, reviewed_by, reviewed_on."""
    return locales / language / "reviews.tsv"


def read_catalogue(locales: Path, language: str) -> Catalog:
    """Return the catalogue of `language` as it stands on disk."""
    with catalogue_path(locales, language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def read_reviews(locales: Path, language: str) -> frozenset[tuple[str, str]]:
    """Return context and French source of every translation that a person has signed."""
    with reviews_path(locales, language).open(encoding="utf-8", newline="") as file:
        return frozenset(
            (row["context"], row["source"])
            for row in csv.DictReader(file, delimiter="\t")
            if row["reviewed_by"] and row["reviewed_on"]
        )


@dataclass(frozen=True, slots=True)
class GettextCatalogue:
    """Finds words in compiled catalogues; French is the source and needs none."""

    translations: Mapping[str, gettext.GNUTranslations]
    reviewed: Mapping[str, frozenset[tuple[str, str]]]

    def find(self, message: Message, language: str) -> str:
        """Return the text in `language`, the French where there is no translation; unfilled."""
        translations = self.translations.get(language)
        if translations is None or not message.text:
            return message.text
        return translations.pgettext(message.context, message.text)

    def is_drafted(self, message: Message, language: str) -> bool:
        """Return whether no person has signed the text in `language` yet."""
        if language == SOURCE_LANGUAGE:
            return False
        return (message.context, message.text) not in self.reviewed.get(language, frozenset())


def load_catalogue(locales: Path) -> GettextCatalogue:
    """Return the catalogue of all languages under `locales`."""
    translations = {}
    reviewed = {}
    for language in TRANSLATED_LANGUAGES:
        compiled = io.BytesIO()
        write_mo(compiled, read_catalogue(locales, language))
        compiled.seek(0)
        translations[language] = gettext.GNUTranslations(compiled)
        reviewed[language] = read_reviews(locales, language)
    return GettextCatalogue(translations, reviewed)
