"""Pictures and documents really arrive: sheet, drawn bar and project list, over Telegram."""

import io

import pytest
from PIL import Image

from tests.bot_api.people import Somebody
from tests.bot_api.processes import BotProcess
from tests.bot_api.server import BotApi, until
from tests.process.jigi import JIGI, ready_database

pytestmark = pytest.mark.process


async def walk(person: Somebody, *steps: tuple[str, str]) -> None:
    """Press each button and wait for what its screen says."""
    for label, said in steps:
        person.presses(label)
        await until(lambda said=said: said in (person.screen.text or ""))


async def arrived(api: BotApi, count: int) -> list:
    await until(lambda: len(api.files) == count)
    return list(api.files.values())


async def test_a_bar_a_project_list_and_a_sheet_arrive(migrated_sqlite_url):
    await ready_database(migrated_sqlite_url)
    serve = {"command": (*JIGI, "serve"), "environment": {"JIGI_TELEGRAM_NAME": "a_bot"}}
    async with BotApi() as api, BotProcess(api, migrated_sqlite_url, **serve):
        awa = Somebody(api, 701)
        awa.says("/start")
        await until(lambda: bool(awa.sees))
        await walk(
            awa,
            ("Français", "Que voulez-vous faire"),
            ("⚖️ Droits et égalité", "Que voulez-vous savoir"),
            ("🧰 Outils", "Que voulez-vous faire"),
            ("📏 Vérifier une liste (30 %)", "Que voulez-vous vérifier"),
            ("🪑 Des nominations (article 1)", "Écrivez les nombres"),
        )
        awa.says("35 ministres dont 8 femmes")
        (bar,) = await arrived(api, 1)
        assert bar.name == "30.png"
        assert api.called("sendPhoto", chat_id=701)
        assert Image.open(io.BytesIO(bar.content)).format == "PNG"
        assert any("22,86 %" in (text or "") for text in awa.sees)

        awa.says("/menu")
        await until(lambda: "Touchez un bouton" in (awa.screen.text or ""))
        await walk(
            awa,
            ("⚖️ Droits et égalité", "Que voulez-vous savoir"),
            ("🧰 Outils", "Que voulez-vous faire"),
            ("📋 Vérifier un projet", "Dix questions"),
            ("▶️ Commencer", "1 sur 10"),
            *(("❌ Non", f"{number} sur 10") for number in range(2, 11)),
            ("❌ Non", "Ce qui manque"),
        )
        awa.presses("🖨️ En PDF")
        _, project = await arrived(api, 2)
        assert project.name == "projet.pdf"
        assert project.content.startswith(b"%PDF-")

        awa.says("/start a_xp5toy")
        await until(lambda: "La santé d'abord" in (awa.screen.text or ""))
        await walk(awa, ("📤 Partager", "https://t.me/a_bot?start=a_xp5toy"))
        awa.presses("🖨️ Une feuille à imprimer")
        *_, sheet = await arrived(api, 3)
        assert sheet.name == "a_xp5toy.pdf"
        assert sheet.content.startswith(b"%PDF-")
        assert len(api.called("sendDocument", chat_id=701)) == 2
        assert all(api.chats[701][number].silent for number in api.files)

        awa.says("quitter")
        await until(lambda: len(awa.sees) == 1)  # what was sent as a file goes too
