"""Leaving with the database down: by what the update itself and this process know."""

from collections import OrderedDict

from bot.conversation.erasing import farewell
from bot.conversation.events import Incoming
from bot.conversation.outgoing import DeleteMessages
from bot.conversation.surroundings import Surroundings

_REMEMBERED_UPDATES = 1_000


class StorelessLeave:
    """Leaves without the store.

    The update is not acknowledged, so the channel sends it again and the rest is deleted then.
    """

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._done: OrderedDict[int, None] = OrderedDict()

    async def leave(self, update_id: int, incoming: Incoming) -> None:
        """Answer an update that could not be stored, if it leaves; once per update."""
        if update_id in self._done or not self._around.leaves(incoming):
            return
        self._done[update_id] = None
        if len(self._done) > _REMEMBERED_UPDATES:
            self._done.popitem(last=False)
        around, chat_id = self._around, incoming.chat_id
        turn = await around.driver.respond(incoming, None, around.clock.now())
        for action in farewell(turn):
            await around.messenger.deliver(chat_id, action)
        ids = around.recent.of(chat_id)
        around.recent.forget(chat_id)
        if incoming.message_id is not None:
            ids.add(incoming.message_id)
        if ids:
            await around.messenger.deliver(chat_id, DeleteMessages(tuple(sorted(ids))))
        await around.messenger.deliver(chat_id, around.lines.leftover)
