"""What Alembic runs: the steps that are due, in the transaction of whoever opens the log."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
