"""A registration in each language through the running bot: from the first message to the ticket."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.bot_api.people import Somebody
from tests.bot_api.processes import ROOT, SECRET, BotProcess
from tests.bot_api.server import BotApi, until
from tests.event_registration.test_conversation import ANSWERS

pytestmark = pytest.mark.process

JIGI = (sys.executable, "-c", "from bot.cli import main; main()")
CODE = "code-of-the-demonstration"
AWA = 7_000_000_001
SHARED = {"fr": "📲 Ou envoyez le numéro", "bm": "📲 Walima nin telefɔni nimɔrɔ ci"}


async def _jigi(database_url: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *JIGI,
        *arguments,
        cwd=ROOT,
        env={**os.environ, "JIGI_DATABASE_URL": database_url, "JIGI_SECRET_KEY": SECRET},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()


class Registrant:
    """Answers what the screen asks, by what the buttons carry: the same in both languages."""

    def __init__(self, api: BotApi) -> None:
        self.somebody = Somebody(api, AWA)

    @property
    def choices(self) -> dict[str, str]:
        """Step and choice of each button that is seen, with its whole data."""
        found = {}
        for message in self.somebody.api.visible(AWA):
            for data in message.data.values():
                _, flow, step, choice = data.split(":")
                found[f"{flow}:{step}:{choice}"] = data
        return found

    async def tap(self, choice: str) -> None:
        await until(lambda: choice in self.choices)
        data = self.choices[choice]
        (screen,) = [
            message for message in self.somebody.api.visible(AWA) if data in message.data.values()
        ]
        before = self._state()
        self.somebody.presses_data(data, screen)
        await until(lambda: self._state() != before)

    async def write(self, text: str) -> None:
        before = self._state()
        self.somebody.says(text)
        await until(lambda: self._state() != before)

    @property
    def has_key(self) -> bool:
        """Whether the key that shares the phone's number stands under the chat."""
        return any(one.fixed_by_keyboard for one in self.somebody.api.visible(AWA))

    async def share_number(self) -> None:
        """Press the key that shares the phone's own number."""
        contact = {"phone_number": "22376123456", "first_name": "Awa", "user_id": AWA}
        self.somebody.sends(contact=contact)
        await until(lambda: not self.has_key)

    def _state(self) -> list[Any]:
        seen = [one for one in self.somebody.api.visible(AWA) if one.from_bot]
        return [(one.message_id, one.text, tuple(one.data.values())) for one in seen]


@pytest.mark.parametrize("language", ["fr", "bm"])
async def test_a_registration_from_the_first_message_to_the_ticket(
    migrated_sqlite_url: str, language: str
) -> None:
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)  # noqa: TID251  # the bot is a real process with the real clock
    day = starts.replace(tzinfo=None).isoformat()
    ends = (starts + timedelta(hours=8)).replace(tzinfo=None).isoformat()
    await _jigi(migrated_sqlite_url, "directory", "load")
    await _jigi(
        migrated_sqlite_url, "gatherings", "add", "JIF27", "Journée de la femme", "--kind", "jif",
        "--starts", day, "--ends", ends, "--venue", "Palais de la culture", "--places", "50",
    )  # fmt: skip
    async with BotApi() as api:
        environment = {"JIGI_DEMO_CODE": CODE}
        bot = BotProcess(
            api, migrated_sqlite_url, command=(*JIGI, "serve", "--demo"), environment=environment
        )
        async with bot:
            person = Registrant(api)
            await person.write(f"/start {CODE}")
            await person.tap(f"welcome:language:{language}")
            await person.write("/start jif")
            await person.tap("gatherings:which:register")
            await _answer_all(person, language)
            await person.tap("gathering_registration:summary:confirm")
            await until(lambda: _pictures(api) == 1, seconds=30)
        seen = "\n".join(text for text in api.texts(AWA) if text)
        assert "JIF27-" in seen
        assert SHARED[language] in seen
        # A shared contact is a message without a text: it went from the chat at once.
        assert all(one.from_bot or one.text is not None for one in api.visible(AWA))
        await bot.end(signal.SIGKILL)
    assert "Musow Jɛkulu" in await _jigi(migrated_sqlite_url, "registrations", "list", "JIF27")
    assert "Musow" not in bot.log


def _pictures(api: BotApi) -> int:
    return len([one for one in api.visible(AWA) if "photo" in one.extra])


async def _answer_all(person: Registrant, language: str) -> None:
    for step, given in {**ANSWERS, "language": language}.items():
        if step == "recommendations":
            continue
        if step == "phone":
            await until(lambda: person.has_key)
        if step == "phone" and language == "fr":
            await person.share_number()
        elif given.startswith("'"):
            await person.write(given[1:])
        else:
            await person.tap(f"gathering_registration:{step}:{given}")
        if step == "phone":
            await until(lambda: not person.has_key)
