"""Conditions as people write them in flow files: `slots.need is "medical" and not slots.place`.

They are parsed with Python's own grammar and turned into data; nothing of them is ever run.
"""

import ast

from flows.engine.conditions import AllOf, AnyOf, Condition, Not, SlotIs, SlotIsFilled


class ConditionError(ValueError):
    """A condition is not of the language; `problem` says what is wrong."""

    def __init__(self, source: str, problem: str) -> None:
        super().__init__(f"{problem}: {source}")
        self.source = source
        self.problem = problem


def parse_condition(source: str) -> Condition:
    """Return the condition that `source` says.

    Known: `slots.x` (filled), `slots.x is "a"`, `is not "a"`, `is null`, `in ["a", "b"]`, `and`,
    `or`, `not` and parentheses.

    Raises:
        ConditionError: it says anything else.
    """
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        raise ConditionError(source, "not a condition") from error
    return _convert(tree.body, source)


def _convert(node: ast.expr, source: str) -> Condition:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return AllOf(tuple(_convert(each, source) for each in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return AnyOf(tuple(_convert(each, source) for each in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_convert(operand, source))
        case ast.Attribute():
            return SlotIsFilled(_slot(node, source))
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _comparison(_slot(left, source), operator, right, source)
        case _:
            pass
    raise ConditionError(source, "unknown form")


def _comparison(slot: str, operator: ast.cmpop, right: ast.expr, source: str) -> Condition:
    positive: Condition
    match right:
        case ast.Name(id="null"):
            positive = Not(SlotIsFilled(slot))
        case ast.Constant(value=str(value)):
            positive = SlotIs(slot, (value,))
        case ast.List(elts=elements):
            positive = SlotIs(slot, tuple(_text(each, source) for each in elements))
        case _:
            raise ConditionError(source, "a slot is compared with a text, a list or null")
    match operator:
        case ast.Is() | ast.Eq() | ast.In():
            return positive
        case ast.IsNot() | ast.NotEq() | ast.NotIn():
            return Not(positive)
        case _:
            pass
    raise ConditionError(source, "unknown comparison")


def _slot(node: ast.expr, source: str) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id="slots"), attr=name):
            return name
        case _:
            pass
    raise ConditionError(source, "slots are written slots.name")


def _text(node: ast.expr, source: str) -> str:
    match node:
        case ast.Constant(value=str(value)):
            return value
        case _:
            pass
    raise ConditionError(source, "a list holds texts")
