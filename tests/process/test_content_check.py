"""`jigi content check` over a content folder with mistakes in it, and the bot that runs over it."""

import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from tests.bot_api.people import Somebody
from tests.bot_api.processes import ROOT, SECRET, BotProcess
from tests.bot_api.server import BotApi, until
from tests.guidance.test_articles import SOUND
from tests.process.jigi import ready_database

pytestmark = pytest.mark.process

PAGE = [{"text": "Une page."}]
MISTAKES = {
    "no_source": ({"sources": []}, "sources"),
    "unverified": ({"sources": [{"mark": "U", "date": "2020", "title": "?"}]}, "mark"),
    "too_long": ({"pages": [{"text": "a" * 301}]}, "301 characters; 300 at most"),
    "out_of_date": ({"valid_until": "2020-01-31"}, "valid until 2020-01-31"),
    "telling_title": ({"discreet_title": "📄 Après un viol"}, "discreet title tells"),
    "person_named": ({"pages": [{"text": "Demandez Mme Traoré."}]}, "names a person"),
    "promise": ({"pages": [{"text": "Vous serez en sécurité."}]}, "promises safety"),
    "blame": ({"pages": [{"text": "Vous auriez dû partir."}]}, "blames"),
    "why_did_you": ({"pages": [{"text": "Pourquoi êtes-vous là ?"}]}, "asks why"),
    "report_it": ({"pages": [{"text": "Portez plainte."}]}, "orders to report"),
    "no_help": ({"help": None}, "a way to help"),
}
BROKEN = "id: [never closed"


@pytest.fixture
def tree(tmp_path) -> Path:
    """A copy of the package whose articles can be spoilt; what runs over it finds it first."""
    shutil.copytree(ROOT / "guidance", tmp_path / "guidance")
    return tmp_path


def command(tree: Path) -> tuple[str, ...]:
    start = f"import sys; sys.path.insert(0, {str(tree)!r}); from bot.cli import main; main()"
    return (sys.executable, "-c", start)


def spoil(tree: Path) -> None:
    folder = tree / "guidance" / "content"
    for number, (name, (change, _)) in enumerate(sorted(MISTAKES.items())):
        code = f"abc{'abcdefghijklmnop'[number]}23"
        article = {**SOUND, "id": name, "code": code, "topic": "violence", "pages": PAGE, **change}
        (folder / f"{name}.yml").write_text(yaml.safe_dump(article), encoding="utf-8")
    (folder / "broken.yml").write_text(BROKEN, encoding="utf-8")
    (folder / "latin.yml").write_bytes(b"\xff\xfe\x00")


async def check(tree: Path) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *command(tree),
        "content",
        "check",
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "JIGI_SECRET_KEY": SECRET},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return process.returncode or 0, out.decode(), err.decode()


async def test_good_articles_pass_and_the_unsigned_are_listed(tree):
    status, out, err = await check(tree)
    assert (status, err) == (0, "")
    assert "Read and signed by nobody yet: violence_types, " in out
    assert "articles, nothing to mend." in out


async def test_each_mistake_stops_the_check_and_is_named_with_its_file(tree):
    spoil(tree)
    status, _, err = await check(tree)
    assert status == 1
    said = err.splitlines()
    for name, (_, sentence) in MISTAKES.items():
        assert [line for line in said if line.startswith(f"{name}.yml: ") and sentence in line]
    assert "broken.yml: not YAML" in said
    assert [line for line in said if line.startswith("latin.yml: ")]
    # Nothing else is wrong, but that so many stand on one screen.
    named = {line.partition(":")[0] for line in said}
    expected = {f"{name}.yml" for name in MISTAKES} | {"broken.yml", "latin.yml", "violence"}
    assert named == expected


async def test_the_running_bot_serves_the_others_and_reports_the_broken(tree, migrated_sqlite_url):
    await ready_database(migrated_sqlite_url)
    (tree / "guidance" / "content" / "myths.yml").write_text(BROKEN, encoding="utf-8")
    async with BotApi() as api:
        bot = BotProcess(api, migrated_sqlite_url, command=(*command(tree), "serve"))
        async with bot:
            awa = Somebody(api, 601)
            awa.says("/start a_xp5toy")
            await until(lambda: bool(awa.sees))
            awa.presses("Français")
            await until(lambda: "La santé d'abord" in (awa.screen.text or ""))
            awa.says("/start a_7c7wkc")  # the broken one
            await until(lambda: "n'est plus ici" in (awa.screen.text or ""))
            await bot.end()
    reported = [line for line in bot.log.splitlines() if "article_not_served" in line]
    assert ['"kind": "myths"' in line for line in reported] == [True]
