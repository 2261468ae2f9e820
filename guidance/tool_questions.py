"""The quiz and the project check: their questions, and what answers come to."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from guidance.articles import Source, Text


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Statement(_Frozen):
    """One « vrai ou faux »."""

    statement: Text
    is_true: bool
    explanation: Text
    source: Source


class ProjectQuestion(_Frozen):
    """One question about a project; a no or a partly is a gap, with advice."""

    question: Text
    gap: Text
    advice: Text


class Reply(StrEnum):
    """Answers about a project, as letters."""

    YES = "y"
    PARTLY = "p"
    NO = "n"


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that a project does not fully meet.

    Attributes:
        number: of the question, from 0.
        is_partial: met in part.
    """

    number: int
    is_partial: bool


@cache
def quiz() -> dict[str, tuple[Statement, ...]]:
    """Return the statements by quiz."""
    return TypeAdapter(dict[str, tuple[Statement, ...]]).validate_python(_read("quiz.yml"))


@cache
def project_questions() -> tuple[ProjectQuestion, ...]:
    """Return the questions in their order."""
    return TypeAdapter(tuple[ProjectQuestion, ...]).validate_python(_read("project.yml"))


def gaps(replies: str) -> tuple[Gap, ...]:
    """Return the gaps that `replies`, a letter for each question, show."""
    return tuple(
        Gap(number, letter == Reply.PARTLY)
        for number, letter in enumerate(replies)
        if letter in (Reply.PARTLY, Reply.NO)
    )


def replies_so_far(kept: str) -> str:
    """Return `kept` when it is letters of answers, at most one for each question; else nothing."""
    known = set(kept) <= {each.value for each in Reply}
    return kept if known and len(kept) <= len(project_questions()) else ""


def _read(name: str) -> Any:
    return yaml.safe_load((files("guidance.tools") / name).read_text(encoding="utf-8"))
