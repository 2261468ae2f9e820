"""`jigi i18n`: the catalogues."""

import asyncio
import sys

from cyclopts import App

from bot import bootstrap
from bot.adapters.signatures import read_signatures
from bot.i18n.catalogue import TRANSLATED_LANGUAGES, read_catalogue, signed_texts
from bot.i18n.checking import status as status_of
from bot.i18n.updating import update_catalogues
from bot.settings import Settings

app = App(name="i18n", help="The catalogues: what is translated, what is signed, what is wrong.")


@app.command
def status() -> None:
    """Print how far each language is, with what was signed in the files and in the console."""
    signed = asyncio.run(read_signatures(Settings.read()))
    template = bootstrap.catalogue_template()
    for language in TRANSLATED_LANGUAGES:
        catalog = read_catalogue(bootstrap.LOCALES, language)
        found = status_of(
            catalog, template, signed_texts(catalog, bootstrap.LOCALES, language, signed)
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
