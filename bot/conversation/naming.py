"""Names that sound like a cry: « SOS Villages d'enfants » where a name is asked for.

The crisis lexicon goes before every screen, and rightly so. But some words of alarm stand in the
names of associations. On a screen that asks for a name, and there alone, such a text is taken as
the answer, with the way to urgent help beside it. Everything else leaves the screen as always: in
doubt it is a cry.
"""

import re
from collections.abc import Callable

from flows.engine.definition import Screen

_ALARMS = re.compile(r"\bs\s*\.?\s*o\s*\.?\s*s\b\.?|\ben danger\b", re.IGNORECASE)
# Who speaks of oneself, in either language, gives no name; « n » alone is Bambara's « I ».
_ONESELF = re.compile(
    r"\b(je|j|me|m|moi|mon|ma|mes|nous|notre|nos|on|n|ne|nne|an|anw|aw|i)\b", re.IGNORECASE
)
_PLEAS = frozenset(
    {"aide", "aidez", "aider", "aidé", "secours", "vite", "urgent", "urgence", "plait", "plaît"}
    | {"maintenant", "police", "gendarmes", "ambulance", "viol", "violé", "violée", "violent"}
    | {"vient", "viens", "venez", "arrive", "arrivent", "tout", "suite", "help", "quelqu"}
    | {"dɛmɛ", "dème", "demɛ", "deme", "kisi", "sisan", "joona", "teliya"}
)
_SHORTEST = 4  # letters of a word that makes a name


def may_be_a_name(text: str, crisis: Callable[[str], str | None]) -> bool:
    """Return whether a text that alarms is rather a name than a cry.

    Args:
        text: what was typed, in which the lexicon sees a crisis.
        crisis: what the lexicon sees in a text.
    """
    rest = _ALARMS.sub(" ", text)
    if rest == text or crisis(rest) is not None or _ONESELF.search(rest):
        return False
    words = re.findall(r"\w+", rest.casefold())
    return any(len(word) >= _SHORTEST and word not in _PLEAS for word in words)


def sounds_alarming(text: str) -> bool:
    """Return whether a word of alarm stands in a text, whether the lexicon sees a crisis or not."""
    return _ALARMS.search(text) is not None


def asks_for_a_name(screen: Screen | None) -> bool:
    """Return whether the screen that waits asks for a name or a wish, to be typed."""
    return screen is not None and screen.names and screen.text_input is not None
