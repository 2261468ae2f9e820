"""`jigi staff add` and `jigi console`, as real processes."""

import asyncio
import os
import re
import signal

import httpx
import pytest

from tests.bot_api.processes import ROOT, SECRET
from tests.process.jigi import JIGI, run_jigi

pytestmark = pytest.mark.process
PASSWORD = "le fleuve coule lentement"  # noqa: S105  # made up for the tests
ADD = ("staff", "add", "awa@example.org", "--role")


@pytest.fixture
def settings(tmp_path):
    return {"data_dir": str(tmp_path / "var")}


async def test_an_account_is_made_from_standard_input_and_signs_in(settings):
    added = await run_jigi(*ADD, "reader", given=PASSWORD + "\n", **settings)
    assert added.status == 0, added.err
    assert PASSWORD not in added.out + added.err
    environment = {
        "PATH": os.environ["PATH"],
        "JIGI_SECRET_KEY": SECRET,
        "JIGI_DATA_DIR": settings["data_dir"],
        "JIGI_CONSOLE_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(
        *JIGI,
        "console",
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    address = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert address is not None
    async with httpx.AsyncClient(base_url=address.group(), trust_env=False) as client:
        page = await client.get("/connexion")
        csrf = re.search(r'name="csrf" value="(\w+)"', page.text)
        assert csrf is not None
        form = {"csrf": csrf.group(1), "email": "awa@example.org", "password": PASSWORD}
        assert (await client.post("/connexion", data=form)).headers["location"] == "/"
        assert "Aujourd" in (await client.get("/")).text
    process.send_signal(signal.SIGTERM)
    _, err = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0, err
    assert PASSWORD.encode() not in err


@pytest.mark.parametrize(
    ("role", "given", "said"),
    [("reader", "court\n", "12"), ("king", PASSWORD + "\n", "king")],
)
async def test_what_can_not_be_is_said_in_a_sentence(settings, role, given, said):
    ended = await run_jigi(*ADD, role, given=given, **settings)
    assert ended.status != 0
    assert said in ended.out + ended.err
    assert "Traceback" not in ended.err


async def test_without_a_secret_key_the_console_does_not_start(settings):
    ended = await run_jigi("console", secret_key="", **settings)
    assert ended.status == 2
    assert "JIGI_SECRET_KEY" in ended.err
