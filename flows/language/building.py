"""From the checked shape of a flow file to the engine's definitions."""

from collections.abc import Iterable

from flows.engine.conditions import Condition
from flows.engine.definition import (
    Action,
    Branch,
    Choice,
    Flow,
    Link,
    Next,
    Rejection,
    Screen,
    SetSlots,
    Step,
)
from flows.engine.messages import Message
from flows.language.conditions import parse_condition
from flows.language.schema import BranchFile, ChoiceFile, FlowFile, StepFile, TextFile

SHOW = "show"  # the action of a screen to read
FOOT_BY_PATH = {"survivor": ("emergency", "back", "quit"), "open": ("back", "menu", "quit")}


def build_flow(flow_id: str, file: FlowFile) -> Flow:
    """Return the flow that `file` describes.

    Raises:
        ConditionError: a condition is not of the language.
    """
    steps = {step.id: _step(flow_id, file.path, step) for step in file.steps}
    collected = [step.collect for step in file.steps if step.collect]
    slots = tuple(dict.fromkeys([*file.slots, *collected]))
    return Flow(flow_id, file.description, file.path, slots, steps)


def _step(flow_id: str, path: str, file: StepFile) -> Step:
    if file.link is not None:
        return Link(file.id, file.link)
    if file.collect is not None or file.action == SHOW:
        return _screen(flow_id, path, file)
    if file.action is not None:
        return Action(file.id, file.action, _next(file.next))
    return SetSlots(file.id, _sets(file.set_slots or []), _next(file.next))


def _screen(flow_id: str, path: str, file: StepFile) -> Screen:
    context = f"{flow_id}/{file.id}"
    return Screen(
        id=file.id,
        slot=file.collect,
        texts=tuple(_texts(context, file)),
        choices=tuple(_choice(context, choice) for choice in file.choices),
        next=_next(file.next),
        content_from=file.content_from,
        requires=tuple(file.requires),
        text_input=file.text_input,
        rejections=tuple(
            Rejection(_condition(each.if_), _message(context, each, file.risk))
            for each in file.rejections
        ),
        foot=tuple(file.foot) if file.foot is not None else FOOT_BY_PATH[path],
        columns=file.columns,
        sensitive=file.sensitive,
        contact=file.contact,
        names=file.names,
    )


def _texts(context: str, file: StepFile) -> Iterable[tuple[Condition | None, Message]]:
    if isinstance(file.text, str):
        quiet = _quietly(context, file.discreet, file.risk)
        yield None, Message(context, file.text, risk=file.risk, voice=file.voice, discreet=quiet)
        return
    for each in file.text or []:
        yield _condition(each.if_), _message(context, each, file.risk)


def _message(context: str, file: TextFile, risk: str | None) -> Message:
    risk = file.risk or risk
    quiet = _quietly(context, file.discreet, risk)
    return Message(context, file.text, risk=risk, voice=file.voice, discreet=quiet)


def _quietly(context: str, text: str | None, risk: str | None = None) -> Message | None:
    return Message(context, text, risk=risk) if text is not None else None


def _choice(context: str, file: ChoiceFile) -> Choice:
    where = f"{context}/{file.id}"
    return Choice(
        id=file.id,
        label=Message(where, file.text, discreet=_quietly(where, file.discreet)),
        icon=file.icon,
        sets=_sets(file.set_slots),
        next=_next(file.next) if file.next is not None else None,
        link=file.link,
        shown_if=_condition(file.if_),
    )


def _sets(pairs: list[dict[str, str | None]]) -> tuple[tuple[str, str | None], ...]:
    return tuple((slot, value) for pair in pairs for slot, value in pair.items())


def _next(way: str | list[BranchFile]) -> Next:
    if isinstance(way, str):
        return (Branch(None, way),)
    return tuple(Branch(_condition(each.if_), each.then or each.else_ or "END") for each in way)


def _condition(source: str | None) -> Condition | None:
    return parse_condition(source) if source is not None else None
