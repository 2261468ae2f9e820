"""The rules of the house, held by code: rooms, sizes, words and what may never be committed."""

import re
import subprocess
import tomllib

import pytest
import yaml

from bot import bootstrap
from bot.settings import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NOT_PACKAGES = {"tests", "benchmarks", "docs", "deploy", "requirements", "locales"}
CODE = ("*.py", "*.html", "*.js", "*.css")


def tracked(*patterns: str) -> list[str]:
    listed = subprocess.run(  # noqa: S603  # git of this checkout
        ["git", "ls-files", *patterns],  # noqa: S607  # whichever git there is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def packages() -> set[str]:
    return {name.split("/")[0] for name in tracked("*/*.py")} - NOT_PACKAGES


def test_every_top_level_package_stands_in_the_import_contract():
    assert packages() == set(PYPROJECT["tool"]["importlinter"]["root_packages"])
    layers = PYPROJECT["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {part.strip() for layer in layers for part in layer.split("|")}
    assert named == packages()


def test_every_top_level_package_is_type_checked():
    assert packages() == set(PYPROJECT["tool"]["mypy"]["packages"])


def test_no_file_of_code_is_longer_than_400_lines():
    own = [name for name in tracked(*CODE) if "/vendor/" not in name]
    long = {name: text_of(name).count("\n") for name in own}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_no_phone_number_stands_outside_the_directory():
    number = re.compile(
        r"(\+|00)223[ .]?\d|\b80[ .]?00[ .]?\d{2}[ .]?\d{2}\b|\b[5-9]\d([ .]\d{2}){3}\b"
    )
    rooms = (
        "bot/",
        "flows/",
        "nlu/",
        "locales/",
        "storage/",
        "staff_console/",
        "guidance/content/",
    )
    texts = {
        name: text_of(name)
        for name in tracked()
        if name.startswith(rooms)
        and not name.endswith((".gz", ".png", ".svg", ".lock", "words.txt"))
    }
    found = {name: match.group() for name, text in texts.items() if (match := number.search(text))}
    assert found == {}


def test_nothing_names_a_machine_or_a_registry():
    forbidden = re.compile(
        "|".join(
            [
                "/work" + "/main",
                "python" + "hosted",
                "/" + "/pypi",
                "npm" + r"js\.",
                "deb" + r"\.debian",
            ]
        )
    )
    found = [
        name for name in tracked() if not name.endswith(".gz") and forbidden.search(text_of(name))
    ]
    assert found == []


def test_no_lock_file_holds_an_address():
    for name in tracked("requirements/*.lock"):
        assert "://" not in text_of(name), name
    assert tracked("*uv.lock") == []


def test_every_intent_has_its_own_destination_and_only_three_end_at_the_menu():
    table = bootstrap.read_destination_table()
    contract = yaml.safe_load(text_of("tests/house/intents.yml"))["intents"]
    assert {name: entry["group"] for name, entry in contract.items()} == {
        name: each.group for name, each in table.items()
    }
    flows = bootstrap.read_flow_files().library.flows
    for name, each in table.items():
        assert each.flow in flows, name
        assert {slot for slot, _ in each.slots} <= set(flows[each.flow].slots), name
    assert {n for n, each in table.items() if each.flow == "menu"} == {
        "greet",
        "show_menu",
        "out_of_scope",
    }
    places = [(each.flow, each.slots) for name, each in table.items() if each.flow != "menu"]
    assert len(set(places)) == len(places)


def test_the_main_menu_has_the_labels_of_the_contract():
    menu = bootstrap.read_flow_files().library.flows["menu"].steps["main"]
    assert [choice.label.text for choice in menu.choices] == [
        "Urgence",
        "Trouver de l'aide",
        "Comprendre",
        "Droits et égalité",
        "JIF et JPO",
        "Langue",
        "Quitter",
    ]


def test_every_noqa_and_type_ignore_gives_its_reason():
    silent = re.compile(r"# (noqa(: [A-Z0-9, ]+)?|type: ignore(\[[a-z-]+\])?) *$", re.MULTILINE)
    found = [name for name in tracked("*.py") if silent.search(text_of(name))]
    assert found == []


@pytest.mark.parametrize("name", ["make setup", "make demo", "make test", "jigi serve"])
def test_the_readme_names_what_a_newcomer_needs(name):
    assert name in text_of("README.md")


def test_every_engine_on_which_staff_may_change_something_can_sign_the_audit_log():
    """`storage.audit.record` fails on an engine without keys: open_engine(url, keyring)."""
    without = {
        "bot/adapters/presence.py",  # holds a lock, changes nothing
        "bot/adapters/signatures.py",  # reads
        "bot/bootstrap.py",  # fill_directory: loading the starter data enters nothing
        "bot/cli/database.py",  # the report reads
        "bot/cli/figures.py",  # reads
    }
    called = re.compile(r"\bopen_engine\(([^()]|\([^()]*\))*\)")
    found = {
        name
        for name in tracked("*.py")
        if not name.startswith(("tests/", "storage/", "benchmarks/"))
        for call in called.finditer(text_of(name))
        if "key" not in call.group()
    }
    assert found == without
