"""Pictures and documents in the browser chat: what the page gets, and what it makes of them."""

from base64 import b64decode, b64encode

import pytest
from playwright.async_api import expect

from bot.conversation.outgoing import SendFile, ShowScreen, Turn
from guidance.quota import Group
from guidance.quota_picture import HEIGHT, WIDTH, draw_bar
from guidance.sheets import ArticleSheet, Side, print_article
from tests.fakes.web_chat import ScriptedDriver
from tests.golden.conftest import conversation, demo_settings
from tests.web_chat.client import answer, page
from tests.web_chat.conftest import Open

MIDDLE = "c => [...c.getContext('2d').getImageData(c.width / 2, c.height / 2, 1, 1).data]"

__all__ = ["conversation", "demo_settings"]


async def press(client, shown, label):
    rows = shown["messages"][-1]["rows"]
    data = {button["label"]: button["data"] for row in rows for button in row}[label]
    return await answer(
        client, {"kind": "press", "data": data, "message_id": shown["messages"][-1]["id"]}
    )


async def test_a_sheet_and_a_bar_are_in_the_answer(conversation):
    async with page(conversation) as client:
        shown = await answer(client, {"kind": "command", "name": "start", "payload": "a_xp5toy"})
        for label in ("Français", "📤 Partager", "🖨️ Une feuille à imprimer"):
            shown = await press(client, shown, label)
        (sheet,) = shown["files"]
        assert sheet["name"] == "a_xp5toy.pdf"
        assert b64decode(sheet["content"]).startswith(b"%PDF-")

        shown = await answer(client, {"kind": "command", "name": "menu"})
        for label in (
            "⚖️ Droits et égalité",
            "🧰 Outils",
            "📏 Vérifier une liste (30 %)",
            "🪑 Des nominations (article 1)",
        ):
            shown = await press(client, shown, label)
        shown = await answer(client, {"kind": "text", "text": "35 ministres dont 8 femmes"})
        (bar,) = shown["files"]
        assert bar["is_picture"]
        assert b64decode(bar["content"]).startswith(b"\x89PNG")


@pytest.mark.browser
@pytest.mark.asyncio(loop_scope="module")
async def test_a_browser_draws_the_bar_and_hands_over_the_sheet(open_page: Open, tmp_path):
    bar = draw_bar(Group(27, 8))
    sheet = print_article(ArticleSheet((Side("Titre", ("Une page.",)),), "a"))
    files = (("30.png", bar, True), ("a_abc234.pdf", sheet, False))
    sent = tuple(SendFile(name, b64encode(made).decode(), shown) for name, made, shown in files)
    turn = Turn(b"state", (ShowScreen("Voici."), *sent))
    opened = await open_page(ScriptedDriver(lambda _incoming, _state: turn))
    picture = opened.locator(".item.bot canvas")
    await expect(picture).to_have_attribute("width", str(WIDTH))
    await expect(picture).to_have_attribute("height", str(HEIGHT))
    assert (await picture.evaluate(MIDDLE))[:3] == [143, 208, 181]  # the men's colour
    async with opened.expect_download() as waiting:
        await opened.get_by_text("a_abc234.pdf").click()
    download = await waiting.value
    assert download.suggested_filename == "a_abc234.pdf"
    kept = tmp_path / "sheet.pdf"
    await download.save_as(kept)
    assert kept.read_bytes() == sheet
