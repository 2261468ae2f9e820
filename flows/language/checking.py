"""What is wrong with flows that could be read: one small check per concern, all issues together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flows.engine.conditions import Condition, slots_of
from flows.engine.definition import (
    END,
    Action,
    Choice,
    Flow,
    FlowLibrary,
    Link,
    Next,
    Screen,
    SetSlots,
    Step,
)
from flows.language.issues import Issue
from flows.language.reading import Reading

MAX_SURVIVOR_LINES = 3
MAX_SURVIVOR_CHOICES = 5  # beside the fixed row of Urgence, Retour, Quitter; see docs/decisions
MAX_LINE = 230  # characters of one line on a survivor screen: about five lines on a small phone
MAX_SCREEN = 1000
MAX_LABEL = 40
MAX_PRESS_BYTES = 64 - len("1fdh:") - len(":") - len(":")
SURVIVOR_FOOT = frozenset({"emergency", "quit"})
BUILT_IN_ACTIONS = frozenset({"erase"})


@dataclass(frozen=True, slots=True)
class _Subject:
    """A step under check, with what is around it."""

    library: FlowLibrary
    flow: Flow
    step: Step
    look_ups: frozenset[str]


def check_flows(reading: Reading, look_ups: frozenset[str]) -> tuple[Issue, ...]:
    """Return every problem of the flows, those of reading included, in the order of the files.

    Args:
        reading: what came of reading the files.
        look_ups: the names of look-ups that the product fulfils.
    """
    issues = list(reading.issues)
    library = reading.library
    if library.home not in library.flows:
        issues.append(Issue("", 0, library.home, "the home flow is missing"))
    for flow in library.flows.values():
        for step_id in flow.steps.keys() - _reachable(flow):
            file, line = _line(reading, flow.id, step_id)
            issues.append(Issue(file, line, f"{flow.id}/{step_id}", "no way leads here"))
        for step in flow.steps.values():
            subject = _Subject(library, flow, step, look_ups)
            file, line = _line(reading, flow.id, step.id)
            where = f"{flow.id}/{step.id}"
            issues += [
                Issue(file, line, where, problem) for check in _CHECKS for problem in check(subject)
            ]
    for flow_id in library.flows.keys() - _linked(library) - {library.home}:
        issues.append(Issue("", 0, flow_id, "no button, flow or intent leads to this flow"))
    return tuple(sorted(issues))


def _line(reading: Reading, flow: str, step: str) -> tuple[str, int]:
    return reading.lines.get((flow, step), ("", 0))


def _reachable(flow: Flow) -> set[str]:
    """Return the steps that can be reached from the first one within the flow."""
    seen: set[str] = set()
    waiting = [flow.first]
    while waiting:
        step_id = waiting.pop()
        if step_id in seen or step_id not in flow.steps:
            continue
        seen.add(step_id)
        waiting += [branch.target for way in _ways(flow.steps[step_id]) for branch in way]
    return seen


def _ways(step: Step) -> Iterable[Next]:
    match step:
        case Screen():
            yield step.next
            yield from (choice.next for choice in step.choices if choice.next is not None)
        case Action() | SetSlots():
            yield step.next
        case Link():
            return


def _linked(library: FlowLibrary) -> set[str]:
    """Return the flows that a step or a choice links to, or that code begins by name."""
    linked = set(BEGUN_BY_NAME)
    for flow in library.flows.values():
        for step in flow.steps.values():
            if isinstance(step, Link):
                linked.add(step.flow)
            if isinstance(step, Screen):
                linked |= {choice.link for choice in step.choices if choice.link}
    return linked


# Flows that the driver begins, or that the table of destinations names (a test holds that one).
BEGUN_BY_NAME = frozenset(
    {"suicidal", "leave", "thanks", "goodbye", "yes_said", "no_said", "identity", "not_understood"}
    | {"voice", "media"}
    | {"report", "missing"}  # from the card of a service
    | {"verifier", "link_staff"}  # commands of staff
)


def _targets_exist(subject: _Subject) -> Iterable[str]:
    for way in _ways(subject.step):
        for branch in way:
            if branch.target != END and branch.target not in subject.flow.steps:
                yield f"leads to {branch.target}, which is no step of the flow"
        if way and way[-1].condition is not None:
            yield "the last way on has a condition: add an else"


def _links_exist(subject: _Subject) -> Iterable[str]:
    links = []
    match subject.step:
        case Link(_, flow):
            links = [flow]
        case Screen(choices=choices):
            links = [choice.link for choice in choices if choice.link]
        case _:
            pass
    for link in links:
        if link not in subject.library.flows:
            yield f"links to {link}, which is no flow"


def _slots_are_declared(subject: _Subject) -> Iterable[str]:
    used = set().union(*(slots_of(each) for each in _conditions(subject.step)))
    match subject.step:
        case Screen():
            used |= set(subject.step.requires)
            for choice in subject.step.choices:
                known = _target_slots(subject, choice)
                for slot, _ in choice.sets:
                    if slot not in known:
                        yield f"choice {choice.id} sets {slot}, which its flow does not have"
        case SetSlots():
            used |= {slot for slot, _ in subject.step.sets}
        case _:
            pass
    for slot in sorted(used - set(subject.flow.slots)):
        yield f"slot {slot} is not declared"


def _target_slots(subject: _Subject, choice: Choice) -> tuple[str, ...]:
    linked = subject.library.flows.get(choice.link) if choice.link else subject.flow
    return linked.slots if linked else ()


def _conditions(step: Step) -> Iterable[Condition]:
    for way in _ways(step):
        yield from (branch.condition for branch in way if branch.condition is not None)
    if isinstance(step, Screen):
        yield from (condition for condition, _ in step.texts if condition is not None)
        yield from (each.condition for each in step.rejections if each.condition is not None)
        yield from (choice.shown_if for choice in step.choices if choice.shown_if is not None)


def _look_ups_are_known(subject: _Subject) -> Iterable[str]:
    names: list[str | None] = []
    match subject.step:
        case Screen():
            names = [subject.step.content_from, subject.step.text_input]
        case Action(_, action):
            names = [action]
        case _:
            pass
    for name in names:
        if name is not None and name not in subject.look_ups | BUILT_IN_ACTIONS:
            yield f"{name} is no look-up that Jigi knows"


def _survivor_rules(subject: _Subject) -> Iterable[str]:
    screen = subject.step
    if subject.flow.path != "survivor" or not isinstance(screen, Screen):
        return
    missing = SURVIVOR_FOOT - set(screen.foot)
    if missing:
        yield f"a survivor screen lacks {', '.join(sorted(missing))}"
    if len(screen.choices) > MAX_SURVIVOR_CHOICES:
        yield f"{len(screen.choices)} choices; a survivor screen has at most {MAX_SURVIVOR_CHOICES}"
    said = [(condition, each) for condition, each in screen.texts]
    said += [(condition, each.discreet) for condition, each in screen.texts if each.discreet]
    for condition, text in said:
        lines = text.text.splitlines()
        if condition is None and len(lines) > MAX_SURVIVOR_LINES:
            yield f"{len(lines)} lines; a survivor screen has at most {MAX_SURVIVOR_LINES}"
        yield from (f"a line of {len(line)} characters" for line in lines if len(line) > MAX_LINE)


def _what_is_typed(subject: _Subject) -> Iterable[str]:
    screen = subject.step
    if not isinstance(screen, Screen) or not (screen.contact or screen.names):
        return
    if screen.text_input is None:
        yield "contact and names are about typed answers: text_input is missing"
    if subject.flow.path == "survivor":
        yield "a survivor screen asks for no contact and no name"


def _way_back(subject: _Subject) -> Iterable[str]:
    screen = subject.step
    at_home = subject.flow.id == subject.library.home
    if isinstance(screen, Screen) and not at_home and subject.flow.id != "welcome":
        leads_on = any(choice.link == subject.library.home for choice in screen.choices)
        if not {"back", "menu"} & set(screen.foot) and not leads_on:
            yield "no way back from this screen"


def _lengths(subject: _Subject) -> Iterable[str]:
    screen = subject.step
    if not isinstance(screen, Screen):
        return
    if sum(len(text.text) for _, text in screen.texts) > MAX_SCREEN:
        yield "the texts are too long for one screen"
    for choice in screen.choices:
        for label in filter(None, (choice.label, choice.label.discreet)):
            if len(label.text) > MAX_LABEL:
                yield f"choice {choice.id}: a label of {len(label.text)} characters"
        if len(subject.flow.id) + len(screen.id) + len(choice.id) > MAX_PRESS_BYTES:
            yield f"choice {choice.id}: the ids do not fit into 64 bytes"


def _ids_are_single(subject: _Subject) -> Iterable[str]:
    if isinstance(subject.step, Screen):
        ids = [choice.id for choice in subject.step.choices]
        for choice_id in sorted({each for each in ids if ids.count(each) > 1}):
            yield f"two choices are called {choice_id}"


_CHECKS: tuple[Callable[[_Subject], Iterable[str]], ...] = (
    _targets_exist,
    _links_exist,
    _slots_are_declared,
    _look_ups_are_known,
    _survivor_rules,
    _what_is_typed,
    _way_back,
    _lengths,
    _ids_are_single,
)
