"""What the commands about gatherings and registrations have in common."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from bot import bootstrap
from bot.settings import Settings, SettingsError
from event_registration.desk import Desk
from event_registration.errors import (
    AlreadyCheckedInError,
    ClosedWindowError,
    InvalidAnswerError,
    NoPlaceLeftError,
    OfferExpiredError,
    RegistrationError,
    UnknownGatheringError,
    UnknownRegistrationError,
    WrongCodeError,
    WrongStateError,
)
from storage.store import open_store

COMMAND_LINE = "command line"  # the actor in the audit log where nobody is named

_SENTENCES: Mapping[type[RegistrationError], str] = {
    UnknownGatheringError: "there is no such gathering.",
    UnknownRegistrationError: "there is no such registration.",
    NoPlaceLeftError: "there are not enough free places.",
    OfferExpiredError: "the offer has passed.",
}
_CODES: Mapping[str, str] = {
    "check": "a sign of the code is mistyped.",
    "gathering": "the code is of another gathering.",
}


def at_desk[T](work: Callable[[Connection, Desk, datetime], T]) -> T:
    """Run `work` in one transaction; its errors become sentences.

    Raises:
        SettingsError: what was asked for can't be done; nothing was changed.
    """

    async def run() -> T:
        settings = Settings.read()
        await bootstrap.upgrade_database(settings)
        keys = bootstrap.demonstration_keyring(settings)
        desk, store = Desk(keys), open_store(settings.database, keys)
        try:
            return await store.write(work, desk, bootstrap.SystemClock().now())
        finally:
            await store.close()

    try:
        return asyncio.run(run())
    except RegistrationError as error:
        raise SettingsError(f"Nothing was changed: {_sentence(error)}") from None


def _sentence(error: RegistrationError) -> str:
    match error:
        case WrongCodeError(reason=reason):
            return _CODES.get(reason, "no registration has this code.")
        case AlreadyCheckedInError(at=at):
            return f"the delegation entered already, at {at:%d/%m/%Y %H:%M}."
        case WrongStateError(state=state):
            return f"the registration is {state.value}."
        case ClosedWindowError(reason=reason):
            return f"the gathering is {reason.replace('_', ' ')}."
        case InvalidAnswerError(field=field, reason=reason):
            return f"{field} is {reason.replace('_', ' ')}."
        case _:
            return _SENTENCES.get(type(error), "it can't be done.")
