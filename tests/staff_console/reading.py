"""What people would read on a page: no code of ours, no date of a computer, no word cut in two."""

import re
from collections.abc import Iterable

from playwright.async_api import Page
from sqlalchemy import Connection, select

from referral_directory.labels import VALUE_LABELS
from referral_directory.models import Organization, Phone, Place, Service
from referral_directory.spelling import plain
from staff_console.wording import WORDS

SHORTEST = 4
"""Shorter codes are words of every language: « no », « due »."""

LONGEST_WORD = 20
"""Longer ones may be cut: nobody can set a name of 200 letters in one line of a phone."""

_VISIBLE = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const around = node.parentElement;
    // An id that is set as one is meant to be found; what is typed in is the typer's.
    if (around.closest("code, textarea, script, noscript, .aloud, [lang=bm]")) continue;
    const shown = around.closest("option") || around.checkVisibility({ visibilityProperty: true });
    if (shown && node.textContent.trim()) seen.push(node.textContent.trim());
  }
  return seen;
}"""

_BROKEN = """(longest) => {
  const broken = [], range = document.createRange();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("option")) continue;
    for (const word of node.textContent.matchAll(/[^\\s\\-/·]+/gu)) {
      if (word[0].length > longest || /[@_:.]/.test(word[0].slice(0, -1))) continue;
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.bottom)));
      if (lines.size > 1) broken.push(word[0]);
    }
  }
  return broken;
}"""

_NO_CODES = re.compile(r"\{[^}]*\}|\S+@\S+|https?://\S+")
_COMPUTERS = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b|\b[a-z]+(?:_[a-z]+)+\b|\b[a-z]+:[a-z_]+\b")


def codes_of(connection: Connection) -> frozenset[str]:
    """Every code that a page must not show: ids of the directory, and coded values."""
    ids = {
        str(slug)
        for model in (Organization, Service, Phone, Place)
        for slug in connection.execute(select(model.slug)).scalars()
        if "-" in slug or model is Place
    }
    words = [*WORDS.values(), *VALUE_LABELS.values()]
    coded = {
        code
        for each in words
        for code, word in each.items()
        if plain(code) not in plain(word) and "_" not in code
    }
    french = {plain(word) for each in words for word in each.values()}
    return frozenset(one for one in ids | coded - french if len(one) >= SHORTEST)


def codes_in(text: str, codes: Iterable[str]) -> list[str]:
    """The codes, dates and names of columns that stand in a text."""
    said = _NO_CODES.sub(" ", text)
    words = set(re.findall(r"(?<![\w.-])[\w-]+(?![\w-])", said))
    return sorted({*words.intersection(codes), *_COMPUTERS.findall(said)})


async def unreadable_on(page: Page, codes: Iterable[str]) -> list[str]:
    """What on a page is no French word, and which words are cut in two."""
    texts = await page.evaluate(_VISIBLE)
    broken = await page.evaluate(_BROKEN, LONGEST_WORD)
    found = {code for text in texts for code in codes_in(text, codes)}
    return [*(f"code: {code}" for code in sorted(found)), *(f"cut: {word}" for word in broken)]
