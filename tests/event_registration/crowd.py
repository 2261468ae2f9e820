"""A process of its own in which many chats ask for a place at the same moment.

Run as a program: address of the database, number of the gathering, first chat, how many.
"""

import asyncio
import json
import os
import sys

from event_registration.desk import Desk
from event_registration.errors import RegistrationError
from storage.errors import StorageUnavailableError
from storage.keys import Keyring
from storage.store import open_store
from tests.event_registration.people import NOW, an_application


async def crowd(url: str, gathering_id: int, first: int, count: int) -> dict[int, str]:
    """Register `count` organisations at once; return in which state each is."""
    keyring = Keyring(os.environ["SECRET_OF_THE_TESTS"])
    desk, store = Desk(keyring), open_store(url, keyring)

    async def ask(number: int) -> tuple[int, str]:
        while True:
            try:
                made = await store.write(
                    desk.registrations.register,
                    gathering_id,
                    an_application(number),
                    number=number,
                    chat_id=number,
                    now=NOW,
                )
            except RegistrationError as error:
                return number, type(error).__name__
            except StorageUnavailableError:
                # More connections than the server has: as the bot does, again in a moment.
                await asyncio.sleep(0.2)
            else:
                return number, made.state.value

    await asyncio.to_thread(sys.stdin.readline)  # until everybody is there
    try:
        return dict(await asyncio.gather(*(ask(first + each) for each in range(count))))
    finally:
        await store.close()


if __name__ == "__main__":
    url, gathering_id, first, count = sys.argv[1:]
    print("ready", flush=True)  # noqa: T201  # the test reads it
    states = asyncio.run(crowd(url, int(gathering_id), int(first), int(count)))
    print(json.dumps(states), flush=True)  # noqa: T201  # the test reads it
