"""The `jigi` command of the contract, as a person at a terminal uses it."""

import json

import pytest

from tests.process.jigi import run_jigi

pytestmark = pytest.mark.process


@pytest.fixture
def settings(tmp_path):
    return {"data_dir": str(tmp_path / "var")}


async def test_nlu_parse_writes_one_object_per_line(settings):
    texts = ["mon mari me frappe", "je veux mourir", "quitter", "", "🙂", "x" * 10_000]
    ended = await run_jigi("nlu", "parse", "--jsonl", given="\n".join(texts) + "\n", **settings)
    assert ended.status == 0, ended.err
    parsed = [json.loads(line) for line in ended.out.splitlines()]
    assert [each["text"] for each in parsed] == texts
    for each in parsed:
        assert set(each) == {"text", "language", "intent", "intent_ranking", "guard"}
        assert each["intent"] == each["intent_ranking"][0]
        assert 0 <= each["intent"]["confidence"] <= 1
    assert parsed[0]["intent"]["name"] == "report_domestic_violence"
    assert len(parsed[0]["intent_ranking"]) == 36
    assert parsed[1]["guard"] == "suicidal_thoughts"
    assert parsed[2]["guard"] == "erase_conversation"
    assert parsed[4]["intent"]["name"] == "out_of_scope"


async def test_a_directory_goes_out_and_comes_back_unchanged(settings, tmp_path):
    assert (await run_jigi("directory", "load", **settings)).status == 0
    for form, name in (("csv", "d.csv"), ("xlsx", "d.xlsx"), ("hsds", "d.json")):
        file = str(tmp_path / name)
        out = await run_jigi("directory", "export", file, "--format", form, **settings)
        assert out.status == 0, out.err
        back = await run_jigi("directory", "import", file, "--dry-run", **settings)
        assert back.status == 0, back.err
        assert "0 added, 0 changed" in back.out
        assert "not written" in back.out


async def test_a_new_database_gets_the_starter_directory_and_one_in_use_is_left_alone(
    settings, tmp_path
):
    first = await run_jigi("db", "upgrade", **settings)
    assert first.status == 0, first.err
    assert "starter directory is loaded" in first.out
    exported = tmp_path / "d.csv"
    await run_jigi("directory", "export", str(exported), "--format", "csv", **settings)
    assert exported.read_text(encoding="utf-8").count("\n") > 50
    again = await run_jigi("db", "upgrade", **settings)
    assert again.status == 0, again.err
    assert "starter" not in again.out


async def test_an_entry_is_verified_and_unverified(settings):
    await run_jigi("directory", "load", **settings)
    verified = await run_jigi(
        "directory", "verify", "tel-17", "--by", "Awa", "--on", "2026-11-20", **settings
    )
    assert verified.status == 0, verified.err
    unknown = await run_jigi(
        "directory", "verify", "tel-0", "--by", "Awa", "--on", "2026-11-20", **settings
    )
    assert unknown.status == 2
    assert "no entry tel-0" in unknown.err
    future = await run_jigi(
        "directory", "verify", "tel-17", "--by", "Awa", "--on", "2999-01-01", **settings
    )
    assert future.status == 2
    assert (await run_jigi("directory", "unverify", "tel-17", **settings)).status == 0


async def test_importing_a_file_that_is_no_directory_is_one_sentence(settings, tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(b"\xff\xfe\x00nothing")
    ended = await run_jigi("directory", "import", str(file), **settings)
    assert ended.status in {1, 2}
    assert "Traceback" not in ended.err
    missing = await run_jigi("directory", "import", str(tmp_path / "gone.csv"), **settings)
    assert "There is no file" in missing.err


async def test_flows_are_checked_drawn_and_played(settings):
    assert (await run_jigi("flows", "check", **settings)).status == 0
    drawn = await run_jigi("flows", "draw", "find_help", **settings)
    assert "flowchart TD" in drawn.out
    played = await run_jigi("flows", "play", "find_help", given="1\nmopti\n1\n", **settings)
    assert played.status == 0, played.err
    assert "Sominé Dolo" in played.out


async def test_doctor_says_what_is_open(settings):
    await run_jigi("directory", "load", **settings)
    ended = await run_jigi("doctor", **settings)
    assert ended.status == 1
    assert "no emergency number" in ended.out
    assert "drafted" in ended.out


async def test_retention_reports_every_table(settings):
    await run_jigi("db", "upgrade", **settings)
    reported = await run_jigi("retention", "report", **settings)
    assert "sessions" in reported.out
    assert (await run_jigi("retention", "run", **settings)).status == 0


async def test_a_database_of_another_kind_is_refused_with_a_sentence(settings):
    ended = await run_jigi("doctor", **{**settings, "database_url": "foo://user:geheim@x"})
    assert ended.status == 2
    assert ended.err == (
        "The setting JIGI_DATABASE_URL is wrong: must begin with sqlite or postgresql.\n"
    )


async def test_an_import_is_looked_at_written_in_part_and_undone(settings, tmp_path):
    await run_jigi("directory", "load", **settings)
    file = tmp_path / "annuaire.csv"
    file.write_bytes(
        "fiche;identifiant;catégorie;nom en français;source\n"
        "organisation;neuve;association ou ONG;Écoute;appel\n"
        "organisation;autre;cirque;Autre;appel\n".encode("cp1252")
    )
    whole = await run_jigi("directory", "import", str(file), **settings)
    assert whole.status == 1
    assert "line 3, column kind: au choix : santé" in whole.err
    assert "not written" in whole.out
    part = await run_jigi("directory", "import", str(file), "--partial", **settings)
    assert part.status == 0, part.err
    assert "1 added, 0 changed" in part.out
    listed = await run_jigi("directory", "imports", **settings)
    assert "annuaire.csv: 1 added" in listed.out
    undone = await run_jigi("directory", "undo-import", "1", **settings)
    assert "1 removed, 0 restored" in undone.out
    again = await run_jigi("directory", "undo-import", "1", **settings)
    assert again.status == 2
    assert "déjà annulé" in again.err


async def test_staff_get_templates_gaps_flaws_and_paper(settings, tmp_path):
    await run_jigi("directory", "load", **settings)
    for name in ("modele.xlsx", "modele.csv"):
        made = await run_jigi("directory", "template", str(tmp_path / name), **settings)
        assert made.status == 0, made.err
        assert (tmp_path / name).stat().st_size > 500
    wrong = await run_jigi("directory", "template", str(tmp_path / "modele.odt"), **settings)
    assert (wrong.status, "Traceback" in wrong.err) == (2, False)
    for name, start in (("carte.svg", b"<svg"), ("carte.png", b"\x89PNG")):
        drawn = await run_jigi("directory", "gaps", "--map", str(tmp_path / name), **settings)
        assert drawn.status == 0, drawn.err
        assert "nothing in" in drawn.out
        assert (tmp_path / name).read_bytes().startswith(start)
    flaws = await run_jigi("directory", "quality", **settings)
    assert "missing_bambara" in flaws.out
    paper = tmp_path / "mopti.pdf"
    printed = await run_jigi("directory", "print", "mopti", str(paper), **settings)
    assert printed.status == 0, printed.err
    assert paper.read_bytes().startswith(b"%PDF")
    nowhere = await run_jigi("directory", "print", "atlantis", str(paper), **settings)
    assert (nowhere.status, "no region" in nowhere.err) == (2, True)
