"""The pages of the console, in the order of the menu."""

from staff_console.pages import (
    account,
    accounts,
    audit,
    exchange,
    gatherings,
    registrations,
    requests,
    signing,
    today,
)
from staff_console.visit import Page

PAGES: tuple[Page, ...] = (
    *today.PAGES,
    *exchange.PAGES,
    *gatherings.PAGES,
    *registrations.PAGES,
    *requests.PAGES,
    *accounts.PAGES,
    *audit.PAGES,
    *account.PAGES,
    *signing.PAGES,
)
"""Every address there is."""
