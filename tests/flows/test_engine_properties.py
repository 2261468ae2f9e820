"""Promises of the engine that hold for any flow and any answers."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.engine.advance import advance
from flows.engine.conditions import AllOf, AnyOf, Not, SlotIs, SlotIsFilled
from flows.engine.definition import (
    END,
    Action,
    Branch,
    Choice,
    Flow,
    FlowLibrary,
    Link,
    Rejection,
    Screen,
    SetSlots,
)
from flows.engine.effects import Erase, Fail, LookUp, Offer
from flows.engine.events import Began, Chose, LookedUp, Repeated, WentBack, Wrote
from flows.engine.messages import Bilingual, Message, Option
from flows.engine.session import Session, decode_session, encode_session

SLOTS = ("need", "place", "told")
STEPS = ("a", "b", "c", "d")
FLOWS = ("home", "one", "two")
VALUES = ("x", "y")
LOOK_UPS = ("regions", "find")

texts = st.builds(Message, st.just("c"), st.sampled_from(["Un", "Deux"]))
leaves = st.one_of(
    st.builds(SlotIs, st.sampled_from(SLOTS), st.tuples(st.sampled_from(VALUES))),
    st.builds(SlotIsFilled, st.sampled_from(SLOTS)),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.tuples(inner, inner)),
        st.builds(AnyOf, st.tuples(inner, inner)),
    ),
    max_leaves=3,
)
ways = st.tuples(
    st.builds(Branch, conditions, st.sampled_from((*STEPS, END))),
    st.builds(Branch, st.none(), st.sampled_from((*STEPS, END))),
)
sets = st.tuples(st.tuples(st.sampled_from(SLOTS), st.none() | st.sampled_from(VALUES)))
choices = st.builds(
    Choice,
    id=st.sampled_from(VALUES),
    label=texts,
    sets=st.just(()) | sets,
    next=st.none() | ways,
    link=st.none() | st.sampled_from(FLOWS),
    shown_if=st.none() | conditions,
)


def screens(step_id: str) -> st.SearchStrategy[Screen]:
    return st.builds(
        Screen,
        id=st.just(step_id),
        slot=st.none() | st.sampled_from(SLOTS),
        texts=st.tuples(st.tuples(st.none() | conditions, texts)),
        choices=st.lists(choices, max_size=2, unique_by=lambda each: each.id).map(tuple),
        next=ways,
        content_from=st.none() | st.sampled_from(LOOK_UPS),
        requires=st.just(()) | st.tuples(st.sampled_from(SLOTS)),
        text_input=st.none() | st.sampled_from(LOOK_UPS),
        rejections=st.just(()) | st.tuples(st.builds(Rejection, st.none(), texts)),
        foot=st.just(("back", "quit")),
    )


def steps(step_id: str) -> st.SearchStrategy[Any]:
    return st.one_of(
        screens(step_id),
        screens(step_id),
        st.builds(Action, st.just(step_id), st.sampled_from((*LOOK_UPS, "erase")), ways),
        st.builds(SetSlots, st.just(step_id), sets, ways),
        st.builds(Link, st.just(step_id), st.sampled_from(FLOWS)),
    )


def flows(flow_id: str) -> st.SearchStrategy[Flow]:
    return st.tuples(*(steps(step_id) for step_id in STEPS)).map(
        lambda built: Flow(flow_id, "", "open", SLOTS, {step.id: step for step in built})
    )


libraries = st.tuples(*(flows(flow_id) for flow_id in FLOWS)).map(
    lambda built: FlowLibrary({flow.id: flow for flow in built}, "home")
)
found = st.builds(
    LookedUp,
    st.sampled_from(LOOK_UPS),
    st.just(()) | st.tuples(texts),
    st.just(()) | st.just((Option("x", Bilingual("X")),)),
    st.just(()) | sets,
)
events = st.one_of(
    st.builds(Began, st.sampled_from((*FLOWS, "gone"))),
    st.builds(
        Chose,
        st.sampled_from((*FLOWS, "gone")),
        st.sampled_from((*STEPS, "gone")),
        st.sampled_from((*VALUES, "gone")),
    ),
    st.builds(Wrote, st.text(max_size=5)),
    found,
    st.just(WentBack()),
    st.just(Repeated()),
)


@settings(max_examples=100, deadline=None)
@given(libraries, st.lists(events, max_size=8))
def test_every_turn_ends_in_a_screen_a_look_up_leaving_or_a_failure(library, happened):
    session = Session()
    for event in happened:
        turn = advance(library, session, event)
        assert isinstance(turn.effects[-1], Offer | LookUp | Erase | Fail)
        session = turn.session


@settings(max_examples=100, deadline=None)
@given(libraries, st.lists(events, max_size=8))
def test_a_turn_looks_up_exactly_when_the_session_waits_for_it(library, happened):
    session = Session()
    for event in happened:
        turn = advance(library, session, event)
        asked = turn.effects[-1]
        if isinstance(asked, LookUp):
            assert turn.session.looking_up == asked.name
        if isinstance(asked, Offer):
            assert turn.session.looking_up is None
            assert (turn.session.current.flow, turn.session.current.step) == (
                asked.flow,
                asked.step,
            )
        session = turn.session


@settings(max_examples=100, deadline=None)
@given(libraries, st.lists(events, max_size=8))
def test_a_session_survives_the_store_between_any_two_events(library, happened):
    kept = stored = Session()
    for event in happened:
        kept = advance(library, kept, event).session
        stored = advance(library, stored, event).session
        stored = decode_session(json.loads(json.dumps(encode_session(stored))))
        assert stored == kept


@settings(max_examples=80, deadline=None)
@given(libraries, st.lists(events, min_size=1, max_size=6))
def test_the_same_event_gives_the_same_turn_and_leaves_the_given_session_alone(library, happened):
    session = Session()
    for event in happened:
        before = json.dumps(encode_session(session))
        first = advance(library, session, event)
        assert advance(library, session, event) == first
        assert json.dumps(encode_session(session)) == before
        session = first.session


@settings(max_examples=80, deadline=None)
@given(libraries, st.lists(events, max_size=40))
def test_what_a_session_remembers_is_bounded(library, happened):
    session = Session()
    for event in happened:
        session = advance(library, session, event).session
    assert len(session.trail) <= 12
    assert len(json.dumps(encode_session(session))) < 4000
