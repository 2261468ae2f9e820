"""Figures and the outbox: rounded, and of nobody."""

from storage.actors import Role
from tests.staff_console.sights import count_searches
from tests.staff_console.world import World


async def test_s20_a_small_figure_is_only_known_to_be_small(world: World):
    await count_searches(world)
    async with world.browser(Role.READER) as reader:
        page = (await reader.get("/chiffres")).text
    assert ">&lt; 5</td>" in page
    assert ">25</td>" in page
    assert ">23<" not in page
    assert ">3<" not in page


async def test_s20_the_running_week_is_shown_to_nobody(world: World):
    monday = world.clock.now().date()
    await world.store.write(world.store.counters.bump, "need", "medical", monday, 40)
    async with world.browser(Role.READER) as reader:
        assert "Aucune semaine terminée" in (await reader.get("/chiffres")).text


async def test_the_outbox_shows_how_many_and_nothing_else(world: World):
    async with world.browser(Role.READER) as reader:
        assert "Aucun." in (await reader.get("/envois")).text
