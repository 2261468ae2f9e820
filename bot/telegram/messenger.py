"""Actions of the conversation as Bot API calls, and every way they can end."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any, override

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.conversation.outgoing import (
    Action,
    AnswerPress,
    AskContact,
    DeleteMessages,
    LeaveChat,
    SendFile,
    SendPin,
    ShowScreen,
)
from bot.conversation.ports import (
    Deferred,
    Delivered,
    Delivery,
    Messenger,
    Refused,
    Unreachable,
)
from bot.telegram.bot_api import BotApi
from bot.telegram.limiter import SendingLimiter
from bot.telegram.transport import NotSentError, ServerFaultError, TooManyCallsError, UnclearError

DELETE_BATCH = 100
_RETRY_SECONDS = (0.3, 1.0)
_DEFER_SECONDS = 3.0
_WRONG_TOKEN_SECONDS = 30.0
_NO_PREVIEW = {"is_disabled": True}
_GONE_CHATS = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated")


class _EndedError(Exception):
    """How a delivery ended, thrown past the calls that would have followed."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(type(delivery).__name__)
        self.delivery = delivery


class TelegramMessenger(Messenger):
    """Carries actions to Telegram chats.

    Args:
        api: the Bot API.
        limiter: makes messages wait for their turn.
        voice: returns the recording behind a voice key, or `None` where there is none.
        sleep: waits between two tries.
    """

    def __init__(
        self,
        api: BotApi,
        limiter: SendingLimiter,
        *,
        voice: Callable[[str], bytes | None] = lambda _key: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._limiter = limiter
        self._voice = voice
        self._sleep = sleep

    @override
    async def deliver(
        self, chat_id: int, action: Action, *, may_have_arrived: bool = False
    ) -> Delivery:
        held = self._limiter.held_seconds(chat_id)
        if held > 0 and isinstance(action, ShowScreen | SendPin | SendFile | AskContact):
            return Deferred(held, may_have_arrived)
        try:
            delivered = await self._carry_out(chat_id, action, tried=may_have_arrived)
        except _EndedError as ended:
            return ended.delivery
        return Delivered(delivered)

    async def _carry_out(self, chat_id: int, action: Action, *, tried: bool) -> tuple[int, ...]:
        match action:
            case ShowScreen():
                return await self._show(chat_id, action, tried=tried)
            case SendPin():
                return await self._pin(chat_id, action, tried=tried)
            case SendFile():
                return await self._file(chat_id, action, tried=tried)
            case AskContact():
                return await self._ask_contact(chat_id, action, tried=tried)
            case AnswerPress():
                await self._answer(action)
            case DeleteMessages():
                await self._delete(chat_id, action.message_ids)
            case LeaveChat():
                await self._leave(chat_id)
        return ()

    async def _show(self, chat_id: int, screen: ShowScreen, *, tried: bool) -> tuple[int, ...]:
        fields: dict[str, Any] = {
            "chat_id": chat_id,
            "text": screen.text,
            "link_preview_options": _NO_PREVIEW,
        }
        if screen.rows:
            fields["reply_markup"] = {"inline_keyboard": _keyboard(screen)}
        sent: tuple[int, ...] = ()
        recording = None if screen.voice is None else self._voice(screen.voice)
        if recording is not None:
            sent = await self._say(chat_id, recording, tried=tried)
        elif screen.edit is not None and await self._edit(chat_id, screen.edit, fields):
            return ()
        if screen.protect:
            fields["protect_content"] = True
        return sent + await self._send("sendMessage", chat_id, fields, tried=tried)

    async def _send(
        self, method: str, chat_id: int, fields: dict[str, Any], *, tried: bool
    ) -> tuple[int, ...]:
        fields = {**fields, "disable_notification": True}
        await self._limiter.message(chat_id)
        message = await self._once(chat_id, lambda: self._api.call(method, fields), tried=tried)
        return (int(message["message_id"]),)

    async def _say(self, chat_id: int, recording: bytes, *, tried: bool) -> tuple[int, ...]:
        async def send() -> int:
            message = await self._api.bot.send_voice(chat_id, recording, disable_notification=True)
            return message.message_id

        await self._limiter.message(chat_id)
        return (await self._once(chat_id, send, tried=tried),)

    async def _edit(self, chat_id: int, message_id: int, fields: dict[str, Any]) -> bool:
        """Change the message; `False` when it can't be changed and a new one is needed."""
        changed = {**fields, "message_id": message_id}

        async def edit() -> bool:
            try:
                await self._api.call("editMessageText", changed)
            except BadRequest as error:
                if _is_gone(error):
                    raise
                return "not modified" in error.message.lower()
            return True

        await self._limiter.message(chat_id)
        return await self._repeatedly(chat_id, edit)

    async def _pin(self, chat_id: int, pin: SendPin, *, tried: bool) -> tuple[int, ...]:
        return await self._send(
            "sendVenue", chat_id, {"chat_id": chat_id, **asdict(pin)}, tried=tried
        )

    async def _file(self, chat_id: int, file: SendFile, *, tried: bool) -> tuple[int, ...]:
        content = b64decode(file.content)

        async def send() -> int:
            bot = self._api.bot
            send_it = bot.send_photo if file.is_picture else bot.send_document
            message = await send_it(chat_id, content, filename=file.name, disable_notification=True)
            return message.message_id

        await self._limiter.message(chat_id)
        return (await self._once(chat_id, send, tried=tried),)

    async def _ask_contact(
        self, chat_id: int, asked: AskContact, *, tried: bool
    ) -> tuple[int, ...]:
        # Telegram edits no message that brought a keyboard, and takes the keyboard away with it.
        key = {"text": asked.label, "request_contact": True}
        keyboard = {"keyboard": [[key]], "resize_keyboard": True, "one_time_keyboard": True}
        fields = {"chat_id": chat_id, "text": asked.text, "reply_markup": keyboard}
        return await self._send("sendMessage", chat_id, fields, tried=tried)

    async def _answer(self, press: AnswerPress) -> None:
        """Stop the button's spinning. Worth one more try, never worth holding a chat."""
        for _ in range(2):
            try:
                await self._api.call("answerCallbackQuery", {"callback_query_id": press.press_id})
            except BadRequest:
                return  # too old: the client gave up spinning by itself
            except TooManyCallsError:
                raise _EndedError(Refused("too_many_calls")) from None
            except TelegramError:
                continue
            return
        raise _EndedError(Refused("press_unanswered"))

    async def _delete(self, chat_id: int, message_ids: Sequence[int]) -> None:
        for batch in _batches(sorted(set(message_ids), reverse=True)):
            await self._delete_batch(chat_id, batch)

    async def _delete_batch(self, chat_id: int, batch: Sequence[int]) -> None:
        fields = {"chat_id": chat_id, "message_ids": list(batch)}

        async def delete() -> bool:
            try:
                await self._api.call("deleteMessages", fields)
            except BadRequest as error:
                if _is_gone(error):
                    raise
                return False
            return True

        if await self._repeatedly(chat_id, delete) or len(batch) == 1:
            return
        # One message past its 48 hours fails the whole call: the others still go.
        middle = len(batch) // 2
        await self._delete_batch(chat_id, batch[:middle])
        await self._delete_batch(chat_id, batch[middle:])

    async def _leave(self, chat_id: int) -> None:
        async def leave() -> None:
            with suppress(BadRequest, Forbidden):  # not in there any more
                await self._api.call("leaveChat", {"chat_id": chat_id})

        await self._repeatedly(chat_id, leave)

    async def _once[T](
        self,
        chat_id: int,
        call: Callable[[], Awaitable[T]],
        *,
        tried: bool,
    ) -> T:
        """Make a call that must not have its effect more than twice, whatever happens.

        The Bot API knows no key against repetition: after a connection that broke on the way,
        one more try is made, since a message too many is better than none; never a third.
        """
        for wait in (*_RETRY_SECONDS, None):
            try:
                return await call()
            except (UnclearError, TimedOut):
                if tried:
                    raise _EndedError(Refused("unclear")) from None
                tried = True
            except (NotSentError, ServerFaultError):
                pass
            except TooManyCallsError as error:
                self._limiter.hold(chat_id, error.seconds)
                raise _EndedError(Deferred(error.seconds, tried)) from None
            except TelegramError as error:
                raise _EndedError(self._ending(chat_id, error)) from None
            if wait is not None:
                await self._sleep(wait)
        raise _EndedError(Deferred(_DEFER_SECONDS, tried))

    async def _repeatedly[T](self, chat_id: int, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that may be repeated without harm."""
        for wait in (*_RETRY_SECONDS, None):
            try:
                return await call()
            except (BadRequest, ChatMigrated, Forbidden) as error:
                raise _EndedError(self._ending(chat_id, error)) from None
            except NetworkError:
                if wait is not None:
                    await self._sleep(wait)
            except TelegramError as error:
                raise _EndedError(self._ending(chat_id, error)) from None
        raise _EndedError(Deferred(_DEFER_SECONDS))

    def _ending(self, chat_id: int, error: TelegramError) -> Delivery:
        match error:
            case TooManyCallsError():
                self._limiter.hold(chat_id, error.seconds)
                return Deferred(error.seconds)
            case Forbidden() | ChatMigrated():
                return Unreachable()
            case BadRequest() if _is_gone(error):
                return Unreachable()
            case InvalidToken():
                return Deferred(_WRONG_TOKEN_SECONDS)
            case _:
                return Refused(type(error).__name__)


def _is_gone(error: BadRequest) -> bool:
    said = error.message.lower()
    return any(words in said for words in _GONE_CHATS)


def _keyboard(screen: ShowScreen) -> list[list[dict[str, str]]]:
    return [
        [{"text": button.label, "callback_data": button.data} for button in row]
        for row in screen.rows
    ]


def _batches(message_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(message_ids), DELETE_BATCH):
        yield message_ids[start : start + DELETE_BATCH]
