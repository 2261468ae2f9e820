"""The documentation lists the articles as they are."""

from bot.cli.content import table_rows
from bot.settings import ROOT
from guidance.shelf import read_shelf


def test_the_table_of_articles_is_that_of_the_shelf():
    written = (ROOT / "docs" / "guidance.md").read_text(encoding="utf-8").splitlines()
    rows = list(table_rows(read_shelf()))
    assert [row for row in rows if row not in written] == []  # `jigi content list --table`
    start = written.index(rows[0])
    assert written[start : start + len(rows)] == rows
