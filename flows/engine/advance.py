"""The interpreter: one event in, a new session and effects out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flows.engine.conditions import holds
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
)
from flows.engine.effects import Effect, Erase, Fail, LookUp, Offer, Say, ShowFile, ShowPin, Turn
from flows.engine.events import Began, Chose, Event, LookedUp, Repeated, WentBack, Wrote
from flows.engine.messages import Option
from flows.engine.session import MAX_TRAIL, Place, Session

MAX_STEPS = 40  # a turn that walks further is a loop in a flow


@dataclass(frozen=True, slots=True)
class _At:
    """Where a walk stands: a step of a flow, and the slots gathered on the way."""

    flow: Flow
    step: str
    slots: Mapping[str, str]
    restarted: bool = False  # the flow was begun again for a missing slot: not twice in a turn


def advance(library: FlowLibrary, session: Session, event: Event) -> Turn:
    """Take `session` through `event`.

    Returns:
        The new session (the given one is unchanged) and what to do, in order. A turn ends in one of
        `Offer` (a screen waits), `LookUp` (come back with `LookedUp`), `Erase` or `Fail`.
    """
    match event:
        case Began(flow_id, slots, step):
            return _begin(library, session, flow_id, dict(slots), step)
        case Chose(flow_id, step, choice):
            return _choose(library, session, flow_id, step, choice)
        case Wrote(text):
            return _write(library, session, text)
        case LookedUp():
            return _looked_up(library, session, event)
        case WentBack():
            return _go_back(library, session)
        case Repeated():
            return _repeat(library, session)


def _begin(
    library: FlowLibrary, session: Session, flow_id: str, slots: dict[str, str], step: str | None
) -> Turn:
    flow = library.flows.get(flow_id)
    if flow is None or (step is not None and step not in flow.steps):
        return Turn(session, (Fail(f"no flow {flow_id}"),))
    return _walk(library, session, _At(flow, step or flow.first, slots))


def _choose(
    library: FlowLibrary, session: Session, flow_id: str, step_id: str, choice_id: str
) -> Turn:
    flow = library.flows.get(flow_id)
    screen = flow.steps.get(step_id) if flow else None
    if flow is None or not isinstance(screen, Screen):
        return Turn(session, (Fail(f"no screen {flow_id}/{step_id}"),))
    # A press on an older screen goes on from that screen. What was answered since, in the same
    # flow, still counts; answers of another flow do not.
    same_flow = session.current is not None and session.current.flow == flow_id
    slots = dict(session.slots) if same_flow else {}
    choice = next((each for each in screen.choices if each.id == choice_id), None)
    if choice is None and screen.content_from is None and screen.text_input is None:
        return Turn(session, (Fail(f"no choice {flow_id}/{step_id}"),))
    if screen.slot is not None and (choice is None or not choice.link):
        slots[screen.slot] = choice_id
    way: Next = screen.next
    if choice is not None:
        slots = _with_sets(slots, choice.sets)
        if choice.link is not None:
            return _follow_link(library, session, choice.link, slots)
        way = choice.next if choice.next is not None else screen.next
    return _walk(library, session, _At(flow, _target(way, slots), slots))


def _follow_link(
    library: FlowLibrary, session: Session, flow_id: str, slots: Mapping[str, str]
) -> Turn:
    flow = library.flows[flow_id]
    return _walk(library, session, _At(flow, flow.first, _kept(slots, flow)))


def _write(library: FlowLibrary, session: Session, text: str) -> Turn:
    screen = _current_screen(library, session)
    if screen is None or screen.text_input is None:
        return _repeat(library, session)
    waiting = replace(session, looking_up=screen.text_input)
    return Turn(waiting, (LookUp(screen.text_input, tuple(session.slots.items()), text),))


def _looked_up(library: FlowLibrary, session: Session, found: LookedUp) -> Turn:
    place = session.current
    if place is None or session.looking_up != found.name:
        return Turn(replace(session, looking_up=None), (Fail(f"unasked look-up {found.name}"),))
    flow = library.flows[place.flow]
    step = flow.steps[place.step]
    slots = _with_sets(session.slots, found.slots)
    done = replace(session, looking_up=None, slots=slots)
    if isinstance(step, Action):
        turn = _walk(library, done, _At(flow, _target(step.next, slots), slots))
        return replace(turn, effects=(*(Say(each) for each in found.messages), *turn.effects))
    if not isinstance(step, Screen):
        return Turn(done, (Fail(f"look-up at {place.flow}/{place.step}"),))
    if found.name == step.text_input and step.slot in slots:
        return _walk(library, done, _At(flow, _target(step.next, slots), slots))
    return _answer_on_screen(flow, step, done, found)


def _answer_on_screen(flow: Flow, screen: Screen, session: Session, found: LookedUp) -> Turn:
    """Show the screen with what was found: its content, or why a typed answer isn't taken."""
    if found.name == screen.text_input and not found.options:
        rejection = next(
            (
                each
                for each in screen.rejections
                if each.condition is None or holds(each.condition, session.slots)
            ),
            None,
        )
        said = [Say(rejection.text)] if rejection else []
        return Turn(session, (*said, *_show(flow, screen, session.slots, ())))
    typed = found.name == screen.text_input
    effects: list[Effect] = [] if typed else [*_texts(screen, session.slots)]
    effects += [Say(each) for each in found.messages]
    if found.pin is not None:
        effects.append(ShowPin(found.pin))
    if found.attachment is not None:
        effects.append(ShowFile(found.attachment))
    effects.append(_offer(flow, screen, session.slots, found.options))
    return Turn(session, tuple(effects))


def _go_back(library: FlowLibrary, session: Session) -> Turn:
    trail = session.trail
    while trail:
        place, trail = trail[-1], trail[:-1]
        flow = library.flows.get(place.flow)
        # A remembered action would only lead forward again, and a changed flow may miss the step.
        if flow is not None and isinstance(flow.steps.get(place.step), Screen):
            before = replace(session, trail=trail, current=None, looking_up=None)
            return _arrive(library, before, _At(flow, place.step, place.slots), forced=True)
    return _begin(library, replace(session, current=None, trail=()), library.home, {}, None)


def _repeat(library: FlowLibrary, session: Session) -> Turn:
    place = session.current
    flow = library.flows.get(place.flow) if place else None
    if place is None or flow is None or place.step not in flow.steps:
        return _begin(library, replace(session, current=None), library.home, {}, None)
    waiting = replace(session, current=None, looking_up=None)
    return _arrive(library, waiting, _At(flow, place.step, session.slots), forced=True)


def _walk(library: FlowLibrary, session: Session, at: _At) -> Turn:
    """Go on from step to step until one waits."""
    for _ in range(MAX_STEPS):
        if at.step == END:
            home = library.flows[library.home]
            at = _At(home, home.first, {})
        step = at.flow.steps[at.step]
        match step:
            case SetSlots(_, sets, way):
                slots = _with_sets(at.slots, sets)
                at = replace(at, slots=slots, step=_target(way, slots))
            case Link(_, flow_id):
                linked = library.flows[flow_id]
                at = _At(linked, linked.first, _kept(at.slots, linked))
            case Action():
                return _act(session, at, step)
            case Screen():
                missing = any(slot not in at.slots for slot in step.requires)
                if missing and not at.restarted:
                    at = replace(at, step=at.flow.first, restarted=True)
                elif missing:
                    return Turn(session, (Fail(f"{at.flow.id}/{at.step} misses a slot"),))
                elif step.slot is not None and step.slot in at.slots:
                    at = replace(at, step=_target(step.next, at.slots))
                else:
                    return _arrive(library, session, at, forced=False)
    return Turn(session, (Fail(f"loop in {at.flow.id}"),))


def _act(session: Session, at: _At, step: Action) -> Turn:
    if step.action == "erase":
        return Turn(Session(), (Erase(),))
    moved = replace(
        _remember(session, at),
        current=Place(at.flow.id, step.id, dict(at.slots)),
        slots=dict(at.slots),
        looking_up=step.action,
    )
    return Turn(moved, (LookUp(step.action, tuple(at.slots.items())),))


def _arrive(library: FlowLibrary, session: Session, at: _At, *, forced: bool) -> Turn:
    """Stand on a screen: show it, or look its content up first."""
    screen = at.flow.steps[at.step]
    if not isinstance(screen, Screen):  # only screens are remembered; a changed flow may differ
        return _walk(library, session, at)
    slots = dict(at.slots)
    if forced and screen.slot is not None:
        slots.pop(screen.slot, None)
    moved = replace(
        _remember(session, at),
        current=Place(at.flow.id, screen.id, dict(slots)),
        slots=slots,
        looking_up=screen.content_from,
    )
    if at.flow.id == library.home and screen.id == at.flow.first:
        moved = replace(moved, trail=())  # nothing lies behind home
    if screen.content_from is not None:
        return Turn(moved, (LookUp(screen.content_from, tuple(slots.items())),))
    return Turn(moved, _show(at.flow, screen, slots, ()))


def _remember(session: Session, at: _At) -> Session:
    """Put the screen a person leaves on the trail."""
    left = session.current
    if left is None or (left.flow, left.step) == (at.flow.id, at.step):
        return session
    return replace(session, trail=(*session.trail, left)[-MAX_TRAIL:])


def _show(
    flow: Flow, screen: Screen, slots: Mapping[str, str], options: tuple[Option, ...]
) -> tuple[Effect, ...]:
    return (*_texts(screen, slots), _offer(flow, screen, slots, options))


def _texts(screen: Screen, slots: Mapping[str, str]) -> list[Say]:
    return [
        Say(text)
        for condition, text in screen.texts
        if condition is None or holds(condition, slots)
    ]


def _offer(
    flow: Flow, screen: Screen, slots: Mapping[str, str], options: tuple[Option, ...]
) -> Offer:
    own = tuple(
        Option(choice.id, choice.label, choice.icon)
        for choice in screen.choices
        if _is_shown(choice, slots)
    )
    return Offer(
        flow.id, screen.id, options + own, screen.foot, screen.columns, flow.path, screen.sensitive
    )


def _is_shown(choice: Choice, slots: Mapping[str, str]) -> bool:
    return choice.shown_if is None or holds(choice.shown_if, slots)


def _current_screen(library: FlowLibrary, session: Session) -> Screen | None:
    if session.current is None:
        return None
    flow = library.flows.get(session.current.flow)
    step = flow.steps.get(session.current.step) if flow else None
    return step if isinstance(step, Screen) else None


def _target(way: Next, slots: Mapping[str, str]) -> str:
    for branch in way:
        if branch.condition is None or holds(branch.condition, slots):
            return branch.target
    return END


def _with_sets(
    slots: Mapping[str, str], sets: tuple[tuple[str, str | None], ...]
) -> dict[str, str]:
    result = dict(slots)
    for slot, value in sets:
        if value is None:
            result.pop(slot, None)
        else:
            result[slot] = value
    return result


def _kept(slots: Mapping[str, str], flow: Flow) -> dict[str, str]:
    """What a linked flow keeps: the slots it knows itself."""
    return {slot: value for slot, value in slots.items() if slot in flow.slots}
