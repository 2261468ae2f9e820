"""The flow language: what it reads, and what it says of what it can't read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import bootstrap
from flows.engine.conditions import holds
from flows.language.checking import check_flows
from flows.language.conditions import ConditionError, parse_condition
from flows.language.drawing import draw_flow
from flows.language.reading import read_flows

MENU = """
spec_version: 1
flows:
  menu:
    description: home
    steps:
      - {id: main, action: show, text: Menu, foot: [], choices: [{id: a, text: A, link: help}]}
"""
HELP = """
spec_version: 1
flows:
  help:
    description: help
    path: survivor
    steps:
      - id: ask
        collect: need
        text: Quoi ?
        choices:
          - {id: x, text: X}
        next: END
"""


def problems(help_text: str, look_ups: frozenset[str] = frozenset()) -> str:
    reading = read_flows({"menu.yml": MENU, "help.yml": help_text})
    return "\n".join(str(issue) for issue in check_flows(reading, look_ups))


def test_sound_flows_have_no_issues():
    assert problems(HELP) == ""


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("next: END", "next: nowhere"), "leads to nowhere"),
        (("next: END", "next: [{if: slots.need, then: END}]"), "add an else"),
        (
            ("next: END", "next: [{if: slots.plase, then: END}, {else: END}]"),
            "plase is not declared",
        ),
        (
            ("next: END", "next: END\n      - {id: lost, action: show, text: T}"),
            "no way leads here",
        ),
        (("text: X}", "text: X, link: gone}"), "gone, which is no flow"),
        (("text: X}", "text: X, set_slots: [{other: y}]}"), "sets other"),
        (("text: Quoi ?", "text: Quoi ?\n        foot: [back]"), "lacks emergency, quit"),
        (("text: Quoi ?", "text: Quoi ?\n        foot: [emergency, quit]"), "no way back"),
        (("text: Quoi ?", 'text: "1\\n2\\n3\\n4"'), "4 lines"),
        (("text: Quoi ?", f"text: {'mot ' * 80}"), "a line of"),
        (("text: Quoi ?", "text: Quoi ?\n        content_from: oracle"), "oracle is no look-up"),
        (("{id: x, text: X}", "{id: x, text: X}\n          - {id: x, text: Y}"), "two choices"),
        (("text: X}", f"text: {'long ' * 20}}}"), "a label of"),
        (("collect: need", "kollect: need"), "Extra inputs"),
        (("spec_version: 1", "spec_version: 9"), "spec_version"),
        (
            (
                "{id: x, text: X}",
                "\n".join(
                    ["{id: x, text: X}"] + [f"          - {{id: y{n}, text: Y}}" for n in range(5)]
                ),
            ),
            "6 choices",
        ),
    ],
)
def test_the_checker_names_what_is_wrong(change, complaint):
    assert complaint in problems(HELP.replace(*change))


def test_an_issue_tells_the_line():
    assert "help.yml:8 help/ask" in problems(HELP.replace("next: END", "next: nowhere"))


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_complained_about(text):
    reading = read_flows({"any.yml": text})
    assert reading.library.flows or reading.issues


@pytest.mark.parametrize(
    ("source", "slots", "expected"),
    [
        ('slots.need is "medical"', {"need": "medical"}, True),
        ('slots.need is "medical"', {}, False),
        ('slots.need is not "medical"', {}, True),
        ("slots.place is null", {}, True),
        ("slots.place", {"place": "gao"}, True),
        ('slots.need in ["a", "b"] and not slots.place', {"need": "b"}, True),
        ('slots.need in ["a", "b"] or slots.place', {"place": "gao"}, True),
    ],
)
def test_conditions_mean_what_they_say(source, slots, expected):
    assert holds(parse_condition(source), slots) is expected


@pytest.mark.parametrize(
    "source",
    ["", "__import__('os')", "slots", "slots.a < 3", "need is 1", "slots.a is slots.b", "(", "x()"],
)
def test_nothing_but_conditions_is_a_condition(source):
    with pytest.raises(ConditionError):
        parse_condition(source)


def test_our_own_flows_have_no_issues():
    assert check_flows(bootstrap.read_flow_files(), bootstrap.LOOK_UPS) == ()


def test_every_flow_can_be_drawn():
    for flow in bootstrap.read_flow_files().library.flows.values():
        drawing = draw_flow(flow)
        assert drawing.startswith("flowchart TD")
        assert all(step in drawing for step in flow.steps)
