"""Words stay words: whatever stands in a text of the directory, no page makes a sign of it."""

from html import escape

import pytest
from sqlalchemy import Connection, String, Text, select, update

from referral_directory.models import Organization, Phone, Service
from referral_directory.provider_links import ProviderLinks
from referral_directory.verification import verify
from storage.actors import Actor, Role
from tests.staff_console.world import World

HOSTILE = "\"'><script>x()</script><i onmouseover=x()>"
SHORTEST = 80
EDITOR = Actor("awa@example.org", frozenset({Role.EDITOR}))
ENTRIES = (
    ("organization", Organization, "protection-civile"),
    ("service", Service, "osc-mopti"),
    ("phone", Phone, "tel-18"),
)


def texts_of(model: type[Organization | Service | Phone]) -> list[str]:
    """The columns in which people write: codes, days and names of rows are shorter."""
    return [
        column.name
        for column in model.__table__.columns
        if type(column.type) is Text
        or (type(column.type) is String and (column.type.length or 0) >= SHORTEST)
    ]


def spoil(connection: Connection, world: World) -> str:
    """Put the hostile words into every text; return the path of a provider's link."""
    now = world.clock.now()
    verify(connection, "osc-mopti", by="A", on=now.date(), now=now)
    for _, model, slug in ENTRIES:
        words = dict.fromkeys(texts_of(model), HOSTILE)
        assert len(words) >= 4, slug
        connection.execute(update(model).where(model.slug == slug).values(**words))
        held = connection.execute(select(model.source).where(model.slug == slug)).scalar_one()
        assert held == HOSTILE
    link = ProviderLinks(world.keyring).make(connection, EDITOR, "osc-mopti", now)
    return f"/prestataire/{link}"


@pytest.mark.parametrize("role", [Role.APPROVER, Role.EDITOR])
async def test_no_text_of_the_directory_becomes_a_sign_of_a_page(world: World, role: Role):
    link = await world.store.write(spoil, world)
    entries = [f"/annuaire/{subject}/{slug}" for subject, _, slug in ENTRIES]
    forms = [f"{path}/modifier" for path in entries]
    async with world.browser(role) as browser:
        for path in (*entries, *forms, link, "/annuaire", "/qualite", "/verification", "/"):
            page = await browser.get(path)
            assert page.status_code == 200, path
            assert "<script>x()" not in page.text, path
            assert "<i onmouseover" not in page.text, path
            if path in {*entries, *forms, link}:
                assert escape("<script>x()</script>") in page.text, path
