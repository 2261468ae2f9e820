"""Steers a stand-in that runs as a process of its own, over HTTP.

`POST /control/push` an update, `/control/fault` one of `Fault`, `/control/set` attributes of
`BotApi`, `/control/press` a press id that may be answered; `GET /control/calls` what was called.
"""

import argparse
import asyncio
from dataclasses import asdict

from aiohttp import web

from tests.bot_api.server import TOKEN, BotApi

_SETTABLE = {"strict_rate", "clock_offset"}


def control_routes(api: BotApi) -> list[web.RouteDef]:
    async def push(request: web.Request) -> web.Response:
        return web.json_response({"update_id": api.updates.push(await request.json())})

    async def fault(request: web.Request) -> web.Response:
        api.fail(**await request.json())
        return web.json_response({})

    async def press(request: web.Request) -> web.Response:
        api.pressed[(await request.json())["id"]] = api.now()
        return web.json_response({})

    async def change(request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            if name not in _SETTABLE:
                raise web.HTTPBadRequest
            setattr(api, name, value)
        return web.json_response({})

    async def calls(_request: web.Request) -> web.Response:
        return web.json_response([asdict(call) for call in api.calls])

    return [
        web.post("/control/push", push),
        web.post("/control/fault", fault),
        web.post("/control/press", press),
        web.post("/control/set", change),
        web.get("/control/calls", calls),
    ]


async def _serve(port: int) -> None:
    async with BotApi(port=port, controlled=True) as api:
        print(f"{api.base_url} token {TOKEN}", flush=True)  # noqa: T201  # says where it listens
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(parser.parse_args().port))
