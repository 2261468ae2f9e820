"""Content review: persons sign articles and Bambara texts, and only the words that they read."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import bootstrap
from bot.adapters.signatures import read_signatures
from bot.cli.console import read_contents
from bot.conversation.driver import Conversation
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue, read_catalogue, signed_texts
from bot.i18n.checking import status
from bot.running import open_points
from bot.settings import Settings
from flows.engine.messages import Message
from guidance.content_rules import unreviewed
from guidance.reviews import CannotSignError, Content, last_reader, read_signed, sign, withdraw
from guidance.shelf import read_shelf
from guidance.signatures import Kind, Signature, Signed, signed_shelf
from staff_console.contents import PAGE, next_after, sheets_of
from storage.actors import Actor, NotAllowedError, Role
from storage.database import Base
from storage.migrate import upgrade
from storage.store import open_store
from tests.staff_console.world import NOW, World, csrf_of

TODAY = NOW.date()
APPROVER = Actor("valide@example.org", frozenset({Role.APPROVER}))
READ = Signature("Fanta Traoré, interprète", TODAY)
RISKY_TEXT = next(
    each
    for each in read_contents()
    if each.which.kind is Kind.TEXT and each.risk and "{" not in each.french[0]
)
ARTICLE = next(each for each in read_contents() if each.which.key == "after_rape")


def signs(
    connection: Connection, content: Content, signature: Signature = READ, actor: Actor = APPROVER
) -> None:
    sign(connection, actor, content, digest=content.digest, signature=signature, now=NOW)


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def as_message(content: Content) -> Message:
    return Message(content.title, content.french[0], risk=content.risk)


# -- the service, on both databases ----------------------------------------------------------


async def test_a_signature_is_kept_with_its_name_and_day_and_noted_in_the_log(bare: World):
    await bare.store.write(signs, RISKY_TEXT)
    signed = await bare.store.read(read_signed)
    assert RISKY_TEXT.signature(signed) == READ
    (entry,) = await bare.audit()
    assert (entry.tag, entry.actor) == ("content:signed", APPROVER.name)
    assert entry.record_id == f"text:{RISKY_TEXT.which.key}:bm"
    assert list(entry.changed_fields) == ["reviewed_by", "reviewed_on"]
    assert "Traoré" not in str(entry)


async def test_signing_again_renews_and_withdrawing_takes_it_back(bare: World):
    until = TODAY + timedelta(days=365)
    await bare.store.write(signs, ARTICLE)
    await bare.store.write(signs, ARTICLE, replace(READ, reviewed_by="Awa", valid_until=until))
    signed = await bare.store.read(read_signed)
    assert ARTICLE.signature(signed) == Signature("Awa", TODAY, until)
    assert await bare.store.read(last_reader, APPROVER) == "Awa"
    await bare.store.write(withdraw, APPROVER, ARTICLE.which, NOW)
    assert await bare.store.read(read_signed) == Signed()
    assert await bare.tags() == ["content:signed", "content:signed", "content:withdrawn"]
    with pytest.raises(CannotSignError):
        await bare.store.write(withdraw, APPROVER, ARTICLE.which, NOW)


@pytest.mark.parametrize("role", [Role.READER, Role.EDITOR, Role.EVENTS])
async def test_who_does_not_approve_signs_and_withdraws_nothing(bare: World, role: Role):
    await bare.store.write(signs, ARTICLE)
    other = Actor("x@example.org", frozenset({role}))
    with pytest.raises(NotAllowedError):
        await bare.store.write(signs, RISKY_TEXT, READ, other)
    with pytest.raises(NotAllowedError):
        await bare.store.write(withdraw, other, ARTICLE.which, NOW)
    assert len((await bare.store.read(read_signed)).stored) == 1


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (replace(READ, reviewed_by=" "), "name"),
        (replace(READ, reviewed_by="12.03"), "name"),
        (replace(READ, reviewed_by="draft script"), "name"),
        (replace(READ, reviewed_by="a" * 121), "name"),
        (replace(READ, reviewed_on=TODAY + timedelta(days=1)), "day"),
        (replace(READ, valid_until=TODAY + timedelta(days=9)), "valid_until"),
    ],
)
async def test_s31_no_program_no_future_day_and_no_end_for_a_text(
    bare: World, signature: Signature, reason: str
):
    with pytest.raises(CannotSignError) as refused:
        await bare.store.write(signs, RISKY_TEXT, signature)
    assert refused.value.reason == reason
    assert await bare.store.read(read_signed) == Signed()
    assert await bare.tags() == []


async def test_other_words_than_were_seen_are_not_signed(bare: World):
    def job(connection: Connection) -> None:
        sign(connection, APPROVER, ARTICLE, digest="0" * 64, signature=READ, now=NOW)

    with pytest.raises(CannotSignError):
        await bare.store.write(job)


# -- what a signature does -------------------------------------------------------------------


async def test_s31_a_signed_text_stands_without_its_french_and_a_changed_one_with_it(world: World):
    before = Renderer(load_catalogue(bootstrap.LOCALES), {})
    said = as_message(RISKY_TEXT)
    assert before.text(said, "bm") == f"{RISKY_TEXT.bambara[0]}\n({RISKY_TEXT.french[0]})"
    await world.store.write(signs, RISKY_TEXT)
    signed = await world.store.read(read_signed)
    after = Renderer(load_catalogue(bootstrap.LOCALES, signed), {})
    assert after.text(said, "bm") == RISKY_TEXT.bambara[0]
    # The signature is for those words: under others it counts no more.
    read = signed.stored[RISKY_TEXT.which]
    other = Signed({RISKY_TEXT.which: replace(read, digest="0" * 64)})
    changed = Renderer(load_catalogue(bootstrap.LOCALES, other), {})
    assert changed.text(said, "bm") == before.text(said, "bm")


async def test_the_counts_of_drafts_and_of_unread_articles_go_down(world: World):
    await world.store.write(signs, RISKY_TEXT)
    await world.store.write(signs, ARTICLE)
    signed = await world.store.read(read_signed)
    catalog, wanted = read_catalogue(bootstrap.LOCALES, "bm"), bootstrap.catalogue_template()

    def drafted(given: Signed) -> int:
        read = signed_texts(catalog, bootstrap.LOCALES, "bm", given)
        return status(catalog, wanted, read).drafted

    assert drafted(signed) == drafted(Signed()) - 1
    shelf = read_shelf()
    named = {each.id for each in unreviewed(shelf)}
    assert named - {each.id for each in unreviewed(signed_shelf(shelf, signed))} == {"after_rape"}


async def test_a_changed_article_loses_its_signature_and_a_late_one_is_to_be_read(world: World):
    until = TODAY + timedelta(days=30)
    await world.store.write(signs, ARTICLE, replace(READ, valid_until=until))
    signed = await world.store.read(read_signed)
    assert ARTICLE.state(signed, until) == "signed"
    assert ARTICLE.state(signed, until + timedelta(days=1)) == "expired"
    assert replace(ARTICLE, digest="0" * 64).state(signed, TODAY) == "changed"
    article = read_shelf().articles["after_rape"]
    served = signed_shelf(read_shelf(), signed).articles["after_rape"]
    assert served.is_expired(until + timedelta(days=1))
    assert (article.reviewed_by, served.reviewed_by) == (None, READ.reviewed_by)
    reworded = article.model_copy(update={"title": "Autre"})
    shelf = replace(read_shelf(), articles={"after_rape": reworded})
    assert signed_shelf(shelf, signed).articles["after_rape"].reviewed_by is None


async def test_s31_a_start_of_the_assistant_applies_what_was_signed(tmp_path: Path):
    settings = Settings(data_dir=tmp_path, organisation_name="Unité genre", _env_file=None)
    assert await read_signatures(settings) == Signed()
    assert names_in(tmp_path) == []
    await bootstrap.upgrade_database(settings)
    store = open_store(settings.database, bootstrap.demonstration_keyring(settings))
    await store.write(signs, RISKY_TEXT)
    await store.write(signs, ARTICLE)
    await store.close()
    async with bootstrap.demonstration(settings) as opened:
        assert isinstance(opened.driver, Conversation)
        renderer = opened.driver.composer.renderer
        assert renderer.text(as_message(RISKY_TEXT), "bm") == RISKY_TEXT.bambara[0]
    assert len((await read_signatures(settings)).stored) == 2
    texts = sum(each.which.kind is Kind.TEXT and not each.in_file for each in read_contents())
    open_now = await open_points(settings)
    assert f"{texts - 1} texts in bm are drafted: no person has signed them." in open_now


async def test_the_signatures_are_read_on_both_databases(bare: World, migrated_url: str):
    await bare.store.write(signs, ARTICLE)
    settings = Settings(database_url=migrated_url, _env_file=None)
    assert ARTICLE.signature(await read_signatures(settings)) == READ


async def test_a_database_of_another_release_holds_no_signature_that_counts(tmp_path: Path):
    settings = Settings(data_dir=tmp_path, _env_file=None)
    await upgrade(settings.database, Base.metadata, "0005")
    assert await read_signatures(settings) == Signed()


def test_a_signature_in_the_files_counts_as_one():
    in_file = replace(RISKY_TEXT, in_file=Signature("Awa", date(2027, 1, 2)))
    (sheet,) = sheets_of([in_file], Signed(), TODAY)
    assert (sheet.state, sheet.is_in_file) == ("signed", True)


def test_every_text_is_there_once_and_what_may_harm_comes_first():
    sheets = sheets_of(read_contents(), Signed(), TODAY)
    whiches = [each.content.which for each in sheets]
    assert len(set(whiches)) == len(whiches) >= 900
    texts = [each for each in sheets if each.content.which.kind is Kind.TEXT]
    risks = [each.content.risk for each in sheets]
    assert None not in risks[: risks.index(None)]
    assert set(risks[risks.index(None) :]) == {None}
    assert risks[0] == "danger"
    # Who passes texts over comes to each of them, and then to the first again.
    seen = [texts[0]]
    while (following := next_after(sheets, seen[-1])) is not texts[0]:
        assert following is not None
        seen.append(following)
    assert seen == texts
    # Risks that are named in the code, and not in a flow, are known too.
    assert {each.content.risk for each in sheets if each.content.title == "services/choice"} == {
        "law"
    }


# -- the pages -------------------------------------------------------------------------------


async def test_an_approver_reads_signs_goes_on_to_the_next_and_withdraws(world: World):
    path = f"/contenus/text/{RISKY_TEXT.which.key}"
    async with world.browser(Role.APPROVER) as browser:
        page = await browser.get(path)
        assert RISKY_TEXT.title in page.text
        assert 'lang="bm"' in page.text
        fields = {"csrf": csrf_of(page), "digest": RISKY_TEXT.digest, "do": "sign"}
        answer = await browser.client.post(
            f"{path}/signer",
            data=fields | {"reviewed_by": "Fanta Traoré", "reviewed_on": TODAY.isoformat()},
        )
        assert answer.status_code == 303
        following = answer.headers["location"]
        assert following.startswith("/contenus/text/")
        assert following != path
        # Whoever goes on reading does not type the name again.
        assert 'value="Fanta Traoré"' in (await browser.get(following)).text
        found = await browser.get(f"/contenus?etat=signed&mot={RISKY_TEXT.title}")
        assert "1 trouvé," in found.text
        assert "Fanta Traoré" in found.text
        await browser.post(f"{path}/signer", do="withdraw")
        assert "0 trouvé" in (await browser.get("/contenus?etat=signed")).text
    assert [tag for tag in await world.tags() if tag.startswith("content:")] == [
        "content:signed",
        "content:withdrawn",
    ]


async def test_what_is_wrong_is_said_and_what_was_typed_stays(world: World):
    path = "/contenus/article/after_rape"
    sent = {"digest": ARTICLE.digest, "reviewed_by": "Awa", "reviewed_on": "2999-01-01"}
    async with world.browser(Role.APPROVER) as browser:
        answer = await browser.post(f"{path}/signer", **sent)
        assert answer.status_code == 422
        assert "avenir" in answer.text
        assert 'value="Awa"' in answer.text
        sent |= {"reviewed_on": TODAY.isoformat(), "valid_until": "2026-01-01"}
        assert (await browser.post(f"{path}/signer", **sent)).status_code == 422
        sent |= {"valid_until": "", "digest": "0" * 64}
        assert (await browser.post(f"{path}/signer", **sent)).status_code == 409
        assert (await browser.post("/contenus/text/rien/signer", **sent)).status_code == 404
    assert await world.store.read(read_signed) == Signed()


async def test_a_reader_reads_and_finds_no_form(world: World):
    async with world.browser(Role.READER) as browser:
        page = await browser.get("/contenus/article/after_rape")
        assert "Sources" in page.text
        assert "/signer" not in page.text
        answer = await browser.post("/contenus/article/after_rape/signer", do="sign")
        assert answer.status_code == 403


async def test_the_list_is_searched_and_paged(world: World):
    async with world.browser(Role.READER) as browser:
        first = await browser.get("/contenus?quoi=article")
        assert first.text.count('lang="bm"') == PAGE
        assert f"depuis={PAGE}" in first.text
        second = await browser.get(f"/contenus?quoi=article&depuis={PAGE}")
        assert 'href="/contenus/article/' in second.text
        assert "Rien de tel." in (await browser.get("/contenus?mot=zzzz")).text
