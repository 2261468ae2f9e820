"""The words of a message in a language, from gettext catalogues; fulfils the `Catalogue` port."""

import csv
import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.i18n.extraction import DOMAIN
from flows.engine.messages import Message
from guidance.signatures import NOBODY, Signature, Signed

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


def read_reviews(locales: Path, language: str) -> Mapping[tuple[str, str], Signature]:
    """Return who has signed which translation in the file: by context and French source."""
    with reviews_path(locales, language).open(encoding="utf-8", newline="") as file:
        return {
            (row["context"], row["source"]): Signature(
                row["reviewed_by"], date.fromisoformat(row["reviewed_on"])
            )
            for row in csv.DictReader(file, delimiter="\t")
            if row["reviewed_by"] and row["reviewed_on"]
        }


def signed_texts(
    catalog: Catalog, locales: Path, language: str, signed: Signed
) -> frozenset[tuple[str, str]]:
    """Return context and French of what a person has signed, in the file or in the console."""
    in_console = {
        (str(each.context), str(each.id))
        for each in catalog
        if each.id and signed.text(language, str(each.context), str(each.id), str(each.string))
    }
    return frozenset(in_console | read_reviews(locales, language).keys())


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


def load_catalogue(locales: Path, signed: Signed = NOBODY) -> GettextCatalogue:
    """Return the catalogue of all languages under `locales`.

    Args:
        locales: the folder.
        signed: what staff signed in the console, beside what is signed in the files.
    """
    translations = {}
    reviewed = {}
    for language in TRANSLATED_LANGUAGES:
        compiled = io.BytesIO()
        catalog = read_catalogue(locales, language)
        write_mo(compiled, catalog)
        compiled.seek(0)
        translations[language] = gettext.GNUTranslations(compiled)
        reviewed[language] = signed_texts(catalog, locales, language, signed)
    return GettextCatalogue(translations, reviewed)
