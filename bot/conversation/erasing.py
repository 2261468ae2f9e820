"""Leaving: what it sends, and what is kept in mind for it."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import replace

from bot.conversation.outgoing import Action, ShowScreen, Turn

_CHATS = 2_000
_MESSAGES_PER_CHAT = 100


class RecentMessages:
    """The last messages of the last chats, in memory alone: ids, no content.

    They are what can still be deleted while the database gives no answer.
    """

    def __init__(self) -> None:
        self._chats: OrderedDict[int, deque[int]] = OrderedDict()

    def note(self, chat_id: int, message_ids: Iterable[int]) -> None:
        """Remember these messages of a chat."""
        known = self._chats.get(chat_id)
        if known is None:
            known = self._chats[chat_id] = deque(maxlen=_MESSAGES_PER_CHAT)
            if len(self._chats) > _CHATS:
                self._chats.popitem(last=False)
        known.extend(message_ids)

    def of(self, chat_id: int) -> set[int]:
        """Return what is known of a chat."""
        return set(self._chats.get(chat_id, ()))

    def forget(self, chat_id: int) -> None:
        """Forget a chat: its messages are on their way to be deleted."""
        self._chats.pop(chat_id, None)


def farewell(turn: Turn) -> tuple[Action, ...]:
    """Return what a leaving turn sends: the neutral message first, as a message of its own.

    It must not be an edit: everything that stood in the chat before is deleted after it.
    """
    screens = [replace(one, edit=None) for one in turn.actions if isinstance(one, ShowScreen)]
    others = [one for one in turn.actions if not isinstance(one, ShowScreen)]
    return (*screens, *others)
