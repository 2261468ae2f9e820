"""A process of its own that registers, waits, cancels, accepts and sends, until it is killed.

Run as a program: address of the database, number of the gathering, a file that stands for what
people receive, and `before` or `after` with the number of the commit at which the process dies.
Started again without, it goes on where it was, as the bot does with an update that is not done.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from event_registration.desk import Desk
from event_registration.messages import LEASE
from storage.keys import Keyring
from storage.store import Store, open_store
from tests.event_registration.people import NOW, an_application

AWA, OUMOU = 7_000_000_001, 7_000_000_002
SIZE = 5


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Story:
    """What happens, each line in a transaction of its own."""

    def __init__(self, store: Store, desk: Desk, inbox: Path, die_after: int) -> None:
        self._store, self._desk, self._inbox = store, desk, inbox
        self._left = die_after

    async def write(self, operation: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        result = await self._store.write(operation, *args, **kwargs)
        self._left -= 1
        if self._left == 0:
            _die()
        return result

    async def tell(self, gathering_id: int, *, is_again: bool) -> None:
        """Let one organisation register, another wait for it, the first cancel."""
        desk, now = self._desk, NOW
        mine = await self._store.read(desk.registrations.of_chat, AWA)
        if not mine:
            await self.write(desk.drafts.answer, AWA, {"organization": "Benkadi"}, now)
            await self.write(self._submit, gathering_id)
            mine = await self._store.read(desk.registrations.of_chat, AWA)
        await self.write(
            desk.registrations.register,
            gathering_id,
            an_application(2, women=SIZE),
            number=OUMOU,
            chat_id=OUMOU,
            now=now,
        )
        await self.write(desk.registrations.cancel, mine[0].id, chat_id=AWA, now=now)
        await self.write(desk.registrations.accept, OUMOU, chat_id=OUMOU, now=now)
        at = now + 2 * LEASE if is_again else now
        for message in await self.write(desk.messages.take, at, 50):
            with self._inbox.open("a") as received:
                received.write(f"{message.registration.id} {message.kind.value}\n")
            await self.write(desk.messages.mark_sent, message.id, at)

    def _submit(self, connection: Connection, gathering_id: int) -> None:
        draft = self._desk.drafts.load(connection, AWA, NOW)
        if draft is None:
            raise LookupError("the draft is gone")
        application = an_application(1, organization=str(draft.answers["organization"]), women=SIZE)
        self._desk.registrations.register(
            connection, gathering_id, application, number=draft.id, chat_id=AWA, now=NOW
        )
        self._desk.drafts.drop(connection, AWA)


async def main(url: str, gathering_id: int, inbox: Path, when: str, number: int) -> None:
    """Tell the story, to its end or to the commit at which it ends."""
    commits = 0

    def count(_connection: object) -> None:
        nonlocal commits
        commits += 1
        if when == "before" and commits == number:
            _die()

    keyring = Keyring(os.environ["SECRET_OF_THE_TESTS"])
    store = open_store(url, keyring)
    event.listen(Engine, "commit", count)
    story = Story(store, Desk(keyring), inbox, number if when == "after" else -1)
    await story.tell(gathering_id, is_again=when == "again")
    await store.close()


if __name__ == "__main__":
    address, gathering, file, moment, commit = sys.argv[1:]
    asyncio.run(main(address, int(gathering), Path(file), moment, int(commit)))
