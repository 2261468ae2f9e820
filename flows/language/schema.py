"""The shape of a flow file. Its words are those of Rasa's flows, as far as there are any."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,23}$")]
Target = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,23}|END)$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Risk = Literal["danger", "health", "law", "erasing", "consent"]
FootButton = Literal["emergency", "back", "menu", "quit"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class BranchFile(_Strict):
    """`if`/`then` or `else`."""

    if_: str | None = Field(default=None, alias="if")
    then: Target | None = None
    else_: Target | None = Field(default=None, alias="else")


class TextFile(_Strict):
    """A text that is said only under a condition."""

    if_: str | None = Field(default=None, alias="if")
    text: Text
    discreet: Text | None = None
    risk: Risk | None = None
    voice: str | None = None


class ChoiceFile(_Strict):
    """A button; `discreet` is what it says, icon included, where nothing may tell."""

    id: Identifier
    text: Text
    discreet: Text | None = None
    icon: str = ""
    set_slots: list[dict[Identifier, str | None]] = []
    next: Target | list[BranchFile] | None = None
    link: Identifier | None = None
    if_: str | None = Field(default=None, alias="if")


class StepFile(_Strict):
    """A step: `collect`, `action`, `set_slots` or `link`."""

    id: Identifier
    collect: Identifier | None = None
    action: Identifier | None = None
    set_slots: list[dict[Identifier, str | None]] | None = None
    link: Identifier | None = None
    text: Text | list[TextFile] | None = None
    discreet: Text | None = None
    risk: Risk | None = None
    voice: str | None = None
    choices: list[ChoiceFile] = []
    content_from: Identifier | None = None
    text_input: Identifier | None = None
    requires: list[Identifier] = []
    rejections: list[TextFile] = []
    foot: list[FootButton] | None = None
    columns: Annotated[int, Field(ge=1, le=4)] = 1
    sensitive: bool = False
    contact: bool = False
    names: bool = False
    next: Target | list[BranchFile] = "END"


class FlowFile(_Strict):
    """A flow."""

    description: Text
    path: Literal["survivor", "open"] = "open"
    slots: list[Identifier] = []
    steps: Annotated[list[StepFile], Field(min_length=1)]


class FlowsFile(_Strict):
    """A file of flows."""

    spec_version: Literal[1]
    flows: Annotated[dict[Identifier, FlowFile], Field(min_length=1)]
