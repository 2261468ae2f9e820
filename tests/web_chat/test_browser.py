"""The page in a real browser, over the real conversation."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from bot.conversation.events import (
    ButtonPressed,
    CommandGiven,
    Incoming,
    TextArrived,
    VoiceArrived,
)
from bot.conversation.outgoing import Button, ShowScreen, Turn
from tests.fakes.web_chat import DISCLOSURE, FakeClock, ScriptedDriver, say, small_conversation
from tests.web_chat.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

SCREENS = ".item.bot"
STEPS = (
    ("Français", "Que voulez-vous faire"),
    ("Trouver de l'aide", "De quoi avez-vous besoin"),
    ("Des soins", "Où chercher"),
)
FOCUSED = "document.activeElement.textContent"


async def press(page: Page, words: str) -> None:
    await page.locator(".key", has_text=words).last.click()


async def write(page: Page, text: str) -> None:
    await page.fill("#field", text)
    await page.keyboard.press("Enter")


async def expect_only_the_neutral_message(page: Page) -> None:
    await expect(page.locator(".again")).to_be_visible()
    for hidden in (".top", ".banner", ".composer", ".key", ".own"):
        assert await page.locator(hidden).filter(visible=True).count() == 0
    assert await page.locator(SCREENS).count() == 1
    words = await page.locator("body").inner_text()
    assert words.strip() == (await page.locator(".bubble").inner_text()).strip()
    assert words.strip()


async def test_a_person_presses_through_the_screens_which_change_in_place(open_page: Open):
    page = await open_page(small_conversation())
    await press(page, "Français")
    await expect(page.locator(SCREENS)).to_contain_text("Que voulez-vous faire")
    await press(page, "Trouver de l'aide")
    await expect(page.locator(SCREENS)).to_contain_text("De quoi avez-vous besoin")
    await press(page, "Des soins")
    await expect(page.locator(SCREENS)).to_contain_text("Où chercher")
    await press(page, "Mopti")
    await press(page, "Centre d'essai 1")
    await expect(page.locator(SCREENS)).to_contain_text("Ouvert en ce moment")
    assert await page.locator(SCREENS).count() == 1
    call = page.locator(".bubble a")
    assert await call.get_attribute("href") == "tel:+22300000000"
    await press(page, "Voir sur la carte")
    await expect(page.locator(".place")).to_contain_text("Mopti, près du fleuve")
    link = page.locator(".place a")
    assert (await link.get_attribute("href") or "").startswith("geo:14.48430,-4.18300")


async def test_what_a_person_types_stands_as_their_message_and_shows_that_it_goes(open_page: Open):
    page = await open_page(small_conversation())
    await press(page, "Français")
    await write(page, DISCLOSURE)
    own = page.locator(".item.own")
    await expect(own).to_contain_text(DISCLOSURE)
    await expect(own).to_have_class("item own going")
    await expect(page.locator(SCREENS).last).to_contain_text("Je vous crois")
    assert await page.input_value("#field") == ""


async def test_the_own_message_is_gone_when_its_time_is_over(open_page: Open):
    driver = ScriptedDriver(lambda *_: say("reçu", delete_own_after_seconds=1))
    page = await open_page(driver)
    await write(page, "à effacer")
    await expect(page.locator(".own")).to_have_count(1)
    await expect(page.locator(".own")).to_have_count(0)
    driver.respond_by = lambda *_: say("reçu", delete_own_now=True)
    await write(page, "tout de suite")
    await expect(page.locator(SCREENS)).to_have_count(3)
    await expect(page.locator(".own")).to_have_count(0)


async def test_the_leave_button_wipes_the_page(open_page: Open):
    page = await open_page(small_conversation())
    await press(page, "Français")
    await write(page, DISCLOSURE)
    await page.fill("#field", "encore un mot")
    await page.evaluate("history.replaceState({a: 1}, '', '/?jif#ici')")
    before = await page.evaluate("history.length")
    await page.click("#leave")
    await expect_only_the_neutral_message(page)
    assert DISCLOSURE not in await page.content()
    assert await page.input_value("#field") == ""
    assert await page.evaluate("history.length") == before
    assert await page.evaluate("[history.state, location.search + location.hash]") == [None, ""]
    assert await page.title() == "Messages"


@pytest.mark.parametrize("how", ["press", "word"])
async def test_leaving_inside_the_chat_wipes_the_page_too(open_page: Open, how: str):
    page = await open_page(small_conversation())
    await press(page, "Français")
    await write(page, DISCLOSURE)
    await expect(page.locator(SCREENS)).to_have_count(2)
    if how == "press":
        await press(page, "Quitter")
    else:
        await write(page, "Quitter")
    await expect_only_the_neutral_message(page)
    assert DISCLOSURE not in await page.content()


async def test_escape_twice_leaves_and_once_does_not(open_page: Open):
    page = await open_page(small_conversation())
    await page.focus("#field")
    await page.keyboard.press("Escape")
    await expect(page.locator("#leave")).to_be_visible()
    assert await page.locator(".again").count() == 0
    await page.keyboard.press("Escape")
    await expect_only_the_neutral_message(page)


async def test_leaving_does_not_wait_for_a_network(open_page: Open):
    page = await open_page(small_conversation())
    await press(page, "Français")
    await page.context.set_offline(offline=True)
    await page.click("#leave")
    await expect_only_the_neutral_message(page)


async def test_leaving_does_not_wait_for_an_answer_under_way(open_page: Open):
    driver = ScriptedDriver()
    page = await open_page(driver)
    driver.gate = asyncio.Event()
    await write(page, DISCLOSURE)
    await expect(page.locator("#typing")).to_be_visible()
    await page.click("#leave")
    assert DISCLOSURE not in await page.content()
    await expect_only_the_neutral_message(page)
    driver.respond_by = lambda *_: say("trop tard", None, erase=True)
    driver.gate.set()
    await page.wait_for_timeout(200)
    await expect_only_the_neutral_message(page)


async def test_a_reload_keeps_nothing_and_tells_the_server_to_forget(open_page: Open):
    driver = ScriptedDriver(lambda *_: say("Bonjour."))
    page = await open_page(driver)
    await write(page, DISCLOSURE)
    await expect(page.locator(SCREENS)).to_have_count(2)
    await page.fill("#field", "à moitié écrit")
    await page.reload()
    await expect(page.locator(SCREENS)).to_have_count(1)
    assert DISCLOSURE not in await page.content()
    assert await page.input_value("#field") == ""
    kept = "[localStorage.length, sessionStorage.length, document.cookie]"
    assert await page.evaluate(kept) == [0, 0, ""]
    said = [incoming.event for incoming, _ in driver.asked]
    assert said.count(CommandGiven("start")) == 2
    assert CommandGiven("stop") in said
    assert len({incoming.chat_id for incoming, _ in driver.asked}) == 2


async def test_everything_can_be_done_by_keyboard(open_page: Open):
    page = await open_page(small_conversation())
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.id") == "leave"
    await page.keyboard.press("Tab")
    assert await page.evaluate(FOCUSED) == "Français"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert await page.evaluate(outline) == "solid"
    await page.keyboard.press("Enter")
    await expect(page.locator(SCREENS)).to_contain_text("Que voulez-vous faire")
    await expect(page.locator(".key:focus")).to_contain_text("Urgence")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(page.locator(SCREENS)).to_contain_text("De quoi avez-vous besoin")
    # With the notice the screen is taller than the phone: it takes the focus, so that it is read.
    await expect(page.locator("*:focus")).to_contain_text("De quoi avez-vous besoin")
    await page.keyboard.type(DISCLOSURE)
    assert await page.input_value("#field") == DISCLOSURE
    await page.keyboard.press("Enter")
    await expect(page.locator(SCREENS)).to_have_count(2)
    # Taller than the phone: the screen itself has the focus, its first button is one key away.
    await expect(page.locator(".item:focus")).to_contain_text("Je vous crois")
    await page.keyboard.press("Tab")
    await expect(page.locator(".key:focus")).to_contain_text("Kayes")
    await expect(page.locator(".key:focus")).to_be_in_viewport()


async def test_a_key_held_down_presses_no_button_of_the_next_screen(open_page: Open):
    driver = ScriptedDriver(lambda *_: Turn(b"s", (ShowScreen("?", ((Button("oui", "x"),),)),)))
    page = await open_page(driver)
    await page.focus("#field")
    await page.keyboard.type("un")
    await page.keyboard.down("Enter")
    await expect(page.locator(".key:focus")).to_have_count(1)
    await page.keyboard.down("Enter")
    await page.keyboard.down("Enter")
    await page.keyboard.up("Enter")
    await expect(page.locator(SCREENS)).to_have_count(2)
    assert ButtonPressed("x") not in [incoming.event for incoming, _ in driver.asked]


async def test_the_focus_stays_with_who_is_writing(open_page: Open):
    driver = ScriptedDriver(lambda *_: Turn(b"s", (ShowScreen("?", ((Button("oui", "x"),),)),)))
    page = await open_page(driver)
    driver.gate = asyncio.Event()
    await write(page, "un")
    await page.keyboard.type("deux, pas fini")
    driver.gate.set()
    await expect(page.locator(SCREENS)).to_have_count(2)
    assert await page.evaluate("document.activeElement.id") == "field"
    assert await page.input_value("#field") == "deux, pas fini"


@pytest.mark.parametrize("width", [320, 360, 1280])
async def test_no_screen_scrolls_sideways(open_page: Open, width: int):
    page = await open_page(small_conversation(), viewport={"width": width, "height": 740})
    overflow = "[document.documentElement, document.getElementById('talk')]"
    overflow += ".map(each => each.scrollWidth - each.clientWidth)"
    for words, next_words in STEPS:
        await press(page, words)
        await expect(page.locator(SCREENS)).to_contain_text(next_words)
        assert await page.evaluate(overflow) == [0, 0]
    await write(page, "m" * 400)
    assert await page.evaluate(overflow) == [0, 0]
    sizes = "[...document.querySelectorAll('button')].filter(b => b.offsetParent)"
    sizes += ".map(b => Math.min(b.offsetHeight, b.offsetWidth))"
    assert min(await page.evaluate(sizes)) >= 44


async def test_waiting_is_shown_and_ends(open_page: Open):
    driver = ScriptedDriver()
    page = await open_page(driver)
    await expect(page.locator("#typing")).to_be_hidden()
    driver.gate = asyncio.Event()
    await write(page, "un")
    await expect(page.locator("#typing")).to_be_visible()
    driver.gate.set()
    await expect(page.locator(SCREENS)).to_have_count(2)
    await expect(page.locator("#typing")).to_be_hidden()


async def test_a_voice_note_is_sent_as_one_and_records_nothing(open_page: Open):
    driver = ScriptedDriver()
    page = await open_page(driver)
    await page.click("#voice")
    await expect(page.locator(".own")).to_contain_text("Message vocal")
    await expect(page.locator(SCREENS)).to_have_count(2)
    assert driver.asked[-1][0].event == VoiceArrived()


async def test_without_a_network_a_sentence_in_both_languages_and_a_retry(open_page: Open):
    driver = ScriptedDriver()
    page = await open_page(driver)
    await page.context.set_offline(offline=True)
    await write(page, "un")
    trouble = page.locator(".trouble")
    await expect(trouble).to_contain_text("Pas de réseau")
    await expect(trouble.locator("[lang=bm]")).to_contain_text("Ɛntɛrinɛti tɛ yen")
    await trouble.locator("button").click()
    await expect(page.locator(".trouble")).to_contain_text("Pas de réseau")
    assert TextArrived("un") not in [incoming.event for incoming, _ in driver.asked]
    await page.context.set_offline(offline=False)
    await expect(page.locator(".trouble")).to_have_count(0)
    await expect(page.locator(SCREENS)).to_have_count(2)
    assert [incoming.event for incoming, _ in driver.asked].count(TextArrived("un")) == 1


async def test_a_fault_of_the_server_is_told_and_can_be_tried_again(open_page: Open):
    driver = ScriptedDriver()
    page = await open_page(driver)

    def fail(*_: object) -> Turn:
        raise ValueError

    driver.respond_by = fail
    await write(page, "un")
    await expect(page.locator(".trouble")).to_contain_text("Un problème est arrivé")
    driver.respond_by = lambda *_: say("Voilà.")
    await page.click(".trouble button")
    await expect(page.locator(SCREENS).last).to_contain_text("Voilà.")
    await expect(page.locator(".trouble")).to_have_count(0)


async def test_the_page_leaves_by_itself_when_nobody_does_anything(open_page: Open):
    driver = ScriptedDriver(lambda *_: say("Bonjour.", lifetime_seconds=1))
    page = await open_page(driver)
    await expect_only_the_neutral_message(page)
    assert driver.asked[-1][0].event == CommandGiven("stop")


async def test_an_old_screen_changes_no_message_of_a_new_conversation(open_page: Open):
    keys = ((Button("oui", "x"),),)

    def edit(incoming: Incoming, _: bytes | None) -> Turn:
        is_press = isinstance(incoming.event, ButtonPressed)
        edited = incoming.message_id if is_press else None
        return Turn(b"s", (ShowScreen(f"écran {incoming.chat_id}", keys, edited),))

    driver, clock = ScriptedDriver(edit), FakeClock()
    page = await open_page(driver, clock)
    clock.forward(hours=1)
    await write(page, "un")
    await expect(page.locator(SCREENS)).to_have_count(2)
    # Both conversations count their messages from one: the old screen's number is taken again.
    await page.locator(".key").first.click()
    await expect(page.locator(SCREENS)).to_have_count(3)
    assert driver.asked[-1][0].message_id is None
    await page.locator(".key").last.click()
    await expect(page.locator(".key.waits")).to_have_count(0)
    assert driver.asked[-1][0].message_id is not None
    await expect(page.locator(SCREENS)).to_have_count(3)


async def test_numbers_can_be_called_and_other_figures_cannot(open_page: Open):
    driver = ScriptedDriver(
        lambda *_: say("📞 18 : secours\n📞 +223 00 11 22 33\n72 h, 48 messages")
    )
    page = await open_page(driver)
    links = await page.locator(".bubble a").evaluate_all("all => all.map(each => each.href)")
    assert links == ["tel:18", "tel:+22300112233"]


async def test_what_arrives_is_text_and_never_markup(open_page: Open):
    driver = ScriptedDriver(lambda *_: say("<img src=x onerror=alert(1)><b>gras</b>"))
    page = await open_page(driver)
    await expect(page.locator(".bubble")).to_contain_text("<b>gras</b>")
    assert await page.locator(".log img, .log b").count() == 0
