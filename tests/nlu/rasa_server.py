"""A real Rasa server on a free port of this machine, for as long as a test session needs it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from nlu.archive import DEFAULT_PATH
from nlu.training import PROJECT, rasa_environment

RASA = PROJECT / ".venv" / "bin" / "rasa"
_PATIENCE_SECONDS = 180


def is_installed() -> bool:
    return RASA.exists()


@contextmanager
def running(
    port: int, archive: Path = DEFAULT_PATH, *, watched: Path | None = None
) -> Iterator[str]:
    """Start a server on loopback with the archive loaded, and stop it at the end.

    With `watched`, an empty folder, its output goes to `output` there, and its temporary files and
    its home lie there too.
    """
    command = [
        str(RASA), "run", "--enable-api", "--model", str(archive), "-i", "127.0.0.1",
        "-p", str(port), "--endpoints", "endpoints.yml", "--credentials", "credentials.yml",
    ]  # fmt: skip
    environment = rasa_environment() | {"HOME": os.environ.get("HOME", "/tmp")}  # noqa: S108 - a fallback for Rasa's own settings
    if watched is not None:
        environment |= {"HOME": str(watched), "TMPDIR": str(watched)}
    with (
        tempfile.TemporaryFile() if watched is None else (watched / "output").open("w+b")
    ) as output:
        process = subprocess.Popen(  # noqa: S603 - a fixed program of this checkout
            command,
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE_SECONDS * 2):
        if process.poll() is not None:
            raise RuntimeError(f"the Rasa server ended with {process.returncode}")
        try:
            if httpx.get(f"{url}/status", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.5)
    raise RuntimeError("the Rasa server did not come up")
