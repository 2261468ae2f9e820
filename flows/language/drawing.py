"""A flow as a Mermaid drawing: made from the flow, so that it can't go stale."""

from collections.abc import Iterable

from flows.engine.conditions import AllOf, AnyOf, Condition, Not, SlotIs, SlotIsFilled
from flows.engine.definition import END, Action, Flow, Link, Next, Screen, SetSlots, Step


def draw_flow(flow: Flow) -> str:
    """Return the Mermaid flowchart of `flow`."""
    lines = ["flowchart TD"]
    for step in flow.steps.values():
        lines.append(f"    {step.id}{_box(step)}")
        lines += [f"    {step.id} {arrow}" for arrow in _arrows(step)]
    return "\n".join(lines) + "\n"


def _box(step: Step) -> str:
    match step:
        case Screen():
            said = next((text.text.splitlines()[0] for _, text in step.texts), step.id)
            return f'["{_quoted(said)}"]'
        case Action(_, action):
            return f'[["{action}"]]'
        case SetSlots(_, sets, _):
            return f'("{_quoted(", ".join(f"{slot} = {value}" for slot, value in sets))}")'
        case Link(_, flow):
            return f'(["{flow}"])'


def _arrows(step: Step) -> Iterable[str]:
    match step:
        case Screen():
            for choice in step.choices:
                label = _quoted(choice.label.text)
                if choice.link is not None:
                    yield f'-->|"{label}"| to_{choice.link}(["{choice.link}"])'
                for target, condition in _targets(choice.next or ()):
                    yield f'-->|"{_joined(label, condition)}"| {target}'
            yield from _plain(step.next)
        case Action() | SetSlots():
            yield from _plain(step.next)
        case Link():
            return


def _plain(way: Next) -> Iterable[str]:
    for target, condition in _targets(way):
        yield f'-->|"{condition}"| {target}' if condition else f"--> {target}"


def _targets(way: Next) -> Iterable[tuple[str, str]]:
    for branch in way:
        target = "home([menu])" if branch.target == END else branch.target
        yield target, _words(branch.condition) if branch.condition else ""


def _joined(label: str, condition: str) -> str:
    return f"{label}: {condition}" if condition else label


def _words(condition: Condition) -> str:
    match condition:
        case SlotIs(slot, values):
            return f"{slot} = {' | '.join(values)}"
        case SlotIsFilled(slot):
            return slot
        case Not(inner):
            return f"not ({_words(inner)})"
        case AllOf(conditions):
            return " and ".join(_words(each) for each in conditions)
        case AnyOf(conditions):
            return " or ".join(_words(each) for each in conditions)


def _quoted(text: str) -> str:
    return text.replace('"', "'")
