"""Conditions on slots, as data: what stands behind `if` in a flow."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SlotIs:
    """True when the slot holds one of these values."""

    slot: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SlotIsFilled:
    """True when the slot holds anything."""

    slot: str


@dataclass(frozen=True, slots=True)
class Not:
    """True when the other is false."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when all are."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when one is."""

    conditions: tuple["Condition", ...]


Condition = SlotIs | SlotIsFilled | Not | AllOf | AnyOf


def holds(condition: Condition, slots: Mapping[str, str]) -> bool:
    """Return whether `condition` is true of `slots`."""
    match condition:
        case SlotIs(slot, values):
            return slots.get(slot) in values
        case SlotIsFilled(slot):
            return slot in slots
        case Not(inner):
            return not holds(inner, slots)
        case AllOf(conditions):
            return all(holds(each, slots) for each in conditions)
        case AnyOf(conditions):
            return any(holds(each, slots) for each in conditions)


def slots_of(condition: Condition) -> frozenset[str]:
    """Return the names of the slots that `condition` reads."""
    match condition:
        case SlotIs(slot, _) | SlotIsFilled(slot):
            return frozenset({slot})
        case Not(inner):
            return slots_of(inner)
        case AllOf(conditions) | AnyOf(conditions):
            return frozenset().union(*(slots_of(each) for each in conditions))
