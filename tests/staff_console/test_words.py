"""Names, words and days instead of what stands in the database; a log that is read in French."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from referral_directory.models import Organization, Phone
from staff_console.dates import day_of, in_words, moment_of, span_of
from staff_console.names import names_in, read_names
from staff_console.trail_words import deed_of, field_of, note_of, page_of
from storage.actors import Role
from storage.audit import AuditEntry, record
from tests.staff_console.reading import codes_in
from tests.staff_console.sights import put_shelter
from tests.staff_console.world import NOW, World


def test_days_are_written_out():
    assert day_of(date(2026, 3, 1)) == "1er mars 2026"
    assert day_of(None) == "jamais"
    assert moment_of(datetime(2026, 12, 31, 23, 5, tzinfo=UTC)) == "31 décembre 2026, 23:05"
    start = datetime(2027, 3, 8, 9, tzinfo=UTC)
    assert span_of(start, start.replace(hour=17)) == "lundi 8 mars 2027, de 09:00 à 17:00"
    assert span_of(start, start.replace(day=9)) == (
        "du lundi 8 mars 2027, 09:00 au mardi 9 mars 2027, 09:00"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024-08", "août 2024"),
        ("vu le 2024-08-01, appel", "vu le 1er août 2024, appel"),
        ("2016-2018", "2016-2018"),
        ("76-12-34-56", "76-12-34-56"),
        ("2024-13-01", "2024-13-01"),
    ],
)
def test_days_inside_a_text_are_written_out(text: str, words: str):
    assert in_words(text) == words


async def test_cells_of_an_entry_are_read_in_words(world: World):
    cells = {
        "needs": "legal|psychosocial",
        "organization": "police-nationale",
        "areas": "segou|cercle-san|mali",
        "assured_date": "2026-03-03",
        "fees": "free",
        "languages": "fr|xx",
        "restricted": "no",
        "name_fr": "'=Nom",
        "place": "nulle-part",
    }
    names = await world.store.read(names_in, cells.items())
    shown = {name: names.content("service", name, cell) for name, cell in cells.items()}
    assert shown == {
        "needs": "Droit, Parler à quelqu'un",
        "organization": "Police nationale",
        "areas": "Ségou, San, tout le Mali",
        "assured_date": "3 mars 2026",
        "fees": "gratuit",
        "languages": "français, xx",
        "restricted": "non",
        "name_fr": "=Nom",
        "place": "nulle-part",
    }


async def test_the_number_of_a_refuge_is_named_nowhere(world: World):
    """Its label may say where the refuge is: it stands with the whereabouts alone."""

    def read(connection):
        put_shelter(connection, NOW)
        number = update(Phone).where(Phone.slug == "tel-17")
        connection.execute(number.values(service_slug="refuge-essai", label_fr="Rue 12"))
        record(connection, AuditEntry(NOW, "awa@example.org", "phone:updated", "tel-17"))
        return read_names(connection, [("phone", "tel-17"), ("service", "refuge-essai")])

    names = await world.store.write(read)
    assert names.entry("phone", "tel-17") == "tel-17"
    assert names.entry("service", "refuge-essai") == "Refuge d'essai"
    async with world.browser(Role.ADMINISTRATOR) as browser:
        for path in ("/journal", "/qualite", "/validations", "/annuaire?sorte=phone"):
            assert "Rue 12" not in (await browser.get(path)).text, path


async def test_an_entry_names_its_organization_and_leads_to_it(world: World):
    async with world.browser(Role.READER) as browser:
        page = (await browser.get("/annuaire/phone/tel-17")).text
    assert '<a href="/annuaire/organization/police-nationale">Police nationale</a>' in page
    assert "<dd>appel</dd>" in page


async def test_boxes_that_are_ticked_in_another_order_change_nothing(world: World):
    path = "/annuaire/service/osc-mopti/modifier"
    async with world.browser(Role.EDITOR) as browser:
        form = (await browser.get(path)).text
        version = form.split('name="version" value="')[1].split('"')[0]
        same = await browser.post(path, version=version, needs=["", *_ticked(form)[::-1]])
        assert "Rien n&#39;a changé" in same.text
        none = await browser.post(path, version=version, needs=[""])
        assert "À corriger : besoins" in none.text
        less = await browser.post(path, version=version, needs=["", "legal"])
        assert less.status_code == 303
    async with world.browser(Role.APPROVER) as browser:
        page = (await browser.get("/validations")).text
        assert "besoins" in page


def _ticked(form: str) -> list[str]:
    boxes = [each.split(">")[0] for each in form.split('name="needs" value="')[1:]]
    return [each.split('"')[0] for each in boxes if each.endswith("checked")]


def test_the_log_is_read_in_french():
    assert deed_of("phone:edit_proposed") == "numéro : proposition"
    assert field_of("assured_date") == "confirmé le"
    assert note_of("2 added, 0 changed, 0 removed, 1 refused") == (
        "2 ajoutées, 0 modifiées, 0 fermées, 1 refus"
    )
    assert note_of("import") == ""
    assert page_of("phone:deleted", "tel-17") == "/annuaire/phone/tel-17"
    assert page_of("import:written", "import-3") == "/import/3"
    assert page_of("registration:read", "registration:5") == "/inscriptions/5"
    assert page_of("training:listed", "training") == ""


async def test_the_log_is_narrowed_down_by_day_and_leads_to_the_record(world: World):
    first = NOW.replace(day=1)

    def enter(connection):
        record(connection, AuditEntry(first, "awa@example.org", "phone:verified", "tel-17"))
        record(connection, AuditEntry(NOW, "awa@example.org", "phone:closed", "tel-18"))

    await world.store.write(enter)
    async with world.browser(Role.ADMINISTRATOR) as browser:
        late = (await browser.get("/journal?qui=awa&du=2027-02-02")).text
        early = (await browser.get("/journal?qui=awa&du=2027-02-01&au=2027-02-01")).text
        odd = (await browser.get("/journal?qui=awa&du=hier")).text
    closed, verified = '<td data-label="Quoi">numéro : fermeture', "numéro : confirmation</td>"
    assert (closed in late, verified in late) == (True, False)
    assert (closed in early, verified in early) == (False, True)
    assert (closed in odd, verified in odd) == (True, True)
    assert '<a href="/annuaire/phone/tel-17">Police secours <code class="id">tel-17</code>' in early
    assert '<td data-label="Champs">—</td>' in early


async def test_a_long_log_is_read_page_by_page(world: World):
    def fill(connection):
        for number in range(3_000):
            entry = AuditEntry(
                NOW, "awa@example.org", "service:updated", f"service-{number}", ("hours",)
            )
            record(connection, entry)

    await world.store.write(fill)
    async with world.browser(Role.ADMINISTRATOR) as browser:
        page, seen = "/journal?qui=awa", 0
        for _ in range(2):
            answer = await browser.get(page)
            assert len(answer.content) < 60_000
            seen += answer.text.count('class="when"')
            older = answer.text.split('href="?')[-1].split('"')[0].replace("&amp;", "&")
            page = f"/journal?{older}"
    assert seen == 100


async def test_what_no_reader_should_meet_is_found(world: World):
    """The measure of `test_every_page_is_accessible…` does see codes."""
    slugs = await world.store.read(
        lambda open_: frozenset(open_.execute(select(Organization.slug)).scalars())
    )
    assert codes_in("Voir police-nationale, depuis le 2027-02-01 : label_fr", slugs) == [
        "2027-02-01",
        "label_fr",
        "police-nationale",
    ]
    assert codes_in("Police nationale, 1er février 2027, awa@police-nationale.ml", slugs) == []
