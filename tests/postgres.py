"""A PostgreSQL server of our own for the tests: started on a free port, gone at the end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

_SERVER_USER = "postgres"  # the server refuses to run as root


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server; whoever connects from this machine is let in."""

    programs: Path
    port: int
    numbers: "count[int]"

    def create_database(self, template: str = "template0") -> str:
        """Make a database of its own and return its name."""
        name = f"jigi_{next(self.numbers)}"
        self._run("createdb", "--template", template, name)
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run("dropdb", "--force", "--if-exists", name)

    def url(self, name: str) -> str:
        """Return the address of a database."""
        return f"postgresql+asyncpg://{_SERVER_USER}@127.0.0.1:{self.port}/{name}"

    def _run(self, program: str, *words: str) -> None:
        command = [self.programs / program, "-h", "127.0.0.1", "-p", str(self.port)]
        command += ["-U", _SERVER_USER, "--no-password", *words]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own words


def find_programs() -> Path | None:
    """Return the folder with PostgreSQL's server programs, the newest version's, or None."""
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    for initdb in sorted(folders, key=lambda path: int(path.parts[-3]), reverse=True):
        return initdb.parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextmanager
def running_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Start a server in a folder of its own, and stop it and delete the folder at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jigi-postgres-"))
    data = folder / "data"
    account = _server_account()
    if account:
        shutil.chown(folder, account["user"], account["group"])
    try:
        initdb = [programs / "initdb", "-D", data, "-U", _SERVER_USER, "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **account)  # noqa: S603  # our own words
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c full_page_writes=off"
        options += " -c synchronous_commit=off -c max_connections=60 -c shared_buffers=32MB"
        control = [programs / "pg_ctl", "-D", data, "-w", "-t", "60"]
        start = [*control, "-l", folder / "log", "-o", options, "start"]
        # The server inherits what it is given: a pipe would never be closed.
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)  # noqa: S603  # our own words
        try:
            yield PostgresServer(programs, port, count(1))
        finally:
            stop = [*control, "-m", "immediate", "stop"]
            subprocess.run(stop, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)  # noqa: S603  # our own words
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server_account() -> dict[str, Any]:
    """Return under whom the server runs: another account where we are root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(_SERVER_USER)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
