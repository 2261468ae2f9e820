"""What benches share in one run: a folder, prepared databases, processes, one Rasa server."""

import asyncio
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import yaml

from tests.nlu import rasa_server

ROOT = Path(__file__).resolve().parent.parent
JIGI = (sys.executable, "-c", "from bot.cli import main; main()")
TOKEN = "123456:BENCH"  # noqa: S105  # the token of a server that is nobody's
SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up for the benches
WEBHOOK_SECRET = "a-secret-of-the-webhook"  # noqa: S105  # made up for the benches
_STOP_SECONDS = 2.0


class BrokenRunError(Exception):
    """A process ended or went silent, so there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for.

    Attributes:
        pin: bots on the first processor, what presses and listens on the last.
    """

    pin: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """A process of this run."""

    process: psutil.Process

    @property
    def resident(self) -> int:
        """Resident bytes of the process and its children."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(int(one.memory_info().rss) for one in family)

    @property
    def processor_seconds(self) -> float:
        """Seconds of processor time it has used so far."""
        used = self.process.cpu_times()
        return float(used.user + used.system)


class Lab:
    """Everything is gone when it is left."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self._stack = AsyncExitStack()
        self._folder = Path()
        self._numbers = 0
        self._rasa: tuple[str, Running] | None = None
        self._prepared: Path | None = None

    async def __aenter__(self) -> Self:
        temporary = tempfile.TemporaryDirectory(prefix="jigi-bench-")
        self._folder = Path(self._stack.enter_context(temporary))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def path(self, ending: str) -> Path:
        """Return a path in the run's folder that is used for nothing yet."""
        self._numbers += 1
        return self._folder / f"{self._numbers}.{ending}"

    async def rasa(self) -> tuple[str, Running]:
        """Return address and process of a Rasa server that holds the committed model.

        Raises:
            BrokenRunError: Rasa's environment is not installed.
        """
        if self._rasa is None:
            if not rasa_server.is_installed():
                raise BrokenRunError("Rasa's environment is missing: run `make nlu-setup`")
            server = rasa_server.running(free_port())
            address = await asyncio.to_thread(server.__enter__)
            self._stack.callback(server.__exit__, None, None, None)
            port = address.rpartition(":")[2]
            found = [one for one in psutil.Process().children() if port in one.cmdline()]
            self._rasa = address, Running(found[0])
            if self.options.pin:
                _pin(found[0], 0)
        return self._rasa

    async def ready_database(self) -> str:
        """Return the address of a SQLite database of the caller's own that `serve` starts on."""
        if self._prepared is None:
            path = self.path("sqlite3")
            await prepare(_sqlite(path), starter=True)
            self._prepared = path
        copy = self.path("sqlite3")
        shutil.copyfile(self._prepared, copy)
        return _sqlite(copy)

    async def empty_directory(self) -> str:
        """Return the address of a SQLite database with the starter directory alone."""
        return await self.ready_database()

    @asynccontextmanager
    async def serving(
        self, base_url: str, *, webhook: bool = False, limit: bool = False
    ) -> AsyncIterator[Running]:
        """Run the real `jigi serve` against a Bot API; it is ready inside the block."""
        port = free_port()
        settings = {
            "telegram_token": TOKEN,
            "telegram_base_url": base_url,
            "database_url": await self.ready_database(),
            "http_port": str(port),
            "metrics_port": "0",
            "outgoing_limit": str(int(limit)),
        }
        if webhook:
            settings |= {
                "webhook_url": f"http://127.0.0.1:{port}/telegram",
                "webhook_secret": WEBHOOK_SECRET,
            }
        async with self.running([*JIGI, "serve"], jigi_environment(settings)) as bot:
            await _until_ready(bot, port)
            yield bot

    @asynccontextmanager
    async def running(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> AsyncIterator[Running]:
        """Run a process while the block runs, away from any `.env` of the checkout."""
        log = self.path("log")
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=self._folder, env=environment, stdout=output, stderr=output
            )
        try:
            known = psutil.Process(process.pid)
            if self.options.pin:
                _pin(known, 0)
                _pin(psutil.Process(), -1)
            yield Running(known)
            if process.returncode is not None:
                raise BrokenRunError(log.read_text(encoding="utf-8")[-2000:])
        finally:
            _unpin(psutil.Process())
            await _end(process)


def jigi_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a `jigi` command with these settings."""
    named = {f"JIGI_{name.upper()}": value for name, value in settings.items()}
    path = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return path | {"JIGI_SECRET_KEY": SECRET} | named


async def prepare(address: str, *, starter: bool) -> None:
    """Create a database as the README says; with the starter directory, one number verified."""
    commands = [["db", "upgrade"]]
    if starter:
        verify = ["directory", "verify", "tel-17", "--by", "Awa T.", "--on", "2026-11-20"]
        commands += [["directory", "load"], verify]
    for command in commands:
        process = await asyncio.create_subprocess_exec(
            *JIGI,
            *command,
            cwd=tempfile.gettempdir(),
            env=jigi_environment({"database_url": address}),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
        if process.returncode:
            raise BrokenRunError(said.decode()[-2000:])


def sentences() -> list[str]:
    """Return what people write, from the training data of the model."""
    found = []
    for path in sorted((ROOT / "nlu" / "rasa_project").glob("data/*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines()
            found += [line[2:].strip() for line in lines if line.startswith("- ")]
    return found


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _sqlite(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def _pin(process: psutil.Process, which: int) -> None:
    """Keep a process on one processor, where the system knows how."""
    if sys.platform == "linux" and (count := psutil.cpu_count() or 1) > 1:
        process.cpu_affinity([which % count])


def _unpin(process: psutil.Process) -> None:
    if sys.platform == "linux":
        process.cpu_affinity([])  # all that there are


async def _until_ready(bot: Running, port: int) -> None:
    for _ in range(1200):
        if not bot.process.is_running() or bot.process.status() == psutil.STATUS_ZOMBIE:
            return  # `running` says why
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /readyz HTTP/1.0\r\n\r\n")
            answer = await reader.read(64)
            writer.close()
            if b" 200 " in answer:
                return
        except OSError:
            pass
        await asyncio.sleep(0.05)
    raise BrokenRunError("the bot was never ready")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
