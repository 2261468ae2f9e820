"""How the bot looks from outside (`jigi telegram setup`): name, picture, descriptions, commands.

Nothing here may tell what the bot is for: it stands in the list of chats for everybody to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InputProfilePhotoStatic

from bot.telegram.bot_api import BotApi


@dataclass(frozen=True, slots=True)
class Profile:
    """The words of one language.

    Attributes:
        language: its two letters, or "" for everybody whose language has no words of its own.
        name: at most 64 characters.
        description: shown before the first message, at most 512 characters.
        short_description: shown in the profile, at most 120 characters.
        commands: name and description of each.
    """

    language: str
    name: str
    description: str
    short_description: str
    commands: Sequence[tuple[str, str]]


_FRENCH_COMMANDS = (
    ("start", "Commencer"),
    ("menu", "Menu"),
    ("aide", "Aide"),
    ("langue", "Langue"),
    ("stop", "Quitter"),
    ("effacer", "Effacer"),
)
_BAMBARA_COMMANDS = (
    ("start", "Daminɛ"),
    ("menu", "Mɛnu"),
    ("aide", "Dɛmɛ"),
    ("langue", "Kan"),
    ("stop", "Ka bɔ"),
    ("effacer", "Ka jɔsi"),
)


def profiles(name: str) -> tuple[Profile, ...]:
    """Return the profile in every language Telegram can show it in.

    Telegram knows languages by two letters; Bambara has some (`bm`), though few clients ask.
    """
    return (
        Profile(
            "",
            name,
            "Infos pratiques. Appuyez sur « Démarrer ».",
            "Infos pratiques",
            _FRENCH_COMMANDS,
        ),
        Profile(
            "fr",
            name,
            "Infos pratiques. Appuyez sur « Démarrer ».",
            "Infos pratiques",
            _FRENCH_COMMANDS,
        ),
        Profile("bm", name, "Kunnafoniw. « Démarrer » digi.", "Kunnafoniw", _BAMBARA_COMMANDS),
    )


async def set_picture(api: BotApi, picture: bytes) -> None:
    """Set the bot's picture.

    Args:
        api: of the bot.
        picture: a JPEG.

    Raises:
        TelegramError: the Bot API refused; older servers know no such method.
    """
    await api.bot.set_my_profile_photo(InputProfilePhotoStatic(picture))


async def set_up_profile(api: BotApi, name: str) -> None:
    """Set name, descriptions and commands in every language.

    Raises:
        TelegramError: the Bot API refused.
    """
    for profile in profiles(name):
        language = {"language_code": profile.language}
        commands = [{"command": command, "description": said} for command, said in profile.commands]
        await api.call("setMyName", {"name": profile.name, **language})
        await api.call("setMyDescription", {"description": profile.description, **language})
        await api.call(
            "setMyShortDescription", {"short_description": profile.short_description, **language}
        )
        await api.call("setMyCommands", {"commands": commands, **language})
