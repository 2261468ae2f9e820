"""The questions of quiz and project check as messages: what the catalogue translates."""

from collections.abc import Iterable

from flows.engine.messages import Message
from guidance.tool_questions import project_questions, quiz


def statement_text(name: str, number: int) -> Message:
    """Return a statement of the quiz."""
    return Message(f"quiz/{name}_{number}", quiz()[name][number - 1].statement)


def explanation_text(name: str, number: int) -> Message:
    """Return what is explained after an answer."""
    return Message(f"quiz/{name}_{number}_why", quiz()[name][number - 1].explanation)


def question_text(number: int) -> Message:
    """Return a question about the project."""
    return Message(f"project/{number + 1}", project_questions()[number].question)


def gap_text(number: int) -> Message:
    """Return the name of a gap."""
    return Message(f"project/{number + 1}_gap", project_questions()[number].gap)


def advice_text(number: int) -> Message:
    """Return what to do about a gap."""
    return Message(f"project/{number + 1}_advice", project_questions()[number].advice)


def tool_messages() -> Iterable[Message]:
    """Yield every text of quiz and project check, for the catalogue."""
    for name, statements in quiz().items():
        for number in range(1, len(statements) + 1):
            yield statement_text(name, number)
            yield explanation_text(name, number)
    for number in range(len(project_questions())):
        yield question_text(number)
        yield gap_text(number)
        yield advice_text(number)
