"""What may be known about a running Jigi: JSON lines and counters, with nothing of any person.

Logs are closed by default: only keys of an allow-list come out, and their values only where they
look like a word or a number of ours. Text, chat ids and the token have no way through, neither from
our own code, nor from a library at debug level, nor out of an exception.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from traceback import walk_tb
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, ProcessCollector, generate_latest

OUR_PACKAGES = (
    "bot",
    "event_registration",
    "flows",
    "guidance",
    "nlu",
    "referral_directory",
    "staff_console",
    "storage",
)

ALLOWED_KEYS = frozenset(
    {
        "attempt",
        "count",
        "error",
        "event",
        "frames",
        "kind",
        "level",
        "logger",
        "method",
        "name_of_setting",
        "port",
        "reason",
        "rows",
        "seconds",
        "status",
        "timestamp",
        "version",
    }
)

_WORD = re.compile(r"[\w.:/<> %-]{1,400}", re.ASCII)
_NAME = re.compile(r"\w+(\.\w+)*", re.ASCII)
_ROOT = Path(__file__).resolve().parent.parent
_MOST_FRAMES = 8


def without_text(error: BaseException) -> dict[str, str]:
    """Return what a log may say of an error: its type, and where in our own code it was."""
    frames = [
        f"{Path(frame.f_code.co_filename).relative_to(_ROOT)}:{line}"
        for frame, line in walk_tb(error.__traceback__)
        if _is_ours(frame.f_code.co_filename)
    ]
    return {"error": type(error).__name__, "frames": " ".join(frames[-_MOST_FRAMES:])}


def configure_logging(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every log record of this process, whoever wrote it, as one safe JSON line.

    Args:
        level: from which level on; even `DEBUG` lets no text through.
        stream: where to; standard error by default.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_from_record],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                redact,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    if level > logging.DEBUG:
        handler.addFilter(_is_worth_a_line)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # A record that can't be formatted must not be printed with its arguments.
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    sys.excepthook = _report_crash
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep what is known to be harmless; a structlog processor."""
    return {key: _plain(value) for key, value in event.items() if key in ALLOWED_KEYS}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and _WORD.fullmatch(value) else "withheld"


def _from_record(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Rebuild a record of the standard library from its harmless parts alone."""
    record: logging.LogRecord = event["_record"]
    is_ours = _is_our_logger(record.name)
    rebuilt: dict[str, Any] = {
        "_record": record,
        "_from_structlog": False,
        # The template without its arguments; a library's may be put together from anything.
        "event": record.msg if is_ours and isinstance(record.msg, str) else "library",
        "level": record.levelname.lower(),
        "logger": record.name if _NAME.fullmatch(record.name) else "withheld",
    }
    if is_ours:
        extras: Mapping[str, Any] = record.__dict__
        rebuilt |= {key: extras[key] for key in ALLOWED_KEYS - rebuilt.keys() if key in extras}
    if record.exc_info and record.exc_info[1] is not None:
        rebuilt |= without_text(record.exc_info[1])
    # The formatter would write the traceback, which quotes what it went through.
    record.exc_info = record.exc_text = record.stack_info = None
    return rebuilt


def _is_worth_a_line(record: logging.LogRecord) -> bool:
    """Whether it is ours, or a library is in trouble: of its words only the fact comes out."""
    return record.levelno >= logging.WARNING or _is_our_logger(record.name)


def _is_our_logger(name: str) -> bool:
    return name.split(".", 1)[0] in OUR_PACKAGES


def _is_ours(file_name: str) -> bool:
    path = Path(file_name)
    return path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in OUR_PACKAGES


def _report_crash(_kind: type[BaseException], error: BaseException, _trace: Any) -> None:
    logging.getLogger("bot").critical("crashed", extra=without_text(error))


class PrometheusTally:
    """Counts for `/metrics`; fulfils `bot.conversation.store_port.Tally`."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        ProcessCollector(registry=self._registry)

    def count(self, name: str, kind: str = "", by: int = 1) -> None:
        """Add `by` to the counter `jigi_<name>_total` with the label `kind`."""
        counter = self._counters.get(name)
        if counter is None:
            counter = Counter(f"jigi_{name}", f"Jigi: {name}", ["kind"], registry=self._registry)
            self._counters[name] = counter
        if by:
            counter.labels(kind).inc(by)

    def text(self) -> bytes:
        """Return all counters in Prometheus's text format."""
        return generate_latest(self._registry)
