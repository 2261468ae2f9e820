"""`jigi i18n`: the catalogues."""

import sys

from cyclopts import App

from bot import bootstrap
from bot.i18n.catalogue import TRANSLATED_LANGUAGES, read_catalogue
from bot.i18n.checking import status as status_of
from bot.i18n.updating import update_catalogues

app = App(name="i18n", help="The catalogues: what is translated, what is signed, what is wrong.")


@app.command
def status() -> None:
    """Print how far each language is."""
    template = bootstrap.catalogue_template()
    for language in TRANSLATED_LANGUAGES:
        found = status_of(
            read_catalogue(bootstrap.LOCALES, language), template, bootstrap.LOCALES, language
        )
        print(
            f"{language}: {found.translated} of {found.total} translated, {found.reviewed} signed,"
            f" {found.drafted} drafted, {found.fuzzy} to look at again"
        )


@app.command
def check() -> None:
    """Say what is wrong with the catalogues; exit with 1 when anything is."""
    found = bootstrap.catalogue_problems()
    for problem in found:
        print(problem)
    if found:
        sys.exit(1)
    print("The catalogues are complete.")


@app.command
def update() -> None:
    """Take new French texts into the catalogues and drop gone ones."""
    update_catalogues(bootstrap.LOCALES, bootstrap.catalogue_template())
