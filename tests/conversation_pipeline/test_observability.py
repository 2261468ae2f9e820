"""Nothing of any person comes out of the log, whoever writes it and however."""

import io
import json
import logging
import warnings

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.observability import (
    ALLOWED_KEYS,
    PrometheusTally,
    configure_logging,
    redact,
    without_text,
)

CANARY = "kanari-71234567890-wörtlich"


@pytest.fixture
def written():
    """What the log wrote, with everything put back afterwards."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.raiseExceptions)
    # A server of an earlier test that keeps no access log silences this one for the whole process.
    access = logging.getLogger("uvicorn.access")
    was_heard, access.propagate = access.propagate, True
    stream = io.StringIO()
    configure_logging(logging.DEBUG, stream)
    yield stream
    logging.captureWarnings(capture=False)
    root.handlers, root.level, logging.raiseExceptions = before
    access.propagate = was_heard
    structlog.reset_defaults()


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    "name",
    [
        "telegram.Bot",
        "telegram.request",
        "httpx",
        "httpcore.http11",
        "aiohttp.client",
        "aiohttp.server",
        "uvicorn.access",
        "uvicorn.error",
        "sqlalchemy.engine.Engine",
        "aiosqlite",
        "asyncio",
        "unknown.library",
        "root",
    ],
)
def test_a_library_says_nothing_of_its_own_even_at_debug_level(written, name):
    logging.getLogger(name).debug("sent %s", CANARY)
    logging.getLogger(name).error(f"failed {CANARY}", extra={"reason": CANARY})  # noqa: G004  # as libraries do
    assert CANARY not in written.getvalue()
    assert {line["event"] for line in lines(written)} == {"library"}


def test_our_own_records_keep_their_template_and_lose_their_arguments(written):
    logging.getLogger("bot.test").warning("refused %s", CANARY)
    logging.getLogger("bot.test").warning("refused", extra={"text": CANARY, "count": 3})
    first, second = lines(written)
    assert first["event"] == "refused %s"
    assert second["count"] == 3
    assert CANARY not in written.getvalue()


def test_an_exception_is_its_type_and_our_own_frames(written):
    try:
        int(CANARY)
    except ValueError:
        logging.getLogger("bot.test").exception("failed")
        logging.getLogger("aiohttp.server").exception("failed")
    assert CANARY not in written.getvalue()
    assert "Traceback" not in written.getvalue()
    assert [line["error"] for line in lines(written)] == ["ValueError", "ValueError"]


def test_a_structlog_logger_goes_through_the_same_sieve(written):
    structlog.get_logger("bot.test").warning("refused", text=CANARY, count=3, chat_id=71)
    (line,) = lines(written)
    assert line["event"] == "refused"
    assert line["count"] == 3
    assert not {"text", "chat_id"} & line.keys()


def test_a_record_that_cannot_be_formatted_prints_nothing_of_its_arguments(written, capsys):
    arguments = (CANARY,)
    logging.getLogger("bot.test").warning("two %s %s", *arguments)
    assert CANARY not in written.getvalue() + "".join(capsys.readouterr())


def test_a_warning_of_a_library_is_withheld(written):
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
    assert CANARY not in written.getvalue()


def test_the_frames_of_an_error_are_ours_alone():
    try:
        json.loads("{")
    except ValueError as error:
        said = without_text(error)
    assert said == {"error": "JSONDecodeError", "frames": ""}


@given(
    st.dictionaries(
        st.sampled_from(sorted(ALLOWED_KEYS)) | st.text(max_size=6),
        st.text() | st.integers() | st.lists(st.text()),
    )
)
def test_only_allowed_keys_and_harmless_values_pass(event):
    kept = redact(None, "", dict(event))
    assert kept.keys() <= ALLOWED_KEYS
    for value in kept.values():
        assert isinstance(value, int | str)
        assert str(value).isascii()


def test_counters_come_out_as_metrics():
    tally = PrometheusTally()
    tally.count("updates", "accepted", 3)
    tally.count("updates", "accepted")
    tally.count("updates", "repeated", 0)
    text = tally.text().decode()
    assert 'jigi_updates_total{kind="accepted"} 4.0' in text
    assert "repeated" not in text
