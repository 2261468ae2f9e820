"""`jigi demo`: the assistant as a chat in the browser, without a token."""

import asyncio
import socket
import webbrowser

import uvicorn

from bot import bootstrap
from bot.settings import Settings
from bot.web_chat.app import build_app

HOST = "127.0.0.1"


def demo(*, browser: bool = True) -> None:
    """Open the assistant as a chat in the browser; entries not yet verified are shown, marked.

    Args:
        browser: open a browser; with --no-browser only serve.
    """
    asyncio.run(_demo(Settings.read(), browser=browser))


async def _demo(settings: Settings, *, browser: bool) -> None:
    async with bootstrap.demonstration(settings) as parts:
        listener = socket.create_server((HOST, settings.http_port), reuse_port=False)
        address = f"http://{HOST}:{listener.getsockname()[1]}/"
        print(f"Jigi answers on {address} (stop with Ctrl+C)", flush=True)
        app = build_app(parts.driver, parts.clock)
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on")
        server = uvicorn.Server(config)
        if browser:
            await asyncio.to_thread(webbrowser.open, address)
        await server.serve(sockets=[listener])
