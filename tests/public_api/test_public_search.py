"""The database finds what `plain` finds, on SQLite and PostgreSQL, and reads a page at most."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from referral_directory.hsds_words import hsds_id
from referral_directory.public_catalogue import PublicCatalogue, Query
from referral_directory.public_ids import READ_AGAIN, KnownIds
from referral_directory.public_search import PlainText, lend_plain_text
from referral_directory.spelling import plain
from storage.database import open_engine, sessionmaker
from tests.public_api.conftest import fill
from tests.referral_directory.samples import NOW, put_organization, put_service

WORDS = (
    "Écoute, soins & DROIT",
    "l'aide d’urgence ŒUVRE bœuf",
    "Kɛnɛya ni dɛmɛ: Ɛ Ɔ Ɲ Ŋ ɲ ŋ",
    "e\u0301te\u0301 Zoe\u0308",
    "100 % _gratuit_ \\ « 24h/24 »",
    "Æsop  ʼ`´ ",
    "",
)


@pytest.fixture
async def session(migrated_url: str) -> AsyncIterator[AsyncSession]:
    engine = open_engine(migrated_url)
    async with sessionmaker(engine)() as session:
        yield session
    await engine.dispose()


async def test_both_databases_fold_texts_as_we_do(session: AsyncSession) -> None:
    def folded(inside: Session) -> list[str]:
        lend_plain_text(inside)
        return [inside.execute(select(PlainText(literal(text)))).scalar_one() for text in WORDS]

    assert await session.run_sync(folded) == [plain(text) for text in WORDS]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ecoute SOINS", {"Écoute et soins"}),
        ("lamenni", {"Écoute et soins"}),
        ("association essai partout", {"Droit partout"}),
        ("100%", set()),
        ("_", {"Écoute et soins", "Droit partout", "Lieu caché"}),  # no word at all
    ],
)
async def test_words_are_found_in_any_spelling(
    session: AsyncSession, search: str, found: set[str]
) -> None:
    def names(inside: Session) -> set[str]:
        fill(inside.connection())
        ours = hsds_id("organization", "essai")
        query = Query(search=search, organization_id=ours)
        return {one["name"] for one in PublicCatalogue(inside, NOW).services(query).contents}

    assert await session.run_sync(names) == found


async def test_organisations_come_a_page_at_a_time(session: AsyncSession) -> None:
    def pages(inside: Session) -> tuple[list[str], set[int]]:
        fill(inside.connection())
        catalogue = PublicCatalogue(inside, NOW)
        every = catalogue.organizations(Query(per_page=100))
        one_by_one = [
            catalogue.organizations(Query(page=number, per_page=1))
            for number in range(1, every.total + 2)
        ]
        assert [len(each.contents) for each in one_by_one] == [*[1] * every.total, 0]
        assert [page.contents[0] for page in one_by_one[:-1]] == list(every.contents)
        return [one["name"] for one in every.contents], {each.total for each in one_by_one}

    names, totals = await session.run_sync(pages)
    assert "Association Essai" in names
    assert "SECRET-close" not in names
    assert totals == {len(names)}


async def test_an_id_that_came_later_is_known_soon(session: AsyncSession) -> None:
    def learn(inside: Session) -> list[str | None]:
        directory, ids = inside.connection(), KnownIds()
        fill(directory)
        before = ids.slug(directory, hsds_id("service", "complet"), NOW)
        put_organization(directory, "neuve")
        put_service(directory, "tout-neuf", organization="neuve", areas="mali")
        wanted = hsds_id("service", "tout-neuf")
        return [
            before,
            *(ids.slug(directory, wanted, NOW + wait) for wait in (0 * READ_AGAIN, READ_AGAIN)),
        ]

    assert await session.run_sync(learn) == ["complet", None, "tout-neuf"]
