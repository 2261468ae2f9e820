"""The bot as a real process beside a test."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import aiohttp

from tests.bot_api.server import TOKEN, BotApi

ROOT = Path(__file__).resolve().parents[2]
ECHO_BOT = (sys.executable, "-m", "tests.bot_api.echo_bot")
SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up for the tests
WEBHOOK_SECRET = "a-secret-of-the-webhook"  # noqa: S105  # made up for the tests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class BotProcess:
    """Starts the bot against a stand-in, and ends it as a test wants.

    Attributes:
        log: what it wrote, once it ended.
    """

    def __init__(
        self,
        api: BotApi,
        database_url: str,
        *,
        webhook: bool = False,
        command: Sequence[str] = ECHO_BOT,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port, self.metrics_port = free_port(), free_port()
        self.log = ""
        self._command = command
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),  # the tree that is tested, wherever the program is installed
            "JIGI_TELEGRAM_TOKEN": TOKEN,
            "JIGI_TELEGRAM_BASE_URL": api.base_url,
            "JIGI_DATABASE_URL": database_url,
            "JIGI_SECRET_KEY": SECRET,
            "JIGI_HTTP_PORT": str(self.port),
            "JIGI_METRICS_PORT": str(self.metrics_port),
            **(environment or {}),
        }
        if webhook:
            self._environment |= {
                "JIGI_WEBHOOK_URL": f"http://127.0.0.1:{self.port}/telegram",
                "JIGI_WEBHOOK_SECRET": WEBHOOK_SECRET,
            }
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end(signal.SIGKILL)

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=ROOT,
            env=self._environment,
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        await self._wait_until_ready()

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, wait, and return the exit code; an ended process stays ended."""
        process = self._process
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        _, written = await asyncio.wait_for(process.communicate(), 30)
        self.log += written.decode()
        self._process = None
        return process.returncode or 0

    async def _wait_until_ready(self) -> None:
        async with aiohttp.ClientSession() as session:
            for _ in range(600):
                if self._process is None or self._process.returncode is not None:
                    await self.end()
                    raise AssertionError(f"the bot did not start:\n{self.log}")
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.ok:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError("the bot was never ready")
