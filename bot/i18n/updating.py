"""Writes the catalogues: new French texts in, gone ones out, changed ones marked fuzzy."""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot.i18n.catalogue import TRANSLATED_LANGUAGES, catalogue_path, read_catalogue
from bot.i18n.extraction import DOMAIN

# CLDR gives Bambara one form only; Babel has no gettext rule for it and would write two.
_PLURALS = "nplurals=1; plural=0;"


def update_catalogues(locales: Path, template: Catalog) -> None:
    """Write the template and bring every language's catalogue up to it."""
    _write(locales / f"{DOMAIN}.pot", template)
    for language in TRANSLATED_LANGUAGES:
        path = catalogue_path(locales, language)
        if path.exists():
            catalog = read_catalogue(locales, language)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            catalog = Catalog(locale=language, project="Jigi", fuzzy=False)
        catalog.update(template)
        catalog.obsolete.clear()
        catalog.fuzzy = False
        _write(path, catalog)


def _write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, omit_header=False)
    # The dates in the header change with every run and would make every diff noisy.
    lines = [
        f'"Plural-Forms: {_PLURALS}\\n"' if line.startswith('"Plural-Forms:') else line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.startswith(('"POT-Creation-Date:', '"PO-Revision-Date:', '"Generated-By:'))
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
