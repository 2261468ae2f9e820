"""`jigi console`: the staff console."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn

from bot import bootstrap, footprint
from bot.adapters.review_contents import contents_of
from bot.i18n.catalogue import (
    GettextCatalogue,
    load_catalogue,
    read_catalogue,
    read_reviews,
)
from bot.observability import configure_logging
from bot.settings import Settings, SettingsError
from bot.telegram.webhook import QuietServer
from event_registration.desk import Desk
from flows.engine.messages import Message
from guidance.reviews import Content
from guidance.shelf import read_shelf
from guidance.training import TrainingDesk
from staff_console.app import build_app
from staff_console.passwords import Passwords
from staff_console.rendering import open_templates
from staff_console.signing_in import Door
from staff_console.uploads import Uploads
from staff_console.visit import Console
from staff_console.workshop import Works, Workshop
from storage.keys import Keyring
from storage.store import open_store

PROXIES = "127.0.0.1,::1"
"""Who is believed when it says for whom it asks: a proxy on this machine, nobody else."""

_REVIEWED = "bm"


def console() -> None:
    """Open the staff console on JIGI_CONSOLE_PORT of JIGI_CONSOLE_HOST (this machine alone)."""
    configure_logging()
    asyncio.run(_console(Settings.read()))


async def _console(settings: Settings) -> None:
    keys = bootstrap.keyring(settings)
    await bootstrap.upgrade_database(settings)
    listener = _listen(settings)
    async with open_console(settings, keys) as parts:
        # A proxy on this machine says whether it was https, and who asks. uvicorn's own log would
        # quote what an error went through; ours names it and no more.
        config = uvicorn.Config(
            build_app(parts),
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            proxy_headers=True,
            forwarded_allow_ips=PROXIES,
            timeout_graceful_shutdown=5,
        )
        server = QuietServer(config)
        footprint.settle()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, _stop, server)
        address = f"http://{settings.console_host}:{listener.getsockname()[1]}/"
        print(f"The console answers on {address} (stop with Ctrl+C)", flush=True)
        await server.serve(sockets=[listener])


@asynccontextmanager
async def open_console(settings: Settings, keys: Keyring) -> AsyncIterator[Console]:
    """Open what the staff console stands on, on a database at its newest revision."""
    store = open_store(settings.database, keys)
    workshop = Workshop(lambda: open_store(settings.database, keys))
    folder = TemporaryDirectory(prefix="jigi-console-")
    try:
        yield Console(
            store=store,
            clock=bootstrap.SystemClock(),
            door=Door(store, Passwords()),
            desk=Desk(keys),
            training=TrainingDesk(keys),
            templates=open_templates(),
            uploads=Uploads(Path(folder.name)),
            workshop=workshop,
            works=Works(),
            contents=read_contents,
            in_bambara=in_bambara,
            single_staff=settings.single_staff,
        )
    finally:
        await workshop.close()
        folder.cleanup()
        await store.close()


@cache
def read_contents() -> tuple[Content, ...]:
    """Return what is to be read and signed, as this release has it; takes a second, once."""
    catalog = read_catalogue(bootstrap.LOCALES, _REVIEWED)
    reviews = read_reviews(bootstrap.LOCALES, _REVIEWED)
    wanted = bootstrap.catalogue_template()
    return tuple(contents_of(read_shelf(), wanted, catalog, reviews, _REVIEWED))


def in_bambara(text: Message) -> str:
    """Return a text of the console that providers read too, in Bambara."""
    return _catalogue().find(text, "bm")


@cache
def _catalogue() -> GettextCatalogue:
    return load_catalogue(bootstrap.LOCALES)


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


def _listen(settings: Settings) -> socket.socket:
    try:
        return socket.create_server(
            (settings.console_host, settings.console_port), reuse_port=False
        )
    except OSError:
        raise SettingsError(
            f"Port {settings.console_port} is taken by something else:"
            " set JIGI_CONSOLE_PORT to another, 0 for any."
        ) from None
