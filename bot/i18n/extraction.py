"""Which texts there are: every message of the flows, the table of destinations and the code."""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from flows.engine.definition import FlowLibrary, Screen
from flows.engine.messages import Message

DOMAIN = "jigi"
FRENCH_ONLY = ("verifier/", "link_staff/")
"""Contexts of what only staff read, in French as their console: no catalogue holds them."""

CODE_DIRECTORIES = (
    "bot",
    "event_registration",
    "guidance",
    "referral_directory",
    "staff_console",
)


def messages_of(library: FlowLibrary) -> Iterable[Message]:
    """Yield every message of the flows: texts, rejections and button labels, discreet ones too."""
    for flow in library.flows.values():
        for step in flow.steps.values():
            if isinstance(step, Screen):
                for message in _messages_of_screen(step):
                    yield from filter(None, (message, message.discreet))


def _messages_of_screen(screen: Screen) -> Iterable[Message]:
    yield from (text for _, text in screen.texts)
    yield from (rejection.text for rejection in screen.rejections)
    yield from (choice.label for choice in screen.choices)


def template(root: Path, library: FlowLibrary, labels: Iterable[Message]) -> Catalog:
    """Return the catalogue template: every text with its context, none translated.

    Args:
        root: the checkout.
        library: the flows.
        labels: further messages, such as the destinations' labels.
    """
    catalog = Catalog(project="Jigi", fuzzy=False)
    for message in [*messages_of(library), *labels]:
        if message.context.startswith(FRENCH_ONLY):
            continue
        comments = [f"risk: {message.risk}"] if message.risk else []
        catalog.add(message.text, context=message.context, auto_comments=comments)
    for context, text, comments in _messages_in_code(root):
        if context.startswith(FRENCH_ONLY):
            continue
        catalog.add(text, context=context, auto_comments=comments)
    for (context, text), risk in _risks_in_code(root):
        found = catalog.get(text, context=context)
        if found is not None and not found.auto_comments:
            found.auto_comments.append(f"risk: {risk}")
    return catalog


def _risks_in_code(root: Path) -> Iterable[tuple[tuple[str, str], str]]:
    """Yield context and text of the calls of `message` that name a risk, and which."""
    for directory in CODE_DIRECTORIES:
        for path in sorted((root / directory).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id="message"),
                        args=[ast.Constant(str(context)), ast.Constant(str(text)), *_],
                        keywords=keywords,
                    ):
                        yield from (((context, text), risk) for risk in _risks_among(keywords))
                    case _:
                        pass


def _risks_among(keywords: Iterable[ast.keyword]) -> Iterable[str]:
    for each in keywords:
        if each.arg == "risk" and isinstance(each.value, ast.Constant):
            yield str(each.value.value)


def _messages_in_code(root: Path) -> Iterable[tuple[str, str, list[str]]]:
    """Yield the calls of `message(context, text, ...)` in the code."""
    keywords: Mapping[str, tuple[tuple[int, str] | int, ...]] = {"message": ((1, "c"), 2)}
    for directory in CODE_DIRECTORIES:
        if not (root / directory).is_dir():
            continue
        found = extract_from_dir(
            root / directory,
            method_map=[("**.py", "python")],
            keywords=keywords,
            comment_tags=("TRANSLATORS:",),
        )
        for _, _, text, comments, context in found:
            if context and isinstance(text, str):
                yield context, text, list(comments)
