"""What each method of the stand-in does."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.bot_api.rules import (
    ANSWERABLE_SECONDS,
    DELETABLE_SECONDS,
    MOST_DELETED,
    ApiRefusal,
    StoredMessage,
    UploadedFile,
    bad_request,
    checked_markup,
    checked_text,
    decoded,
    number,
)

if TYPE_CHECKING:
    from tests.bot_api.server import BotApi

Fields = Mapping[str, Any]
BOT = {"id": 123456, "is_bot": True, "first_name": "Fenêtre", "username": "standin_bot"}


def carry_out(api: "BotApi", method: str, fields: Fields) -> Any:
    known = _METHODS.get(method)
    if known is None:
        raise ApiRefusal(404, "Not Found: method not found")
    return known(api, fields)


def message_ids(fields: Fields) -> list[int]:
    ids = decoded(fields, "message_ids")
    return [int(one) for one in ids] if isinstance(ids, list) else []


def _send(api: "BotApi", fields: Fields, text: str | None, **extra: Any) -> dict[str, Any]:
    chat_id = number(fields, "chat_id")
    if chat_id == 0:
        raise bad_request("chat not found")
    markup = checked_markup(fields)
    message = StoredMessage(
        message_id=api.new_id(),
        chat_id=chat_id,
        date=api.now(),
        text=text,
        from_bot=True,
        markup=markup,
        fixed_by_keyboard=markup is not None and "inline_keyboard" not in markup,
        silent=bool(decoded(fields, "disable_notification")),
        protected=bool(decoded(fields, "protect_content")),
        preview_off=_preview_off(fields),
        extra={"from": BOT, **extra},
    )
    return api.enter(message).as_json()


def _preview_off(fields: Fields) -> bool:
    options = decoded(fields, "link_preview_options")
    return isinstance(options, dict) and bool(options.get("is_disabled"))


def _send_message(api: "BotApi", fields: Fields) -> Any:
    return _send(api, fields, checked_text(fields))


def _send_venue(api: "BotApi", fields: Fields) -> Any:
    location = {"latitude": float(fields["latitude"]), "longitude": float(fields["longitude"])}
    venue = {"location": location, "title": fields["title"], "address": fields["address"]}
    return _send(api, fields, None, venue=venue)


def _send_voice(api: "BotApi", fields: Fields) -> Any:
    voice = {"file_id": "v", "file_unique_id": "v", "duration": 1}
    return _send(api, fields, None, voice=voice)


def _send_photo(api: "BotApi", fields: Fields) -> Any:
    size = {"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}
    return _send_file(api, fields, "photo", [size])


def _send_document(api: "BotApi", fields: Fields) -> Any:
    return _send_file(api, fields, "document", {"file_id": "d", "file_unique_id": "d"})


def _send_file(api: "BotApi", fields: Fields, kind: str, shown: Any) -> Any:
    """Keep what was uploaded; the real one refuses a call without a file."""
    uploaded = fields.get(kind)
    if not isinstance(uploaded, UploadedFile) or not uploaded.content:
        raise bad_request(f"there is no {kind} in the request")
    sent = _send(api, fields, None, **{kind: shown})
    api.files[sent["message_id"]] = uploaded
    return sent


def _edit(api: "BotApi", fields: Fields) -> Any:
    text, markup = checked_text(fields), checked_markup(fields)
    message = api.chats[number(fields, "chat_id")].get(number(fields, "message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.fixed_by_keyboard:
        raise bad_request("message can't be edited")
    if message.text is None:
        raise bad_request("there is no text in the message to edit")
    if message.text == text and (message.markup or None) == (markup or None):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    message.text, message.markup = text, markup
    message.preview_off = _preview_off(fields)
    return message.as_json()


def _delete_many(api: "BotApi", fields: Fields) -> bool:
    ids = message_ids(fields)
    if not 1 <= len(ids) <= MOST_DELETED:
        raise bad_request("too many messages to delete" if ids else "message_ids are empty")
    chat_id = number(fields, "chat_id")
    _delete(api, chat_id, ids)
    return True


def _delete_one(api: "BotApi", fields: Fields) -> bool:
    chat_id, message_id = number(fields, "chat_id"), number(fields, "message_id")
    if message_id not in api.chats[chat_id]:
        raise bad_request("message to delete not found")
    _delete(api, chat_id, [message_id])
    return True


def _delete(api: "BotApi", chat_id: int, ids: list[int]) -> None:
    chat = api.chats[chat_id]
    known = [chat[one] for one in ids if one in chat]
    if any(message.date <= api.now() - DELETABLE_SECONDS for message in known):
        raise bad_request("message can't be deleted for everyone")
    for message in known:
        del chat[message.message_id]
        api.deleted[chat_id].append(message.message_id)


def _answer(api: "BotApi", fields: Fields) -> bool:
    press_id = str(fields.get("callback_query_id"))
    pressed_at = api.pressed.get(press_id)
    if pressed_at is None or pressed_at <= api.now() - ANSWERABLE_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    api.answered.append(press_id)
    return True


def _leave(api: "BotApi", fields: Fields) -> bool:
    api.chats.pop(number(fields, "chat_id"), None)
    return True


def _set_webhook(api: "BotApi", fields: Fields) -> bool:
    api.updates.point_at(str(fields["url"]), str(fields.get("secret_token", "")))
    return True


def _delete_webhook(api: "BotApi", _fields: Fields) -> bool:
    api.updates.point_at("", "")
    return True


def _webhook_info(api: "BotApi", _fields: Fields) -> Any:
    return {
        "url": api.updates.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": len(api.updates.pending),
    }


def _profile(name: str) -> Callable[["BotApi", Fields], bool]:
    def store(api: "BotApi", fields: Fields) -> bool:
        language = str(fields.get("language_code", ""))
        api.profile[f"{name}/{language}"] = {
            key: decoded(fields, key) for key in fields if key != "language_code"
        }
        return True

    return store


_METHODS: dict[str, Callable[["BotApi", Fields], Any]] = {
    "getMe": lambda _api, _fields: {**BOT, "can_join_groups": True},
    "sendMessage": _send_message,
    "sendVenue": _send_venue,
    "sendVoice": _send_voice,
    "sendPhoto": _send_photo,
    "sendDocument": _send_document,
    "editMessageText": _edit,
    "deleteMessages": _delete_many,
    "deleteMessage": _delete_one,
    "answerCallbackQuery": _answer,
    "leaveChat": _leave,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    **{
        name: _profile(name)
        for name in (
            "setMyName",
            "setMyDescription",
            "setMyShortDescription",
            "setMyCommands",
            "deleteMyCommands",
            "setMyDefaultAdministratorRights",
            "setChatMenuButton",
            "setMyProfilePhoto",
        )
    },
}
