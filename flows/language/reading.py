"""From the text of flow files to a flow library, with every problem as an issue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from flows.engine.definition import Flow, FlowLibrary
from flows.language.building import build_flow
from flows.language.conditions import ConditionError
from flows.language.issues import Issue
from flows.language.schema import FlowsFile

HOME = "menu"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading: the flows that could be built, and what is wrong."""

    library: FlowLibrary
    issues: tuple[Issue, ...]
    lines: Mapping[tuple[str, ...], tuple[str, int]]


def read_flows(files: Mapping[str, str], home: str = HOME) -> Reading:
    """Read flow files.

    Args:
        files: name of the file -> its YAML text.
        home: the flow to which every ended flow leads.

    Returns:
        A reading; any text gives one, never an exception.
    """
    flows: dict[str, Flow] = {}
    issues: list[Issue] = []
    lines: dict[tuple[str, ...], tuple[str, int]] = {}
    for name, text in sorted(files.items()):
        parsed, problems = _parse(name, text)
        issues += problems
        if parsed is None:
            continue
        for flow_id, step_id, line in _step_lines(text):
            lines[flow_id, step_id] = (name, line)
        for flow_id, flow_file in parsed.flows.items():
            if flow_id in flows:
                issues.append(Issue(name, 0, flow_id, "this flow stands in two files"))
                continue
            try:
                flows[flow_id] = build_flow(flow_id, flow_file)
            except ConditionError as error:
                issues.append(Issue(name, 0, flow_id, str(error)))
    return Reading(FlowLibrary(flows, home), tuple(issues), lines)


def _parse(name: str, text: str) -> tuple[FlowsFile | None, list[Issue]]:
    try:
        data: Any = yaml.load(text, Loader=_LOADER)  # noqa: S506  # a safe loader, in C where there is one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        return None, [Issue(name, mark.line + 1 if mark else 0, "", "not YAML")]
    try:
        return FlowsFile.model_validate(data), []
    except (ValidationError, RecursionError) as error:
        if isinstance(error, RecursionError):
            return None, [Issue(name, 0, "", "nested too deeply")]
        return None, [
            Issue(name, 0, "/".join(str(part) for part in each["loc"]), each["msg"])
            for each in error.errors()
        ]


def _step_lines(text: str) -> Iterable[tuple[str, str, int]]:
    """Yield flow, step and line of each step; the file is known to be well-formed."""
    root = yaml.compose(text, Loader=_LOADER)
    for flow_key, flow in _pairs(_value(root, "flows")):
        for step in getattr(_value(flow, "steps"), "value", []):
            for key, value in _pairs(step):
                if key == "id":
                    yield flow_key, str(value.value), step.start_mark.line + 1


def _pairs(node: Any) -> list[tuple[str, Any]]:
    if not isinstance(node, yaml.MappingNode):
        return []
    return [(str(key.value), value) for key, value in node.value]


def _value(node: Any, wanted: str) -> Any:
    return next((value for key, value in _pairs(node) if key == wanted), None)
