"""Leaving with the database down: by what the update itself and this process know."""

from collections import OrderedDict

from bot.conversation.erasing import farewell
from bot.conversation.events import Incoming
from bot.conversation.outgoing import Action, DeleteMessages
from bot.conversation.ports import Deferred
from bot.conversation.surroundings import Surroundings

_REMEMBERED_UPDATES = 1_000


class StorelessLeave:
    """Leaves without the store.

    The update is not acknowledged, so the channel sends it again and the rest is deleted then.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        # Of each update what is still to be carried out.
        self._parts: OrderedDict[int, list[Action]] = OrderedDict()

    async def leave(self, update_id: int, incoming: Incoming) -> None:
        """Answer an update that could not be stored, if it leaves; each part of it once.

        What the channel puts off is tried again when the update comes again.
        """
        around, chat_id = self._around, incoming.chat_id
        if not around.leaves(incoming):
            return
        parts = self._parts.get(update_id)
        if parts is None:
            turn = await around.driver.respond(incoming, None, around.clock.now())
            ids = around.recent.of(chat_id)
            around.recent.forget(chat_id)
            if incoming.message_id is not None:
                ids.add(incoming.message_id)
            parts = [*farewell(turn)]
            parts += [DeleteMessages(tuple(sorted(ids)))] if ids else []
            parts.append(around.lines.leftover)
        self._parts[update_id] = []
        if len(self._parts) > _REMEMBERED_UPDATES:
            self._parts.popitem(last=False)
        for action in parts:
            ended = await around.messenger.deliver(chat_id, action)
            if isinstance(ended, Deferred):
                self._parts[update_id].append(action)
