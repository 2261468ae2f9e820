"""Whoever waits for an import sees how far it is."""

from pathlib import Path

from sqlalchemy import Connection

from referral_directory.import_progress import Progress, Stage, Watch
from tests.referral_directory.files import (
    ORGANIZATION,
    SERVICE,
    bring_in,
    write_book,
    write_rows,
)


def test_progress_is_told(starter: Connection, tmp_path: Path) -> None:
    told: list[Progress] = []
    many = [SERVICE | {"slug": f"s-{number}"} for number in range(1_100)]
    path = write_rows(tmp_path / "x.csv", [ORGANIZATION, *many])
    bring_in(starter, path, report=told.append)
    reading = [one for one in told if one.stage is Stage.READING]
    assert [(one.done, one.percent) for one in reading] == [(500, 45), (1000, 90), (1101, 100)]
    assert [one.done for one in told if one.stage is Stage.COMPARING] == [1101]
    writing = [(one.done, one.total) for one in told if one.stage is Stage.WRITING]
    assert writing == [(1, 1101), (501, 1101), (1001, 1101), (1101, 1101)]
    assert told[-1].label == "écriture : 1101 sur 1101"


def test_a_workbook_says_how_many_rows_it_has_once_they_are_read(
    starter: Connection, tmp_path: Path
) -> None:
    watch, seen = Watch(), []
    sheets = {each["record"]: [list(each), list(each.values())] for each in (ORGANIZATION, SERVICE)}
    path = write_book(tmp_path / "x.xlsx", sheets)

    def look(progress: Progress) -> None:
        watch.tell(progress)
        seen.append((watch.latest, progress.percent))

    bring_in(starter, path, report=look)
    assert seen[0] == (Progress(Stage.READING, 2), None)
    assert watch.latest == Progress(Stage.WRITING, 2, 2)
