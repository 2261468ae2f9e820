"""The one history of all packages' tables, on both databases."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Inspector, MetaData, inspect

from storage import migrate
from storage.database import open_engine


async def _inside[T](url: str, look: Any) -> T:
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(look)
    finally:
        await engine.dispose()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _said(index: Any) -> tuple[Any, ...]:
    options = index.get("dialect_options", {})
    where = {str(text) for name, text in options.items() if name.endswith("_where")}
    return index["name"], index["column_names"], bool(index["unique"]), sorted(where)


_TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": (
        "SELECT pg_get_triggerdef(t.oid), p.prosrc FROM pg_trigger AS t"
        " JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal ORDER BY 1"
    ),
}


def _shape(connection: Connection) -> dict[str, Any]:
    """Return all that a reader of the schema sees, without the order of columns."""
    inspector: Inspector = inspect(connection)
    triggers = connection.exec_driver_sql(_TRIGGERS[connection.dialect.name])
    shape: dict[str, Any] = {"triggers": [tuple(row) for row in triggers]}
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        shape[table] = {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                for column in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table),
            "indexes": sorted(_said(index) for index in inspector.get_indexes(table)),
            "checks": sorted(
                (check["name"], check["sqltext"])
                for check in inspector.get_check_constraints(table)
            ),
            "uniques": sorted(
                (str(unique["name"]), unique["column_names"])
                for unique in inspector.get_unique_constraints(table)
            ),
            "foreign keys": sorted(
                (str(key["name"]), key["constrained_columns"], key["referred_table"])
                for key in inspector.get_foreign_keys(table)
            ),
        }
    return shape


def test_the_history_has_one_end() -> None:
    assert migrate.head().startswith("0")


async def test_an_empty_database_comes_up_to_the_newest_revision(
    database_url: str, all_tables: MetaData
) -> None:
    assert await migrate.current(database_url) is None
    await migrate.upgrade(database_url, all_tables)
    assert await migrate.current(database_url) == migrate.head()


async def test_a_second_upgrade_changes_nothing(migrated_url: str, all_tables: MetaData) -> None:
    before = await _inside(migrated_url, _shape)
    await migrate.upgrade(migrated_url, all_tables)
    assert await _inside(migrated_url, _shape) == before


async def test_down_to_nothing_and_up_again_gives_the_same(
    migrated_url: str, all_tables: MetaData
) -> None:
    before = await _inside(migrated_url, _shape)
    await migrate.downgrade(migrated_url, all_tables, "base")
    assert await _inside(migrated_url, _tables) == {"alembic_version"}
    await migrate.upgrade(migrated_url, all_tables)
    assert await _inside(migrated_url, _shape) == before


async def test_migrations_and_models_say_the_same(migrated_url: str, all_tables: MetaData) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, all_tables))

    assert await _inside(migrated_url, differences) == []


async def test_migrations_make_the_very_schema_that_the_models_describe(
    database_url: str, migrated_url: str, all_tables: MetaData, backend: str
) -> None:
    if backend == "sqlite":
        database_url = database_url.replace("jigi.db", "models.db")
    await _inside(database_url, all_tables.create_all)
    assert await _inside(migrated_url, _shape) == await _inside(database_url, _shape)


async def test_a_failed_migration_leaves_the_database_as_it_was(
    database_url: str, all_tables: MetaData
) -> None:
    def stand_in_the_way(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE sessions (person_key INTEGER)")

    await _inside(database_url, stand_in_the_way)
    with pytest.raises(Exception, match="sessions"):
        await migrate.upgrade(database_url, all_tables)
    assert await _inside(database_url, _tables) == {"sessions"}
