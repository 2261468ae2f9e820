"""docs/privacy.md lists all 42 requirements, and every test it names is there."""

import re

from bot.settings import ROOT

TABLE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| (S\d\d) \|(.*)\|$", TABLE)
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)
FOR_PEOPLE_OR_LATER = {"S41", "S42"}


def test_all_42_requirements_are_listed_once_in_order():
    assert [number for number, _ in ROWS] == [f"S{number:02}" for number in range(1, 43)]


def test_every_named_test_exists():
    assert len(NAMED) > 40
    missing = [
        f"{file}::{name}"
        for file, name in NAMED
        if not (ROOT / file).is_file()
        or not re.search(rf"(?m)^(async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_only_what_people_do_or_what_is_said_to_be_missing_has_no_test():
    without = {number for number, rest in ROWS if "::" not in rest}
    assert without == FOR_PEOPLE_OR_LATER
    for number, rest in ROWS:
        if number in without:
            assert "people" in rest or "not there yet" in rest
