"""Flows as read-only data: what the language reads from YAML and the engine walks through."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.engine.conditions import Condition
from flows.engine.messages import Message

END = "END"  # the target that closes a flow; the engine then goes to the library's home flow


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on: taken when `condition` holds, or always when it is `None`."""

    condition: Condition | None
    target: str


Next = tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a screen.

    Attributes:
        id: never changes once live: it stands in people's old messages.
        sets: slots to fill (a value) or to empty (`None`) when it is chosen.
        next: where it leads; `None` means the way of its step.
        link: a flow to go to instead.
        shown_if: offered only when this holds.
    """

    id: str
    label: Message
    icon: str = ""
    sets: tuple[tuple[str, str | None], ...] = ()
    next: Next | None = None
    link: str | None = None
    shown_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """What is said when a typed answer is not taken; `condition` as in `Branch`."""

    condition: Condition | None
    text: Message


@dataclass(frozen=True, slots=True)
class Screen:
    """A step that shows something and waits.

    Attributes:
        slot: what the answer fills (`collect`), or `None` for a screen to read (`action: show`).
        texts: what is said, line by line; each may depend on slots.
        content_from: a look-up whose messages and options are added.
        requires: slots without which the screen makes no sense; when one is missing (an old
            button), the flow begins again and asks for it.
        text_input: a look-up that reads a typed answer.
        foot: the fixed buttons below, of `emergency`, `back`, `menu`, `quit`.
        sensitive: the safety notice is given with the first such screen.
        contact: the answer may also be a contact that the channel shares; never on the survivor
            path.
        names: the typed answer is a name or a wish, in which a word of alarm may stand.
    """

    id: str
    slot: str | None
    texts: tuple[tuple[Condition | None, Message], ...]
    choices: tuple[Choice, ...]
    next: Next
    content_from: str | None = None
    requires: tuple[str, ...] = ()
    text_input: str | None = None
    rejections: tuple[Rejection, ...] = ()
    foot: tuple[str, ...] = ()
    columns: int = 1
    sensitive: bool = False
    contact: bool = False
    names: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A step that does something and goes on: a look-up that fills slots, or `erase`."""

    id: str
    action: str
    next: Next


@dataclass(frozen=True, slots=True)
class SetSlots:
    """A step that fills (a value) or empties (`None`) slots and goes on."""

    id: str
    sets: tuple[tuple[str, str | None], ...]
    next: Next


@dataclass(frozen=True, slots=True)
class Link:
    """A step that goes to another flow for good."""

    id: str
    flow: str


Step = Screen | Action | SetSlots | Link


@dataclass(frozen=True, slots=True)
class Flow:
    """A conversation about one thing.

    Attributes:
        path: `survivor` (safety rules of the survivor path hold) or `open`.
        steps: by id, in the order of the file; the first is where it begins.
    """

    id: str
    description: str
    path: str
    slots: tuple[str, ...]
    steps: Mapping[str, Step]

    @property
    def first(self) -> str:
        """The id of the step where the flow begins."""
        return next(iter(self.steps))


@dataclass(frozen=True, slots=True)
class FlowLibrary:
    """All flows; `home` is the flow to which every ended one leads."""

    flows: Mapping[str, Flow]
    home: str
