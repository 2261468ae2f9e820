"""S20, S07: weekly figures tell what was searched for, of nobody; leaving is counted nowhere."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.bootstrap import SystemClock
from bot.conversation.buttons import Press, encode_press
from storage.counters import Counters, counters, rounded, shown, week_of
from storage.keys import Keyring
from storage.store import open_store
from tests.bot_api.processes import SECRET
from tests.fakes.pipeline import NOON, press_update, text_update
from tests.process.jigi import run_jigi

CHAT = 71
HELP = "je cherche un médecin à Gao"
MONDAY = week_of(NOON)


async def counted(database):
    found = await database.read(database.counters.since, date.min)
    return {(each.dimension, each.value): each.count for each in found}


async def test_s20_a_search_is_counted_once_whatever_is_pressed_after_it(pipeline, database):
    await pipeline.take(text_update(1, CHAT, HELP))
    wanted = {("need", "medical"): 1, ("region", "gao"): 1, ("need_region", "medical:gao"): 1}
    assert await counted(database) == wanted
    service = encode_press(Press("find_help", "list", "osc-gao"))
    await pipeline.take(press_update(2, CHAT, service, 101))
    await pipeline.take(press_update(3, CHAT, encode_press(Press("foot", "-", "back")), 101))
    await pipeline.take(press_update(4, CHAT, encode_press(Press("foot", "-", "bm")), 101))
    assert await counted(database) == wanted
    await pipeline.take(text_update(5, CHAT, "je cherche un médecin à Mopti"))
    assert (await counted(database))["need", "medical"] == 2


async def test_s20_a_town_counts_as_its_region_and_what_was_written_as_nothing(pipeline, database):
    await pipeline.take(text_update(1, CHAT, "je cherche un médecin à Sévaré"))
    assert ("need_region", "medical:mopti") in await counted(database)
    forged = encode_press(Press("find_help", "place", "mon-quartier", "fr"))
    await pipeline.take(press_update(2, CHAT, forged, 101))
    assert {value for _, value in await counted(database)} <= {
        *("medical", "mopti", "medical:mopti"),
        *("any", "anywhere", "medical:anywhere", "any:anywhere"),
    }


@pytest.mark.parametrize("text", ["j'ai 14 ans, je cherche un médecin à Gao", "j'ai 14 ans"])
async def test_s34_of_somebody_under_18_nothing_is_counted(pipeline, database, text):
    await pipeline.take(text_update(1, CHAT, text))
    button = encode_press(Press("child", "place", "gao", "fr"))
    await pipeline.take(press_update(2, CHAT, button, 101))
    assert await counted(database) == {}


async def test_s07_leaving_adds_to_no_figure(pipeline, database):
    await pipeline.take(text_update(1, CHAT, HELP))
    before = await counted(database)
    for number, word in enumerate(("quitter", "/effacer", "/stop", HELP, "quitter"), 2):
        await pipeline.take(text_update(number, CHAT, word))
    assert set(await counted(database)) == set(before)
    # The process's own counts, too: what leaves counts as an update like any other.
    told = {name + kind for name, kind in pipeline.tally.counts}
    assert not [each for each in told if "leav" in each or "eras" in each or "quit" in each]


async def test_s20_the_week_that_runs_is_shown_to_nobody_and_no_figure_is_exact(database):
    def fill(connection):
        for weeks, count in ((0, 40), (1, 12), (2, 3)):
            week = MONDAY - timedelta(weeks=weeks)
            Counters().bump(connection, "need", "medical", week, by=count)

    await database.write(fill)
    closed = await database.read(database.counters.closed, date.min, NOON)
    assert [(each.week, shown(each.count)) for each in closed] == [
        (MONDAY - timedelta(weeks=2), "< 5"),
        (MONDAY - timedelta(weeks=1), "10"),
    ]
    assert all(each.rounded for each in closed)


@pytest.mark.parametrize(
    ("exact", "said"), [(1, "< 5"), (4, "< 5"), (5, "5"), (7, "5"), (8, "10"), (1_002, "1000")]
)
def test_s20_what_is_shown_says_the_same_before_and_after_the_rounding(exact, said):
    assert shown(exact) == said
    assert shown(rounded(exact)) == said


async def test_s20_figures_have_no_hour_and_no_person(database):
    row = await database.read(lambda connection: connection.execute(select(counters)).keys())
    assert set(row) == {"week", "dimension", "value", "count", "rounded"}


@pytest.mark.process
async def test_s20_the_command_prints_what_is_over(migrated_sqlite_url):
    store = open_store(migrated_sqlite_url, Keyring(SECRET))
    now = SystemClock().now()
    last = week_of(now) - timedelta(weeks=1)
    for dimension, value, count in (
        ("need", "medical", 12),
        ("need_region", "medical:gao", 3),
        ("region", "gao", 12),
    ):
        await store.write(store.counters.bump, dimension, value, last, by=count)
        await store.write(store.counters.bump, dimension, value, week_of(now), by=99)
    await store.close()
    ended = await run_jigi("figures", database_url=migrated_sqlite_url, secret_key=SECRET)
    assert ended.out.splitlines() == [
        f"Week of {last}",
        "  need",
        "    medical: 10",
        "  need and region",
        "    medical, gao: < 5",
        "  region",
        "    gao: 10",
    ]
