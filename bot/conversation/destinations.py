"""Where each intent leads: the one table, read from `flows/content/destinations.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from flows.engine.messages import Message

SENSITIVE_GROUPS = frozenset({"crisis", "disclosure"})


@dataclass(frozen=True, slots=True)
class Destination:
    """Where one intent leads.

    Attributes:
        group: the intent's group in the contract.
        slots: answers that the intent gives.
        label: what stands on its button when it is only a guess.
    """

    group: str
    flow: str
    label: Message
    icon: str
    slots: tuple[tuple[str, str], ...]

    @property
    def is_sensitive(self) -> bool:
        """Whether the person's own message should go from the chat."""
        return self.group in SENSITIVE_GROUPS


def read_destinations(text: str) -> Mapping[str, Destination]:
    """Return intent -> destination from the table's YAML text.

    Raises:
        KeyError: an entry lacks its group, flow or label.
    """
    table: Mapping[str, Mapping[str, Any]] = yaml.safe_load(text)["destinations"]
    return {
        intent: Destination(
            group=entry["group"],
            flow=entry["flow"],
            label=Message(f"destinations/{intent}", entry["label"]),
            icon=entry.get("icon", ""),
            slots=tuple((slot, value) for slot, value in entry.get("slots", {}).items()),
        )
        for intent, entry in table.items()
    }
