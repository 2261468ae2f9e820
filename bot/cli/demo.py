"""`jigi demo`: the assistant as a chat in the browser, without a token."""

import asyncio
import signal
import socket
import webbrowser

import uvicorn

from bot import bootstrap
from bot.observability import configure_logging
from bot.settings import Settings, SettingsError
from bot.telegram.webhook import QuietServer
from bot.web_chat.app import build_app

HOST = "127.0.0.1"


def demo(*, browser: bool = True) -> None:
    """Open the assistant as a chat in the browser; entries not yet verified are shown, marked.

    Args:
        browser: open a browser; with --no-browser only serve.
    """
    configure_logging()
    asyncio.run(_demo(Settings.read(), browser=browser))


async def _demo(settings: Settings, *, browser: bool) -> None:
    listener = _listen(settings.http_port)
    async with bootstrap.demonstration(settings) as parts:
        # uvicorn's own log would quote what an error went through; ours names it and no more.
        config = uvicorn.Config(
            build_app(parts.driver, parts.clock), log_config=None, access_log=False
        )
        server = QuietServer(config)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, server)
        address = f"http://{HOST}:{listener.getsockname()[1]}/"
        print(f"Jigi answers on {address} (stop with Ctrl+C)", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, address)
        await server.serve(sockets=[listener])


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port), reuse_port=False)
    except OSError:
        raise SettingsError(
            f"Port {port} is taken by something else: set JIGI_HTTP_PORT to another, 0 for any."
        ) from None
