"""The pages of the console, in the order of the menu."""

from staff_console.pages import (
    account,
    accounts,
    audit,
    contents,
    directory,
    exchange,
    figures,
    gatherings,
    mending,
    registrations,
    requests,
    signing,
    today,
    verifying,
    whereabouts,
)
from staff_console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *verifying.PAGES,
    *whereabouts.PAGES,
    *directory.PAGES,
    *exchange.PAGES,
    *mending.PAGES,
    *figures.PAGES,
    *gatherings.PAGES,
    *registrations.PAGES,
    *requests.PAGES,
    *contents.PAGES,
    *accounts.PAGES,
    *audit.PAGES,
    *account.PAGES,
    *signing.PAGES,
)
"""Every address there is."""
