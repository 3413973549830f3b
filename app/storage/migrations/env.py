"""Where Alembic starts: steps run on the connection handed in, each in one transaction.

SQLite can undo changes of the schema, which Alembic does not assume by itself.
"""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
