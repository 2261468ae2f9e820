"""The `jigi` command as a real process."""

import asyncio
import os
import sys
from dataclasses import dataclass

from tests.bot_api.processes import ROOT, SECRET

JIGI = (sys.executable, "-c", "from bot.cli import main; main()")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


async def run_jigi(*arguments: str, given: str = "", **settings: str) -> Ended:
    """Run a command to its end with nothing in the environment but these settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "JIGI_SECRET_KEY": SECRET,
        **{f"JIGI_{name.upper()}": value for name, value in settings.items()},
    }
    process = await asyncio.create_subprocess_exec(
        *JIGI,
        *arguments,
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(given.encode()), 120)
    return Ended(process.returncode or 0, out.decode(), err.decode())


async def ready_database(url: str) -> None:
    """Fill a database and verify one number, as the README says."""
    for command in (
        ("db", "upgrade"),
        ("directory", "verify", "tel-18", "--by", "Awa T.", "--on", "2026-11-20"),
    ):
        ended = await run_jigi(*command, database_url=url)
        assert ended.status == 0, ended.err
