"""What the bot answers over HTTP."""

import json

import httpx
import pytest

from bot.conversation.store_port import StoreUnavailableError
from bot.telegram.webhook import LARGEST_BODY, SECRET_HEADER, Webhook, metrics_app, public_app
from tests.fakes.pipeline import CountingTally

SECRET = "geheim"  # noqa: S105  # guards nothing
UPDATE = {"update_id": 1, "message": {"message_id": 5, "chat": {"id": 71}, "text": "bonjour"}}


class Inbox:
    def __init__(self):
        self.taken = []
        self.is_broken = False

    async def accept(self, updates):
        if self.is_broken:
            raise StoreUnavailableError("OperationalError")
        self.taken += updates


class Door:
    def __init__(self):
        self.inbox, self.tally, self.is_up = Inbox(), CountingTally(), True
        webhook = Webhook("/telegram", SECRET, self.inbox, self.tally)
        self.app = public_app(webhook, self.is_ready)

    async def is_ready(self):
        return self.is_up

    async def post(self, content, secret=SECRET, path="/telegram"):
        headers = {} if secret is None else {SECRET_HEADER: secret}
        return await self._ask("POST", path, content=content, headers=headers)

    async def get(self, path):
        return await self._ask("GET", path)

    async def _ask(self, method, path, **how):
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return await client.request(method, path, **how)


@pytest.fixture
def door():
    return Door()


async def test_an_update_with_the_secret_goes_into_the_inbox(door):
    answer = await door.post(json.dumps(UPDATE))
    assert answer.status_code == 200
    (raw,) = door.inbox.taken
    assert (raw.update_id, raw.chat_id) == (1, 71)


@pytest.mark.parametrize("secret", [None, "", "geheim2", "GEHEIM", b"geheim\xe9"])
async def test_a_wrong_secret_is_refused_before_any_work(door, secret):
    answer = await door.post(json.dumps(UPDATE), secret)
    assert answer.status_code == 403
    assert door.inbox.taken == []
    assert door.tally.counts == {("webhook", "wrong_secret"): 1}


async def test_an_update_that_cannot_be_stored_is_asked_for_again(door):
    door.inbox.is_broken = True
    answer = await door.post(json.dumps(UPDATE))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


async def test_what_is_no_update_is_counted_and_ends(door):
    answer = await door.post(b"{nothing")
    assert answer.status_code == 200
    assert door.tally.counts == {("updates", "malformed"): 1}


async def test_a_body_too_large_is_refused_without_reading_it_all(door):
    read = 0

    async def body():
        nonlocal read
        for _ in range(100):
            read += LARGEST_BODY // 4
            yield b" " * (LARGEST_BODY // 4)

    answer = await door.post(body())
    assert answer.status_code == 413
    assert door.inbox.taken == []
    assert read <= 2 * LARGEST_BODY


async def test_only_the_known_paths_answer(door):
    assert (await door.post(json.dumps(UPDATE), path="/")).status_code == 404
    assert (await door.get("/telegram")).status_code == 405
    assert (await door.get("/metrics")).status_code == 404


async def test_health_and_readiness_differ(door):
    door.is_up = False
    assert (await door.get("/healthz")).status_code == 200
    assert (await door.get("/readyz")).status_code == 503
    door.is_up = True
    assert (await door.get("/readyz")).status_code == 200


async def test_metrics_are_text():
    transport = httpx.ASGITransport(metrics_app(lambda: b"jigi 1\n"))
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        answer = await client.get("/metrics")
    assert answer.text == "jigi 1\n"
