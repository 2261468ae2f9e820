"""A client of the chat's address, without a browser."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from bot.conversation.ports import Driver
from bot.web_chat.app import build_app
from tests.fakes.web_chat import FakeClock

TOKEN = "a" * 43
OTHER = "b" * 43
CANARY = "kanari-42-secret"
START = {"kind": "command", "name": "start"}


@asynccontextmanager
async def page(
    driver: Driver, clock: FakeClock | None = None, **options: int
) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(driver, clock or FakeClock(), **options)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        yield client


async def send(client: httpx.AsyncClient, event: object, token: str = TOKEN, **fields: object):
    body = {"token": token, "event": event, **fields}
    return await client.post("/api/event", json=body)


async def answer(client: httpx.AsyncClient, event: object, token: str = TOKEN, **fields: object):
    response = await send(client, event, token, **fields)
    assert response.status_code == 200, response.text
    return response.json()
