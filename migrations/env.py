"""How Alembic reaches the database: over the connection that `adapters.store.migrate` hands it."""

from alembic import context
from sqlmodel import SQLModel

import adapters.store.tables  # noqa: F401  (fills the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=False,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
