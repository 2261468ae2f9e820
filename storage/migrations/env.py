"""Alembic's entry: works on the connection and the metadata that `storage.migrate` hands over."""

from alembic import context

attributes = context.config.attributes
if "connection" not in attributes:
    raise SystemExit("Migrations run by `jigi db upgrade`, which hands over the connection.")

context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["target_metadata"],
    compare_type=True,
    # SQLite changes a table by copying it; PostgreSQL ignores this.
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
