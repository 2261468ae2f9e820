"""Who means harm gets no error, no word of what is hidden, and no sign that something is."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from bot.adapters.public_catalogue import DirectoryCatalogue
from bot.public_api.app import LARGEST_BODY, Limits, PublicApi
from bot.public_api.asking import Listing
from referral_directory.hsds_words import hsds_id
from referral_directory.models import Service
from referral_directory.public_ids import READ_AGAIN
from storage.database import Base, open_engine
from storage.reading import read_only
from tests.fakes.web_chat import FakeClock
from tests.public_api.conftest import MANY, Open, fill
from tests.referral_directory.samples import NOW, put_organization, set_values

ODD = (
    *("\ud800", "\0", "' OR 1=1 --", "%'; DROP TABLE services", "\\", "_%", "x" * 9_000, "١"),
    *("999999999", "-1", "1e400", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"),
    *("2027-W01-1", "NaN", True, 10**400, [1], {"a": 1}),
)
NAMES = (
    *("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "parent_id", "page"),
    *("modified_after", "per_page", "format", "full", "minimal", "full_service"),
)
BODIES = (
    b"\xff\xfe{",
    b"{" * 10_000,
    b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b'{"search":"' + b"a" * LARGEST_BODY + b'"}',
    b'{"page":NaN}',
    b"a=%ff&search=%ed%a0%80",
)


@pytest.fixture
async def on_both(migrated_url: str) -> AsyncIterator[AsyncEngine]:
    """The directory of these tests, on SQLite and on PostgreSQL."""
    engine = open_engine(migrated_url)
    async with engine.begin() as connection:
        await connection.run_sync(fill)
    yield engine
    await engine.dispose()


def api_over(engine: AsyncEngine, clock: FakeClock | None = None) -> httpx.AsyncClient:
    """The API over a database, for a caller who may ask as often as they like."""
    catalogue = DirectoryCatalogue(read_only(engine))
    api = PublicApi(catalogue, clock or FakeClock(NOW), "Jigi", Limits(MANY, MANY))
    transport = httpx.ASGITransport(Starlette(routes=api.routes()))
    return httpx.AsyncClient(transport=transport, base_url="http://jigi")


@contextmanager
def statements() -> Iterator[list[str]]:
    """What any database is asked meanwhile."""
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


def refused_in_json(answer: httpx.Response) -> None:
    """Fail unless an answer is one of the API: understood or refused, an error never cached."""
    assert answer.status_code in {200, 400, 404, 405}, answer.text
    if answer.status_code != 200:
        assert list(answer.json()) == ["error"]
        assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_nothing_that_is_asked_breaks_it(on_both: AsyncEngine) -> None:
    async with api_over(on_both) as api:
        for listing in Listing:
            for name in NAMES:
                for odd in ODD:
                    body = json.dumps({name: odd})
                    refused_in_json(await api.post(f"/hsds/{listing}", content=body))
                    if isinstance(odd, str) and odd != "\ud800":
                        asked = {name: odd}
                        refused_in_json(await api.get(f"/hsds/{listing}", params=asked))
            for entry in ("%00", "a" * 3_000, "..%2f..", "%ff", "%ed%a0%80", "' OR 1=1"):
                refused_in_json(await api.get(f"/hsds/{listing}/{entry}"))


async def test_no_body_and_no_method_breaks_it(api: httpx.AsyncClient) -> None:
    for body in BODIES:
        for kind in ("application/json; charset=utf-16", "application/x-www-form-urlencoded", "x"):
            headers = {"content-type": kind}
            refused_in_json(await api.post("/hsds/services", content=body, headers=headers))
    for path in ("", "/", "/services", "/services/x", "/openapi.json"):
        for method in ("TRACE", "CONNECT", "ODD", "PUT", "get"):
            answer = await api.request(method, f"/hsds{path}")
            assert answer.status_code in ({405} if method != "get" else {200, 404})
            refused_in_json(answer)


async def test_what_breaks_is_said_in_json_without_its_words(
    engine: AsyncEngine, api: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables["phones"].drop)
    answer = await api.get("/hsds/services", params={"full": "true"})
    assert (answer.status_code, answer.json()) == (500, {"error": "something went wrong here"})
    assert answer.headers["cache-control"] == "no-store"
    assert caplog.records
    assert "phones" not in str([vars(record) for record in caplog.records])


@pytest.mark.parametrize(
    ("listing", "kind", "hidden"),
    [
        ("services", "service", "refuge"),
        ("services", "service", "cache"),
        ("service_at_locations", "service_at_location", "refuge"),
        ("organizations", "organization", "only-a-shelter"),
    ],
)
async def test_what_is_restricted_and_what_is_nowhere_are_answered_alike(
    engine: AsyncEngine, listing: str, kind: str, hidden: str
) -> None:
    """Byte for byte, and with the same look-ups: the time that an answer takes says nothing."""
    async with engine.begin() as connection:
        await connection.run_sync(put_organization, "only-a-shelter", name_fr="Un abri")
        await connection.run_sync(set_values, Service, "cache", restricted=True)
        owned = {"organization_slug": "only-a-shelter"}
        if hidden == "only-a-shelter":
            await connection.run_sync(set_values, Service, "refuge", **owned)
    clock = FakeClock(NOW)
    async with api_over(engine, clock) as api:
        await api.get(f"/hsds/services/{hsds_id('service', 'asked-before')}")
        told = []
        for slug in (hidden, "nobody-at-all"):
            clock.forward(seconds=READ_AGAIN.total_seconds() + 1)
            path = f"/hsds/{listing}/{hsds_id(kind, slug)}"
            for method in ("GET", "GET", "HEAD"):
                with statements() as asked:
                    answer = await api.request(method, path, headers={"if-none-match": "*"})
                assert asked
                told.append((answer.status_code, answer.content, dict(answer.headers), asked))
    assert told[0][0] == 404
    assert told[:3] == told[3:]


async def test_no_search_finds_what_is_restricted_by_its_owner_its_words_or_its_need(
    api: httpx.AsyncClient,
) -> None:
    for asked in (
        {"search": "refuge"},
        {"organization_id": hsds_id("organization", "apdf")},
        {"modified_after": "2000-01-01"},
    ):
        for listing in ("services", "service_at_locations", "organizations"):
            for form in ({}, {"full": "true"}, {"minimal": "true"}, {"format": "ndjson"}):
                text = (await api.get(f"/hsds/{listing}", params={**asked, **form})).text
                for kind in ("service", "service_at_location"):
                    assert hsds_id(kind, "refuge") not in text


async def test_who_forwards_another_address_is_counted_all_the_same(open_api: Open) -> None:
    api = open_api(Limits("3/minute", MANY))
    statuses = [
        (await api.get("/hsds/", headers={"x-forwarded-for": f"10.0.0.{number}"})).status_code
        for number in range(4)
    ]
    assert statuses == [200, 200, 200, 429]
