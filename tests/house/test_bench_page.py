"""The page with the last figures: a run of one bench leaves the tables of the others."""

from pathlib import Path

from benchmarks.__main__ import write
from benchmarks.report import Report, Row


def test_a_run_replaces_its_own_tables_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Speed\n<!-- last run -->\n\nOld.\n\n<!-- end of last run -->\nEnd\n")
    old = [Report(title, [Row(what="waits", ours="9 ms")]) for title in ("Search", "Memory")]
    write(page, old, "1 s.")
    write(page, [Report("Memory", [Row(what="waits", ours="5 ms")])], "2 s.")
    text = page.read_text()
    assert (text.count("### Search"), text.count("### Memory")) == (1, 1)
    assert (text.count("9 ms"), text.count("5 ms")) == (1, 1)
    assert (text.count("Run: 1 s."), text.count("Run: 2 s.")) == (1, 1)
    assert "Old." not in text
    assert text.startswith("# Speed")
    assert text.endswith("End\n")
