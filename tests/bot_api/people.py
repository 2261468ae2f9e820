"""People who write to the bot through the stand-in."""

from dataclasses import dataclass
from typing import Any

from tests.bot_api.rules import StoredMessage
from tests.bot_api.server import BotApi


@dataclass
class Somebody:
    """A person with a private chat."""

    api: BotApi
    chat_id: int

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.chat_id, "type": "private", "first_name": "Awa"}

    @property
    def _sender(self) -> dict[str, Any]:
        return {"id": self.chat_id, "is_bot": False, "first_name": "Awa", "language_code": "fr"}

    def says(self, text: str) -> int:
        """Send a text; return the update's number."""
        if not text.startswith("/"):
            return self.sends(text=text)
        length = len(text.split(maxsplit=1)[0])
        entity = {"type": "bot_command", "offset": 0, "length": length}
        return self.sends(text=text, entities=[entity])

    def sends(self, **fields: Any) -> int:
        """Send a message of any kind."""
        message = self.api.enter(
            StoredMessage(
                self.api.new_id(), self.chat_id, self.api.now(), fields.get("text"), from_bot=False
            )
        )
        body = {
            "message_id": message.message_id,
            "date": int(message.date),
            "chat": self._chat,
            "from": self._sender,
            **fields,
        }
        return self.api.updates.push({"message": body})

    def presses(self, label: str, message: StoredMessage | None = None) -> int:
        """Press a button of the last screen that has it, or of `message`."""
        screens = [message] if message else reversed(self.api.visible(self.chat_id))
        for screen in screens:
            if label in screen.data:
                return self.presses_data(screen.data[label], screen)
        raise AssertionError(f"nobody shows a button {label}")

    def presses_data(self, data: str, screen: StoredMessage) -> int:
        number = self.api.updates.next_id + 1
        press_id = f"press-{number}"
        self.api.pressed[press_id] = self.api.now()
        query = {
            "id": press_id,
            "from": self._sender,
            "chat_instance": "1",
            "data": data,
            "message": screen.as_json(),
        }
        return self.api.updates.push({"callback_query": query})

    def blocks(self) -> int:
        self.api.blocked.add(self.chat_id)
        member = {"user": self._sender, "status": "kicked", "until_date": 0}
        change = {
            "chat": self._chat,
            "from": self._sender,
            "date": int(self.api.now()),
            "old_chat_member": {**member, "status": "member"},
            "new_chat_member": member,
        }
        return self.api.updates.push({"my_chat_member": change})

    @property
    def sees(self) -> list[str | None]:
        """The texts of the bot that are still in the chat."""
        return [one.text for one in self.api.visible(self.chat_id) if one.from_bot]

    @property
    def screen(self) -> StoredMessage:
        """The bot's last message."""
        return [one for one in self.api.visible(self.chat_id) if one.from_bot][-1]
